"""Ends an action as its last step ended: done, with the app's own word for who did it; or not done, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.answer import Refused
from countersign.domain.catalog import Procedure, Recipe
from countersign.domain.interaction import ReplyTo
from countersign.domain.recipe_view import Settings, recipe_values, reply
from countersign.domain.texts.accounts import acting_as
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock
from countersign.usecases.end_action import EndAction
from countersign.usecases.perform_step import Already, InDoubt, NotDone, StepAt, StepEnd
from countersign.usecases.set_aside import SetAside
from countersign.usecases.settle_doubt import can_be_settled


@dataclass(frozen=True)
class Conclude:
    """What is said when no further step is taken. Raises StoreUnavailable, ChatUnavailable."""

    connections: ConnectionStore
    settings: Settings
    end: EndAction
    set_aside: SetAside
    clock: Clock

    def early(self, at: StepAt, found: StepEnd, reply_to: ReplyTo | None) -> None:
        """A step did not succeed: what came after it is not taken. Its connection was used all the same."""
        self.connections.touch(at.opened.connection, self.clock())
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
            case InDoubt(reason=reason, answered=answered):
                settleable = can_be_settled(at.operation)
                self.set_aside.doubt(at.action, reason, reply_to, settleable=settleable, answered=answered)

    def done(
        self, at: StepAt, recipe: Recipe, procedure: Procedure, inputs: Mapping[str, str], reply_to: ReplyTo | None
    ) -> None:
        """All steps are done; ``at`` is the last one, its action with what the app says of it."""
        action = at.action
        said = reply(procedure, recipe_values(recipe, inputs, self.settings, procedure, action.results))
        self.connections.touch(at.opened.connection, self.clock())
        self.end(
            action,
            ActionStatus.DONE,
            Outcome.DONE,
            reply_to=reply_to,
            detail=said.text if said else inputs.get("comment"),
            link_label=said.link.label if said and said.link else None,
            link_url=said.link.url if said and said.link else None,
        )
