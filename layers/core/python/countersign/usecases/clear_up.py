"""Clears up after a departure, page by page: links burnt, waiting actions ended, connections cut, cards forgotten."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from countersign.chat_ports import Belongings
from countersign.domain.action import Action, ActionStatus, Outcome, forgotten
from countersign.domain.departure import ON_WISH, SECOND_LOOK, Left, Purge, Stage
from countersign.domain.errors import ChatUnavailable, Conflict, Malformed
from countersign.domain.identity import Person
from countersign.domain.queue_messages import purge_message
from countersign.domain.sign_in import IntentStatus
from countersign.ports import ActionStore, CardStore, Clock, ConnectionStore, Deadline, Journal, Queue, SignInStore
from countersign.usecases.cut_connection import CutConnection
from countersign.usecases.end_action import EndAction
from countersign.usecases.recognise_return import RecogniseReturn, WhatGoes
from countersign.usecases.report_departure import ReportDeparture

PAGE: Final = 100
"""Rows that are read and dealt with before time is looked at."""
ENOUGH: Final = 8
"""Seconds before the end of the invocation at which no new page is begun; the queue goes on with it."""
RECENT: Final = 50
"""Actions of one person among which the waiting ones are looked for: they wait for half an hour at most."""


@dataclass(frozen=True)
class ClearUp:
    """Works for as long as this invocation lives and hands what is left to the queue: memory and time are bounded.

    Every step can be repeated. A second look, a quarter of an hour later, finds what was being written meanwhile.
    Raises StoreUnavailable, and ChatUnavailable where only chat knows whether who left is back: the message comes
    again, at the page where it was.
    """

    belongings: Belongings
    connections: ConnectionStore
    cut: CutConnection
    sign_ins: SignInStore
    actions: ActionStore
    cards: CardStore
    end: EndAction
    returned: RecogniseReturn
    report: ReportDeparture
    queue: Queue
    journal: Journal
    clock: Clock
    deadline: Deadline

    def __call__(self, purge: Purge) -> None:
        """Go on with it."""
        going: Purge | None = purge
        goes = self.returned.rule(purge)
        while going is not None:
            if self.deadline() - self.clock() < ENOUGH:
                return self.queue.send(purge_message(going))
            purge, after = self._page(going, goes)
            going = purge.onward(after)
        return self._finished(purge)

    def _finished(self, purge: Purge) -> None:
        self.journal(
            "cleared_up",
            what=purge.departure.left.value,
            tenant=purge.departure.tenant,
            again=purge.again,
            trace_id=purge.departure.trace_id,
            **purge.counts,
        )
        if not purge.again:
            self.queue.send(purge_message(purge.second_look()), delay=SECOND_LOOK)
        if purge.counts or (purge.departure.left in ON_WISH and not purge.again):
            self.report(purge)

    def _person(self, purge: Purge, person: Person, goes: WhatGoes) -> Purge:
        """What one person has: few enough rows for one go."""
        only = purge.departure.workspace
        for connection in self.connections.list(person):
            if only in (None, connection.workspace):
                purge = self._cut(purge, person, connection.app, goes)
        waiting = [action for action in self.actions.recent(person, RECENT) if action.status is ActionStatus.OPEN]
        return self._end(purge, [action for action in waiting if only in (None, action.workspace.id)], goes)

    def _page(self, purge: Purge, goes: WhatGoes) -> tuple[Purge, str | None]:
        """One page of the stage it is at, and where the next begins."""
        tenant, workspace = purge.departure.tenant, purge.departure.workspace
        match purge.stage:
            case Stage.SIGN_INS:
                links, after = self._links(purge)
                for link in links:
                    purge = self._burn(purge, link, goes)
            case Stage.CONNECTIONS:
                keys, after = self.belongings.connections(tenant, workspace, purge.after, PAGE)
                for person, app in keys:
                    purge = self._cut(purge, person, app, goes)
            case Stage.PERSON:
                purge, after = self._person(purge, _someone(purge), goes), None
            case Stage.HISTORY:
                actions, after = self.actions.history(_someone(purge), purge.after, PAGE)
                for action in actions:
                    purge = self._empty(purge, action, goes)
            case Stage.CARDS:
                cards, after = self.belongings.cards(tenant, workspace, purge.after, PAGE)
                for card in cards:
                    purge = self._forget(purge, card, goes)
        return purge, after

    def _links(self, purge: Purge) -> tuple[Sequence[str], str | None]:
        """Of one person few enough for one go: nobody else's are looked at, however many people leave."""
        departure = purge.departure
        if departure.someone is not None:
            return self.sign_ins.links_of(departure.someone), None
        return self.belongings.intents(departure.tenant, departure.workspace, purge.after, PAGE)

    def _burn(self, purge: Purge, link: str, goes: WhatGoes) -> Purge:
        """A link that can still be used, and what waits for it."""
        intent = self.sign_ins.get_intent(link)
        if intent is None or purge.departure.workspace not in (None, intent.workspace):
            return purge
        while intent is not None and intent.status is IntentStatus.OPEN and goes(intent.created_at):
            try:
                self.sign_ins.save_intent(replace(intent, status=IntentStatus.BURNT), was=intent)
            except Conflict:
                intent = self.sign_ins.get_intent(link)
            else:
                waiting = self.actions.waiting(intent.person, intent.app)
                return self._end(purge.counted("sign_ins"), waiting, goes)
        return purge

    def _cut(self, purge: Purge, person: Person, app: str, goes: WhatGoes) -> Purge:
        cut = self.cut(person, app, goes=goes, trace_id=purge.departure.trace_id)
        return purge.counted("connections") if cut else purge

    def _empty(self, purge: Purge, action: Action, goes: WhatGoes) -> Purge:
        """Nothing of it is shown or read any more; what is left keeps its record from being acted on twice."""
        if not action.ended or action.forgotten or not goes(action.created_at):
            return purge
        with suppress(Conflict):  # being settled this very moment: the second look finds it
            self.actions.save(forgotten(action))
            return purge.counted("history")
        return purge

    def _end(self, purge: Purge, waiting: Sequence[Action], goes: WhatGoes) -> Purge:
        for action in waiting:
            if not goes(action.created_at):
                continue
            try:
                self.end(action, ActionStatus.FAILED, Outcome.OFF_BOARDED, reply_to=None)
            except Conflict:
                continue  # it went on by itself
            except ChatUnavailable:
                self.journal("person_not_told", trace_id=action.trace_id, action=action.id, reason="unavailable")
            purge = purge.counted("actions")
        return purge

    def _forget(self, purge: Purge, card_id: str, goes: WhatGoes) -> Purge:
        """Cards of a workspace that moved are still where they were, and can be decided there."""
        card = self.cards.get(card_id)
        if card is None or purge.departure.left is Left.MIGRATED or not goes(card.created_at):
            return purge
        self.belongings.forget_card(card_id)
        return purge.counted("cards")


def _someone(purge: Purge) -> Person:
    """Whose stage it is. Raises Malformed where a message of the queue names none."""
    if purge.departure.someone is None:
        raise Malformed("a person's purge without a person")
    return purge.departure.someone
