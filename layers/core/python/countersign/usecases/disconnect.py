"""Cuts a connection: unusable at once, then revoked at the app."""

from dataclasses import dataclass
from typing import Final

from countersign.domain.catalog import Catalog
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person
from countersign.domain.message import Message
from countersign.domain.queue_messages import revoke_message
from countersign.domain.texts import connections as texts
from countersign.domain.texts.shared import nothing_shared
from countersign.ports.records import AuditLog
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock, Queue

TELL_FIRST: Final = 2
"""Seconds that the revocation waits, so that its answer stands below this one."""
FIRST_RETRY: Final = 60
"""Seconds until housekeeping looks whether the queue's message was carried out."""


@dataclass(frozen=True)
class Disconnect:
    """Returns what to tell the person now; how the revocation went is told when it is known."""

    connections: ConnectionStore
    queue: Queue
    catalog: Catalog
    audit: AuditLog
    clock: Clock

    def __call__(self, owner: Person, app_id: str, trace_id: str, *, steward: Person | None = None) -> Message:
        """Cut the owner's connection to ``app_id``. Raises StoreUnavailable.

        ``steward``: of a shared one, the admin who cuts it.
        """
        app = self.catalog.apps.get(app_id)
        name = app.name if app else app_id
        connection = self.connections.get(owner, app_id)
        if connection is None:
            return texts.nothing_connected(name) if steward is None else nothing_shared(name)
        now = self.clock()
        if connection.status is not Status.REVOKING:
            try:
                self.connections.set_revoking(connection, now=now, due_at=now + FIRST_RETRY, steward=steward)
            except Conflict:
                return texts.changed_meanwhile(name)  # a sign-in of this very moment is not what was to be cut
        # Of one that is cut already, too: this may be a repeat, of which only that much was done.
        self._record(connection, steward or owner, trace_id)
        # Should this send fail, housekeeping finds the row: the connection is unusable either way.
        self.queue.send(revoke_message(owner, app_id, trace_id), delay=TELL_FIRST)
        return texts.disconnecting(name)

    def _record(self, connection: Connection, by: Person, trace_id: str) -> None:
        """Once for each connection, whoever asks how often."""
        facts = {
            "app": connection.app,
            "workspace": connection.workspace,
            "account": connection.account.id,
            "shared": "yes" if connection.shared else "no",
            "trace_id": trace_id,
        }
        self.audit.record("disconnected", by, facts, once=connection.record_key)
