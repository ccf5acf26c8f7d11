"""Clears up after a departure, page by page: links burnt, waiting actions ended, connections cut, cards forgotten."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.action import Action, ActionStatus, Outcome, forgotten
from countersign.domain.connection import CutBy
from countersign.domain.departure import SECOND_LOOK, Left, Purge, Stage
from countersign.domain.errors import ChatUnavailable, Conflict, CountersignError, Malformed, Unreadable
from countersign.domain.identity import Person
from countersign.domain.queue_messages import purge_message
from countersign.domain.sign_in import WHOLE_SECONDS, IntentStatus
from countersign.ports.sign_ins import SignInStore
from countersign.ports.stores import ActionStore, Belongings, CardStore, ConnectionStore
from countersign.ports.system import Clock, Deadline, Journal, Queue, Randomness
from countersign.usecases.cut_connection import CutConnection
from countersign.usecases.end_action import EndAction
from countersign.usecases.recognise_return import RecogniseReturn, WhatGoes
from countersign.usecases.report_departure import ReportDeparture

PAGE: Final = 100
"""Rows that are read and dealt with before time is looked at."""
ENOUGH: Final = 8
"""Seconds before the end of the invocation at which no new page is begun; the queue goes on with it."""
AGAIN_AFTER: Final = 30
"""Seconds until it goes on where something did not answer."""
RECENT: Final = 50
"""Actions of one person among which those are looked for that began a moment ago and wait for nothing yet."""


@dataclass
class Work:
    """What one invocation works on: how far it is, and which of the things that are found go."""

    purge: Purge
    goes: WhatGoes

    def count(self, kind: str) -> None:
        """One more of a kind is cleared up."""
        self.purge = self.purge.counted(kind)


@dataclass(frozen=True)
class ClearUp:
    """Works for as long as this invocation lives and hands what is left to the queue: memory and time are bounded.

    Every step can be repeated. A second look, a quarter of an hour later, finds what was being written meanwhile. What
    a look cleared up is told once. Raises StoreUnavailable, and ChatUnavailable where only chat knows whether who left
    is back: nothing was done, and the message comes again.
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
    randomness: Randomness
    journal: Journal
    clock: Clock
    deadline: Deadline

    def __call__(self, purge: Purge) -> None:
        """Go on with it."""
        work = Work(purge, self.returned.rule(purge))
        try:
            done = self._work_off(work)
        except CountersignError as error:
            if work.purge == purge:
                raise
            # What was cleared up is counted, and not looked at again: the message as it came knows nothing of it.
            self.journal("clearing_up_stopped", code=error.code, trace_id=purge.departure.trace_id)
            self.queue.send(purge_message(work.purge), delay=AGAIN_AFTER)
        else:
            if done:
                self._finished(work.purge)

    def _work_off(self, work: Work) -> bool:
        """Page after page. False: time is over, and the queue goes on."""
        while self.deadline() - self.clock() >= ENOUGH:
            after = self._page(work)
            following = work.purge.onward(after)
            if following is None:
                return True
            work.purge = following
        self.queue.send(purge_message(work.purge))
        return False

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
        if purge.to_be_told and self._first_to_tell(purge):
            self.report(purge)

    def _first_to_tell(self, purge: Purge) -> bool:
        """False for a message that comes twice, and for an event that came twice."""
        key = f"told#{purge.departure.identity}#{'again' if purge.again else 'first'}"
        return self.sign_ins.first_sight(key, self.randomness(), self.clock())

    def _page(self, work: Work) -> str | None:
        """One page of the stage it is at; where the next begins."""
        purge, after = work.purge, None
        tenant, workspace = purge.departure.tenant, purge.departure.workspace
        match purge.stage:
            case Stage.SIGN_INS:
                links, after = self._links(purge)
                self._each(work, links, self._burn)
            case Stage.CONNECTIONS:
                keys, after = self.belongings.connections(tenant, workspace, purge.after, PAGE)
                for person, app in keys:
                    self._cut(work, person, app)
            case Stage.PERSON:
                after = self._person(work, _someone(purge))
            case Stage.HISTORY:
                actions, after = self.actions.history(_someone(purge), purge.after, PAGE)
                for action in actions:
                    self._empty(work, action)
            case Stage.CARDS:
                cards, after = self.belongings.cards(tenant, workspace, purge.after, PAGE)
                self._each(work, cards, self._forget)
        return after

    def _each(self, work: Work, found: Sequence[str], deal: Callable[[Work, str], None]) -> None:
        """One whose row can't be read is noted and left as it is: it must not stop the others."""
        for one in found:
            try:
                deal(work, one)
            except Unreadable as error:
                self._unreadable(work, error)

    def _unreadable(self, work: Work, error: Unreadable) -> None:
        departure = work.purge.departure
        self.journal("unreadable_row", tenant=departure.tenant, trace_id=departure.trace_id, detail=str(error))

    def _person(self, work: Work, person: Person) -> str | None:
        """What one person has: connections are few enough for one go, what waits comes page by page."""
        only = work.purge.departure.workspace
        if work.purge.after is None:
            for app, _ in self.connections.places(person):
                self._cut(work, person, app)
            self._end(work, [each for each in self._begun(work, person) if only in (None, each.workspace.id)])
        waiting, after = self.actions.all_waiting(person, work.purge.after, PAGE)
        self._end(work, [each for each in waiting if only in (None, each.workspace.id)])
        return after

    def _begun(self, work: Work, person: Person) -> Sequence[Action]:
        try:
            return [each for each in self.actions.recent(person, RECENT) if each.status is ActionStatus.OPEN]
        except Unreadable as error:
            self._unreadable(work, error)
            return []

    def _links(self, purge: Purge) -> tuple[Sequence[str], str | None]:
        """Of one person those that could still be used: nobody else's are looked at, however many people leave."""
        departure = purge.departure
        if departure.someone is not None:
            since = departure.at - WHOLE_SECONDS  # the same for every page
            return self.sign_ins.links_of(departure.someone, since, purge.after, PAGE)
        return self.belongings.intents(departure.tenant, departure.workspace, purge.after, PAGE)

    def _burn(self, work: Work, link: str) -> None:
        """A link that can still be used, and what waits for it."""
        intent = self.sign_ins.get_intent(link)
        if intent is not None and work.purge.departure.workspace not in (None, intent.workspace):
            return
        while intent is not None and intent.status is IntentStatus.OPEN and work.goes(intent.created_at):
            try:
                self.sign_ins.save_intent(replace(intent, status=IntentStatus.BURNT), was=intent)
            except Conflict:
                intent = self.sign_ins.get_intent(link)
            else:
                work.count("sign_ins")
                self._end(work, self.actions.waiting(intent.person, intent.app))
                return

    def _cut(self, work: Work, person: Person, app: str) -> None:
        departure = work.purge.departure
        by = CutBy.word_of(departure.by) if departure.left is Left.CUT_OFF else None
        if self.cut(person, app, through=departure.workspace, goes=work.goes, trace_id=departure.trace_id, by=by):
            work.count("connections")

    def _empty(self, work: Work, action: Action) -> None:
        """Nothing of it is shown or read any more; what is left keeps its record from being acted on twice."""
        if not action.ended or action.forgotten or not work.goes(action.created_at):
            return
        with suppress(Conflict):  # being settled this very moment: the second look finds it
            self.actions.save(forgotten(action))
            work.count("history")

    def _end(self, work: Work, waiting: Sequence[Action]) -> None:
        for action in waiting:
            if not work.goes(action.created_at):
                continue
            try:
                self.end(action, ActionStatus.FAILED, Outcome.OFF_BOARDED, reply_to=None)
            except Conflict:
                continue  # it went on by itself
            except ChatUnavailable:
                self.journal("person_not_told", trace_id=action.trace_id, action=action.id, reason="unavailable")
            work.count("actions")

    def _forget(self, work: Work, card_id: str) -> None:
        """Cards of a workspace that moved are still where they were, and can be decided there."""
        card = self.cards.get(card_id)
        if card is None or work.purge.departure.left is Left.MIGRATED or not work.goes(card.created_at):
            return
        self.belongings.forget_card(card_id)
        work.count("cards")


def _someone(purge: Purge) -> Person:
    """Whose stage it is. Raises Malformed where a message of the queue names none."""
    if purge.departure.someone is None:
        raise Malformed("a person's purge without a person")
    return purge.departure.someone
