"""Cuts one connection for somebody else than its person: unusable from the next read on, then revoked at the app."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from countersign.domain.connection import CutBy, Status
from countersign.domain.errors import Conflict, Unreadable
from countersign.domain.identity import Person
from countersign.domain.queue_messages import revoke_message
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock, Journal, Queue

FIRST_RETRY: Final = 600
"""Seconds until housekeeping looks whether a revocation was carried out: thousands may be queued before it."""


@dataclass(frozen=True)
class CutConnection:
    """Can be repeated. Raises StoreUnavailable."""

    connections: ConnectionStore
    queue: Queue
    journal: Journal
    clock: Clock

    def __call__(
        self,
        person: Person,
        app: str,
        *,
        through: str | None,
        goes: Callable[[int], bool],
        trace_id: str,
        by: CutBy | None = None,
    ) -> bool:
        """Whether this call cut it. ``goes``: whether what was connected then (epoch seconds) is to be cut.

        ``through``: only if it came through this workspace, by the row itself: an index may lag. None: through any.
        ``by``: who its person is told did it; None: they wanted it, or are gone. A row that can't be read is noted and
        left as it is: nothing can be done with it as its person, and it must not stop the cutting of others.
        """
        try:
            connection = self.connections.get(person, app)
        except Unreadable as error:
            self.journal("unreadable_row", app=app, tenant=person.tenant, person=person.user_id, detail=str(error))
            return False
        if connection is None or connection.status is Status.REVOKING or through not in (None, connection.workspace):
            return False
        if not goes(connection.connected_at):
            return False
        now = self.clock()
        try:
            self.connections.set_revoking(connection, now=now, due_at=now + FIRST_RETRY, cut_by=by)
        except Conflict:
            return False  # signed in anew this very moment: whoever looks again decides
        # Should this send fail, housekeeping finds the row: the connection is unusable either way.
        self.queue.send(revoke_message(person, app, trace_id))
        return True
