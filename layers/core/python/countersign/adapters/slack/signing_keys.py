"""An OpenID provider's public signing keys (RFC 7517)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import jwt

from countersign.domain.errors import ChatUnavailable, Unverified
from countersign.domain.http import HttpRequest
from countersign.ports.system import Clock

_KEEP_KEYS: Final = 3_600


class SigningKeys:
    """The provider's public keys by id (RFC 7517), fetched when they are first needed, old, or an id is unknown."""

    def __init__(self, fetch: Callable[[HttpRequest], Mapping[str, Any]], url: str, clock: Clock) -> None:
        self._fetch, self._url, self._clock = fetch, url, clock
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched_at = 0

    def of(self, key_id: Any) -> jwt.PyJWK:
        """The RSA key of this id. Raises Unverified, and ChatUnavailable when the keys can't be had."""
        if not isinstance(key_id, str):
            raise Unverified("id_token: no key id")
        if key_id not in self._keys or self._fetched_at + _KEEP_KEYS < self._clock():
            self._keys, self._fetched_at = self._read(), self._clock()
        if key_id not in self._keys:
            raise Unverified("id_token: signed with an unknown key")
        return self._keys[key_id]

    def _read(self) -> Mapping[str, jwt.PyJWK]:
        document = self._fetch(HttpRequest("GET", self._url))
        try:
            keys = jwt.PyJWKSet.from_dict(dict(document)).keys
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            raise ChatUnavailable(f"signing keys: {type(error).__name__}") from None
        return {key.key_id: key for key in keys if key.key_id and key.key_type == "RSA"}
