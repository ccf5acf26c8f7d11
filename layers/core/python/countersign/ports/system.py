"""Ports to what every process stands on: the clock, chance, its own end, queues, and the log."""

from collections.abc import Mapping
from typing import Any, Protocol


class Clock(Protocol):
    """Now, in whole epoch seconds."""

    def __call__(self) -> int: ...


class Randomness(Protocol):
    """Unguessable values: 64 lower-case hex characters (32 bytes)."""

    def __call__(self) -> str: ...


class Deadline(Protocol):
    """When this very process will be killed, in epoch seconds. Leases end after it."""

    def __call__(self) -> int: ...


class Pause(Protocol):
    """Waits so many seconds."""

    def __call__(self, seconds: int) -> None: ...


class Queue(Protocol):
    """A queue of JSON messages, at least once. Raises StoreUnavailable."""

    def send(self, body: Mapping[str, Any], *, delay: int = 0) -> None: ...


class Journal(Protocol):
    """One structured line, and one count, per thing that happened. Facts are ids and words, never contents."""

    def __call__(self, event: str, **facts: str | int | None) -> None: ...
