"""Asks an app who has just signed in there."""

from dataclasses import dataclass

from countersign.domain.answer import read_identity
from countersign.domain.catalog import App
from countersign.domain.connection import Account
from countersign.domain.hosts import allowed_hosts
from countersign.domain.oauth import TokenAnswer
from countersign.domain.operation import identity_request, with_token
from countersign.ports import AppSettings, Http


@dataclass(frozen=True)
class IdentifyAccount:
    """The app's identity call with a new token."""

    http: Http
    settings: AppSettings

    def __call__(self, app: App, tokens: TokenAnswer) -> Account:
        """The one account that the token is of. Raises AppUnavailable, TokenRejected, AppError, TooLarge."""
        settings = self.settings(app.id)
        request = with_token(identity_request(app, settings, tokens.api_base), tokens.access_token)
        return read_identity(app, self.http.send(request, allowed_hosts(app, settings)))
