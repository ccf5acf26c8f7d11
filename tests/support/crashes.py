"""Workers that are killed: before or after one of the calls that they make to the outside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Killed(BaseException):
    """The process is gone; nothing in it can catch that."""


@dataclass
class Fuse:
    """Counts the calls of every port that it is put on, and kills at one of them; once."""

    at: int = 0
    after: bool = False
    calls: int = 0

    def burn(self, call: Callable[[], Any]) -> Any:
        """Make a call, unless it is the one."""
        self.calls += 1
        if self.calls != self.at:
            return call()
        if self.after:
            call()
        raise Killed


class Fused:
    """A port on a fuse."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self._port, self._fuse = port, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name == "within":
            return lambda *_: self
        return (lambda *given, **named: self._fuse.burn(lambda: found(*given, **named))) if callable(found) else found
