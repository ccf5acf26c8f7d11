"""Calls an app as the person: with a fresh token, and once more with a renewed one when the app refuses it."""

from collections.abc import Callable
from dataclasses import dataclass

from countersign.domain.answer import TokenRejected
from countersign.domain.catalog import App, Catalog
from countersign.domain.connection import Connection
from countersign.domain.errors import SignInNeeded
from countersign.domain.hosts import allowed_hosts
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.operation import with_token
from countersign.domain.tokens import Tokens
from countersign.ports import AppSettings, ConnectionStore, Http
from countersign.usecases.fresh_token import FreshToken

type Build = Callable[[str | None], HttpRequest]
"""Builds the request, given the API's base address where the token answer named one."""


@dataclass(frozen=True)
class CallApp:
    """One request to an app, authorised as the connection's person.

    A rejected token says that nothing was done, so the same request may go again with a renewed one; rejected twice,
    the connection has ended. Raises what FreshToken and Http raise.
    """

    fresh_token: FreshToken
    connections: ConnectionStore
    http: Http
    catalog: Catalog
    settings: AppSettings

    def __call__[R](
        self, connection: Connection, build: Build, read: Callable[[str | None, HttpAnswer], R | TokenRejected]
    ) -> tuple[Connection, R]:
        """The connection as it is now, and the answer as ``read`` (given the API's base again) reads it."""
        app = self.catalog.apps[connection.app]
        connection, tokens = self.fresh_token(connection)
        answer = read(tokens.api_base, self._send(app, tokens, build))
        if isinstance(answer, TokenRejected):
            connection, tokens = self.fresh_token(connection, renew=True)
            answer = read(tokens.api_base, self._send(app, tokens, build))
        if isinstance(answer, TokenRejected):
            self.connections.needs_sign_in(connection)
            raise SignInNeeded(app.id, f"{app.id}: refused a token that it had just given")
        return connection, answer

    def _send(self, app: App, tokens: Tokens, build: Build) -> HttpAnswer:
        request = with_token(build(tokens.api_base), tokens.access_token)
        return self.http.send(request, allowed_hosts(app, self.settings(app.id)))
