"""Runs an action along the ledger: claim, connections, record, steps; and decides what a dead worker left in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.action import Action, ActionStatus, moved
from countersign.domain.answer import Recorded, Refused, Succeeded
from countersign.domain.catalog import Catalog, Procedure, Recipe
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import (
    AppUnavailable,
    ConfigurationError,
    Conflict,
    HostNotAllowed,
    InvalidClient,
    LeaseBusy,
    Malformed,
    SignInNeeded,
)
from countersign.domain.identity import Person
from countersign.domain.interaction import ReplyTo
from countersign.domain.recipe_view import Settings, recipe_values, reply, step_inputs
from countersign.domain.texts import sign_in as texts
from countersign.domain.tokens import SealOwner
from countersign.ports import ActionStore, CardStore, Clock, ConnectionStore, Deadline, Journal, Opener, Queue
from countersign.usecases.ask_to_connect import AskToConnect
from countersign.usecases.end_action import ALREADY, BUSY, REFUSED, EndAction
from countersign.usecases.fresh_token import LEASE_MARGIN
from countersign.usecases.perform_step import Already, InDoubt, NotDone, PerformStep, StepAt, StepEnd
from countersign.usecases.settle_doubt import SettleDoubt, can_be_settled

RECHECK_SECONDS: Final = 20
"""How long after a lost answer the app is asked again: longer than any call of ours can still be on its way."""
DOUBT_SECONDS: Final = 240
"""How long we keep asking before we say that we don't know."""


