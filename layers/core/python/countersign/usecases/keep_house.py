"""What nobody else would do: revocations, connections to keep alive, actions left alone, lost sign-ins, old cards."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from countersign.domain.action import Action, ActionStatus, Outcome, due_at
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import Conflict, CountersignError
from countersign.domain.queue_messages import resume_message, waiting_message
from countersign.domain.sign_in import Intent, Leg
from countersign.ports.sign_ins import SignInStore
from countersign.ports.stores import ActionStore, CardStore, ConnectionStore
from countersign.ports.system import Clock, Deadline, Journal, Queue
from countersign.usecases.end_action import EndAction
from countersign.usecases.keep_cards import KeepCards
from countersign.usecases.look_after import LookAfter
from countersign.usecases.notify_sign_in import NotifySignIn
from countersign.usecases.revoke import Revoke
from countersign.usecases.revoke_leftover import RevokeLeftover

BATCH: Final = 50
PAUSE: Final = 600
"""Seconds after which a row that could not be dealt with comes again."""
ENOUGH: Final = 5
"""Seconds before the end of the invocation at which no new row is taken up; the next run goes on."""


@dataclass(frozen=True)
class KeepHouse:
    """One round over everything that is due. A row that fails waits for the next round and does not stop the others."""

    connections: ConnectionStore
    actions: ActionStore
    sign_ins: SignInStore
    cards: CardStore
    queue: Queue
    revoke: Revoke
    leftover: RevokeLeftover
    end: EndAction
    notify: NotifySignIn
    look_after: LookAfter
    keep_cards: KeepCards
    journal: Journal
    clock: Clock
    deadline: Deadline

    def __call__(self) -> None:
        """Do a round. Raises StoreUnavailable when what is due can't be read."""
        now = self.clock()
        later = now + PAUSE
        for connection in self.connections.due(now, BATCH):
            self._guarded(
                "revocation",
                partial(self._connection, connection),
                partial(self.connections.postpone, connection, later),
            )
        for connection in self.connections.upkeep_due(now, BATCH):
            # Whoever takes one up has put it off already.
            self._guarded("upkeep", partial(self.look_after, connection), lambda: None)
        for action in self.actions.due(now, BATCH):
            self._guarded("action", partial(self._action, action, now), partial(self.actions.postpone, action, later))
        for row in self.sign_ins.due(now, BATCH):
            self._guarded("sign_in", partial(self._sign_in, row), partial(self.sign_ins.postpone, row, later))
        for card in self.cards.due(now, BATCH):
            self._guarded("card", partial(self.keep_cards, card), partial(self.cards.postpone, card, later))

    def _guarded(self, what: str, work: Callable[[], None], postpone: Callable[[], None]) -> None:
        """One row. Whatever is wrong with it, it makes room for the others and comes again later."""
        if self.deadline() - self.clock() < ENOUGH:
            return
        try:
            work()
        except Conflict:
            return  # somebody else took it up
        except CountersignError as error:
            self.journal("housekeeping_failed", what=what, code=error.code, detail=str(error))
            postpone()
        except Exception as error:  # noqa: BLE001 - one row that nobody foresaw must not stop the house
            self.journal("housekeeping_failed", what=what, code="unforeseen", detail=type(error).__name__)
            postpone()

    def _action(self, action: Action, now: int) -> None:
        there = self.actions.get(action.person, action.id)  # the index may lag
        due = due_at(there) if there is not None else None
        if there is None or due is None or due > now:
            return
        if there.ended and not there.told:
            self.end.finish(there, None)
        elif there.status is ActionStatus.OPEN:
            self._expire(there, now)
        else:
            self.queue.send(resume_message(there))
            self.actions.postpone(there, now + PAUSE)

    def _expire(self, action: Action, now: int) -> None:
        """It waited too long; unless the sign-in that it waits for has come, and only the message about it got lost.

        A connection from before is not what it waits for: that one was too old.
        """
        if action.waiting_for is not None:
            connection = self.connections.get(action.person, action.waiting_for)
            live = connection is not None and connection.status is Status.LIVE
            if live and connection is not None and connection.connected_at >= action.created_at:
                self.queue.send(waiting_message(action))
                self.actions.postpone(action, now + PAUSE)
                return
        self.journal("action_expired", trace_id=action.trace_id, action=action.id, age=now - action.created_at)
        self.end(action, ActionStatus.FAILED, Outcome.EXPIRED, reply_to=None)

    def _sign_in(self, row: Intent | Leg) -> None:
        if isinstance(row, Intent):
            if self.sign_ins.settle(row):
                self.notify.help(row)
            return
        self.leftover.of_leg(row)

    def _connection(self, connection: Connection) -> None:
        if connection.retired:
            self.leftover.of_retired(connection)
        else:
            self.revoke(connection)
