"""Ends tokens that nobody uses: of a sign-in that was never confirmed, or that another one replaced."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.catalog import App, Catalog
from countersign.domain.connection import Account, Connection, Status
from countersign.domain.errors import SealBroken
from countersign.domain.revocation import may_revoke
from countersign.domain.sign_in import Intent, Leg
from countersign.domain.token_codec import pack, unpack
from countersign.domain.tokens import Sealed, Tokens
from countersign.ports.keys import Opener
from countersign.ports.records import AuditLog
from countersign.ports.sign_ins import SignInStore
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock, Journal
from countersign.usecases.end_grant import EndGrant
from countersign.usecases.note_connected import note_connected

STILL_CONFIRMING: Final = 60
"""Seconds after a leg's end in which a confirmation that was pressed at the last moment may still be storing it."""


@dataclass(frozen=True)
class RevokeLeftover:
    """Never ends what the person's present connection lives on. Raises AppError: the row stays due."""

    connections: ConnectionStore
    sign_ins: SignInStore
    opener: Opener
    end_grant: EndGrant
    catalog: Catalog
    audit: AuditLog
    journal: Journal
    clock: Clock

    def of_leg(self, leg: Leg) -> None:
        """Tokens of a sign-in, if they did not become the connection."""
        intent = self.sign_ins.get_intent(leg.intent_hash)
        connection = self._became(intent, leg) if intent else None
        if intent is not None and connection is not None:
            # Whoever stored it may have died before.
            note_connected(self.audit, intent, leg, connection, self._as_asked(intent, leg))
        if intent is None or leg.sealed is None or connection is not None:
            self.sign_ins.settle(leg)
            return
        confirming = self.clock() < leg.expires_at + STILL_CONFIRMING
        if not leg.declined and not self.sign_ins.consume_leg(leg) and confirming:
            return
        outcome = self._end(_as_connection(intent, leg, leg.sealed, self.clock()), self._set_aside)
        self._record(intent, leg, outcome)
        self.sign_ins.settle(leg)

    def of_retired(self, retired: Connection) -> None:
        """Tokens of a connection that another sign-in replaced; or was to replace, and never did."""
        beside = self.connections.get(retired.person, retired.app)
        in_use = beside is not None and beside.same_sign_in(retired)
        outcome = "in_use" if in_use else self._end(retired, self._instead_of(retired))
        self.journal("leftover_ended", app=retired.app, outcome=outcome)
        self.connections.delete(retired)

    def _instead_of(self, retired: Connection) -> Callable[[Connection], None]:
        def keep(renewed: Connection) -> None:
            self._set_aside(renewed)
            self.connections.delete(retired)

        return keep

    def _set_aside(self, renewed: Connection) -> None:
        """Keep what a refresh brought until it is ended: the next attempt could not get it again."""
        now = self.clock()
        self.connections.retire(renewed, now=now, due_at=now + STILL_CONFIRMING)

    def _as_asked(self, intent: Intent, leg: Leg) -> App | None:
        known = leg.app in self.catalog.apps
        return self.catalog.signing_in(leg.app, shared=intent.shared, step_up=intent.step_up) if known else None

    def _record(self, intent: Intent, leg: Leg, outcome: str) -> None:
        account = leg.account.id if leg.account else leg.given_back
        facts = {"app": leg.app, "workspace": intent.workspace, "account": account, "outcome": outcome}
        once = f"{leg.id_hash} ended"
        self.audit.record("sign_in.given_back", intent.person, {**facts, "trace_id": intent.trace_id}, once=once)

    def _became(self, intent: Intent, leg: Leg) -> Connection | None:
        connection = self.connections.get(intent.owner, leg.app)
        return connection if connection is not None and connection.sign_in == leg.id_hash else None

    def _end(self, leftover: Connection, keep: Callable[[Connection], None]) -> str:
        app, beside = self.catalog.apps.get(leftover.app), self.connections.get(leftover.person, leftover.app)
        if app is None:
            return "app_gone"
        if not may_revoke(app, leftover.account.id or None, beside=beside):
            return "left_alone"
        try:
            tokens = unpack(self.opener.open(leftover.sealed, leftover.owner), leftover.site)
        except SealBroken:
            return "unreadable"
        if self._lives_on(tokens, beside):
            return "in_use"
        renewed: list[Connection] = []

        def kept(fresh: Tokens, expires_at: int | None) -> None:
            renewed.append(self._renewed(leftover, fresh, expires_at))
            keep(renewed[-1])

        revoked = self.end_grant(app, tokens, leftover.expires_at, kept)
        for row in renewed:
            self.connections.delete(replace(row, status=Status.REVOKING, retired=True))
        return "revoked" if revoked else "not_revocable"

    def _renewed(self, leftover: Connection, tokens: Tokens, expires_at: int | None) -> Connection:
        unsealed = replace(leftover, version=leftover.version + 1, expires_at=expires_at)
        return replace(unsealed, sealed=self.opener.seal(pack(tokens), unsealed.owner))

    def _lives_on(self, tokens: Tokens, beside: Connection | None) -> bool:
        """Some apps give the same refresh token again at the next sign-in (ServiceNow)."""
        if beside is None or beside.status is not Status.LIVE:
            return False
        try:
            present = unpack(self.opener.open(beside.sealed, beside.owner))
        except SealBroken:
            return False
        return (tokens.refresh_token or tokens.access_token) in (present.refresh_token, present.access_token)


def _as_connection(intent: Intent, leg: Leg, sealed: Sealed, now: int) -> Connection:
    """The connection that a leg's tokens would have become; without an account where the app never named one."""
    return Connection(
        person=intent.owner,
        workspace=intent.workspace,
        app=leg.app,
        account=leg.account or Account(leg.given_back, "", ""),
        status=Status.REVOKING,
        version=leg.version,
        sealed=sealed,
        scopes=leg.scopes,
        expires_at=leg.token_expires_at,
        connected_at=now,
    )
