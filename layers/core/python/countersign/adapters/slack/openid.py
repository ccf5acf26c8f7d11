"""Sign in with Slack (OpenID Connect): proves whose browser this is.

Sources: docs.slack.dev/authentication/sign-in-with-slack, docs.slack.dev/reference/methods/openid.connect.token and
…/openid.connect.userInfo, slack.com/.well-known/openid-configuration.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

import jwt

from countersign.adapters.slack.client_secrets import with_each_secret
from countersign.adapters.slack.error_names import OURS, PASSING, readable
from countersign.adapters.slack.signing_keys import SigningKeys
from countersign.domain.errors import ChatUnavailable, ConfigurationError, CountersignError, Unverified
from countersign.domain.hosts import host_of
from countersign.domain.http import HttpRequest
from countersign.domain.oauth import ClientCredentials
from countersign.domain.openid import IdTokenClaims, check_claims
from countersign.domain.secret import Secret
from countersign.ports.apps import Http
from countersign.ports.system import Clock

_OK: Final = 200
_ORGANISATION: Final = "https://slack.com/enterprise_id"

_SIGNATURE_ONLY: Final[Any] = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
"""The library reads a clock of its own; the claims are checked by ``domain.openid`` with ours."""


@dataclass(frozen=True, slots=True)
class SlackAddresses:
    """Where Slack is: Web API base with a slash at its end, web without, signing keys, and the issuer's name."""

    api_url: str
    web_url: str
    keys_url: str
    issuer: str


class SlackOpenId:
    """Implements ``ports.chat.ChatOpenId``. Signing keys are kept for an hour, and fetched anew for an unknown one."""

    def __init__(
        self, http: Http, addresses: SlackAddresses, credentials: Callable[[], ClientCredentials], clock: Clock
    ) -> None:
        self._http, self._addresses, self._credentials, self._clock = http, addresses, credentials, clock
        self._keys = SigningKeys(self._json, addresses.keys_url, clock)

    def authorization_url(self, redirect_uri: str, state: str, nonce: str, workspace: str) -> str:
        """Where the browser proves itself.

        ``workspace`` is a ``T…`` id: an organisation's id ends on a page of Slack's that never comes back. No PKCE: it
        would make the Slack app a public client for good. No ``response_mode``: the answer must be a GET.
        """
        parameters = {
            "response_type": "code",
            "scope": "openid email",
            "client_id": self._credentials().client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "nonce": nonce,
        }
        if workspace.startswith("T"):
            parameters["team"] = workspace
        return f"{self._addresses.web_url}/openid/connect/authorize?{urlencode(parameters, quote_via=quote)}"

    def identify(self, code: Secret, redirect_uri: str, nonce: str, *, organisation: bool) -> IdTokenClaims:
        """Exchange the code and verify who it is for. Raises Unverified, ChatUnavailable, ConfigurationError.

        The access token is dropped, not revoked: revoking would end the person's authorization of this app.
        """
        answer = self._exchange(code, redirect_uri)
        claims = check_claims(
            self._verified(answer.get("id_token")),
            issuer=self._addresses.issuer,
            client_id=self._credentials().client_id,
            nonce=nonce,
            now=self._clock(),
        )
        return replace(claims, organisation=self._organisation(answer, claims)) if organisation else claims

    def _exchange(self, code: Secret, redirect_uri: str) -> Mapping[str, Any]:
        form = {"grant_type": "authorization_code", "code": code.reveal(), "redirect_uri": redirect_uri}

        def exchange(client: Mapping[str, str]) -> Mapping[str, Any]:
            return self._json(HttpRequest("POST", self._api("token"), form={**form, **client}))

        return with_each_secret(self._credentials(), exchange)

    def _verified(self, id_token: Any) -> Mapping[str, Any]:
        """The claims of a token that one of Slack's keys signed with RS256; which of them hold is checked after."""
        if not isinstance(id_token, str):
            raise Unverified("no id_token")
        try:
            key = self._keys.of(jwt.get_unverified_header(id_token).get("kid"))
            claims = jwt.decode(id_token, key, algorithms=["RS256"], options=_SIGNATURE_ONLY)
        except (jwt.PyJWTError, ValueError) as error:
            raise Unverified(f"id_token: {type(error).__name__}") from None
        return claims

    def _organisation(self, answer: Mapping[str, Any], claims: IdTokenClaims) -> str | None:
        """The organisation is in userInfo only; its subject must be the id_token's (OpenID Connect Core §5.3.2)."""
        token = answer.get("access_token")
        if not isinstance(token, str):
            raise Unverified("no access token to ask for the organisation with")
        headers = {"Authorization": f"Bearer {token}"}
        about = self._json(HttpRequest("GET", self._api("userInfo"), headers=headers))
        if about.get("sub") != claims.user_id:
            raise Unverified("userInfo is about somebody else")
        found = about.get(_ORGANISATION)
        return found if isinstance(found, str) and found else None

    def _api(self, method: str) -> str:
        return f"{self._addresses.api_url}openid.connect.{method}"

    def _json(self, request: HttpRequest) -> Mapping[str, Any]:
        """A JSON object of Slack's. Its errors come with HTTP 200 and ``ok: false``, or as RFC 6749 §5.2 has it."""
        try:
            answer = self._http.send(request, [host_of(request.url)])
        except CountersignError as error:
            raise ChatUnavailable(f"Slack's sign-in: {error}") from error
        body = answer.body if isinstance(answer.body, dict) else {}
        if body.get("ok", True) is not True or "error" in body:
            raise _refused(body.get("error"))
        if answer.status != _OK or not body:
            raise ChatUnavailable(f"Slack's sign-in answered {answer.status}")
        return body


def _refused(error: Any) -> CountersignError:
    name = readable(error) or "unreadable"
    detail = f"Slack's sign-in: {name}"
    if name in OURS:
        return ConfigurationError(detail)
    return ChatUnavailable(detail) if name in PASSING else Unverified(detail)
