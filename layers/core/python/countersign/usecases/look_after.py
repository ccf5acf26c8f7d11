"""Looks after connections that nobody uses: has them renewed before they lapse, and warns before they end."""

from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.catalog import App, Catalog
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import ChatRefused
from countersign.domain.message import Message
from countersign.domain.queue_messages import renew_message
from countersign.domain.texts.connections import ends_soon
from countersign.domain.texts.shared import shared_ended, shared_ends_soon
from countersign.domain.upkeep import ends_at, renew_at, upkeep_at, warn_at
from countersign.ports.chat import Messenger
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock, Journal, Queue

AGAIN: Final = 3_600
"""Seconds after which a connection that was taken up, and of which nothing came, is looked at again."""


@dataclass(frozen=True)
class LookAfter:
    """One connection whose ``upkeep_at`` has come. Taken up by one caller, and due again by itself if that one dies.

    Its person, or the admin of a shared one, is told once; should the process die between telling and writing that
    down, twice. Raises StoreUnavailable, ChatUnavailable.
    """

    connections: ConnectionStore
    catalog: Catalog
    queue: Queue
    messenger: Messenger
    journal: Journal
    clock: Clock

    def __call__(self, seen: Connection) -> None:
        """``seen``: as the index had it; the row itself is read again."""
        now = self.clock()
        there = self.connections.get(seen.person, seen.app)
        if there is None or there.upkeep_at is None or there.upkeep_at > now:
            return
        app = self.catalog.apps.get(there.app)
        if not self.connections.claim_upkeep(there, now=now, until=now + AGAIN) or app is None:
            return
        if there.status is Status.NEEDS_SIGN_IN:
            self._tell(there, shared_ended(app.name, app.id, there.account.label))
            self.connections.plan_upkeep(replace(there, upkeep_at=None))
            return
        warned = self._warned(there, app, now)
        renewal = renew_at(warned, app.oauth)
        renews = renewal is not None and renewal <= now
        if renews:
            self.queue.send(renew_message(there.person, app.id))  # where tokens are opened; it plans what comes next
        if warned != there or not renews:
            next_at = now + AGAIN if renews else upkeep_at(warned, app.oauth)
            self.connections.plan_upkeep(replace(warned, upkeep_at=next_at))

    def _warned(self, connection: Connection, app: App, now: int) -> Connection:
        """Told in time that it will end; too late is not told: the next act says so."""
        at, end = warn_at(connection, app.oauth), ends_at(connection, app.oauth)
        if at is None or end is None or at > now:
            return connection
        if end > now:
            said = ends_soon(app.name, app.id, end)
            if connection.shared:
                said = shared_ends_soon(app.name, app.id, connection.account.label, end)
            self._tell(connection, said)
        return replace(connection, warned=True)

    def _tell(self, connection: Connection, message: Message) -> None:
        try:
            self.messenger.within(connection.installation).direct(connection.contact, message)
        except ChatRefused as error:  # they left: nobody there to be told
            self.journal("person_not_told", app=connection.app, reason=error.reason)
