"""A value that must not be shown."""

from typing import Final

_MASK: Final = "•••"


class Secret:
    """A string that shows ``•••`` wherever it is printed, formatted or logged; ``reveal()`` is explicit."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself. Call it where it goes out, not before."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return _MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return _MASK

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a Secret is not serialised; seal it")
