"""Authorization requests as they arrive at Slack's two authorize pages, checked before anyone sees a page.

Source: docs.slack.dev/authentication/sign-in-with-slack, docs.slack.dev/authentication/installing-with-oauth.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from sandbox.slack.config import SlackConfig
from sandbox.slack.grants import Flow
from sandbox.slack.openid import SCOPES
from sandbox.slack.web.refusal import Refused


@dataclass(frozen=True)
class AuthorizationRequest:
    """What an app asks a person to allow.

    Attributes:
        redirect_uri: Where the answer goes; as it was sent, None if it was left out.
        team: The workspace that the app would like; it is a wish.
    """

    flow: Flow
    scopes: frozenset[str]
    redirect_uri: str | None
    goal: str
    state: str | None
    nonce: str | None
    team: str | None

    def back(self, **answer: str) -> str:
        """The redirect URL with this answer, and the state where there was one."""
        if self.state is not None:
            answer["state"] = self.state
        joint = "&" if "?" in self.goal else "?"
        return f"{self.goal}{joint}{urlencode(answer)}"


def read_request(config: SlackConfig, flow: Flow, query: Mapping[str, str]) -> AuthorizationRequest:
    """The request, checked.

    Raises:
        Refused: Unknown client, unregistered redirect URL, scopes that don't go together, unknown response type.
    """
    if query.get("client_id") != config.client_id:
        raise Refused("invalid_client_id", "No app has this client_id.")
    redirect_uri = query.get("redirect_uri")
    goal = _goal(config, redirect_uri)
    scopes = frozenset(filter(None, re.split(r"[ ,]+", query.get("scope", ""))))
    if flow == "openid":
        _check_sign_in(scopes, query)
    else:
        _check_install(config, scopes, query)
    return AuthorizationRequest(
        flow, scopes, redirect_uri, goal, query.get("state"), query.get("nonce"), query.get("team") or None
    )


def _goal(config: SlackConfig, redirect_uri: str | None) -> str:
    if redirect_uri is None:
        if len(config.redirect_uris) == 1:
            return config.redirect_uris[0]
        raise Refused("bad_redirect_uri", "Several redirect URLs are registered: send the one that you want.")
    if urlsplit(redirect_uri).fragment or not any(_below(redirect_uri, known) for known in config.redirect_uris):
        raise Refused("bad_redirect_uri", f"redirect_uri did not match any configured URIs. Passed URI: {redirect_uri}")
    return redirect_uri


def _below(address: str, registered: str) -> bool:
    """Whether the address is the registered one or lies below it, by whole path segments."""
    asked, known = urlsplit(address), urlsplit(registered)
    if (asked.scheme, asked.netloc) != (known.scheme, known.netloc) or ".." in asked.path.split("/"):
        return False
    return asked.path == known.path or asked.path.startswith(f"{known.path.rstrip('/')}/")


def _check_sign_in(scopes: frozenset[str], query: Mapping[str, str]) -> None:
    if query.get("response_type") != "code":
        raise Refused("unsupported_response_type", "response_type must be code.")
    if not scopes <= SCOPES:
        raise Refused("invalid_scope", "Scope conflict: OpenID scopes cannot be requested together with others.")
    if "openid" not in scopes:
        raise Refused("invalid_scope", "The scope openid is required.")


def _check_install(config: SlackConfig, scopes: frozenset[str], query: Mapping[str, str]) -> None:
    if scopes & SCOPES or SCOPES & set(re.split(r"[ ,]+", query.get("user_scope", ""))):
        raise Refused("invalid_scope", "Scope conflict: OpenID scopes cannot be requested together with others.")
    if not scopes:
        raise Refused("no_bot_scopes_requested", "The app asks for no bot scope.")
    if "code_challenge" in query:
        raise Refused("pkce_not_allowed", f"PKCE is not enabled for the app {config.app_id}.")
