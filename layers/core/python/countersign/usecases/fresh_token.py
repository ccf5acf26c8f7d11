"""Gives the tokens of a connection, refreshed when they must be: one refresh at a time, whoever asks."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.catalog import App, Catalog
from countersign.domain.connection import Connection, Status, seal_owner
from countersign.domain.errors import AppUnavailable, Conflict, InvalidGrant, LeaseBusy, SealBroken, SignInNeeded
from countersign.domain.oauth import TokenAnswer
from countersign.domain.secret import Secret
from countersign.domain.token_codec import pack, unpack
from countersign.domain.tokens import Tokens
from countersign.ports import AuthorizationServer, Clock, ConnectionStore, Deadline, Opener

LEASE_MARGIN: Final = 5
"""Seconds after a worker's kill time at which it is dead for certain, clocks and slow kills included."""
NEEDED: Final = 4
"""Seconds that a refresh needs at least; with less left it isn't begun."""


@dataclass(frozen=True)
class FreshToken:
    """Tokens that can be used now. ``renew``: the app has just refused the access token that looked good.

    Raises SignInNeeded (only a new sign-in helps), LeaseBusy (another worker is at it, try again shortly),
    AppUnavailable, InvalidClient.
    """

    connections: ConnectionStore
    opener: Opener
    authorization: AuthorizationServer
    catalog: Catalog
    redirect_uri: Callable[[str], str]
    clock: Clock
    deadline: Deadline
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
        app = self.catalog.apps[connection.app]
        return self._refresh(connection, app, tokens, tokens.refresh_token, still_good=still_good)

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
        self, connection: Connection, app: App, tokens: Tokens, refresh_token: Secret, *, still_good: bool
    ) -> tuple[Connection, Tokens]:
        started = self.clock()
        if self.deadline() - started < NEEDED:
            raise LeaseBusy(f"{app.id}: too little time left to refresh")
        try:
            leased = self.connections.lease(connection, self.worker, self.deadline() + LEASE_MARGIN, started)
        except Conflict:
            return self._moved(connection)
        try:
            answer = self.authorization.refresh(app, refresh_token, self.redirect_uri(app.id))
        except InvalidGrant:
            if self._version(connection) != connection.version:
                return self._moved(connection)
            raise self._ended(connection) from None
        except AppUnavailable as error:
            self.connections.release(leased, self.worker, in_doubt=error.sent)
            if still_good:
                return replace(connection, refresh_sent=error.sent), tokens
            raise
        except Exception:
            self.connections.release(leased, self.worker, in_doubt=False)
            raise
        return self._save(leased, tokens, answer, started)

    def _save(self, leased: Connection, before: Tokens, answer: TokenAnswer, started: int) -> tuple[Connection, Tokens]:
        tokens = Tokens(
            answer.access_token, answer.refresh_token or before.refresh_token, answer.api_base or before.api_base
        )
        version = leased.version + 1
        owner = seal_owner(leased.person, leased.workspace, leased.app, leased.account.id, version)
        renewed = replace(
            leased,
            sealed=self.opener.seal(pack(tokens), owner),
            version=version,
            # Counted from the request's start: early is safe, late is not.
            expires_at=None if answer.expires_in is None else started + answer.expires_in,
            lease_owner=None,
            lease_until=0,
            refresh_sent=False,
        )
        self.connections.save_refreshed(renewed, self.worker)
        return renewed, tokens

    def _moved(self, connection: Connection) -> tuple[Connection, Tokens]:
        there = self.connections.get(connection.person, connection.app)
        if there is None or there.version == connection.version:
            raise SignInNeeded(connection.app)
        return self(there)

    def _version(self, connection: Connection) -> int | None:
        there = self.connections.get(connection.person, connection.app)
        return None if there is None else there.version
