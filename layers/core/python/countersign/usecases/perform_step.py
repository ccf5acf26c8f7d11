"""One step of an action at its app: check before, write down, act, read what came back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.action import Action, ActionStatus, Outcome, moved
from countersign.domain.answer import (
    CheckResult,
    NotUsable,
    Recorded,
    Refused,
    Succeeded,
    TokenRejected,
    read_answer,
    read_check,
    read_record,
)
from countersign.domain.card_rules import Requester
from countersign.domain.catalog import Catalog, Operation
from countersign.domain.errors import (
    AppUnavailable,
    ConfigurationError,
    HostNotAllowed,
    InvalidClient,
    LeaseBusy,
    Malformed,
    SignInNeeded,
    TooLarge,
)
from countersign.domain.hidden import NOTHING, Hidden
from countersign.domain.http import HttpAnswer
from countersign.domain.operation import Call, build_request, check_request, correlation_id, read_back_request
from countersign.domain.request_id import request_id
from countersign.domain.texts.accounts import acting_as
from countersign.ports.apps import AppSettings
from countersign.ports.stores import ActionStore
from countersign.ports.system import Clock, Deadline
from countersign.usecases.call_app import CallApp, Opened

NOTHING_SENT: Final = (SignInNeeded, LeaseBusy, InvalidClient, HostNotAllowed, ConfigurationError, Malformed)
"""Errors that say that the app did nothing: no token could be had, or the app refused it, or no request was made."""
CALL_SECONDS: Final = 5
"""An act isn't begun with less time than this before the worker is killed."""


@dataclass(frozen=True, slots=True)
class Already:
    """The record had been settled, by somebody else or in another way: the app's own record says so.

    ``perhaps_ours``: our own call may have settled it: its answer was lost, and the record does not say whose it was.
    """

    description: str | None
    actor: str | None
    perhaps_ours: bool = False


@dataclass(frozen=True, slots=True)
class NotDone:
    """It certainly did not happen."""

    why: Outcome


@dataclass(frozen=True, slots=True)
class InDoubt:
    """It was sent, and nobody knows. ``reason`` is for the operator.

    ``answered``: the app did answer, but not as its app file expects.
    """

    reason: str
    answered: bool = False


type StepEnd = Succeeded | Refused | Already | NotDone | InDoubt


@dataclass(frozen=True, slots=True)
class StepAt:
    """A step about to be taken: the ledger's row, the opened connection to act with, and the step's filled inputs.

    ``not_by``: who must not take it: looked at again right before the call, with the account that it is made with.
    ``hidden``: what of the inputs is secret.
    """

    action: Action
    opened: Opened
    operation: Operation
    step_id: str
    inputs: Mapping[str, str]
    not_by: Requester | None = None
    hidden: Hidden = NOTHING


