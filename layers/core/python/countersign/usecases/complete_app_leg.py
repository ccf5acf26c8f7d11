"""Ends the browser's second leg: its code is exchanged here, once, and only at the app file's own token endpoint."""

from dataclasses import dataclass

from countersign.domain.callback import Query, read_callback
from countersign.domain.catalog import App
from countersign.domain.connection import Status
from countersign.domain.errors import (
    AppUnavailable,
    ConfigurationError,
    HostNotAllowed,
    InvalidClient,
    InvalidGrant,
    TooLarge,
)
from countersign.domain.hosts import fill_settings
from countersign.domain.oauth import TokenAnswer
from countersign.domain.pages import Page, PageKind, done
from countersign.domain.secret import Secret
from countersign.domain.sign_in import IntentStatus, LegStep, code_verifier
from countersign.ports import AppSettings, AuditLog, AuthorizationServer, Clock, ConnectionStore
from countersign.usecases.bind_account import BindAccount
from countersign.usecases.browser_leg import BrowserLeg, Journey
from countersign.usecases.complete_slack_leg import app_redirect_uri

_DENIED = "access_denied"


@dataclass(frozen=True)
class CompleteAppLeg:
    """Checks browser, step, app and issuer, spends the leg, exchanges the code, and binds the account."""

    browser_leg: BrowserLeg
    bind_account: BindAccount
    authorization: AuthorizationServer
    connections: ConnectionStore
    settings: AppSettings
    audit: AuditLog
    clock: Clock

    def __call__(self, app_id: str, query: Query, cookie: str | None) -> Page:
        """The page to show; a reload after success shows the success again. Raises Malformed, StoreUnavailable."""
        app = self.browser_leg.catalog.apps.get(app_id)
        if app is None:
            return Page(PageKind.UNKNOWN)
        callback = read_callback(query, self._issuer(app))
        found = self.browser_leg(callback.state, cookie, LegStep.APP, app_id)
        if isinstance(found, Page):
            return found
        if found.intent.status is IntentStatus.DONE:
            return self._done(found)
        if not self.browser_leg.spend(found):
            return self.bind_account.pending(found) or found.page(PageKind.REPLAYED)
        if callback.code is None:
            return self._refused(found, callback.error or "")
        started = self.clock()
        tokens = self._exchange(found, callback.code)
        return tokens if isinstance(tokens, Page) else self.bind_account(found, tokens, started)

    def _issuer(self, app: App) -> str | None:
        return None if app.oauth.issuer is None else fill_settings(app, app.oauth.issuer, self.settings(app.id))

    def _exchange(self, journey: Journey, code: Secret) -> TokenAnswer | Page:
        redirect_uri = app_redirect_uri(journey.intent.base_url, journey.app.id)
        verifier = code_verifier(journey.cookie, journey.secret)
        try:
            return self.authorization.exchange(journey.app, code, redirect_uri, verifier)
        except InvalidGrant as error:
            return journey.page(PageKind.CODE_REFUSED, cause=str(error))
        except (AppUnavailable, TooLarge) as error:
            return journey.page(PageKind.APP_TROUBLE, cause=str(error))
        except (InvalidClient, HostNotAllowed, ConfigurationError) as error:
            return journey.page(PageKind.MISCONFIGURED, cause=str(error))

    def _refused(self, journey: Journey, error: str) -> Page:
        facts = {"app": journey.app.id, "error": error, "trace_id": journey.intent.trace_id}
        self.audit.record("sign_in.refused_by_app", journey.intent.person, facts)
        kind = PageKind.DENIED if error == _DENIED else PageKind.APP_ERROR
        return journey.page(kind, cause=error, error=error)

    def _done(self, journey: Journey) -> Page:
        connection = self.connections.get(journey.intent.person, journey.app.id)
        if connection is None or connection.status is not Status.LIVE:
            return self.browser_leg.used(journey)
        return done(journey.intent, journey.app.name, connection.account)
