"""Tokens and keys as the JSON that is sealed, and back."""

from collections.abc import Mapping
from typing import Any

from countersign.domain.errors import SealBroken
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens


def pack(tokens: Tokens) -> dict[str, Any]:
    """What is sealed. The only place where tokens are shown in clear."""
    packed = {
        "access_token": tokens.access_token.reveal() if tokens.access_token else None,
        "refresh_token": tokens.refresh_token.reveal() if tokens.refresh_token else None,
        "api_base": tokens.api_base,
        "sites": dict(tokens.sites),
        "credential": {name: part.reveal() for name, part in tokens.credential.items()},
    }
    return {name: value for name, value in packed.items() if value}


def unpack(opened: Mapping[str, Any], site: str = "") -> Tokens:
    """What was sealed, for the chosen ``site`` of its sites. Raises SealBroken for any other shape, or no such site.

    The site's id stands in clear beside the seal, so it may have been tampered with: it can only choose among the
    places that the person's own grant covers.
    """
    access, refresh, api_base = opened.get("access_token"), opened.get("refresh_token"), opened.get("api_base")
    sites, credential = opened.get("sites", {}), opened.get("credential", {})
    texts_or_none = all(isinstance(value, str | None) for value in (access, refresh, api_base))
    if not (texts_or_none and _are_texts(sites) and _are_texts(credential)) or bool(access) is bool(credential):
        raise SealBroken("what was sealed are no tokens")
    if site and site not in sites:
        raise SealBroken("what was sealed does not cover the site")
    return Tokens(
        access_token=Secret(access) if access else None,
        refresh_token=Secret(refresh) if refresh else None,
        api_base=sites[site] if site else api_base,
        sites=sites,
        credential={name: Secret(part) for name, part in credential.items()},
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for pair in value.items() for text in pair)