@dataclass(frozen=True)
class RunAction:
    """Takes an action as far as it goes now. Safe to call again at any point, by anyone.

    Raises StoreUnavailable and ChatUnavailable: the queue delivers the message again.
    """

    actions: ActionStore
    cards: CardStore
    connections: ConnectionStore
    catalog: Catalog
    settings: Settings
    opener: Opener
    perform: PerformStep
    settle_doubt: SettleDoubt
    end: EndAction
    ask: AskToConnect
    queue: Queue
    journal: Journal
    clock: Clock
    deadline: Deadline
    worker: str

    def __call__(self, action: Action, reply_to: ReplyTo | None) -> None:
        """Go on with ``action``; private answers go to ``reply_to``, or by direct message."""
        if action.ended:
            if not action.told:
                self.end.finish(action, reply_to)
            return
        if action.held_by_another(self.worker, self.clock()):
            return  # its worker is alive; if it dies, housekeeping takes the action up
        try:
            action = self.actions.save(self._claimed(action))
            self._run(action, reply_to)
        except Conflict:
            self.journal("action_raced", trace_id=action.trace_id, action=action.id)

    def _claimed(self, action: Action) -> Action:
        claim = {"owner": self.worker, "owned_until": self.deadline() + LEASE_MARGIN}
        status = ActionStatus.SENT if action.status is ActionStatus.SENT else ActionStatus.CLAIMED
        return moved(action, status, waiting_for=None, **claim)

    def _run(self, action: Action, reply_to: ReplyTo | None) -> None:
        try:
            self._steps(action, reply_to)
        except SignInNeeded as error:
            self._wait(self._now(action), error.app, reply_to)
        except LeaseBusy:
            self._later(self._now(action), ActionStatus.OPEN, delay=3)
        except AppUnavailable:
            why = "the app did not answer. Nothing was done; please try again in a minute."
            self.end(self._now(action), ActionStatus.FAILED, "unavailable", reply_to=reply_to, detail=why)
        except (InvalidClient, HostNotAllowed, ConfigurationError, Malformed) as error:
            self.journal("action_misconfigured", trace_id=action.trace_id, action=action.id, code=error.code)
            self.end(self._now(action), ActionStatus.FAILED, error.code, reply_to=reply_to, detail=error.user_message)

    def _now(self, action: Action) -> Action:
        """The row as it was last written: PerformStep may have moved it before it raised."""
        return self.actions.get(action.person, action.id) or action

    def _steps(self, action: Action, reply_to: ReplyTo | None) -> None:
        recipe = self.catalog.recipes[action.recipe]
        procedure = recipe.procedures[action.procedure]
        connections = self._connections(action, recipe)
        if action.subject is not None and not self._hold_record(action, reply_to):
            return
        inputs = self._inputs(action)
        for index in range(action.step, len(procedure.steps)):
            at = self._at(action, recipe, procedure, connections, inputs)
            if action.status is ActionStatus.SENT:
                at, found = self.settle_doubt(at)
            else:
                at, found = self.perform(at)
            if not isinstance(found, Succeeded):
                self._ended_early(at, found, reply_to)
                return
            connections[at.connection.app] = at.connection
            results = {**at.action.results, at.step_id: found.results}
            action = replace(at.action, results=results, step=index + 1, sends=0)
            if index + 1 < len(procedure.steps):
                action = self.actions.save(moved(action, ActionStatus.CLAIMED))
        self._done(action, at, recipe, procedure, inputs, reply_to)

    def _connections(self, action: Action, recipe: Recipe) -> dict[str, Connection]:
        """Every app's connection, before the first app is touched. Raises SignInNeeded for the first that lacks."""
        found = {}
        for app in recipe.apps(action.procedure, self.catalog):
            connection = self.connections.get(action.person, app)
            if connection is None or connection.status is not Status.LIVE:
                raise SignInNeeded(app)
            found[app] = connection
        return found

    def _hold_record(self, action: Action, reply_to: ReplyTo | None) -> bool:
        subject = action.subject or ""
        holder = self.actions.claim_subject(subject, action)
        if holder is None:
            return True
        other = self.actions.get(Person.from_key(holder["person"]), holder["action"])
        if other is not None and other.status is ActionStatus.FAILED:
            # Its worker died between failing and freeing the record.
            self.actions.free_subject(subject, other)
            if self.actions.claim_subject(subject, action) is None:
                return True
        if other is not None and other.status is ActionStatus.DONE:
            past = self.catalog.recipes[other.recipe].procedures[other.procedure].past
            self.end(
                action,
                ActionStatus.FAILED,
                ALREADY,
                reply_to=reply_to,
                detail=past,
                recorded_label=other.recorded_label,
            )
        else:
            self.end(action, ActionStatus.FAILED, BUSY, reply_to=reply_to)
        return False

    def _inputs(self, action: Action) -> Mapping[str, str]:
        """What the card shows and what its person filled in, together."""
        card = self.cards.get(action.card) if action.card else None
        answers = self.opener.open(action.inputs, inputs_owner(action)) if action.inputs else {}
        return {**(card.inputs if card else {}), **{name: str(value) for name, value in answers.items()}}

    def _at(
        self,
        action: Action,
        recipe: Recipe,
        procedure: Procedure,
        connections: Mapping[str, Connection],
        inputs: Mapping[str, str],
    ) -> StepAt:
        step = procedure.steps[action.step]
        operation = self.catalog.operation(step.operation)
        names = recipe_values(recipe, inputs, self.settings, procedure, action.results)
        return StepAt(action, connections[operation.app], operation, step.id, step_inputs(step, names))

    def _ended_early(self, at: StepAt, found: StepEnd, reply_to: ReplyTo | None) -> None:
        match found:
            case Refused(message=message):
                self.end(at.action, ActionStatus.FAILED, REFUSED, reply_to=reply_to, **_as(at.connection, message))
            case Already(description=description, actor=actor):
                self.end(
                    at.action,
                    ActionStatus.FAILED,
                    ALREADY,
                    reply_to=reply_to,
                    detail=description,
                    recorded_label=actor,
                )
            case NotDone(reason=reason):
                app = self.catalog.apps[at.operation.app].name
                why = f"{app}: {reason} Nothing was done; please try again in a minute."
                self.end(at.action, ActionStatus.FAILED, "unavailable", reply_to=reply_to, detail=why)
            case InDoubt(reason=reason):
                self._doubt(at, reason, reply_to)

    def _doubt(self, at: StepAt, reason: str, reply_to: ReplyTo | None) -> None:
        """The call was sent and no usable answer came: ask later, or say that nobody knows."""
        self.journal("action_in_doubt", trace_id=at.action.trace_id, action=at.action.id, reason=reason)
        asked_enough = self.clock() - (at.action.sent_at or 0) >= DOUBT_SECONDS
        if can_be_settled(at.operation) and not asked_enough:
            self._later(at.action, ActionStatus.SENT, delay=RECHECK_SECONDS)
        else:
            self.end(at.action, ActionStatus.UNKNOWN, "unknown", reply_to=reply_to, detail=reason)

    def _done(
        self,
        action: Action,
        at: StepAt,
        recipe: Recipe,
        procedure: Procedure,
        inputs: Mapping[str, str],
        reply_to: ReplyTo | None,
    ) -> None:
        recorded = self._recorded(at, action)
        names = recipe_values(recipe, inputs, self.settings, procedure, action.results)
        said = reply(procedure, names)
        self.connections.touch(at.connection, self.clock())
        self.end(
            replace(action, account_id=at.connection.account.id, account_label=at.connection.account.label),
            ActionStatus.DONE,
            "done",
            reply_to=reply_to,
            detail=said.text if said else inputs.get("comment"),
            link_label=said.link.label if said and said.link else None,
            link_url=said.link.url if said and said.link else None,
            recorded_id=recorded.account_id if recorded else None,
            recorded_label=self._label(at.connection, recorded),
        )

    def _recorded(self, at: StepAt, action: Action) -> Recorded | None:
        try:
            return self.perform.read_back(at, action.results[at.step_id])
        except (SignInNeeded, LeaseBusy, InvalidClient, HostNotAllowed):
            return None  # it is done all the same

    def _label(self, connection: Connection, recorded: Recorded | None) -> str:
        """Who the app says did it; our own knowledge only where it can't say, and then marked so."""
        app, account = self.catalog.apps[connection.app], connection.account
        if recorded is None:
            return f"{account.label} in {app.name}, not confirmed by {app.name}"
        if recorded.account_id == account.id:
            return f"{account.label} in {app.name}"
        self.journal("attribution_differs", app=app.id, recorded=recorded.account_id, expected=account.id)
        return f"{recorded.name or recorded.account_id} in {app.name}, not {account.label}"

    def _wait(self, action: Action, app: str, reply_to: ReplyTo | None) -> None:
        """No usable connection: the action waits, others may decide meanwhile, and its person is asked to sign in."""
        waiting = self.actions.save(moved(action, ActionStatus.OPEN, waiting_for=app, owner=None, owned_until=0))
        if action.subject is not None:
            self.actions.free_subject(action.subject, action)
        self.journal("action_waits", trace_id=action.trace_id, action=action.id, app=app)
        ended = self.connections.get(action.person, app)
        why = texts.ended_there(self.catalog.apps[app].name) if ended and ended.status is Status.NEEDS_SIGN_IN else None
        to = reply_to or waiting.reply_to
        self.ask(action.person, action.workspace, app, to, trace_id=action.trace_id, why=why)

    def _later(self, action: Action, status: ActionStatus, *, delay: int) -> None:
        """Let go of the action and take it up again in ``delay`` seconds."""
        self.actions.save(moved(action, status, owner=None, owned_until=self.clock() + delay))
        self.queue.send(resume_message(action), delay=delay)


def inputs_owner(action: Action) -> SealOwner:
    """To whom a waiting action's answers are sealed: its person, and this very action."""
    return SealOwner(action.person, action.workspace.id, f"recipe.{action.recipe}", "inputs", action.id, 1)


def resume_message(action: Action) -> dict[str, str | int]:
    """The queue's message that takes an action up again."""
    return {
        "v": 1,
        "kind": "resume",
        "tenant": action.person.tenant,
        "user_id": action.person.user_id,
        "action": action.id,
        "trace_id": action.trace_id,
    }


def _as(connection: Connection, message: str) -> dict[str, str | None]:
    return {
        "detail": message,
        "account_id": connection.account.id,
        "account_label": connection.account.label,
    }
