"""Ends an action as its last step ended: done, with the app's own word for who did it; or not done, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.answer import Recorded, Refused
from countersign.domain.catalog import Catalog, Procedure, Recipe
from countersign.domain.connection import Connection
from countersign.domain.interaction import ReplyTo
from countersign.domain.recipe_view import Settings, recipe_values, reply
from countersign.domain.texts.accounts import acting_as
from countersign.ports import Clock, ConnectionStore
from countersign.usecases.end_action import EndAction
from countersign.usecases.perform_step import Already, InDoubt, NotDone, PerformStep, StepAt, StepEnd
from countersign.usecases.set_aside import SetAside
from countersign.usecases.settle_doubt import can_be_settled


@dataclass(frozen=True)
class Conclude:
    """What is said when no further step is taken. Raises StoreUnavailable, ChatUnavailable."""

    connections: ConnectionStore
    catalog: Catalog
    settings: Settings
    perform: PerformStep
    end: EndAction
    set_aside: SetAside
    clock: Clock

    def early(self, at: StepAt, found: StepEnd, reply_to: ReplyTo | None) -> None:
        """A step did not succeed: what came after it is not taken."""
        match found:
            case Refused(message=message):
                connection = at.opened.connection
                known = {"account_id": connection.account.id, "account_label": acting_as(connection)}
                self.end(at.action, ActionStatus.FAILED, Outcome.REFUSED, reply_to=reply_to, detail=message, **known)
            case Already(description=description, actor=actor, perhaps_ours=perhaps_ours):
                said = {"detail": description, "recorded_label": actor}
                outcome = Outcome.SETTLED if perhaps_ours else Outcome.ALREADY
                self.end(at.action, ActionStatus.FAILED, outcome, reply_to=reply_to, **said)
            case NotDone(why=why):
                label = acting_as(at.opened.connection)
                self.end(at.action, ActionStatus.FAILED, why, reply_to=reply_to, account_label=label)
            case InDoubt(reason=reason):
                self.set_aside.doubt(at.action, reason, reply_to, settleable=can_be_settled(at.operation))

    def done(
        self, at: StepAt, recipe: Recipe, procedure: Procedure, inputs: Mapping[str, str], reply_to: ReplyTo | None
    ) -> None:
        """All steps are done; ``at`` is the last one."""
        action, connection = at.action, at.opened.connection
        recorded = self.perform.read_back(at, action.results[at.step_id])
        said = reply(procedure, recipe_values(recipe, inputs, self.settings, procedure, action.results))
        self.connections.touch(connection, self.clock())
        self.end(
            replace(action, account_id=connection.account.id, account_label=acting_as(connection)),
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
        app, account, label = self.catalog.apps[connection.app], connection.account, acting_as(connection)
        if recorded is None:
            return f"{label} in {app.name}, not confirmed by {app.name}"
        if recorded.account_id == account.id:
            return f"{label} in {app.name}"
        return f"{recorded.name or recorded.account_id} in {app.name}, not {label}"
