"""Installs the app in Slack workspaces, and renews the bots' tokens.

docs.slack.dev/authentication/installing-with-oauth, docs.slack.dev/reference/methods/oauth.v2.access,
docs.slack.dev/authentication/using-token-rotation, docs.slack.dev/enterprise/developing-for-enterprise-orgs.
"""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from countersign.adapters.slack.client_secrets import with_each_secret
from countersign.adapters.slack.error_names import OURS, PASSING, readable
from countersign.adapters.slack.payload import identifier, mapping, string
from countersign.domain.catalog import App
from countersign.domain.errors import (
    AppUnavailable,
    ChatRefused,
    ChatUnavailable,
    ConfigurationError,
    CountersignError,
    InvalidClient,
    InvalidGrant,
    Malformed,
    Unverified,
)
from countersign.domain.hosts import host_of
from countersign.domain.http import HttpRequest
from countersign.domain.identity import Workspace
from countersign.domain.installation import OPTIONAL_SCOPES, REQUIRED_SCOPES, Granted, Installation
from countersign.domain.oauth import ClientCredentials, TokenAnswer
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens

if TYPE_CHECKING:
    from countersign.ports.apps import Http

MANAGE: Final = "https://app.slack.com/manage/{organisation}/integrations/profile/{app}/workspaces/add"
OPEN: Final = "https://app.slack.com/client/{workspace}"
LONGEST: Final = 30 * 86_400

_ID: Final = re.compile(r"[A-Z0-9]{2,32}")
_GONE: Final = frozenset({"account_inactive", "token_revoked", "invalid_auth", "token_expired"})


class SlackInstall:
    """Implements ``ports.chat.ChatInstall``.

    No PKCE: it would make the Slack app a public client for good (docs.slack.dev/authentication/using-pkce).
    """

    def __init__(self, http: "Http", api_url: str, web_url: str, credentials: Callable[[], ClientCredentials]) -> None:
        self._http, self._api_url, self._web_url, self._credentials = http, api_url, web_url, credentials

    def authorization_url(self, redirect_uri: str, state: str) -> str:
        """Where an admin approves the app."""
        parameters = {
            "client_id": self._credentials().client_id,
            "scope": ",".join((*REQUIRED_SCOPES, *OPTIONAL_SCOPES)),
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{self._web_url}/oauth/v2/authorize?{urlencode(parameters, quote_via=quote)}"

    def exchange(self, code: Secret, redirect_uri: str, now: int) -> Granted:
        """What the code is for. Raises Unverified, ChatUnavailable, ConfigurationError."""
        answer = self._access({"code": code.reveal(), "redirect_uri": redirect_uri})
        try:
            return _granted(answer, now)
        except Malformed as error:
            raise ChatUnavailable(f"Slack's answer to an installation has another shape: {error}") from error

    def refresh(self, refresh_token: Secret) -> TokenAnswer:
        """New tokens for one that is used once. Raises Unverified when it is no good, ChatUnavailable."""
        answer = self._access({"grant_type": "refresh_token", "refresh_token": refresh_token.reveal()})
        try:
            return _token_answer(answer)
        except Malformed as error:
            raise ChatUnavailable(f"Slack's answer to a refresh has another shape: {error}") from error

    def withdraw(self, granted: Granted) -> None:
        """``apps.uninstall``; where that is refused, ``auth.revoke`` ends at least the token."""
        credentials = self._credentials()
        secret = credentials.secrets[0].reveal()
        try:
            self._call("apps.uninstall", {"client_id": credentials.client_id, "client_secret": secret}, granted.tokens)
        except ChatRefused as error:
            if error.reason not in _GONE:
                self._call("auth.revoke", {}, granted.tokens)
                raise

    def workspaces_page(self, installation: Installation) -> str:
        """Slack's page to add an organisation's app to workspaces; the workspace itself for any other."""
        if installation.on_whole_organisation:
            return MANAGE.format(organisation=installation.workspace.id, app=installation.app_id)
        return OPEN.format(workspace=installation.workspace.id)

    def _access(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        """``oauth.v2.access``. Its errors come as HTTP 200 with ``ok: false``."""

        def access(client: Mapping[str, str]) -> Mapping[str, Any]:
            try:
                return self._post("oauth.v2.access", {**form, **client})
            except ChatRefused as error:
                kind = ConfigurationError if error.reason in OURS else Unverified
                raise kind(f"oauth.v2.access: {error.reason}") from error

        return with_each_secret(self._credentials(), access)

    def _call(self, method: str, form: Mapping[str, str], tokens: Tokens) -> None:
        token = tokens.access_token.reveal() if tokens.access_token else ""
        self._post(method, form, {"Authorization": f"Bearer {token}"})

    def _post(
        self, method: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        request = HttpRequest("POST", f"{self._api_url}{method}", headers=headers or {}, form=form)
        try:
            answer = self._http.send(request, [host_of(request.url)])
        except CountersignError as error:
            raise ChatUnavailable(f"{method}: {error}") from error
        body = answer.body if isinstance(answer.body, dict) else {}
        if body.get("ok") is True:
            return body
        refusal = readable(body.get("error"))
        if refusal is None or refusal in PASSING:
            raise ChatUnavailable(f"{method} answered {answer.status}")
        raise ChatRefused(refusal)


class SlackTokenServer:
    """Slack as the authorization server of its own bots' tokens: what a refresh needs of that port."""

    def __init__(self, install: SlackInstall) -> None:
        self._install = install

    def refresh(self, app: App, tokens: Tokens, redirect_uri: str) -> TokenAnswer:  # noqa: ARG002 - the port's signature
        """New tokens. Raises InvalidGrant, InvalidClient, AppUnavailable (after which they may have been used)."""
        try:
            return self._install.refresh(tokens.refresh_token or Secret(""))
        except Unverified as error:
            raise InvalidGrant(str(error)) from error
        except ConfigurationError as error:
            raise InvalidClient(str(error)) from error
        except ChatUnavailable as error:
            raise AppUnavailable(str(error)) from error


def _granted(answer: Mapping[str, Any], now: int) -> Granted:
    """An installation's answer. ``team`` is null where the app was installed on the whole organisation."""
    team, enterprise = mapping(answer, "team"), mapping(answer, "enterprise")
    organisation = identifier(enterprise, "id")
    whole = answer.get("is_enterprise_install") is True
    workspace_id = organisation if whole else identifier(team, "id")
    if workspace_id is None or not _ID.fullmatch(workspace_id):
        raise Malformed("no workspace")
    found = _token_answer(answer)
    installation = Installation(
        workspace=Workspace(workspace_id, organisation),
        name=string(enterprise if whole else team, "name") or workspace_id,
        app_id=identifier(answer, "app_id") or "",
        bot_user=identifier(answer, "bot_user_id") or "",
        installed_by=identifier(mapping(answer, "authed_user"), "id") or "",
        scopes=found.scopes or (),
        installed_at=now,
    )
    return Granted(installation, Tokens(found.access_token, found.refresh_token), found.expires_in)


def _token_answer(answer: Mapping[str, Any]) -> TokenAnswer:
    access_token, expires_in = string(answer, "access_token"), answer.get("expires_in")
    if not access_token.startswith("xox"):
        raise Malformed("no bot token")
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | None):
        raise Malformed("expires_in is no number")
    return TokenAnswer(
        access_token=Secret(access_token),
        refresh_token=Secret(token) if (token := string(answer, "refresh_token")) else None,
        expires_in=None if expires_in is None else max(0, min(expires_in, LONGEST)),
        scopes=tuple(filter(None, string(answer, "scope").split(","))),
    )
