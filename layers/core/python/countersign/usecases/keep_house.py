"""What nobody else would do: revocations to retry, actions left alone, sign-ins that got lost."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from countersign.domain.action import Action, ActionStatus
from countersign.domain.connection import Connection
from countersign.domain.errors import Conflict, CountersignError
from countersign.domain.sign_in import Intent, Leg
from countersign.ports import (
    ActionStore,
    Clock,
    ConnectionStore,
    Deadline,
    Journal,
    Queue,
    SignInStore,
)
from countersign.usecases.end_action import EndAction
from countersign.usecases.notify_sign_in import NotifySignIn
from countersign.usecases.revoke import Revoke
from countersign.usecases.revoke_leftover import RevokeLeftover
from countersign.usecases.run_action import resume_message

BATCH: Final = 50
ENOUGH: Final = 5
"""Seconds before the end of the invocation at which no new row is taken up; the next run goes on."""


@dataclass(frozen=True)
class KeepHouse:
    """One round over everything that is due. A row that fails waits for the next round and does not stop the others."""

    connections: ConnectionStore
    actions: ActionStore
    sign_ins: SignInStore
    queue: Queue
    revoke: Revoke
    leftover: RevokeLeftover
    end: EndAction
    notify: NotifySignIn
    journal: Journal
    clock: Clock
    deadline: Deadline

    def __call__(self) -> None:
        """Do a round. Raises StoreUnavailable when what is due can't be read."""
        now = self.clock()
        for connection in self.connections.due(now, BATCH):
            self._guarded("revocation", partial(self._connection, connection))
        for action in self.actions.due(now, BATCH):
            self._guarded("action", partial(self._action, action, now))
        for row in self.sign_ins.due(now, BATCH):
            self._guarded("sign_in", partial(self._sign_in, row))

    def _guarded(self, what: str, work: Callable[[], None]) -> None:
        if self.deadline() - self.clock() < ENOUGH:
            return
        try:
            work()
        except Conflict:
            return  # somebody else took it up
        except CountersignError as error:
            self.journal("housekeeping_failed", what=what, code=error.code, detail=str(error))

    def _action(self, action: Action, now: int) -> None:
        action = self.actions.get(action.person, action.id) or action  # the index may lag
        if action.ended:
            if not action.told:
                self.end.finish(action, None)
        elif action.status is ActionStatus.OPEN:
            self._expire(action, now)
        elif action.owned_until < now:
            self.queue.send(resume_message(action))

    def _expire(self, action: Action, now: int) -> None:
        why = "you did not sign in within half an hour. Click again when you like."
        if action.waiting_for is None:
            why = "nobody took it up within half an hour. Please click again."
        self.journal("action_expired", action=action.id, age=now - action.created_at)
        self.end(action, ActionStatus.FAILED, "expired", reply_to=None, detail=why)

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
