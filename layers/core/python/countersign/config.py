"""Settings, read once from a mapping. A missing one is said by name, and nothing starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from countersign.domain.errors import ConfigurationError
from countersign.domain.proof import Proof

DEFAULT_RETENTION_DAYS: Final = "400"
"""As in the template: a year's end, and a month to look back at it."""


def _pairs(name: str, text: str) -> dict[str, str]:
    pairs = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = item.partition("=")
        if not equals or not key or not value:
            raise ConfigurationError(f"{name}: {item!r} is not key=value")
        pairs[key] = value
    return pairs


def _list(text: str) -> frozenset[str]:
    return frozenset(filter(None, (part.strip() for part in text.split(","))))


@dataclass(frozen=True)
class Settings:
    """The functions' environment. Each property names the variable that it reads, and fails by that name."""

    environment: Mapping[str, str]

    def require(self, name: str) -> str:
        """A variable that must be there. Raises ConfigurationError."""
        value = self.environment.get(name, "")
        if not value:
            raise ConfigurationError(f"the environment variable {name} is missing")
        return value

    def get(self, name: str, default: str = "") -> str:
        """A variable that may be empty."""
        return self.environment.get(name) or default

    @property
    def local(self) -> bool:
        """Whether this is the stack on a laptop: the only place where http:// and loopback are accepted."""
        return self.get("STAGE") == "local"

    @property
    def slack_api_url(self) -> str:
        """The Web API's base, with a slash at its end."""
        return self._address("SLACK_API_URL", "https://slack.com/api/").rstrip("/") + "/"

    @property
    def slack_web_url(self) -> str:
        """Where a browser signs in to Slack; no slash at its end."""
        return self._address("SLACK_WEB_URL", "https://slack.com").rstrip("/")

    @property
    def slack_openid_jwks_url(self) -> str:
        """Slack's signing keys."""
        return self._address("SLACK_OPENID_JWKS_URL", "https://slack.com/openid/connect/keys")

    @property
    def slack_openid_issuer(self) -> str:
        """What an id_token's ``iss`` must be."""
        return self._address("SLACK_OPENID_ISSUER", "https://slack.com")

    @property
    def public_url(self) -> str:
        """Base of the routes for a browser; no slash at its end."""
        return self._address("PUBLIC_URL", "").rstrip("/")

    @cached_property
    def allowed_workspaces(self) -> frozenset[str]:
        """Workspaces and organisations that may install and send; empty means the first one installed."""
        return _list(self.get("ALLOWED_WORKSPACES"))

    @cached_property
    def apps(self) -> frozenset[str]:
        """Ids of the apps that are switched on; empty means every app that has settings, all of them filled in."""
        return _list(self.get("APPS"))

    @cached_property
    def admins(self) -> frozenset[str]:
        """User ids of Countersign's admins, beside the admins and owners of the workspace."""
        return _list(self.get("ADMINS"))

    @property
    def proof(self) -> Proof:
        """How browsers are proved to be their people's. Raises ConfigurationError."""
        try:
            return Proof(self.get("PROOF", Proof.SIWS))
        except ValueError:
            raise ConfigurationError("PROOF is none of siws, dm_code, siws+dm_code") from None

    @property
    def history_retention(self) -> int:
        """Seconds that ended actions and cards are kept. Raises ConfigurationError."""
        return self._days("HISTORY_RETENTION_DAYS")

    @property
    def audit_retention(self) -> int:
        """Seconds that the audit trail is kept. Raises ConfigurationError."""
        return self._days("AUDIT_RETENTION_DAYS")

    @property
    def several_workspaces(self) -> bool:
        """Whether the list lets in more than one workspace: an organisation may be several."""
        allowed = self.allowed_workspaces
        return len(allowed) > 1 or any(name.startswith("E") for name in allowed)

    @property
    def renews_bot_tokens(self) -> bool:
        """Whether this function may renew the bots' tokens; the others take them as they stand."""
        return self.get("RENEWS_BOT_TOKENS") == "yes"

    @cached_property
    def app_settings(self) -> Mapping[str, Mapping[str, str]]:
        """App id → its per-deployment settings. Raises ConfigurationError."""
        settings: dict[str, dict[str, str]] = {}
        for key, value in _pairs("APP_SETTINGS", self.get("APP_SETTINGS")).items():
            app, dot, name = key.partition(".")
            if not dot:
                raise ConfigurationError(f"APP_SETTINGS: {key!r} is not app.setting")
            settings.setdefault(app, {})[name] = value
        return settings

    @cached_property
    def local_hosts(self) -> Mapping[str, str]:
        """Host that an app file declares → loopback base to use instead. Empty unless the stack is local."""
        return _pairs("LOCAL_HOSTS", self.get("LOCAL_HOSTS")) if self.local else {}

    def _days(self, name: str) -> int:
        days = self.get(name, DEFAULT_RETENTION_DAYS)
        if not days.isascii() or not days.isdigit() or int(days) < 1:
            raise ConfigurationError(f"{name} is not a number of days")
        return int(days) * 86_400

    def _address(self, name: str, default: str) -> str:
        url = self.get(name, default) or self.require(name)
        if not url.startswith("https://") and not self.local:
            raise ConfigurationError(f"{name} must be https")
        return url
