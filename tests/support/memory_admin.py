"""What admins look at and change, in memory. ``tests/contract`` holds it to what the real ones do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from countersign.domain.connection import Connection, Status
from countersign.domain.identity import Person
from countersign.domain.tally import COUNTED
from countersign.ports.admin import EVERYWHERE
from tests.support.memory_sign_in import MemoryAuditLog, MemoryConnectionStore


@dataclass
class MemoryPauses:
    """Implements ``admin_ports.Pauses``."""

    rows: set[tuple[str, str]] = field(default_factory=set)
    changed: dict[tuple[str, str], int] = field(default_factory=dict)

    def paused(self, workspace: str) -> frozenset[str]:
        return frozenset(app for place, app in self.rows if place in (workspace, EVERYWHERE))

    def set(self, app: str, workspace: str, now: int, *, paused: bool) -> bool:
        if ((workspace, app) in self.rows) is paused:
            return False
        (self.rows.add if paused else self.rows.discard)((workspace, app))
        self.changed[workspace, app] = now
        return True

    def changed_at(self, app: str, workspace: str) -> int | None:
        return self.changed.get((workspace, app))


@dataclass
class MemoryCensus:
    """Implements ``admin_ports.Census``."""

    connections: MemoryConnectionStore

    def count(self, app: str, workspace: str) -> Mapping[Status, int]:
        counted = Counter(row.status for row in self._of(app, workspace))
        return {status: min(number, COUNTED + 1) for status, number in counted.items()}

    def accounts_of_several(self, tenant: str) -> Mapping[str, int]:
        held = self.connections.holders.items()
        return Counter(app for (whose, app, _), people in held if whose == tenant and len(people) > 1)

    def page(
        self, app: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[tuple[Person, Status]], str | None]:
        live = [row for row in self._of(app, workspace) if row.status is not Status.REVOKING]
        left = sorted((row for row in live if row.person.key > (after or "")), key=lambda row: row.person.key)
        following = left[limit - 1].person.key if len(left) > limit else None
        return [(row.person, row.status) for row in left[:limit]], following

    def _of(self, app: str, workspace: str | None) -> list[Connection]:
        rows = [*self.connections.rows.values(), *(row for row, _ in self.connections.aside.values())]
        return [row for row in rows if row.app == app and workspace in (None, row.workspace)]


@dataclass
class MemoryFailures:
    """Implements ``admin_ports.Failures``, of all times: nothing in memory is older than a test."""

    audit: MemoryAuditLog

    def failures(self, app: str, workspace: str, since: int) -> int:  # noqa: ARG002 - see above
        return sum(
            event.failed and (event.facts.get("app"), event.facts.get("workspace")) == (app, workspace)
            for event in self.audit.as_events()
        )
