"""JSON as RFC 8259 means it: what two readers could understand differently is refused."""

import json
from typing import Any


def parse(body: bytes) -> Any:
    """Parse UTF-8 JSON. Raises ValueError for anything else: NaN, duplicate names, a byte order mark, too deep."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=unique)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def parse_storable(body: bytes) -> Any:
    """The same, of a value that can be stored and sent on whole.

    Raises ValueError besides for a number beyond all bounds (``1e400``), which would read as infinity, and for half a
    surrogate pair (RFC 8259 §8.2), which UTF-8 can't hold.
    """
    value = parse(body)
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Pairs as a mapping. Raises ValueError when a name appears twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name appears twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
