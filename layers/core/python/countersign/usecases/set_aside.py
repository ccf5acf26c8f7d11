"""Lets go of an action that can't go on now: to wait for a sign-in, to be asked about later, or for good."""

from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.action import VOTES, Action, ActionStatus, Outcome, moved
from countersign.domain.catalog import Catalog
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import SignInNeeded
from countersign.domain.interaction import ReplyTo
from countersign.domain.queue_messages import resume_message
from countersign.domain.texts import sign_in as texts
from countersign.ports.stores import ActionStore, CardStore, ConnectionStore
from countersign.ports.system import Clock, Journal, Queue
from countersign.usecases.ask_to_connect import AskToConnect
from countersign.usecases.end_action import EndAction
from countersign.usecases.stopped import Stopped

ASK_AGAIN_SECONDS: Final = 20
"""How long after a lost answer the app is asked again: longer than any call of ours can still be on its way."""
DOUBT_SECONDS: Final = 240
"""How long we keep asking before we say that we don't know."""
NEVER: Final = 30 * 86_400
"""Seconds until an UNKNOWN action that only its person can settle is looked at again: longer than anybody asks."""


@dataclass(frozen=True)
class SetAside:
    """What was sent is never said to be undone: it stays in doubt. Raises StoreUnavailable, ChatUnavailable."""

    actions: ActionStore
    cards: CardStore
    connections: ConnectionStore
    catalog: Catalog
    end: EndAction
    ask: AskToConnect
    queue: Queue
    journal: Journal
    clock: Clock

    def stop(self, action: Action, why: Outcome, detail: str | None, reply_to: ReplyTo | None) -> None:
        """No further now: it was not done, unless something was sent and nobody knows."""
        if action.status in (ActionStatus.SENT, ActionStatus.UNKNOWN):
            self.doubt(action, why.value, reply_to, settleable=why is not Outcome.GONE)
        else:
            self.end(action, ActionStatus.FAILED, why, reply_to=reply_to, detail=detail)

    def stopped_by_card(self, action: Action, stopped: Stopped, reply_to: ReplyTo | None) -> None:
        """What its card demands is not met; or it was a vote, and that is all."""
        status = ActionStatus.DONE if stopped.why in VOTES else ActionStatus.FAILED
        self.end(action, status, stopped.why, reply_to=reply_to, **stopped.changes)

    def cannot_act(self, action: Action, needed: SignInNeeded, reply_to: ReplyTo | None) -> None:
        """No usable connection: wait for one, or, where something was sent already, say that we can't know."""
        if action.status is ActionStatus.SENT:
            self.doubt(action, "no connection to ask with", reply_to, settleable=False)
        else:
            self._wait(action, needed, reply_to)

    def doubt(
        self, action: Action, reason: str, reply_to: ReplyTo | None, *, settleable: bool, answered: bool = False
    ) -> None:
        """Something was sent and no usable answer came: ask later, or say that nobody knows.

        ``answered``: what came was not as the app file expects.
        """
        self.journal("action_in_doubt", trace_id=action.trace_id, action=action.id, reason=reason)
        asked_enough = self.clock() - (action.sent_at or 0) >= DOUBT_SECONDS
        if settleable and not asked_enough:
            self.later(action, ActionStatus.SENT, delay=ASK_AGAIN_SECONDS)
        else:
            why = Outcome.NOT_UNDERSTOOD if answered else Outcome.UNKNOWN
            self.end(action, ActionStatus.UNKNOWN, why, reply_to=reply_to)

    def later(self, action: Action, status: ActionStatus, *, delay: int) -> None:
        """Let go of the action and take it up again in ``delay`` seconds."""
        self.actions.save(moved(action, status, owner=None, owned_until=self.clock() + delay))
        self.queue.send(resume_message(action), delay=delay)

    def leave_to_its_person(self, action: Action) -> None:
        """An UNKNOWN action about which the app can't be asked."""
        self.actions.save(replace(action, owned_until=self.clock() + NEVER))

    def _wait(self, action: Action, needed: SignInNeeded, reply_to: ReplyTo | None) -> None:
        """The action waits, others may decide meanwhile, and its person is asked to sign in."""
        app, since = needed.app, needed.since or 0
        waiting = self.actions.save(moved(action, ActionStatus.OPEN, waiting_for=app, owner=None, owned_until=0))
        if action.subject is not None:
            self.actions.free_subject(action.subject, action)
        self._note_on_card(waiting)
        there = self.connections.get(action.person, app)
        if there is not None and there.status is Status.LIVE and there.connected_at >= since:
            self.queue.send(resume_message(waiting))  # the sign-in ended while we were not looking
            return
        self.journal("action_waits", trace_id=action.trace_id, action=action.id, app=app)
        to = reply_to or waiting.reply_to
        why, step_up = self._why(action, needed, there), needed.since is not None
        self.ask(action.person, action.workspace, app, to, trace_id=action.trace_id, why=why, step_up=step_up)

    def _why(self, action: Action, needed: SignInNeeded, there: Connection | None) -> str | None:
        """Why they are asked, where there is more to say than that this app needs a sign-in."""
        name = self.catalog.apps[needed.app].name
        said = [texts.ended_there(name)] if there and there.status is Status.NEEDS_SIGN_IN else []
        if needed.unfit:
            said.append(needed.unfit)
        elif needed.since is not None:
            said.append(texts.needs_fresh(name, approval=action.card is not None))
        if needed.then:
            said.append(texts.needs_several([name, *(self.catalog.apps[other].name for other in needed.then)]))
        return " ".join(said) or None

    def _note_on_card(self, action: Action) -> None:
        """A card that expires ends what waits on it."""
        recipe = self.catalog.recipes.get(action.recipe)
        if action.card is not None and recipe is not None and recipe.card and recipe.card.expires_after is not None:
            self.cards.note_waiting(action.card, action.person, action.id, self.clock())
