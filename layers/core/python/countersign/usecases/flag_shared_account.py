"""Notices that two people are connected as one and the same account, and says so to both and to the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.domain.catalog import ActsAs, Catalog
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import ChatRefused
from countersign.domain.texts import sign_in as texts
from countersign.ports.chat import Messenger
from countersign.ports.records import AuditLog
from countersign.ports.sign_ins import SignInStore
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock, Journal


@dataclass(frozen=True)
class FlagSharedAccount:
    """Nothing is undone: it may be meant so. Each pair is told once a day at most.

    Whoever is connected is noted after their connection was stored, and only then looks who else is: of two who
    connect at the same moment, the later one sees the other. Raises StoreUnavailable, ChatUnavailable.
    """

    connections: ConnectionStore
    sign_ins: SignInStore
    messenger: Messenger
    catalog: Catalog
    audit: AuditLog
    journal: Journal
    clock: Clock

    def __call__(self, connection: Connection) -> None:
        """Look, right after ``connection`` was stored. An app whose tokens name no person has nothing to tell apart."""
        app = self.catalog.apps.get(connection.app)
        if app is None or app.acts_as is not ActsAs.PERSON:
            return
        for other in self._others(connection):
            pair = "#".join(sorted((connection.person.key, other.person.key)))
            key = f"account#{connection.app}#{connection.account.id}#{pair}"
            if self.sign_ins.first_sight(key, connection.sign_in, self.clock()):
                self._record(connection, other)
                self._tell(app.name, connection, other)
                self._tell(app.name, other, connection)

    def _others(self, connection: Connection) -> Iterator[Connection]:
        for owner in self.connections.hold_account(connection):
            there = self.connections.get(owner, connection.app) if owner != connection.person else None
            same = there is not None and there.account.id == connection.account.id
            if there is not None and same and there.status is not Status.REVOKING:
                yield there

    def _record(self, connection: Connection, other: Connection) -> None:
        facts = {
            "app": connection.app,
            "workspace": connection.workspace,
            "account": connection.account.id,
            "other_person": other.contact.user_id,
        }
        once = f"{connection.record_key} {other.person.key}"
        self.audit.record("sign_in.account_of_two", connection.contact, facts, once=once)

    def _tell(self, app_name: str, connection: Connection, other: Connection) -> None:
        """Whoever can't be told keeps the other one from nothing."""
        said = texts.account_of_two(app_name, connection.account.label, other.contact.user_id)
        try:
            self.messenger.within(connection.installation).direct(connection.contact, said)
        except ChatRefused as error:
            self.journal("person_not_told", app=connection.app, reason=error.reason)
