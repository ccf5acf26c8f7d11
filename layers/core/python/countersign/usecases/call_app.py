"""Calls an app as the person: with a fresh token, and once more with a renewed one when the app refuses it."""

from collections.abc import Callable
from dataclasses import dataclass

from countersign.domain.answer import TokenRejected
from countersign.domain.catalog import App, Catalog
from countersign.domain.connection import Connection
from countersign.domain.errors import AppUnavailable, LeaseBusy, SignInNeeded
from countersign.domain.hidden import hidden_credentials, without
from countersign.domain.hosts import allowed_hosts
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.operation import with_token
from countersign.domain.tokens import Tokens
from countersign.ports.apps import AppSettings, Http
from countersign.ports.stores import ConnectionStore
from countersign.usecases.fresh_token import FreshToken

type Build = Callable[[str | None], HttpRequest]
"""Builds the request, given the API's base address where the token answer named one."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection with its tokens, for one run of an action: opened once, used for all of its calls."""

    connection: Connection
    tokens: Tokens

    def __repr__(self) -> str:
        """The connection's app alone."""
        return f"Opened({self.connection.app})"


@dataclass(frozen=True)
class CallApp:
    """Requests to an app, authorised as the connection's person, and never with another account than was judged.

    A rejected token says that nothing was done, so the same request may go again with a renewed one; rejected twice,
    the connection has ended. Raises what FreshToken and Http raise; a renewal that fails is ``AppUnavailable`` with
    ``sent=False``, because the app itself did nothing.
    """

    fresh_token: FreshToken
    connections: ConnectionStore
    http: Http
    catalog: Catalog
    settings: AppSettings

    def open(self, connection: Connection) -> Opened:
        """The connection with tokens that can be used now."""
        return _judged(connection, Opened(*self.fresh_token(connection)))

    def still_good(self, opened: Opened) -> Opened:
        """The same, read again right before an act: a connection that was cut meanwhile is not used any more."""
        there = self.connections.get(opened.connection.person, opened.connection.app)
        if there is None:
            raise SignInNeeded(opened.connection.app)
        unchanged = (there.version, there.status) == (opened.connection.version, opened.connection.status)
        return opened if unchanged else _judged(opened.connection, self.open(there))

    def __call__[R](
        self, opened: Opened, build: Build, read: Callable[[str | None, HttpAnswer], R | TokenRejected]
    ) -> tuple[Opened, R]:
        """The connection as it is now, and the answer as ``read`` (given the API's base again) reads it."""
        app = self.catalog.apps[opened.connection.app]
        answer = self._ask(app, opened, build, read)
        if isinstance(answer, TokenRejected):
            opened = self._renewed(opened)
            answer = self._ask(app, opened, build, read)
        if isinstance(answer, TokenRejected):
            self.connections.needs_sign_in(opened.connection)
            raise SignInNeeded(app.id, f"{app.id}: refused a token that it had just given")
        return opened, answer

    def _renewed(self, opened: Opened) -> Opened:
        try:
            return _judged(opened.connection, Opened(*self.fresh_token(opened.connection, renew=True)))
        except AppUnavailable as error:
            raise AppUnavailable(str(error), sent=False, retry_after=error.retry_after) from error

    def _ask[R](
        self, app: App, opened: Opened, build: Build, read: Callable[[str | None, HttpAnswer], R | TokenRejected]
    ) -> R | TokenRejected:
        tokens = opened.tokens
        request = with_token(build(tokens.api_base), tokens.access_token)
        answer = self.http.send(request, allowed_hosts(app, self.settings(app.id)))
        # People are told what an app says, and it is kept: some say what they were called with.
        hidden = hidden_credentials(app, tokens.access_token, tokens.credential)
        return read(tokens.api_base, without(answer, hidden))


def _judged(before: Connection, opened: Opened) -> Opened:
    """What was opened, unless a new sign-in put another account there meanwhile: nobody held that one to any rule.

    Raises LeaseBusy: who tries again begins with the judging.
    """
    if not before.same_account(opened.connection):
        raise LeaseBusy(f"{before.app}: another account by now")
    return opened
