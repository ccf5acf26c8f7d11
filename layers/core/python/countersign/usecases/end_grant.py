"""Ends a grant at its app."""

from collections.abc import Callable
from dataclasses import dataclass

from countersign.domain.catalog import App
from countersign.domain.errors import InvalidGrant, TokenRejected
from countersign.domain.oauth import tokens_after
from countersign.domain.tokens import Tokens
from countersign.ports.apps import AuthorizationServer
from countersign.ports.system import Clock

type Keep = Callable[[Tokens, int | None], None]
"""Keeps renewed tokens, with the end of their access token, where the next attempt finds them."""


@dataclass(frozen=True)
class EndGrant:
    """RFC 7009 as the app file has it. Raises AppError when the app did not say that the grant is gone."""

    authorization: AuthorizationServer
    redirect_uri: Callable[[str], str]
    clock: Clock

    def __call__(self, app: App, tokens: Tokens, expires_at: int | None, keep: Keep) -> bool:
        """True when the grant is gone there; False when the app has no revocation call.

        Args:
            app: whose grant it is.
            tokens: of the grant.
            expires_at: end of the access token in epoch seconds, where that is known.
            keep: called with what a refresh brought, before it is used: a refresh may have used up ``tokens``.
        """
        revocation = app.oauth.revocation if app.oauth else None
        if revocation is None:
            return False
        try:
            if revocation.sends_access_token and expires_at is not None and expires_at <= self.clock():
                tokens = self._refreshed(app, tokens, keep)
            return self._revoke(app, tokens, keep)
        except InvalidGrant:
            # The refresh token is dead and so is the access token: there is nothing left to end.
            return True

    def _revoke(self, app: App, tokens: Tokens, keep: Keep) -> bool:
        try:
            return self.authorization.revoke(app, tokens)
        except TokenRejected:
            if tokens.refresh_token is None:
                return True
            return self.authorization.revoke(app, self._refreshed(app, tokens, keep))

    def _refreshed(self, app: App, tokens: Tokens, keep: Keep) -> Tokens:
        if tokens.refresh_token is None:
            return tokens
        started = self.clock()
        answer = self.authorization.refresh(app, tokens, self.redirect_uri(app.id))
        fresh = tokens_after(tokens, answer)
        keep(fresh, None if answer.expires_in is None else started + answer.expires_in)
        return fresh
