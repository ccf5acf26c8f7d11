"""JSON as RFC 8259 means it: what two readers could understand differently is refused."""

import json
from typing import Any


def parse(body: bytes) -> Any:
    """Parse UTF-8 JSON. Raises ValueError for anything else: NaN, duplicate names, a byte order mark, too deep."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=unique)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Pairs as a mapping. Raises ValueError when a name appears twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name appears twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
