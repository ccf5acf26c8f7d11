"""Decides about a step that was sent and never heard of again: asks the app, and resends only on proof."""

from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.action import ActionStatus, Outcome, moved
from countersign.domain.answer import CheckResult, Succeeded
from countersign.domain.catalog import Idempotency, Operation
from countersign.ports.stores import ActionStore
from countersign.ports.system import Clock
from countersign.usecases.perform_step import Already, InDoubt, NotDone, PerformStep, StepAt, StepEnd

MOST_SENDS: Final = 2
"""How often a call is sent in all where each time the app has to prove first that the one before did not happen."""
_REPEATABLE: Final = frozenset({Idempotency.NATIVE_KEY, Idempotency.EXTERNAL_ID})
_HOUR: Final = 3_600


def can_be_settled(operation: Operation) -> bool:
    """Whether doubt about this operation can be settled without a person."""
    return operation.reads_only or operation.check is not None or operation.idempotency in _REPEATABLE


@dataclass(frozen=True)
class SettleDoubt:
    """Never sends again without proof: the app's own word, or an operation that the app itself takes only once.

    What the app neither shows as done nor proves to be absent stays in doubt: "not settled yet" is no proof, because an
    approval that arrived may only be one of several. Raises what PerformStep raises.
    """

    actions: ActionStore
    perform: PerformStep
    clock: Clock

    def __call__(self, at: StepAt, *, still_wanted: bool) -> tuple[StepAt, StepEnd]:
        """How the step ended, or ends now that it is taken again.

        ``still_wanted``: its person has not chosen otherwise since, a short while ago, about what the card shows now.
        Without that, proof of absence is the end: it was not done.
        """
        if at.opened.connection.account.id != at.action.account_id:
            return at, InDoubt("signed in as another account since")  # whose record would tell nothing about this one
        at, found = self.perform.check(at)
        match found:
            case CheckResult(done=True) | CheckResult(decided=True):
                return at, _settled(found)
            case CheckResult(absent=True):
                return self._once_more(at, still_wanted=still_wanted)
            case CheckResult() | None if at.operation.reads_only or at.operation.idempotency in _REPEATABLE:
                return self._repeated(at, still_wanted=still_wanted)
            case CheckResult():
                return at, InDoubt("the record does not prove that it did not happen")
            case None:
                return at, InDoubt("no check")
            case _:
                return at, InDoubt("the check could not be made")

    def _once_more(self, at: StepAt, *, still_wanted: bool) -> tuple[StepAt, StepEnd]:
        """It is proved that it did not happen. Anything but a success of the second call has to be proved as well."""
        if not still_wanted or at.action.sends >= MOST_SENDS:
            return at, NotDone(Outcome.NOT_TAKEN if at.action.sends > 1 else Outcome.NOT_ARRIVED)
        again = self.actions.save(moved(at.action, ActionStatus.CLAIMED))
        at, end = self.perform(replace(at, action=again))
        if isinstance(end, Succeeded | InDoubt):
            return at, end
        at, found = self.perform.check(at)
        match found:
            case CheckResult(done=True) | CheckResult(decided=True):
                return at, _settled(found)
            case CheckResult(absent=True):
                return at, end
            case _:
                return at, InDoubt(f"sent again: {type(end).__name__}")

    def _repeated(self, at: StepAt, *, still_wanted: bool) -> tuple[StepAt, StepEnd]:
        """The app takes it only once, however often it is sent: while it knows our key, and nobody wrote over it."""
        if not at.operation.reads_only:
            if not still_wanted:
                return at, InDoubt("not wanted any more")
            if self.clock() - (at.action.sent_at or 0) > at.operation.key_hours * _HOUR:
                return at, InDoubt("its key is too old")
        return self.perform.repeat(at)


def _settled(found: CheckResult) -> Succeeded | Already:
    """What a record says that shows this very act, or another decision; whose it is may be all that is not known."""
    if found.done:
        return Succeeded(found.results, found.final)
    return Already(found.description, found.actor, perhaps_ours=not found.absent)
