"""Ends an action: writes how it ended, frees or settles its record, rewrites the card, tells its person."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.action import RECHECK_SECONDS, VOTES, Action, ActionStatus, Outcome, moved
from countersign.domain.audit import ACTION_ENDED, ATTRIBUTION_DIFFERS
from countersign.domain.card import CardStatus
from countersign.domain.catalog import Catalog, Operation, Recipe
from countersign.domain.errors import ChatRefused, Conflict
from countersign.domain.interaction import ReplyTo
from countersign.domain.message import Button, Message
from countersign.domain.recipe_view import Settings, card_view, chosen
from countersign.domain.texts import cards, outcomes
from countersign.domain.texts import doubt as doubts
from countersign.domain.texts.accounts import together
from countersign.domain.texts.names import CARD_OPEN
from countersign.ports.apps import LinkResolver
from countersign.ports.chat import Messenger
from countersign.ports.records import AuditLog
from countersign.ports.stores import ActionStore, CardStore
from countersign.ports.system import Clock, Journal
from countersign.usecases.action_facts import audit_facts
from countersign.usecases.close_card import CloseCard
from countersign.usecases.show_card import ShowCard

_ASKED_AGAIN: Final = frozenset({Outcome.CHANGED, Outcome.MOVED})


@dataclass(frozen=True)
class EndAction:
    """Everything after the end is done from the row alone, and may be done again: nothing hangs on this process.

    Raises ChatUnavailable when the card could not be rewritten or its person not be told; the end stands.
    """

    actions: ActionStore
    cards: CardStore
    show: ShowCard
    close_card: CloseCard
    messenger: Messenger
    catalog: Catalog
    settings: Settings
    link: LinkResolver
    audit: AuditLog
    journal: Journal
    clock: Clock
    admins: AbstractSet[str]

    def __call__(
        self, action: Action, status: ActionStatus, outcome: Outcome, *, reply_to: ReplyTo | None, **changes: str | None
    ) -> Action:
        """Write the end, then do what follows from it. ``changes``: what was said, and whom the app recorded.

        A decision that the app took stands: what fails after it is told beside it.
        """
        if status is ActionStatus.FAILED and action.decided_at is not None:
            shortfall = self._shortfall(action, outcome, changes.get("detail"))
            return self(action, ActionStatus.DONE, Outcome.PARTLY, reply_to=reply_to, shortfall=shortfall)
        now = self.clock()
        unknown = status is ActionStatus.UNKNOWN
        ended = self.actions.save(
            moved(
                action,
                status,
                outcome=outcome,
                ended_at=action.ended_at or now if unknown else now,
                owner=None,
                owned_until=now + RECHECK_SECONDS if unknown else 0,
                waiting_for=None,
                inputs=action.inputs if unknown else None,  # nothing is done with what was filled in any more
                told=action.told and unknown,  # told once that nobody knows, and then how it turned out
                **changes,
            )
        )
        return self.finish(ended, reply_to)

    def finish(self, action: Action, reply_to: ReplyTo | None) -> Action:
        """What follows from an end; for an action whose worker died before it was all done, too."""
        self._settle(action)
        self._record(action)
        shown = self.close_card(action)
        if action.told:
            return action
        self._tell(action, reply_to, shown=shown)
        return self.actions.save(replace(action, told=True))

    def what(self, action: Action, recipe: Recipe) -> str:
        """What its person chose, as they know it wherever they read of it."""
        card = self.cards.get(action.card) if action.card else None
        return chosen(recipe, recipe.procedures[action.procedure], card.inputs if card else None, self.settings)

    def _record(self, action: Action) -> None:
        """Into the audit trail, from the row alone: once for each end, however often its worker dies here."""
        facts = audit_facts(action, self.catalog)
        once = f"{action.person.key} {action.id} {action.status}"
        self.audit.record(ACTION_ENDED, action.person, facts, at=action.ended_at, once=once)
        if _recorded_otherwise(action):
            self.audit.record(ATTRIBUTION_DIFFERS, action.person, facts, at=action.ended_at, once=once)

    def _settle(self, action: Action) -> None:
        if action.subject is None:
            return
        if action.settles:
            with suppress(Conflict):  # a new round of the same record has begun
                self.actions.settle_subject(action.subject, action)
        elif action.decides or action.status is ActionStatus.FAILED:
            self.actions.free_subject(action.subject, action)

    def _tell(self, action: Action, reply_to: ReplyTo | None, *, shown: bool) -> None:
        message = self._message(action, shown=shown)
        if message is None:
            return
        speaking = self.messenger.within(action.workspace)
        try:
            if reply_to is not None and reply_to.reply_url is not None:
                speaking.whisper(action.person, reply_to, message)
            else:
                # An ephemeral message may never be seen; what must not be lost goes by direct message.
                speaking.direct(action.person, message)
        except ChatRefused as error:
            self.journal("person_not_told", trace_id=action.trace_id, action=action.id, reason=error.reason)

    def _message(self, action: Action, *, shown: bool) -> Message | None:
        recipe = self.catalog.recipes.get(action.recipe)
        if recipe is None or action.procedure not in recipe.procedures:
            return outcomes.gone(action.status)
        if action.status is ActionStatus.DONE and shown and self._said_by_the_card(action):
            return None
        ended = self._ended(action, recipe)
        if action.outcome in VOTES:
            return outcomes.voted(ended, before=action.outcome is Outcome.VOTED_BEFORE)
        if action.status is ActionStatus.DONE:
            return self._done_message(action, recipe, ended)
        if action.status is ActionStatus.UNKNOWN:
            doubt = doubts.Doubt(self._can_be_asked(recipe, action), action.outcome is Outcome.NOT_UNDERSTOOD)
            if action.decided_at is not None:
                ended = outcomes.following(ended, self._operation(recipe, action).title)
            return doubts.unknown(ended, doubt, self._link(action, recipe), action.id)
        if action.outcome is Outcome.ALREADY:
            return cards.already_decided(self.close_card.decision(action), ended.what)
        if action.outcome is Outcome.SETTLED:
            return outcomes.settled(ended, action.recorded_label)
        return outcomes.not_done(ended, action.outcome)

    def _ended(self, action: Action, recipe: Recipe) -> outcomes.Ended:
        app = self.catalog.apps[self._operation(recipe, action).app]
        return outcomes.Ended(
            what=self.what(action, recipe),
            app=app.name,
            app_id=app.id,
            on_card=action.card is not None,
            steps_done=len(action.results),
            detail=action.detail or "",
            account=action.account_label or "",
            shared=not recipe.verify_user_access,
            admins=tuple(sorted(self.admins)),
            again=self._again(action, recipe) if action.outcome in _ASKED_AGAIN else None,
            standing=action.standing,
        )

    def _shortfall(self, action: Action, why: Outcome, detail: str | None) -> str | None:
        """Why the step after the decision was not done, as its person is told; None where its recipe is gone."""
        recipe = self.catalog.recipes.get(action.recipe)
        if recipe is None or action.procedure not in recipe.procedures:
            return None
        return outcomes.why_not_after(replace(self._ended(action, recipe), detail=detail or ""), why)

    def _done_message(self, action: Action, recipe: Recipe, ended: outcomes.Ended) -> Message:
        label = action.recorded_label or ""
        if _recorded_otherwise(action):
            return outcomes.recorded_otherwise(ended, label)
        label = together((label, *action.also_as))
        if action.outcome is Outcome.PARTLY:
            step, shortfall = self._operation(recipe, action).title, action.shortfall or ""
            return outcomes.partly(ended, label, step, shortfall, self._link(action, recipe))
        return outcomes.done(ended, label, self._link(action, recipe))

    def _said_by_the_card(self, action: Action) -> bool:
        return not _recorded_otherwise(action) and action.outcome not in (Outcome.VOTED_BEFORE, Outcome.PARTLY)

    def _again(self, action: Action, recipe: Recipe) -> Button | None:
        """The same choice about what the card shows now, while it can be made."""
        card = self.cards.get(action.card) if action.card else None
        if card is None or card.status is not CardStatus.OPEN:
            return None
        return self.show.choice(recipe, card, recipe.procedures[action.procedure])

    def _can_be_asked(self, recipe: Recipe, action: Action) -> bool:
        """Whether the app can say how the step in doubt ended, so that it is asked again and again."""
        return self._operation(recipe, action).check is not None

    def _operation(self, recipe: Recipe, action: Action) -> Operation:
        """Where it ended: the step that was not done, or the last one."""
        steps = recipe.procedures[action.procedure].steps
        return self.catalog.operation(steps[min(action.step, len(steps) - 1)].operation)

    def _link(self, action: Action, recipe: Recipe) -> Button | None:
        if action.link_label and action.link_url:
            return Button(action.link_label, CARD_OPEN, url=self.link(action.link_url))
        card = self.cards.get(action.card) if action.card else None
        inputs: Mapping[str, str] = card.inputs if card else {}
        link = card_view(recipe, inputs, self.settings).link if recipe.card else None
        return Button(link.label, CARD_OPEN, url=self.link(link.url)) if link else None


def _recorded_otherwise(action: Action) -> bool:
    """The app names another account than the one that acted."""
    return action.recorded_id is not None and action.recorded_id != action.account_id
