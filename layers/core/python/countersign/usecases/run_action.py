"""Runs an action along the ledger: claim, connections, record, steps, end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.action import Action, ActionStatus, Outcome, moved
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
    SealBroken,
    SignInNeeded,
)
from countersign.domain.interaction import ReplyTo
from countersign.domain.queue_messages import resume_message
from countersign.domain.recipe_view import Settings, recipe_values, reply, step_inputs
from countersign.domain.texts import sign_in as texts
from countersign.domain.tokens import SealOwner
from countersign.ports import ActionStore, CardStore, Clock, ConnectionStore, Deadline, Journal, Opener, Queue
from countersign.usecases.ask_to_connect import AskToConnect
from countersign.usecases.call_app import CallApp, Opened
from countersign.usecases.consent import Consent
from countersign.usecases.end_action import EndAction
from countersign.usecases.fresh_token import LEASE_MARGIN
from countersign.usecases.hold_record import HoldRecord
from countersign.usecases.perform_step import Already, InDoubt, NotDone, PerformStep, StepAt, StepEnd
from countersign.usecases.settle_doubt import SettleDoubt, can_be_settled

RECHECK_SECONDS: Final = 20
"""How long after a lost answer the app is asked again: longer than any call of ours can still be on its way."""
NEVER: Final = 30 * 86_400
"""Seconds until an UNKNOWN action that only its person can settle is looked at again: longer than anybody asks."""
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
    call_app: CallApp
    perform: PerformStep
    settle_doubt: SettleDoubt
    consent: Consent
    hold_record: HoldRecord
    end: EndAction
    ask: AskToConnect
    queue: Queue
    journal: Journal
    clock: Clock
    deadline: Deadline
    worker: str

    def __call__(self, action: Action, reply_to: ReplyTo | None) -> None:
        """Go on with ``action``; private answers go to ``reply_to``, or by direct message."""
        if action.ended and not (action.told and action.status is ActionStatus.UNKNOWN):
            if not action.told:
                self.end.finish(action, reply_to)
            return
        if action.left_alone(self.worker, self.clock()):
            return  # housekeeping takes it up if nobody else does
        try:
            self._take_up(action, reply_to)
        except Conflict:
            self.journal("action_raced", trace_id=action.trace_id, action=action.id)

    def _take_up(self, action: Action, reply_to: ReplyTo | None) -> None:
        recipe = self._recipe(action)
        if action.status is ActionStatus.UNKNOWN and (recipe is None or not self._can_be_asked(action, recipe)):
            self.actions.save(replace(action, owned_until=self.clock() + NEVER))  # only its person can tell
            return
        if recipe is None:
            self._stop(action, Outcome.GONE, None, reply_to)
            return
        if self.consent.changed(action):
            self._stop(action, Outcome.CHANGED, None, reply_to)
            return
        claimed = self.actions.save(self._claimed(action))
        try:
            self._steps(claimed, recipe, reply_to)
        except SignInNeeded as error:
            self._cannot_act(self._now(claimed), error.app, reply_to)
        except LeaseBusy:
            now = self._now(claimed)
            self._later(now, ActionStatus.SENT if now.status is ActionStatus.SENT else ActionStatus.OPEN, delay=3)
        except AppUnavailable as error:
            self._stop(self._now(claimed), Outcome.NO_ANSWER, str(error), reply_to)
        except (InvalidClient, HostNotAllowed, ConfigurationError) as error:
            self.journal("action_misconfigured", trace_id=action.trace_id, action=action.id, code=error.code)
            self._stop(self._now(claimed), Outcome.MISCONFIGURED, error.user_message, reply_to)
        except Malformed as error:
            self._stop(self._now(claimed), Outcome.UNUSABLE, error.user_message, reply_to)
        except SealBroken:
            self._stop(self._now(claimed), Outcome.UNREADABLE, None, reply_to)

    def _recipe(self, action: Action) -> Recipe | None:
        """The action's recipe, if the catalog still has it with this choice and step."""
        recipe = self.catalog.recipes.get(action.recipe)
        procedure = recipe.procedures.get(action.procedure) if recipe else None
        return recipe if procedure and action.step < len(procedure.steps) else None

    def _can_be_asked(self, action: Action, recipe: Recipe) -> bool:
        step = recipe.procedures[action.procedure].steps[action.step]
        return self.catalog.operation(step.operation).check is not None

    def _claimed(self, action: Action) -> Action:
        """Ours from here on. What was sent stays SENT, and what ended UNKNOWN is asked about as if just sent."""
        doubted = action.status in (ActionStatus.SENT, ActionStatus.UNKNOWN)
        status = ActionStatus.SENT if doubted else ActionStatus.CLAIMED
        owned_until = self.deadline() + LEASE_MARGIN
        return moved(action, status, waiting_for=None, owner=self.worker, owned_until=owned_until)

    def _now(self, action: Action) -> Action:
        """The row as it was last written: PerformStep may have moved it before it raised."""
        return self.actions.get(action.person, action.id) or action

    def _steps(self, action: Action, recipe: Recipe, reply_to: ReplyTo | None) -> None:
        procedure = recipe.procedures[action.procedure]
        connections = self._connections(action, recipe)
        inputs = self._inputs(action)
        if (held := self.hold_record(action)) is not None:
            self.end(action, ActionStatus.FAILED, held.why, reply_to=reply_to, **held.changes)
            return
        opened: dict[str, Opened] = {}
        for index in range(action.step, len(procedure.steps)):
            at = self._at(action, recipe, procedure, connections, opened, inputs)
            if action.status is ActionStatus.SENT:
                at, found = self.settle_doubt(at, still_wanted=self.consent.still_wanted(action))
            else:
                at, found = self.perform(at)
            opened[at.operation.app] = at.opened
            if not isinstance(found, Succeeded):
                self._ended_early(at, found, reply_to)
                return
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

    def _inputs(self, action: Action) -> Mapping[str, str]:
        """What the card shows and what its person filled in, together. Raises SealBroken."""
        card = self.cards.get(action.card) if action.card else None
        answers = self.opener.open(action.inputs, inputs_owner(action)) if action.inputs else {}
        return {**(card.inputs if card else {}), **{name: str(value) for name, value in answers.items()}}

    def _at(
        self,
        action: Action,
        recipe: Recipe,
        procedure: Procedure,
        connections: Mapping[str, Connection],
        opened: Mapping[str, Opened],
        inputs: Mapping[str, str],
    ) -> StepAt:
        step = procedure.steps[action.step]
        operation = self.catalog.operation(step.operation)
        names = recipe_values(recipe, inputs, self.settings, procedure, action.results)
        ready = opened.get(operation.app) or self.call_app.open(connections[operation.app])
        return StepAt(action, ready, operation, step.id, step_inputs(step, names))

    def _ended_early(self, at: StepAt, found: StepEnd, reply_to: ReplyTo | None) -> None:
        match found:
            case Refused(message=message):
                account = at.opened.connection.account
                known = {"detail": message, "account_id": account.id, "account_label": account.label}
                self.end(at.action, ActionStatus.FAILED, Outcome.REFUSED, reply_to=reply_to, **known)
            case Already(description=description, actor=actor):
                self.end(
                    at.action,
                    ActionStatus.FAILED,
                    Outcome.ALREADY,
                    reply_to=reply_to,
                    detail=description,
                    recorded_label=actor,
                )
            case NotDone(why=why):
                label = at.opened.connection.account.label
                self.end(at.action, ActionStatus.FAILED, why, reply_to=reply_to, account_label=label)
            case InDoubt(reason=reason):
                self._doubt(at.action, reason, reply_to, settleable=can_be_settled(at.operation))

    def _stop(self, action: Action, why: Outcome, detail: str | None, reply_to: ReplyTo | None) -> None:
        """No further now: it was not done, unless something was sent and nobody knows."""
        if action.status in (ActionStatus.SENT, ActionStatus.UNKNOWN):
            self._doubt(action, why.value, reply_to, settleable=why is not Outcome.GONE)
        else:
            self.end(action, ActionStatus.FAILED, why, reply_to=reply_to, detail=detail)

    def _cannot_act(self, action: Action, app: str, reply_to: ReplyTo | None) -> None:
        """No usable connection: wait for one, or, where something was sent already, say that we can't know."""
        if action.status is ActionStatus.SENT:
            self._doubt(action, "no connection to ask with", reply_to, settleable=False)
        else:
            self._wait(action, app, reply_to)

    def _doubt(self, action: Action, reason: str, reply_to: ReplyTo | None, *, settleable: bool) -> None:
        """Something was sent and no usable answer came: ask later, or say that nobody knows."""
        self.journal("action_in_doubt", trace_id=action.trace_id, action=action.id, reason=reason)
        asked_enough = self.clock() - (action.sent_at or 0) >= DOUBT_SECONDS
        if settleable and not asked_enough:
            self._later(action, ActionStatus.SENT, delay=RECHECK_SECONDS)
        else:
            self.end(action, ActionStatus.UNKNOWN, Outcome.UNKNOWN, reply_to=reply_to)

    def _done(
        self,
        action: Action,
        at: StepAt,
        recipe: Recipe,
        procedure: Procedure,
        inputs: Mapping[str, str],
        reply_to: ReplyTo | None,
    ) -> None:
        connection = at.opened.connection
        recorded = self.perform.read_back(at, action.results[at.step_id])
        said = reply(procedure, recipe_values(recipe, inputs, self.settings, procedure, action.results))
        self.connections.touch(connection, self.clock())
        self.end(
            replace(action, account_id=connection.account.id, account_label=connection.account.label),
            ActionStatus.DONE,
            Outcome.DONE,
            reply_to=reply_to,
            detail=said.text if said else inputs.get("comment"),
            link_label=said.link.label if said and said.link else None,
            link_url=said.link.url if said and said.link else None,
            recorded_id=recorded.account_id if recorded else None,
            recorded_label=self._label(connection, recorded),
        )

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
        there = self.connections.get(action.person, app)
        if there is not None and there.status is Status.LIVE:
            self.queue.send(resume_message(waiting))  # the sign-in ended while we were not looking
            return
        self.journal("action_waits", trace_id=action.trace_id, action=action.id, app=app)
        why = texts.ended_there(self.catalog.apps[app].name) if there and there.status is Status.NEEDS_SIGN_IN else None
        to = reply_to or waiting.reply_to
        self.ask(action.person, action.workspace, app, to, trace_id=action.trace_id, why=why)

    def _later(self, action: Action, status: ActionStatus, *, delay: int) -> None:
        """Let go of the action and take it up again in ``delay`` seconds."""
        self.actions.save(moved(action, status, owner=None, owned_until=self.clock() + delay))
        self.queue.send(resume_message(action), delay=delay)


def inputs_owner(action: Action) -> SealOwner:
    """To whom a waiting action's answers are sealed: its person, and this very action."""
    return SealOwner(action.person, action.workspace.id, f"recipe.{action.recipe}", "inputs", action.id, 1)
