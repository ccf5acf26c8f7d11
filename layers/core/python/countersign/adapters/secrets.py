"""The deployment's four secrets, from Secrets Manager: read when first needed, kept for five minutes."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from countersign.config import Settings
from countersign.domain.errors import ConfigurationError, StoreUnavailable
from countersign.domain.oauth import ClientCredentials
from countersign.domain.secret import Secret
from countersign.domain.webhook import THE_ONLY_ONE
from countersign.ports.system import Clock

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEEP: Final = 300
"""Seconds. A process sees a rotated secret after this long at the latest, and knows the former one alone until then: so
an operator starts the functions anew where that is too long (SECURITY.md, "Exchanging the Slack signing secret")."""


class Secrets:
    """What operators filled in. Every method raises ConfigurationError by the secret's name, and StoreUnavailable."""

    def __init__(self, client: "Callable[[], SecretsManagerClient]", settings: Settings, clock: Clock) -> None:
        self._client, self._settings, self._clock = client, settings, clock
        self._kept: dict[str, tuple[int, Mapping[str, Any]]] = {}

    def signing_secrets(self) -> Sequence[Secret]:
        """``signing_secret``, then the older ones of ``signing_secrets`` that still count."""
        content = self._read("SLACK_SIGNING_SECRET_ARN")
        older = content.get("signing_secrets", [])
        found = [content.get("signing_secret"), *(older if isinstance(older, list) else [])]
        secrets = [Secret(value) for value in found if isinstance(value, str) and value]
        if not secrets:
            raise ConfigurationError("the Slack signing secret is empty")
        return secrets

    def slack_client(self) -> ClientCredentials:
        """The Slack app's own client, for Sign in with Slack."""
        return _credentials("the Slack app", self._read("SLACK_CREDENTIALS_SECRET_ARN"))

    def bot_token(self) -> Secret:
        """The bot's token."""
        token = self._read("SLACK_CREDENTIALS_SECRET_ARN").get("bot_token")
        usable = isinstance(token, str) and (token.startswith("xox") or self._settings.local)
        if not usable or not token:
            raise ConfigurationError("the Slack bot token is not filled in")
        return Secret(str(token))

    def app(self, app: str) -> ClientCredentials:
        """An app's OAuth client. ``client_secret`` may be a list, newest first."""
        content = self._read("APP_CREDENTIALS_SECRET_ARN").get(app)
        if not isinstance(content, dict):
            raise ConfigurationError(f"there are no client credentials for {app}")
        return _credentials(app, content)

    def hook(self, recipe: str) -> Mapping[str, Secret]:
        """A recipe's hook secrets by workspace or organisation; none are filled in: nobody may call the hook.

        A text instead of an object is for the only workspace there is.
        """
        found = self._read("HOOK_SECRETS_SECRET_ARN").get(recipe)
        by_place = found if isinstance(found, dict) else {THE_ONLY_ONE: found}
        return {place: Secret(value) for place, value in by_place.items() if isinstance(value, str) and value}

    def _read(self, name: str) -> Mapping[str, Any]:
        kept = self._kept.get(name)
        if kept is not None and kept[0] > self._clock():
            return kept[1]
        content = self._fetch(self._settings.require(name), name)
        self._kept[name] = (self._clock() + KEEP, content)
        return content

    def _fetch(self, arn: str, name: str) -> Mapping[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with the client

        try:
            text = self._client().get_secret_value(SecretId=arn)["SecretString"]
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailable(f"{name}: Secrets Manager did not answer ({type(error).__name__})") from error
        try:
            content = json.loads(text)
        except ValueError:
            raise ConfigurationError(f"{name}: the secret is no JSON") from None
        if not isinstance(content, dict):
            raise ConfigurationError(f"{name}: the secret is no JSON object")
        return content


def _credentials(whose: str, content: Mapping[str, Any]) -> ClientCredentials:
    client_id, found = content.get("client_id"), content.get("client_secret")
    listed = found if isinstance(found, list) else [found]
    secrets = tuple(Secret(value) for value in listed if isinstance(value, str) and value)
    if not isinstance(client_id, str) or not client_id or not secrets:
        raise ConfigurationError(f"the client credentials of {whose} are not filled in")
    return ClientCredentials(client_id, secrets)
