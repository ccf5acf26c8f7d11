"""Whom an OpenID provider says the browser belongs to, and which claims may be believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from countersign.domain.app_text import clean
from countersign.domain.errors import Unverified

SKEW: Final = 60
"""Seconds that the provider's clock and ours may differ; Slack's id_tokens live 300 s."""
_TEXT_LIMIT: Final = 320
_USER: Final = "https://slack.com/user_id"
_WORKSPACE: Final = "https://slack.com/team_id"


@dataclass(frozen=True, slots=True)
class IdTokenClaims:
    """Claims of a *verified* id_token (signature, issuer, audience, expiry and nonce have been checked)."""

    user_id: str
    workspace: str
    organisation: str | None
    email: str | None
    name: str | None
    workspace_name: str | None = None


def check_claims(claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now: int) -> IdTokenClaims:
    """Believe the claims of an id_token whose signature holds (OpenID Connect Core §3.1.3.7), or raise Unverified.

    The issuer and the audience are compared exactly; an audience beside ours is refused, since we trust no other.
    ``sub`` must be Slack's own user id (docs.slack.dev/authentication/sign-in-with-slack).
    """
    _demand(claims.get("iss") == issuer, "iss")
    _demand(claims.get("aud") in (client_id, [client_id]), "aud")
    _demand(claims.get("azp", client_id) == client_id, "azp")
    _demand(_seconds(claims.get("exp")) + SKEW > now, "exp")
    _demand(_seconds(claims.get("iat")) - SKEW <= now, "iat")
    _demand(bool(nonce) and claims.get("nonce") == nonce, "nonce")
    user, workspace = claims.get(_USER), claims.get(_WORKSPACE)
    if not isinstance(user, str) or not user or claims.get("sub") != user:
        raise Unverified("id_token: sub is not the user id")
    if not isinstance(workspace, str) or not workspace:
        raise Unverified("id_token: no workspace")
    return IdTokenClaims(
        user_id=user,
        workspace=workspace,
        organisation=None,
        email=_text(claims.get("email")) if claims.get("email_verified") is True else None,
        name=_text(claims.get("name")),
        workspace_name=_text(claims.get("https://slack.com/team_name")),
    )


def _demand(holds: bool, claim: str) -> None:
    if not holds:
        raise Unverified(f"id_token: {claim} is wrong")


def _seconds(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unverified("id_token: a time that is no whole number")
    return value


def _text(value: Any) -> str | None:
    """A text that can be shown and stored as it is; an address that only looks like another one is none."""
    return (
        value
        if isinstance(value, str) and 0 < len(value) <= _TEXT_LIMIT and value == clean(value, _TEXT_LIMIT)
        else None
    )
