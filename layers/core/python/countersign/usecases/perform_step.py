"""One step of an action at its app: check before, write down, act, read what came back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from countersign.domain.action import Action, ActionStatus, moved
from countersign.domain.answer import (
    CheckResult,
    NotUsable,
    Recorded,
    Refused,
    Succeeded,
    read_answer,
    read_check,
    read_record,
)
from countersign.domain.catalog import Catalog, Operation
from countersign.domain.connection import Connection
from countersign.domain.errors import AppUnavailable, TooLarge
from countersign.domain.operation import (
    Call,
    build_request,
    check_request,
    correlation_id,
    read_back_request,
)
from countersign.ports import ActionStore, AppSettings, Clock
from countersign.usecases.call_app import CallApp


@dataclass(frozen=True, slots=True)
class Already:
    """The record had been settled, by somebody else or in another way."""

    description: str | None
    actor: str | None


@dataclass(frozen=True, slots=True)
class NotDone:
    """It certainly did not happen; ``reason`` is for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """It was sent, and nobody knows. ``reason`` is for the operator."""

    reason: str


type StepEnd = Succeeded | Refused | Already | NotDone | InDoubt


@dataclass(frozen=True, slots=True)
class StepAt:
    """A step about to be taken: the ledger's row, the connection to act with, and the step's filled inputs."""

    action: Action
    connection: Connection
    operation: Operation
    step_id: str
    inputs: Mapping[str, str]


@dataclass(frozen=True)
class PerformStep:
    """Takes a step, and asks about one. SENT is written before the call; what was SENT is not sent again from here.

    Raises SignInNeeded, LeaseBusy, InvalidClient, StoreUnavailable: all of them before anything was sent, or when the
    app said for certain that nothing was done.
    """

    actions: ActionStore
    call_app: CallApp
    catalog: Catalog
    settings: AppSettings
    clock: Clock

    def __call__(self, at: StepAt) -> tuple[StepAt, StepEnd]:
        """Take the step. The row and connection come back as they are now."""
        if not at.operation.reads_only:
            at, found = self.check(at)
            if isinstance(found, CheckResult):
                if found.done:
                    return at, Succeeded(found.results)
                if found.decided:
                    return at, Already(found.description, found.actor)
                if found.permitted is False:
                    return at, Refused("You are not named there as one who may decide this.", may_not=True)
            elif found is not None:
                return at, found
        at = self._write_sent(at)
        try:
            called: tuple[Connection, Succeeded | Refused | NotUsable] = self.call_app(
                at.connection,
                lambda base: build_request(self._call(at, base)),
                lambda base, got: read_answer(self._call(at, base), got),
            )
        except AppUnavailable as error:
            return at, InDoubt(str(error)) if error.sent else NotDone("it could not be reached.")
        except TooLarge as error:
            return at, InDoubt(str(error))
        return replace(at, connection=called[0]), self._ended(called[1])

    def check(self, at: StepAt) -> tuple[StepAt, CheckResult | Refused | NotDone | None]:
        """What the record says now; None where the operation has no check, NotDone where it can't be asked."""
        if at.operation.check is None:
            return at, None
        try:
            called: tuple[Connection, CheckResult | Refused | NotUsable] = self.call_app(
                at.connection,
                lambda base: _there(check_request(self._call(at, base))),
                lambda base, got: read_check(self._call(at, base), got),
            )
        except (AppUnavailable, TooLarge):
            return at, NotDone("it did not answer.")
        at, found = replace(at, connection=called[0]), called[1]
        if isinstance(found, NotUsable):
            return at, NotDone("it did not give a usable answer.")
        return at, found

    def read_back(self, at: StepAt, results: Mapping[str, str]) -> Recorded | None:
        """Whom the app recorded; None where it can't be asked or does not say."""
        if at.operation.read_back is None:
            return None
        try:
            called: tuple[Connection, Recorded | Refused | NotUsable] = self.call_app(
                at.connection,
                lambda base: _there(read_back_request(self._call(at, base).with_results(results))),
                lambda base, got: read_record(self._call(at, base).with_results(results), got),
            )
        except (AppUnavailable, TooLarge):
            return None
        return called[1] if isinstance(called[1], Recorded) else None

    def _call(self, at: StepAt, api_base: str | None) -> Call:
        app = self.catalog.apps[at.operation.app]
        return Call(
            app=app,
            operation=at.operation,
            settings=self.settings(app.id),
            api_base=api_base,
            account=at.connection.account,
            inputs=at.inputs,
            correlation_id=correlation_id(at.action.person.key, at.action.id, at.step_id),
        )

    def _write_sent(self, at: StepAt) -> StepAt:
        sent = moved(
            at.action,
            ActionStatus.SENT,
            sent_at=self.clock(),
            sends=at.action.sends + 1,
            account_id=at.connection.account.id,
            account_label=at.connection.account.label,
        )
        return replace(at, action=self.actions.save(sent))

    @staticmethod
    def _ended(answer: Succeeded | Refused | NotUsable) -> StepEnd:
        match answer:
            case NotUsable(not_done=True):
                return NotDone("it has too much to do right now.")
            case NotUsable(reason=reason):
                return InDoubt(reason)
            case Refused(already=True, message=message):
                return Already(message, None)
            case _:
                return answer


def _there[T](request: T | None) -> T:
    if request is None:
        raise ValueError("this operation has no such request")
    return request
