"""Ends a grant at its app."""

from dataclasses import dataclass

from countersign.domain.catalog import App
from countersign.domain.tokens import Tokens
from countersign.ports import AuthorizationServer


@dataclass(frozen=True)
class EndGrant:
    """RFC 7009 as the app file has it. Raises AppError when the app did not say that the grant is gone."""

    authorization: AuthorizationServer

    def __call__(self, app: App, tokens: Tokens) -> bool:
        """True when the grant is gone there; False when the app has no revocation call."""
        revocation = app.oauth.revocation
        if revocation is None:
            return False
        token = tokens.access_token
        if revocation.token == "refresh_token" and tokens.refresh_token is not None:  # noqa: S105 - a kind, no secret
            token = tokens.refresh_token
        return self.authorization.revoke(app, token)
