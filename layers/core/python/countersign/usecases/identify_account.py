"""Asks an app who has just signed in there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from countersign.domain.catalog import App
from countersign.domain.claims import read_claims
from countersign.domain.connection import Account
from countersign.domain.hidden import hidden_credentials, without
from countersign.domain.hosts import allowed_hosts
from countersign.domain.identify import SignedIn, account_in, identity_request, identity_values, read_identity
from countersign.domain.oauth import TokenAnswer
from countersign.domain.operation import app_values, with_token
from countersign.domain.secret import Secret
from countersign.domain.template import fill
from countersign.ports.apps import AppCredentials, AppSettings, Http
from countersign.ports.system import Clock


@dataclass(frozen=True)
class IdentifyAccount:
    """The app's identity call, or the claims that came with its tokens, as the app file says."""

    http: Http
    settings: AppSettings
    credentials: AppCredentials
    clock: Clock

    def __call__(self, app: App, tokens: TokenAnswer) -> Account:
        """The one account that new tokens are of.

        Raises AppUnavailable, TokenRejected, AppError, TooLarge, ConfigurationError.
        """
        claims = self._claims(app, tokens)
        return self._ask(app, SignedIn(tokens.api_base, claims), tokens.access_token)

    def of_key(self, app: App, credential: Mapping[str, Secret], email: str | None) -> Account:
        """The one account that a key is of; this call is its check. Raises the same.

        ``email``: the address that the chat service proved, for apps whose keys do not say whose they are.
        """
        return self._ask(app, SignedIn(credential=credential, email=email), None)

    def _ask(self, app: App, signed_in: SignedIn, access_token: Secret | None) -> Account:
        settings = self.settings(app.id)
        known = identity_values(app, settings, signed_in)
        request = identity_request(app, known)
        if request is None:
            return account_in(app, signed_in.claims, known)
        answer = self.http.send(with_token(request, access_token), allowed_hosts(app, settings))
        hidden = hidden_credentials(app, access_token, signed_in.credential)
        return read_identity(app, without(answer, hidden), known)

    def _claims(self, app: App, tokens: TokenAnswer) -> Mapping[str, Any]:
        identity = app.identity
        if identity.claims_of is None:
            return {}
        known = app_values(app, self.settings(app.id), tokens.api_base, {})
        issuer = fill(identity.issuer, known) if identity.issuer else None
        client_id = self.credentials(app.id).client_id
        return read_claims(identity.claims_of, tokens, issuer=issuer, client_id=client_id, now=self.clock())
