"""Decides about a step that was sent and never heard of again: asks the app, and resends only on proof."""

from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.action import ActionStatus, Outcome, moved
from countersign.domain.answer import CheckResult, Succeeded
from countersign.domain.catalog import Idempotency, Operation
from countersign.ports import ActionStore
from countersign.usecases.perform_step import Already, InDoubt, NotDone, PerformStep, StepAt, StepEnd

MOST_SENDS: Final = 2
"""How often a call is sent in all where each time the app has to prove first that the one before did not happen."""
_REPEATABLE: Final = frozenset({Idempotency.NATIVE_KEY, Idempotency.EXTERNAL_ID})


def can_be_settled(operation: Operation) -> bool:
    """Whether doubt about this operation can be settled without a person."""
    return operation.reads_only or operation.check is not None or operation.idempotency in _REPEATABLE


@dataclass(frozen=True)
class SettleDoubt:
    """Never sends again without proof: the app's own word, or an operation that the app itself takes only once.

    Raises what PerformStep raises.
    """

    actions: ActionStore
    perform: PerformStep

    def __call__(self, at: StepAt, *, still_wanted: bool) -> tuple[StepAt, StepEnd]:
        """How the step ended, or ends now that it is taken again.

        ``still_wanted``: its person has not chosen otherwise since, a short while ago, about what the card shows now.
        Without that, proof of absence is the end: it was not done.
        """
        if at.opened.connection.account.id != at.action.account_id:
            return at, InDoubt("signed in as another account since")  # whose record would tell nothing about this one
        at, found = self.perform.check(at)
        match found:
            case CheckResult(done=True, results=results):
                return at, Succeeded(results)
            case CheckResult(decided=True, description=description, actor=actor):
                return at, Already(description, actor)
            case CheckResult() if at.action.sends >= MOST_SENDS or not still_wanted:
                return at, NotDone(Outcome.NOT_TAKEN)
            case CheckResult():
                again = self.actions.save(moved(at.action, ActionStatus.CLAIMED))
                return self.perform(replace(at, action=again))
            case None if at.operation.reads_only or at.operation.idempotency in _REPEATABLE:
                return self.perform.repeat(at)  # the app itself takes it only once, however often it is sent
            case None:
                return at, InDoubt("no check")
            case _:
                return at, InDoubt("the check could not be made")
