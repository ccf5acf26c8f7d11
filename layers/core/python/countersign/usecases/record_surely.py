"""Gets every event into the audit trail: what its table can't take now, a queue carries there."""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.audit import LateEvent, kept_facts
from countersign.domain.errors import Malformed, StoreUnavailable
from countersign.domain.identity import Person
from countersign.domain.queue_messages import audit_message
from countersign.ports.records import AuditLog
from countersign.ports.system import Clock, Queue


@dataclass(frozen=True)
class RecordSurely:
    """Implements ``ports.AuditLog`` over the trail itself.

    An event is often recorded of what can't be repeated: a leg that is spent, a page that nobody reloads, a row that is
    gone. Raises StoreUnavailable only where neither the table nor the queue takes it; then whoever is asked to repeat
    what they did records it, under the same ``once``.
    """

    trail: AuditLog
    queue: Queue
    clock: Clock

    def record(
        self,
        event: str,
        person: Person | None,
        facts: Mapping[str, str | None],
        *,
        once: str,
        at: int | None = None,
        tried_at: int | None = None,
    ) -> None:
        """Write it, or have it written."""
        tried_at = self.clock() if tried_at is None else tried_at
        try:
            self.trail.record(event, person, facts, once=once, at=at, tried_at=tried_at)
        except StoreUnavailable:
            self.queue.send(audit_message(LateEvent(event, person, kept_facts(facts), once, at, tried_at)))


@dataclass(frozen=True)
class RecordLate:
    """Writes what a queue carried.

    Raises StoreUnavailable, and Malformed where its times can't be: the queue brings it again, and then alarms.
    """

    trail: AuditLog

    def __call__(self, late: LateEvent, sent_at: int) -> None:
        """Under the time at which it happened, once however often it is brought. ``sent_at``: as the queue has it."""
        if not late.could_be_sent_at(sent_at):
            raise Malformed("a late event whose times do not fit when it was sent")
        self.trail.record(late.event, late.person, late.facts, once=late.once, at=late.at, tried_at=late.tried_at)
