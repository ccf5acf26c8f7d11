"""Runs an action along the ledger: claim, connections, record, steps, end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from countersign.domain.action import Action, ActionStatus, Outcome, moved
from countersign.domain.answer import Succeeded
from countersign.domain.catalog import Catalog, OperationKind, Recipe, Step
from countersign.domain.connection import Connection
from countersign.domain.errors import (
    AppPaused,
    AppUnavailable,
    ConfigurationError,
    Conflict,
    HostNotAllowed,
    InvalidClient,
    LeaseBusy,
    Malformed,
    PermissionNeeded,
    SealBroken,
    SignInNeeded,
)
from countersign.domain.hidden import hidden_answers
from countersign.domain.interaction import ReplyTo
from countersign.domain.recipe_view import Inputs, Settings, recipe_values, step_inputs
from countersign.domain.step_plan import next_step
from countersign.domain.template import Values
from countersign.ports.stores import ActionStore
from countersign.ports.system import Clock, Deadline, Journal
from countersign.usecases.action_inputs import ActionInputs
from countersign.usecases.call_app import CallApp, Opened
from countersign.usecases.conclude import Conclude
from countersign.usecases.consent import Consent
from countersign.usecases.end_action import EndAction
from countersign.usecases.find_connections import FindConnections
from countersign.usecases.fresh_token import LEASE_MARGIN
from countersign.usecases.heed_card import HeedCard
from countersign.usecases.hold_record import HoldRecord
from countersign.usecases.note_decision import NoteDecision
from countersign.usecases.perform_step import PerformStep, StepAt
from countersign.usecases.set_aside import SetAside
from countersign.usecases.settle_doubt import SettleDoubt


@dataclass(frozen=True)
class RunAction:
    """Takes an action as far as it goes now. Safe to call again at any point, by anyone.

    Raises StoreUnavailable and ChatUnavailable: the queue delivers the message again.
    """

    actions: ActionStore
    catalog: Catalog
    settings: Settings
    inputs: ActionInputs
    find_connections: FindConnections
    call_app: CallApp
    perform: PerformStep
    settle_doubt: SettleDoubt
    note_decision: NoteDecision
    consent: Consent
    heed_card: HeedCard
    hold_record: HoldRecord
    end: EndAction
    set_aside: SetAside
    conclude: Conclude
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
            self.set_aside.leave_to_its_person(action)
            return
        if recipe is None:
            self.set_aside.stop(action, Outcome.GONE, None, reply_to)
            return
        if (stopped := self.consent.in_the_way(action)) is not None:
            self.set_aside.stopped_by_card(action, stopped, reply_to)
            return
        self._go_on(self.actions.save(self._claimed(action)), recipe, reply_to)

    def _go_on(self, claimed: Action, recipe: Recipe, reply_to: ReplyTo | None) -> None:
        """Take its steps, and say what an error means for it."""
        try:
            self._steps(claimed, recipe, reply_to)
        except SignInNeeded as error:
            if recipe.verify_user_access:
                self.set_aside.cannot_act(self._now(claimed), error, reply_to)
            else:  # nothing that the person could sign in to
                app = self.catalog.apps[error.app].name
                self.set_aside.stop(self._now(claimed), Outcome.NOT_SHARED, app, reply_to)
        except AppPaused as error:
            self.set_aside.stop(self._now(claimed), Outcome.PAUSED, self.catalog.apps[error.app].name, reply_to)
        except PermissionNeeded as error:
            lacking = replace(self._now(claimed), step=error.step)
            self.end(lacking, ActionStatus.FAILED, Outcome.NOT_PERMITTED, reply_to=reply_to)
        except LeaseBusy:
            now = self._now(claimed)
            self.set_aside.later(
                now, ActionStatus.SENT if now.status is ActionStatus.SENT else ActionStatus.OPEN, delay=3
            )
        except AppUnavailable as error:
            self.set_aside.stop(self._now(claimed), Outcome.NO_ANSWER, str(error), reply_to)
        except (InvalidClient, HostNotAllowed, ConfigurationError) as error:
            self.journal("action_misconfigured", trace_id=claimed.trace_id, action=claimed.id, code=error.code)
            self.set_aside.stop(self._now(claimed), Outcome.MISCONFIGURED, error.user_message, reply_to)
        except Malformed as error:
            self.set_aside.stop(self._now(claimed), Outcome.UNUSABLE, error.user_message, reply_to)
        except SealBroken:
            self.set_aside.stop(self._now(claimed), Outcome.UNREADABLE, None, reply_to)

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
        procedure, inputs = recipe.procedures[action.procedure], self.inputs(action)
        if (stopped := self.heed_card.before_connecting(action, recipe, inputs)) is not None:
            self.set_aside.stopped_by_card(action, stopped, reply_to)
            return
        action = self._planned(action, recipe, inputs)
        if action.step == len(procedure.steps):
            self.end(action, ActionStatus.FAILED, Outcome.NOTHING_APPLIES, reply_to=reply_to)
            return
        connections = self.find_connections(action, recipe, self._names(action, recipe, inputs))
        if (held := self.hold_record(action)) is not None:
            self.end(action, ActionStatus.FAILED, held.why, reply_to=reply_to, **held.changes)
            return
        opened, stopped = self.heed_card.before_acting(action, recipe, inputs, connections)
        if stopped is not None:
            self.set_aside.stopped_by_card(action, stopped, reply_to)
            return
        while action.step < len(procedure.steps):
            at = self._at(action, recipe, connections, opened, inputs)
            if action.status is ActionStatus.SENT or action.sends:
                at, found = self.settle_doubt(at, still_wanted=self.consent.still_wanted(action))
            else:
                at, found = self.perform(at)
            opened[at.operation.app] = at.opened
            if not isinstance(found, Succeeded):
                self.conclude.early(at, found, reply_to)
                return
            action = self._next(at, found, recipe, inputs)
        self.conclude.done(replace(at, action=action), recipe, procedure, inputs, reply_to)

    def _planned(self, action: Action, recipe: Recipe, inputs: Inputs) -> Action:
        """At the first step that is to be taken. Once something was sent the row itself says where it stands."""
        if action.step or action.sends or action.results or action.status is ActionStatus.SENT:
            return action
        steps = recipe.procedures[action.procedure].steps
        return replace(action, step=next_step(steps, 0, self._names(action, recipe, inputs)))

    def _next(self, at: StepAt, done: Succeeded, recipe: Recipe, inputs: Inputs) -> Action:
        """At the next step that is to be taken: written down, so that this one is never taken again.

        The last deciding step settles the record, whatever becomes of what follows it.
        """
        steps = recipe.procedures[at.action.procedure].steps
        action = replace(at.action, results={**at.action.results, at.step_id: done.results}, sends=0)
        place = next_step(steps, action.step + 1, self._names(action, recipe, inputs))
        last = place == len(steps) and action.decided_at is None
        if last or self._decides(steps[action.step :]):
            action = self.note_decision(replace(at, action=action), done, inputs.get("comment"))
        elif not at.operation.reads_only:
            action = self.note_decision.beside(replace(at, action=action), done)
        action = replace(action, step=place)
        # After the last one the end itself is what is written.
        return self.actions.save(moved(action, ActionStatus.CLAIMED)) if place < len(steps) else action

    def _decides(self, steps: Sequence[Step]) -> bool:
        """Whether the first of these steps decides, and none after it does."""
        kinds = [self.catalog.operation(step.operation).kind for step in steps]
        return kinds[0] is OperationKind.DECIDE and OperationKind.DECIDE not in kinds[1:]

    def _names(self, action: Action, recipe: Recipe, inputs: Inputs) -> Values:
        return recipe_values(recipe, inputs, self.settings, recipe.procedures[action.procedure], action.results)

    def _at(
        self,
        action: Action,
        recipe: Recipe,
        connections: Mapping[str, Connection],
        opened: Mapping[str, Opened],
        inputs: Inputs,
    ) -> StepAt:
        procedure = recipe.procedures[action.procedure]
        step = procedure.steps[action.step]
        operation = self.catalog.operation(step.operation)
        ready = opened.get(operation.app) or self.call_app.open(connections[operation.app])
        settles = operation.app == recipe.apps(action.procedure, self.catalog)[-1]
        not_by = self.heed_card.requester(action, recipe, inputs) if settles else None
        taken = step_inputs(step, self._names(action, recipe, inputs))
        hidden = hidden_answers(procedure.form, inputs)
        return StepAt(action, ready, operation, step.id, taken, not_by, hidden)
