"""Whom an OpenID provider says the browser belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdTokenClaims:
    """Claims of a *verified* id_token (signature, issuer, audience, expiry and nonce have been checked)."""

    user_id: str
    workspace: str
    organisation: str | None
    email: str | None
    name: str | None
