"""Notes what the app itself says of a step that was just done: whom it recorded, and whether it waits for others."""

from dataclasses import dataclass, replace

from countersign.domain.action import Action
from countersign.domain.answer import CheckResult, Recorded, Succeeded
from countersign.domain.catalog import Catalog, OperationKind
from countersign.domain.connection import Connection
from countersign.domain.standing import Standing
from countersign.domain.texts.accounts import acting_as, there
from countersign.ports.system import Clock
from countersign.usecases.perform_step import NOTHING_SENT, PerformStep, StepAt


@dataclass(frozen=True)
class NoteDecision:
    """Attribution proof, and no claim of an end that the app does not confirm. Raises StoreUnavailable."""

    perform: PerformStep
    catalog: Catalog
    clock: Clock

    def __call__(self, at: StepAt, done: Succeeded, comment: str | None) -> Action:
        """The step's action with it: not written yet. ``comment``: what its person said with the decision."""
        recorded = self.perform.read_back(at, done.results)
        connection = at.opened.connection
        action = replace(
            at.action,
            account_id=connection.account.id,
            account_label=acting_as(connection),
            recorded_id=recorded.account_id if recorded else None,
            recorded_label=self._label(connection, recorded),
        )
        if at.operation.kind is not OperationKind.DECIDE:
            return action
        return replace(action, decided_at=self.clock(), standing=self._standing(at, done, recorded), detail=comment)

    def beside(self, at: StepAt, done: Succeeded) -> Action:
        """The action with whom the app recorded for a step that acts beside the decision: not written yet."""
        label = self._label(at.opened.connection, self.perform.read_back(at, done.results))
        return replace(at.action, also_as=(*at.action.also_as, label))

    def _label(self, connection: Connection, recorded: Recorded | None) -> str:
        """Who the app says did it; our own knowledge only where it can't say, and then marked so."""
        app, account, label = self.catalog.apps[connection.app], connection.account, acting_as(connection)
        if recorded is None:
            return f"{there(label, app.name)}, which {app.name} did not confirm"
        if recorded.account_id == account.id:
            return there(label, app.name)
        return f"{recorded.name or recorded.account_id} in {app.name}, not {label}"

    def _standing(self, at: StepAt, done: Succeeded, recorded: Recorded | None) -> Standing:
        """The answer's own word counts before what is read afterwards: it is about this decision and no later one."""
        if not at.operation.says_final:
            return Standing.SETTLED
        if done.final is not None:
            return Standing.of(done.final)
        if recorded is not None and recorded.final is not None:
            return Standing.of(recorded.final)
        return Standing.of(self._asked(at))

    def _asked(self, at: StepAt) -> bool | None:
        if at.operation.check is None or at.operation.check.final is None:
            return None
        try:
            _, found = self.perform.check(at)
        except NOTHING_SENT:
            return None  # it is done all the same
        return found.final if isinstance(found, CheckResult) else None
