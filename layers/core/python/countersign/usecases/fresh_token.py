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
    HostNotAllowed,
    InvalidClient,
    InvalidGrant,
    LeaseBusy,
    SealBroken,
    SignInNeeded,
    StoreUnavailable,
)
from countersign.domain.http import LONGEST_ANSWER
from countersign.domain.oauth import TokenAnswer, tokens_after
from countersign.domain.tenancy import is_ours
from countersign.domain.token_codec import pack, unpack
from countersign.domain.tokens import SealOwner, Tokens
from countersign.domain.upkeep import upkeep_at
from countersign.ports.apps import AppSettings, TokenRenewal
from countersign.ports.keys import Opener, Seal
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock, Deadline, Journal, Pause

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
    AppUnavailable, InvalidClient, HostNotAllowed, StoreUnavailable.
    """

    connections: ConnectionStore
    opener: Opener
    authorization: TokenRenewal
    catalog: Catalog
    settings: AppSettings
    redirect_uri: Callable[[str], str]
    clock: Clock
    deadline: Deadline
    pause: Pause
    journal: Journal
    worker: str

    def __call__(self, connection: Connection, *, renew: bool = False) -> tuple[Connection, Tokens]:
        """The connection as it is now, and its tokens."""
        if connection.status is not Status.LIVE:
            raise SignInNeeded(connection.app)
        if not is_ours(connection.account, self.catalog.apps[connection.app], self.settings(connection.app)):
            raise self._ended(connection)  # of another company, or from before that was asked
        tokens = self._open(connection)
        now = self.clock()
        if connection.access_token_good(now) and not renew:
            return connection, tokens
        if tokens.refresh_token is None:
            raise self._ended(connection)
        still_good = connection.expires_at is not None and connection.expires_at > now and not renew
        if still_good and connection.refresh_sent and (connection.being_refreshed(now) or self._used_up(connection)):
            return connection, tokens
        return self._refresh(connection, tokens, still_good=still_good)

    def _used_up(self, connection: Connection) -> bool:
        """Whether the refresh token may be, now that it was sent and no answer came.

        Using it again may end the whole family, so the access token is used to its end first.
        """
        oauth = self.catalog.apps[connection.app].oauth
        return oauth is not None and oauth.refresh_used_up

    def _open(self, connection: Connection) -> Tokens:
        try:
            return unpack(self.opener.open(connection.sealed, connection.owner), connection.site)
        except SealBroken as error:
            # Kept, not deleted: a row that was tampered with is evidence.
            self.connections.needs_sign_in(connection)
            raise SignInNeeded(connection.app, f"{connection.app}: {error}") from error

    def _ended(self, connection: Connection) -> SignInNeeded:
        self.connections.needs_sign_in(connection)
        return SignInNeeded(connection.app)

    def _refresh(self, connection: Connection, tokens: Tokens, *, still_good: bool) -> tuple[Connection, Tokens]:
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
            answer = self._ask(leased, app, tokens)
        except AppUnavailable as error:
            if still_good:
                return replace(connection, refresh_sent=error.sent), tokens
            raise
        except InvalidGrant:
            return self._refused(leased)
        return self._save(leased, tokens, answer, started, seal)

    def _ask(self, leased: Connection, app: App, tokens: Tokens) -> TokenAnswer:
        """The answer; without one the lease is given back, and says whether the refresh token may be used up."""
        try:
            return self.authorization.refresh(app, tokens, self.redirect_uri(app.id))
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
        # Nobody here ended it: where somebody else used a stolen refresh token, this is all that shows.
        whose = {"tenant": leased.person.tenant, "person": leased.person.user_id, "workspace": leased.workspace}
        self.journal("grant_ended", app=leased.app, account=leased.account.id, **whose)
        self.connections.release(leased, self.worker, in_doubt=False)  # where it was cut meanwhile, and stays cut
        raise ended from None

    def _save(
        self, leased: Connection, before: Tokens, answer: TokenAnswer, started: int, seal: Seal
    ) -> tuple[Connection, Tokens]:
        tokens = tokens_after(before, answer)
        renewed = replace(
            leased,
            sealed=seal(pack(tokens)),
            version=leased.version + 1,
            # Counted from the request's start: early is safe, late is not.
            expires_at=_end(answer, started),
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
        if answer.foreign_api_base:
            self.journal("foreign_api_base", app=leased.app)
            raise HostNotAllowed(f"{leased.app}: a refresh names an API outside the app's hosts")
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


def _end(answer: TokenAnswer, started: int) -> int | None:
    """When the access token ends, as it is stored.

    Where the app names an API outside its hosts, nothing is called: an authorization server that points elsewhere is
    not to be trusted with the act that waits, and the old address may not be the right one any more. The tokens are
    kept all the same, or a rotated refresh token would be lost with them; and they are kept as ended already, so that
    every use asks again, and goes on by itself once the app, or the app file, says otherwise.
    """
    if answer.foreign_api_base:
        return started
    return None if answer.expires_in is None else started + answer.expires_in


def _renewed_owner(connection: Connection) -> SealOwner:
    account_id, version = connection.account.id, connection.version + 1
    return seal_owner(connection.person, connection.workspace, connection.app, account_id, version)
