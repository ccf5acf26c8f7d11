"""Stores a connection from the leg that holds its sealed tokens: by copying, never by opening."""

from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.catalog import App
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import Conflict
from countersign.domain.limits import LINKS
from countersign.domain.policy import same_address
from countersign.domain.queue_messages import connected_message, revoke_message
from countersign.domain.revocation import may_revoke
from countersign.domain.sign_in import Intent, IntentStatus, Leg
from countersign.domain.upkeep import upkeep_at
from countersign.ports.records import AuditLog
from countersign.ports.sign_ins import SignInStore
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock, Queue
from countersign.usecases.note_connected import note_connected

REPLACING: Final = 60
"""Seconds until housekeeping looks at what was set aside: longer than the function that replaces it can live."""


@dataclass(frozen=True)
class StoreConnection:
    """Spends the CONFIRM leg and stores what it holds; a repeat after a lost answer finds what was stored.

    The order keeps every crash harmless: tokens on a leg stay due for revocation until the connection that they became
    is stored, and a connection names the leg it came from (``sign_in``), so that housekeeping can tell. The tokens that
    are replaced are set aside before: if they stay after all, housekeeping sees that, and ends nothing.
    """

    sign_ins: SignInStore
    connections: ConnectionStore
    audit: AuditLog
    actions_queue: Queue
    clock: Clock

    def __call__(self, intent: Intent, leg: Leg, app: App) -> Connection:
        """The connection. Raises StoreUnavailable, and Conflict where there is none.

        The leg was spent, the connection changed, or the link was burnt before all of it was done.
        """
        before = self.connections.get(intent.owner, leg.app)
        if before is not None and before.sign_in == leg.id_hash:
            return self._finish(intent, leg, before, app)
        if not leg.replaces(before):
            raise Conflict("the connection changed while its person was away")
        connection = self._connection(intent, leg, app)
        if before is not None and may_revoke(app, before.account.id, beside=connection):
            now = self.clock()
            self.connections.retire(before, now=now, due_at=now + REPLACING)
        if not self.sign_ins.consume_leg(leg):
            return self._of_twin(intent, leg, app)
        self.connections.put(connection, replaces=before.version if before else None, account=leg.replaces_account)
        return self._finish(intent, leg, connection, app)

    def _of_twin(self, intent: Intent, leg: Leg, app: App) -> Connection:
        """A second press of the same button lost to the first, which may have stored it by now."""
        stored = self.connections.get(intent.owner, leg.app)
        if stored is None or stored.sign_in != leg.id_hash:
            raise Conflict("the leg was spent, and not on this connection")
        return self._finish(intent, leg, stored, app)

    def _connection(self, intent: Intent, leg: Leg, app: App) -> Connection:
        if leg.account is None or leg.sealed is None:
            raise Conflict("the leg holds no connection")
        connection = Connection(
            person=intent.owner,
            workspace=intent.workspace,
            app=leg.app,
            account=leg.account,
            status=Status.LIVE,
            version=leg.version,
            sealed=leg.sealed,
            scopes=leg.scopes,
            expires_at=leg.token_expires_at,
            connected_at=leg.signed_in_at or self.clock(),
            sign_in=leg.id_hash,
            site=leg.site,
            proof=leg.proof,
            own_address=same_address(leg.person_email or intent.person_email, leg.account.email),
            steward=intent.person if intent.shared else None,
        )
        return replace(connection, upkeep_at=upkeep_at(connection, app.oauth))

    def _finish(self, intent: Intent, leg: Leg, connection: Connection, app: App) -> Connection:
        """Write it down, let the waiting actions go on, and close the sign-in. Can be repeated."""
        note_connected(self.audit, intent, leg, connection, app)
        self.actions_queue.send(connected_message(intent))
        burnt = self._close(intent) is IntentStatus.BURNT
        if burnt:
            self._take_back(intent, connection)
        self.sign_ins.settle(leg)
        if burnt:
            raise Conflict("the link was burnt while its sign-in was being stored")
        return connection

    def _take_back(self, intent: Intent, connection: Connection) -> None:
        """Whoever burnt the link looked for its connection before it was there: its person left, or was cut off."""
        now = self.clock()
        self.connections.set_revoking(connection, now=now, due_at=now)
        self.actions_queue.send(revoke_message(intent.owner, connection.app, intent.trace_id))

    def _close(self, intent: Intent) -> IntentStatus:
        """How it is closed: done, unless it was burnt before."""
        now_there: Intent | None = intent
        while now_there is not None and now_there.status is IntentStatus.OPEN:
            try:
                self.sign_ins.save_intent(replace(now_there, status=IntentStatus.DONE), was=now_there)
            except Conflict:
                now_there = self.sign_ins.get_intent(intent.id_hash)
            else:
                # Whoever connects one app after the other has no open links, however many they were.
                self.sign_ins.give_back(LINKS, intent.person.key, intent.created_at)
                return IntentStatus.DONE
        return now_there.status if now_there else IntentStatus.DONE
