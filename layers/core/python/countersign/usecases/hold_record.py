"""Lets one action at a time near a record, and finds out what became of whoever holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countersign.domain.action import RECHECK_SECONDS, Action, ActionStatus, Outcome
from countersign.domain.identity import Person
from countersign.domain.queue_messages import resume_message
from countersign.ports.stores import ActionStore
from countersign.ports.system import Clock, Queue


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody else has the record. ``changes`` are what is known of their decision."""

    why: Outcome
    changes: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class HoldRecord:
    """None when the record is this action's (or there is none): go on. Raises StoreUnavailable, Conflict."""

    actions: ActionStore
    queue: Queue
    clock: Clock

    def __call__(self, action: Action) -> Held | None:
        """Claim the record for ``action``, until it has decided: what its recipe does then concerns nobody else."""
        if action.subject is None or action.decided_at is not None:
            return None
        holder = self.actions.claim_subject(action.subject, action)
        if holder is None:
            return None
        other = self.actions.get(Person.from_key(holder["person"]), holder["action"])
        if other is None or self._is_over(other):
            # FAILED: its worker died before it freed the record. DONE: this may be a new round of the same record.
            # UNKNOWN for long: the app's own check, which comes before every act, knows more than we do.
            self.actions.take_subject(action.subject, action, was=holder)
            return None
        if other.status is ActionStatus.UNKNOWN:
            self.queue.send(resume_message(other))  # ask the app again; the answer helps whoever clicks next
            return Held(Outcome.HELD)
        return Held(Outcome.BUSY)

    def _is_over(self, other: Action) -> bool:
        if other.status is ActionStatus.UNKNOWN:
            return self.clock() - (other.ended_at or 0) > RECHECK_SECONDS
        return other.status in (ActionStatus.FAILED, ActionStatus.DONE)
