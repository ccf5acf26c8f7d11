"""Tokens as the JSON that is sealed, and back."""

from collections.abc import Mapping
from typing import Any

from countersign.domain.errors import SealBroken
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens


def pack(tokens: Tokens) -> dict[str, Any]:
    """What is sealed. The only place where tokens are shown in clear."""
    return {
        "access_token": tokens.access_token.reveal(),
        "refresh_token": tokens.refresh_token.reveal() if tokens.refresh_token else None,
        "api_base": tokens.api_base,
    }


def unpack(opened: Mapping[str, Any]) -> Tokens:
    """What was sealed. Raises SealBroken for any other shape."""
    access, refresh, api_base = opened.get("access_token"), opened.get("refresh_token"), opened.get("api_base")
    if not isinstance(access, str) or not isinstance(refresh, str | None) or not isinstance(api_base, str | None):
        raise SealBroken("what was sealed are no tokens")
    return Tokens(Secret(access), Secret(refresh) if refresh else None, api_base)
