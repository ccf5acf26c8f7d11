"""Stored rows as domain values, or Unreadable: a row that lacks something, or holds something else, is never used.

Somebody's hand, a restored backup or a version of this code that is newer may have written it. What is missing where
it may be missing keeps its default: an earlier version wrote less.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import cache, wraps
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from countersign.domain.errors import Conflict, Unreadable


def checked[**P, Row](read: Callable[P, Row]) -> Callable[P, Row]:
    """The reader; but whatever it trips over, and every field of another type than its own, is Unreadable."""

    @wraps(read)
    def reader(*args: P.args, **kwargs: P.kwargs) -> Row:
        with readable(read.__name__):
            row = read(*args, **kwargs)
        if (name := _wrong_field(row)) is not None:
            raise Unreadable(f"{read.__name__}: {name} is of another type")
        return row

    return reader


@contextmanager
def readable(what: str) -> Iterator[None]:
    """The same for the few attributes of a row that is no domain value of its own."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, Conflict) as error:
        raise Unreadable(f"{what}: {type(error).__name__}") from error


def listed(value: Any) -> Sequence[Any]:
    """A list, and nothing else that could be gone through. Raises TypeError."""
    if not isinstance(value, list | tuple):
        raise TypeError("no list")
    return value


def _wrong_field(row: Any) -> str | None:
    """The first field that does not hold what its class says; None where all do."""
    shape: Any = type(row)
    for name, kind in _fields(shape):
        if not _fits(getattr(row, name), kind):
            return name
    return None


@cache
def _fields(kind: Any) -> Sequence[tuple[str, Any]]:
    hints = get_type_hints(kind)
    return [(field.name, hints[field.name]) for field in fields(kind)]


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value is of a type as our rows use them: plain ones, their unions, tuples, mappings, other rows."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(one, inner[0]) for one in value)
    if origin is Sequence:
        return isinstance(value, list | tuple) and all(_fits(one, inner[0]) for one in value)
    if origin is Mapping:
        return isinstance(value, Mapping) and all(
            _fits(name, inner[0]) and _fits(one, inner[1]) for name, one in value.items()
        )
    if isinstance(kind, type) and is_dataclass(kind):
        return isinstance(value, kind) and _wrong_field(value) is None
    if kind is int:
        return type(value) is int  # True is none here
    return isinstance(value, kind)
