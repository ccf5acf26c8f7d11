"""Ends a connection at its app, tells its person the truth, and tries for a day when the app does not answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.catalog import App, Catalog
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import AppError, ChatRefused, Conflict, SealBroken
from countersign.domain.identity import Person
from countersign.domain.message import Message
from countersign.domain.texts import connections as texts
from countersign.domain.token_codec import pack, unpack
from countersign.domain.tokens import Tokens
from countersign.ports.chat import Messenger
from countersign.ports.keys import Opener
from countersign.ports.records import AuditLog
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock, Journal
from countersign.usecases.end_grant import EndGrant

KEEP_TRYING: Final = 86_400
FIRST_PAUSE: Final = 30
LONGEST_PAUSE: Final = 3_600


@dataclass(frozen=True)
class Revoke:
    """Revokes what its person cut. Safe to call again: what is gone is gone.

    Raises StoreUnavailable, and ChatUnavailable when the person could not be told: the row is there still, and due.
    """

    connections: ConnectionStore
    opener: Opener
    end_grant: EndGrant
    catalog: Catalog
    account_url: Callable[[App], str | None]
    messenger: Messenger
    audit: AuditLog
    journal: Journal
    clock: Clock

    def of_person(self, person: Person, app_id: str) -> None:
        """The person's cut connection, if it is still there."""
        connection = self.connections.get(person, app_id)
        if connection is not None and connection.status is Status.REVOKING:
            self(connection)

    def __call__(self, connection: Connection) -> None:
        """One attempt, and what follows from it."""
        if connection.being_refreshed(self.clock()):
            # What the refresh brings is what must be ended; it is saved, or its worker dead, by then.
            self.connections.postpone(connection, connection.lease_until + 1)
            return
        app = self.catalog.apps.get(connection.app)
        if app is None:  # switched off, or gone from the catalog: nobody knows any more how to end it there
            self._finish(connection, "app_gone", texts.app_gone(connection.app))
        else:
            self._end(connection, app)

    def _end(self, connection: Connection, app: App) -> None:
        current = connection

        def keep(tokens: Tokens, expires_at: int | None) -> None:
            nonlocal current
            current = self._kept(current, tokens, expires_at)

        try:
            tokens = unpack(self.opener.open(connection.sealed, connection.owner), connection.site)
            revoked = self.end_grant(app, tokens, connection.expires_at, keep)
        except SealBroken:
            self._finish(connection, "unreadable", self._not_revocable(app))
        except AppError as error:
            self._failed(current, app, error)
        except Conflict:
            return  # a twin of this run renewed it first: the row is still due, with the twin's tokens
        else:
            said = texts.revoked(app.name) if revoked else self._not_revocable(app)
            self._finish(current, "revoked" if revoked else "not_revocable", said)

    def _kept(self, connection: Connection, tokens: Tokens, expires_at: int | None) -> Connection:
        """The same with tokens that a refresh brought, stored: the next attempt could not get them again."""
        unsealed = replace(connection, version=connection.version + 1, expires_at=expires_at)
        renewed = replace(unsealed, sealed=self.opener.seal(pack(tokens), unsealed.owner))
        self.connections.save_cut(renewed)
        return renewed

    def _not_revocable(self, app: App) -> Message:
        if app.credential is not None:
            return texts.key_lives_on(app.name, self.account_url(app))
        return texts.not_revocable(app.name, self.account_url(app))

    def _failed(self, connection: Connection, app: App, error: AppError) -> None:
        now = self.clock()
        since = connection.revoking_since or now
        if now - since >= KEEP_TRYING:
            self._finish(connection, "gave_up", texts.revocation_gave_up(app.name, self.account_url(app)))
            return
        again_at = now + min(LONGEST_PAUSE, max(FIRST_PAUSE, now - since))
        self.connections.postpone(connection, again_at, failed=True)
        self.journal("revocation_failed", app=app.id, code=error.code)
        if not connection.revocation_failed:
            self._tell(connection, texts.revocation_goes_on(app.name, since + KEEP_TRYING))

    def _finish(self, connection: Connection, outcome: str, said: Message) -> None:
        if not self._still_there(connection):
            # A refresh saved newer tokens meanwhile, and the row is still due; or a twin of this run said it all.
            return
        # While the row is there: without it nobody would come back to record it, or to tell its person.
        self._record(connection, outcome)
        self._tell(connection, said)
        self.connections.delete(connection)

    def _tell(self, connection: Connection, said: Message) -> None:
        """Whose act it was not is told whose it was."""
        if connection.cut_by is not None:
            app = self.catalog.apps.get(connection.app)
            name = app.name if app else connection.app
            said = texts.cut_by_another(connection.cut_by, name, said, shared=connection.shared)
        try:
            self.messenger.within(connection.installation).direct(connection.contact, said)
        except ChatRefused as error:  # who left can't be told
            self.journal("person_not_told", app=connection.app, reason=error.reason)

    def _still_there(self, connection: Connection) -> bool:
        there = self.connections.get(connection.person, connection.app)
        return there is not None and (there.version, there.status) == (connection.version, Status.REVOKING)

    def _record(self, connection: Connection, outcome: str) -> None:
        facts = {
            "app": connection.app,
            "workspace": connection.workspace,
            "account": connection.account.id,
            "outcome": outcome,
            "shared": "yes" if connection.shared else "no",
        }
        once = f"{connection.record_key} {connection.version}"
        self.audit.record("revocation", connection.contact, facts, once=once)
