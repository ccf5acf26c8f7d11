"""An audit trail whose table fails at chosen events, before the queue that carries there what it could not take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from countersign.domain.errors import StoreUnavailable
from countersign.domain.identity import Person
from countersign.ports.system import Clock
from countersign.usecases.record_surely import RecordSurely
from tests.support.acting_world import ActingWorld
from tests.support.memory_sign_in import MemoryAuditLog, MemoryQueue


@dataclass
class FailingQueue(MemoryQueue):
    """Refuses ``refusals`` messages with late events."""

    refusals: int = 0

    def send(self, body: Mapping[str, Any], *, delay: int = 0) -> None:
        if body["kind"] == "audit" and self.refusals:
            self.refusals -= 1
            raise StoreUnavailable("the queue is broken")
        super().send(body, delay=delay)


@dataclass
class SureAuditLog(MemoryAuditLog):
    """As the composition root makes it: ``trail``, and the queue behind it."""

    trail: MemoryAuditLog = field(default_factory=MemoryAuditLog)
    queue: FailingQueue = field(default_factory=FailingQueue)
    clock: Clock = lambda: 1_800_000_000

    def record(self, event: str, person: Person | None, facts: Mapping[str, str | None], **more: Any) -> None:
        RecordSurely(self.trail, self.queue, self.clock).record(event, person, facts, **more)

    def fail(self, event: str, *, queue_too: bool) -> None:
        """The next record of this event fails, once."""
        self.trail.failing.append(event)
        self.queue.refusals = int(queue_too)

    def catch_up(self) -> None:
        """What the queue carries is delivered to the worker that writes it, twice."""
        worker = ActingWorld()
        worker.__dict__["audit_trail"] = self.trail
        worker.now = self.clock()
        for message in [message for message in self.queue.sent if message["kind"] == "audit"]:
            self.queue.sent.remove(message)
            assert worker.deliver(dict(message)) == worker.deliver(dict(message)) == []


def on_failing_audit(world: ActingWorld) -> SureAuditLog:
    """Put a world on an audit that can fail."""
    queue = FailingQueue()
    log = SureAuditLog(queue=queue, clock=world.clock)
    world.__dict__.update({"audit": log, "audit_trail": log.trail, "actions_queue": queue})
    return log
