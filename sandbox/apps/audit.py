"""Whom the app recorded for what: the proof that an action was the person's own."""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.apps.accounts import Account


@dataclass(frozen=True)
class Caller:
    """Who acts, and through what: `client_id` is None for the app's own pages in a browser."""

    account: Account
    client_id: str | None


@dataclass(frozen=True)
class AuditEntry:
    """One recorded act; `at` is in seconds since the epoch."""

    at: float
    record: str
    record_id: str
    act: str
    login: str
    name: str
    account_id: str
    via: str
    client_id: str | None
    comments: str


class AuditTrail:
    """The app's own log of changes, newest last."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: list[AuditEntry] = []
        self._lock = threading.Lock()

    def add(self, caller: Caller, act: str, *, record: str, record_id: str, comments: str = "") -> None:
        """Record that `caller` did `act` to the record."""
        who = caller.account
        via = "browser" if caller.client_id is None else "api"
        entry = AuditEntry(
            self._clock(),
            record,
            record_id,
            act,
            who.login,
            who.name,
            who.account_id,
            via,
            caller.client_id,
            comments,
        )
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> list[AuditEntry]:
        """All entries, newest last."""
        with self._lock:
            return list(self._entries)

    def as_json(self) -> list[dict[str, Any]]:
        """All entries as JSON objects, newest last."""
        return [asdict(entry) for entry in self.entries()]
