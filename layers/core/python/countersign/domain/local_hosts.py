"""Sends addresses of real apps to their stand-ins on loopback; only a local stack has any."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class LocalHosts:
    """Host that an app file declares → base to use instead. Empty everywhere but on a laptop."""

    bases: Mapping[str, str] = field(default_factory=dict)

    def resolve(self, url: str) -> str:
        """The address to use for ``url``: itself, unless its host has a stand-in."""
        parts = urlsplit(url)
        base = self.bases.get(parts.hostname or "")
        if base is None:
            return url
        rest = (
            parts.path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
        )
        return base.rstrip("/") + rest