@dataclass(frozen=True)
class PerformStep:
    """Takes a step, and asks about one. SENT is written before the call; what was SENT is not sent again from here.

    Raises what NOTHING_SENT holds: the row is CLAIMED then. StoreUnavailable may leave it SENT: in doubt.
    """

    actions: ActionStore
    call_app: CallApp
    catalog: Catalog
    settings: AppSettings
    clock: Clock
    deadline: Deadline

    def __call__(self, at: StepAt) -> tuple[StepAt, StepEnd]:
        """Take the step. The row and connection come back as they are now."""
        if not at.operation.reads_only:
            at, stop = self._before(at)
            if stop is not None:
                return at, stop
        if self.deadline() - self.clock() < CALL_SECONDS:
            raise LeaseBusy("too little time left for the call")
        at = replace(at, opened=self.call_app.still_good(at.opened))
        own = at.not_by is not None and at.not_by.decides_with(at.opened.connection.account)
        if own is None:
            raise LeaseBusy("another account by now: whose request it is must be looked at again")
        if own:
            return at, NotDone(Outcome.OWN_REQUEST)
        at = self._write_sent(at)
        try:
            at, end = self._act(at)
        except NOTHING_SENT:
            # Not in doubt, then: an app that refuses the token has not looked at the request.
            self.actions.save(moved(at.action, ActionStatus.CLAIMED, sends=at.action.sends - 1))
            raise
        if isinstance(end, Refused) and end.already:
            return self._already(at, end)
        if isinstance(end, Refused) and end.changed:
            return at, NotDone(Outcome.MOVED)
        return at, end

    def repeat(self, at: StepAt) -> tuple[StepAt, StepEnd]:
        """Send again what the app takes only once. Only a success ends the doubt: the first call may have arrived."""
        at = self._write_sent(replace(at, opened=self.call_app.still_good(at.opened)))
        at, end = self._act(at)
        return at, end if isinstance(end, Succeeded) else InDoubt(f"repeated: {type(end).__name__}")

    def look(self, at: StepAt) -> tuple[StepAt, Succeeded | Refused | NotDone]:
        """Read with an operation that changes nothing: the ledger knows nothing of it."""
        try:
            at, answer = self._answer(at)
        except (AppUnavailable, TooLarge):
            return at, NotDone(Outcome.NO_ANSWER)
        return at, NotDone(Outcome.NO_ANSWER) if isinstance(answer, NotUsable) else answer

    def _before(self, at: StepAt) -> tuple[StepAt, StepEnd | None]:
        """What the record itself says before anything is sent; None: go on."""
        at, found = self.check(at)
        match found:
            case CheckResult(done=True) if at.action.sends > 0 or _ours(at.operation):
                return at, Succeeded(found.results, found.final)  # an earlier send of this very action
            case CheckResult(decided=True):
                return at, Already(found.description, found.actor)
            case CheckResult(done=True, final=False):
                return at, NotDone(Outcome.WAITS_FOR_OTHERS)
            case CheckResult(done=True):
                return at, NotDone(Outcome.DONE_BEFORE)
            case CheckResult(permitted=False):
                return at, NotDone(Outcome.NOT_NAMED)
            case CheckResult():
                return at, None
            case _:
                return at, found

    def _act(self, at: StepAt) -> tuple[StepAt, StepEnd]:
        try:
            at, answer = self._answer(at)
        except AppUnavailable as error:
            return at, InDoubt(str(error)) if error.sent else NotDone(Outcome.UNREACHABLE)
        except TooLarge as error:
            return at, InDoubt(str(error), answered=True)
        match answer:
            case NotUsable(not_done=True):
                return at, NotDone(Outcome.OVERLOADED)
            case NotUsable(reason=reason):
                return at, InDoubt(reason, answered=True)
            case _:
                return at, answer

    def _answer(self, at: StepAt) -> tuple[StepAt, Succeeded | Refused | NotUsable]:
        headers: Mapping[str, str] = {}

        def read(base: str | None, got: HttpAnswer) -> Succeeded | Refused | TokenRejected | NotUsable:
            nonlocal headers
            headers = got.headers
            return read_answer(self._call(at, base), got)

        called: tuple[Opened, Succeeded | Refused | NotUsable] = self.call_app(
            at.opened, lambda base: build_request(self._call(at, base)), read
        )
        secrets = (*at.opened.tokens.revealed(), *called[0].tokens.revealed(), *at.hidden.secrets)
        theirs = request_id(headers, secrets)
        return replace(at, opened=called[0], action=replace(at.action, request_id=theirs)), called[1]

    def _already(self, at: StepAt, refused: Refused) -> tuple[StepAt, StepEnd]:
        """The refusal sounds as if the record were settled: only the record itself can say so."""
        at, found = self.check(at)
        if isinstance(found, CheckResult) and found.decided:
            return at, Already(found.description, found.actor)
        return at, refused

    def check(self, at: StepAt) -> tuple[StepAt, CheckResult | Refused | NotDone | None]:
        """What the record says now; None where the operation has no check, NotDone where it can't be asked."""
        if at.operation.check is None:
            return at, None
        try:
            called: tuple[Opened, CheckResult | Refused | NotUsable] = self.call_app(
                at.opened,
                lambda base: _there(check_request(self._call(at, base))),
                lambda base, got: read_check(self._call(at, base), got),
            )
        except (AppUnavailable, TooLarge):
            return at, NotDone(Outcome.NO_ANSWER)
        at, found = replace(at, opened=called[0]), called[1]
        if isinstance(found, NotUsable):
            return at, NotDone(Outcome.NO_ANSWER)
        return at, found

    def read_back(self, at: StepAt, results: Mapping[str, str]) -> Recorded | None:
        """Whom the app recorded; None where it can't be asked or does not say."""
        if at.operation.read_back is None:
            return None
        try:
            called: tuple[Opened, Recorded | Refused | NotUsable] = self.call_app(
                at.opened,
                lambda base: _there(read_back_request(self._call(at, base).with_results(results))),
                lambda base, got: read_record(self._call(at, base).with_results(results), got),
            )
        except (AppUnavailable, TooLarge, *NOTHING_SENT):
            return None  # it is done all the same
        return called[1] if isinstance(called[1], Recorded) else None

    def _call(self, at: StepAt, api_base: str | None) -> Call:
        app = self.catalog.apps[at.operation.app]
        return Call(
            app=app,
            operation=at.operation,
            settings=self.settings(app.id),
            api_base=api_base,
            account=at.opened.connection.account,
            inputs=at.inputs,
            correlation_id=correlation_id(at.action.person.key, at.action.id, at.step_id),
            credential=at.opened.tokens.credential,
            hidden=at.hidden,
        )

    def _write_sent(self, at: StepAt) -> StepAt:
        connection = at.opened.connection
        sent = moved(
            at.action,
            ActionStatus.SENT,
            sent_at=at.action.sent_at if at.action.sends else self.clock(),
            sends=at.action.sends + 1,
            account_id=connection.account.id,
            account_label=acting_as(connection),
        )
        return replace(at, action=self.actions.save(sent))


def _ours(operation: Operation) -> bool:
    """What its check finds done is of this very action: it was looked for by our id."""
    return operation.check is not None and operation.check.finds_ours


def _there[T](request: T | None) -> T:
    if request is None:
        raise ValueError("this operation has no such request")
    return request
