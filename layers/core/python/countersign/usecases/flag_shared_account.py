"""Notices that two people are connected as one and the same account, and says so to both and to the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.domain.catalog import ActsAs, Catalog
from countersign.domain.connection import Connection, Status
from countersign.domain.texts import sign_in as texts
from countersign.ports import AuditLog, Clock, ConnectionStore, Messenger, SignInStore


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
                self._flag(app.name, connection, other)

    def _others(self, connection: Connection) -> Iterator[Connection]:
        for owner in self.connections.hold_account(connection):
            there = self.connections.get(owner, connection.app) if owner != connection.person else None
            same = there is not None and there.account.id == connection.account.id
            if there is not None and same and there.status is not Status.REVOKING:
                yield there

    def _flag(self, app_name: str, connection: Connection, other: Connection) -> None:
        facts = {
            "app": connection.app,
            "workspace": connection.workspace,
            "account": connection.account.id,
            "other_person": other.contact.user_id,
        }
        self.audit.record("sign_in.account_of_two", connection.contact, facts)
        for one, another in ((connection, other), (other, connection)):
            said = texts.account_of_two(app_name, one.account.label, another.contact.user_id)
            self.messenger.within(one.installation).direct(one.contact, said)
