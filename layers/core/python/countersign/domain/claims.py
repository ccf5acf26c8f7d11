"""What is known of an account from the tokens themselves, without asking the app again. Pure."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final

from countersign.domain import strict_json
from countersign.domain.app_sign_in import ClaimsOf
from countersign.domain.errors import AppError
from countersign.domain.oauth import TokenAnswer

SKEW: Final = 60
"""Seconds that the app's clock and ours may differ."""
_PARTS: Final = 3


def read_claims(
    where: ClaimsOf, tokens: TokenAnswer, *, issuer: str | None, client_id: str, now: int
) -> Mapping[str, Any]:
    """The claims that came with new tokens, checked as far as each kind can be.

    A JSON Web Token is believed without its signature, because it came straight from the token endpoint over TLS
    (OpenID Connect Core §3.1.3.7 (6)); it is never taken from a browser.

    Args:
        where: what the app file says.
        tokens: the token endpoint's answer to our own code.
        issuer: must be ``iss``, exactly; None where the app file names none.
        client_id: ours; an id_token must be for us (§3.1.3.7 (3)).
        now: an id_token must not have ended (§3.1.3.7 (9)), nor any token that says when it does.

    Raises:
        AppError: they are not there, or not of this app, or not for us.
    """
    match where:
        case ClaimsOf.TOKEN_ANSWER:
            return tokens.members
        case ClaimsOf.ID_TOKEN:
            claims = _payload(tokens.id_token.reveal() if tokens.id_token else "", where)
            _demand(_is_for(claims.get("aud"), client_id), where, "aud")
            _demand(claims.get("azp", client_id) == client_id, where, "azp")
            _demand("exp" in claims, where, "exp")
        case ClaimsOf.ACCESS_TOKEN:
            claims = _payload(tokens.access_token.reveal(), where)
    _demand("exp" not in claims or _seconds(claims["exp"]) + SKEW > now, where, "exp")
    _demand(issuer is None or claims.get("iss") == issuer, where, "iss")
    return claims


def _payload(token: str, where: ClaimsOf) -> Mapping[str, Any]:
    """The second part of a JSON Web Signature's compact form (RFC 7515 §7.1)."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        raise AppError(f"{where}: no JSON Web Token")
    try:
        text = base64.b64decode(parts[1] + "=" * (-len(parts[1]) % 4), altchars=b"-_", validate=True)
        claims = strict_json.parse(text)
    except (binascii.Error, ValueError):
        raise AppError(f"{where}: a JSON Web Token that can't be read") from None
    if not isinstance(claims, dict):
        raise AppError(f"{where}: a JSON Web Token without claims")
    return claims


def _is_for(audience: Any, client_id: str) -> bool:
    """Whether ``aud``, a text or a list of texts (RFC 7519 §4.1.3), names us."""
    if isinstance(audience, str):
        return audience == client_id
    return isinstance(audience, Sequence) and client_id in audience


def _seconds(value: Any) -> float:
    """A NumericDate (RFC 7519 §2): some vendors write fractions. What is no number has ended long ago."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _demand(holds: bool, where: ClaimsOf, claim: str) -> None:
    if not holds:
        raise AppError(f"{where}: {claim} is wrong")
