"""Gives the tokens of a connection, refreshed when they must be: one refresh at a time, whoever asks."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.catalog import App, Catalog
from countersign.domain.connection import Connection, Status, seal_owner
from countersign.domain.errors import (
    AppUnavailable,
    ConfigurationError,
    Conflict,
    InvalidClient,
    InvalidGrant,
    LeaseBusy,
    SealBroken,
    SignInNeeded,
    StoreUnavailable,
)
from countersign.domain.http import LONGEST_ANSWER
from countersign.domain.oauth import TokenAnswer
from countersign.domain.secret import Secret
from countersign.domain.token_codec import pack, unpack
from countersign.domain.tokens import SealOwner, Tokens
from countersign.domain.upkeep import upkeep_at
from countersign.ports import AuthorizationServer, Clock, ConnectionStore, Deadline, Opener, Pause, Seal

LEASE_MARGIN: Final = 5
"""Seconds after a worker's kill time at which it is dead for certain, clocks and slow kills included."""
SAVING: Final = 5
"""Seconds that are kept for saving what a refresh brought: its tokens can't be had a second time."""
NEEDED: Final = LONGEST_ANSWER + SAVING
"""Seconds that a refresh may need; with less left it isn't begun, or the kill could fall between answer and save."""
LAST: Final = 2
"""Seconds before the end at which no save is tried again: clock and deadline are whole seconds."""
NOTHING_USED: Final = (InvalidClient, ConfigurationError, StoreUnavailable)
"""Errors that say that the refresh token was not used; after any other it may have been."""


@dataclass(frozen=True)
class FreshToken:
    """Tokens that can be used now. ``renew``: the app has just refused the access token that looked good.

    Raises SignInNeeded (only a new sign-in helps), LeaseBusy (another worker is at it, try again shortly),
    AppUnavailable, InvalidClient, StoreUnavailable.
    """

    connections: ConnectionStore
    opener: Opener
    authorization: AuthorizationServer
    catalog: Catalog
    redirect_uri: Callable[[str], str]
    clock: Clock
    deadline: Deadline
    pause: Pause
    worker: str

    def __call__(self, connection: Connection, *, renew: bool = False) -> tuple[Connection, Tokens]:
        """The connection as it is now, and its tokens."""
        if connection.status is not Status.LIVE:
            raise SignInNeeded(connection.app)
        tokens = self._open(connection)
        now = self.clock()
        if connection.access_token_good(now) and not renew:
            return connection, tokens
        if tokens.refresh_token is None:
            raise self._ended(connection)
        still_good = connection.expires_at is not None and connection.expires_at > now and not renew
        if still_good and connection.refresh_sent:
            # A refresh was sent and its answer never came: the refresh token may be used up, and using it again may
            # end the whole family. So the access token is used to its end first.
            return connection, tokens
        return self._refresh(connection, tokens, tokens.refresh_token, still_good=still_good)

    def _open(self, connection: Connection) -> Tokens:
        try:
            return unpack(self.opener.open(connection.sealed, connection.owner))
        except SealBroken as error:
            # Kept, not deleted: a row that was tampered with is evidence.
            self.connections.needs_sign_in(connection)
            raise SignInNeeded(connection.app, f"{connection.app}: {error}") from error

    def _ended(self, connection: Connection) -> SignInNeeded:
        self.connections.needs_sign_in(connection)
        return SignInNeeded(connection.app)

    def _refresh(
        self, connection: Connection, tokens: Tokens, refresh_token: Secret, *, still_good: bool
    ) -> tuple[Connection, Tokens]:
        app = self.catalog.apps[connection.app]
        seal = self.opener.prepare(_renewed_owner(connection))  # now: what can fail must not fail after the answer
        started = self.clock()
        if self.deadline() - started < NEEDED:
            raise LeaseBusy(f"{app.id}: too little time left to refresh")
        try:
            leased = self.connections.lease(connection, self.worker, self.deadline() + LEASE_MARGIN, started)
        except Conflict:
            return self._as_it_stands(connection)
        try:
            answer = self._ask(leased, app, refresh_token)
        except AppUnavailable as error:
            if still_good:
                return replace(connection, refresh_sent=error.sent), tokens
            raise
        except InvalidGrant:
            return self._refused(leased)
        return self._save(leased, tokens, answer, started, seal)

    def _ask(self, leased: Connection, app: App, refresh_token: Secret) -> TokenAnswer:
        """The answer; without one the lease is given back, and says whether the refresh token may be used up."""
        try:
            return self.authorization.refresh(app, refresh_token, self.redirect_uri(app.id))
        except InvalidGrant:
            raise
        except AppUnavailable as error:
            self.connections.release(leased, self.worker, in_doubt=error.sent)
            raise
        except Exception as error:
            self.connections.release(leased, self.worker, in_doubt=not isinstance(error, NOTHING_USED))
            raise

    def _refused(self, leased: Connection) -> tuple[Connection, Tokens]:
        """The grant is over, unless a newer one stands there by now."""
        there = self.connections.get(leased.person, leased.app)
        if there is not None and there.version != leased.version:
            return self(there)
        ended = self._ended(leased)
        self.connections.release(leased, self.worker, in_doubt=False)  # where it was cut meanwhile, and stays cut
        raise ended from None

    def _save(
        self, leased: Connection, before: Tokens, answer: TokenAnswer, started: int, seal: Seal
    ) -> tuple[Connection, Tokens]:
        tokens = Tokens(
            answer.access_token, answer.refresh_token or before.refresh_token, answer.api_base or before.api_base
        )
        renewed = replace(
            leased,
            sealed=seal(pack(tokens)),
            version=leased.version + 1,
            # Counted from the request's start: early is safe, late is not.
            expires_at=None if answer.expires_in is None else started + answer.expires_in,
            lease_owner=None,
            lease_until=0,
            refresh_sent=False,
            refreshed_at=started,
        )
        renewed = replace(renewed, upkeep_at=upkeep_at(renewed, self.catalog.apps[leased.app].oauth))
        try:
            self._persist(renewed)
        except Conflict:
            # Another sign-in took the row: the new tokens would be alive and known to nobody.
            now = self.clock()
            self.connections.retire(renewed, now=now, due_at=now)
            return self._as_it_stands(leased)
        return renewed, tokens

    def _persist(self, renewed: Connection) -> None:
        """Save, and try to the end: nobody else has these tokens. Raises Conflict: the lease is not ours any more."""
        while True:
            try:
                return self.connections.save_refreshed(renewed, self.worker)
            except StoreUnavailable:
                if self.clock() >= self.deadline() - LAST:
                    raise
                self.pause(1)

    def _as_it_stands(self, before: Connection) -> tuple[Connection, Tokens]:
        """Somebody else wrote the row: what can be used of it now."""
        there = self.connections.get(before.person, before.app)
        if there is None or there.status is not Status.LIVE:
            raise SignInNeeded(before.app)
        if there.version == before.version:
            raise LeaseBusy(f"{before.app}: another worker has just tried to refresh")
        return self(there)


def _renewed_owner(connection: Connection) -> SealOwner:
    account_id, version = connection.account.id, connection.version + 1
    return seal_owner(connection.person, connection.workspace, connection.app, account_id, version)
