"""Ends tokens that nobody uses: of a sign-in that was never confirmed, or that another one replaced."""

from dataclasses import dataclass
from typing import Final

from countersign.domain.catalog import Catalog
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import SealBroken
from countersign.domain.revocation import may_revoke
from countersign.domain.sign_in import Intent, Leg, leg_owner
from countersign.domain.token_codec import unpack
from countersign.domain.tokens import Sealed, SealOwner, Tokens
from countersign.ports import Clock, ConnectionStore, Journal, Opener, SignInStore
from countersign.usecases.end_grant import EndGrant

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
    journal: Journal
    clock: Clock

    def of_leg(self, leg: Leg) -> None:
        """Tokens of a sign-in, if they did not become the connection."""
        intent = self.sign_ins.get_intent(leg.intent_hash)
        if intent is None or leg.sealed is None or self._became_connection(intent, leg):
            self.sign_ins.settle(leg)
            return
        confirming = self.clock() < leg.expires_at + STILL_CONFIRMING
        if not leg.declined and not self.sign_ins.consume_leg(leg) and confirming:
            return
        account_id = leg.account.id if leg.account else None
        beside = self.connections.get(intent.owner, leg.app)
        outcome = self._end(leg.app, leg.sealed, leg_owner(intent, leg), account_id, beside)
        self.journal("leftover_ended", trace_id=intent.trace_id, app=leg.app, outcome=outcome)
        self.sign_ins.settle(leg)

    def of_retired(self, retired: Connection) -> None:
        """Tokens of a connection that another sign-in replaced; or was to replace, and never did."""
        beside = self.connections.get(retired.person, retired.app)
        if beside is not None and beside.same_sign_in(retired):
            outcome = "in_use"
        else:
            outcome = self._end(retired.app, retired.sealed, retired.owner, retired.account.id, beside)
        self.journal("leftover_ended", app=retired.app, outcome=outcome)
        self.connections.delete(retired)

    def _became_connection(self, intent: Intent, leg: Leg) -> bool:
        connection = self.connections.get(intent.owner, leg.app)
        return connection is not None and connection.sign_in == leg.id_hash

    def _end(
        self, app_id: str, sealed: Sealed, owner: SealOwner, account_id: str | None, beside: Connection | None
    ) -> str:
        app = self.catalog.apps[app_id]
        if not may_revoke(app, account_id, beside=beside):
            return "left_alone"
        try:
            tokens = unpack(self.opener.open(sealed, owner))
        except SealBroken:
            return "unreadable"
        if self._lives_on(tokens, beside):
            return "in_use"
        return "revoked" if self.end_grant(app, tokens) else "not_revocable"

    def _lives_on(self, tokens: Tokens, beside: Connection | None) -> bool:
        """Some apps give the same refresh token again at the next sign-in (ServiceNow)."""
        if beside is None or beside.status is not Status.LIVE:
            return False
        try:
            present = unpack(self.opener.open(beside.sealed, beside.owner))
        except SealBroken:
            return False
        return (tokens.refresh_token or tokens.access_token) in (present.refresh_token, present.access_token)
