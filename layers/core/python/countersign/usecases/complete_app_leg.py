"""Ends the browser's second leg: its code is exchanged here, once, and only at the app file's own token endpoint."""

from dataclasses import dataclass

from countersign.domain.callback import Query, read_callback
from countersign.domain.catalog import App
from countersign.domain.errors import (
    AppUnavailable,
    ConfigurationError,
    CountersignError,
    HostNotAllowed,
    InvalidClient,
    InvalidGrant,
    NoSites,
    TooLarge,
)
from countersign.domain.grant import grant_of
from countersign.domain.hosts import fill_settings
from countersign.domain.oauth import TokenAnswer
from countersign.domain.oauth_errors import known
from countersign.domain.pages import Page, PageKind
from countersign.domain.secret import Secret
from countersign.domain.sign_in import IntentStatus, LegStep, code_verifier
from countersign.ports.apps import AppSettings, AuthorizationServer
from countersign.ports.records import AuditLog
from countersign.ports.system import Clock
from countersign.usecases.bind_account import BindAccount
from countersign.usecases.browser_leg import BrowserLeg, Journey
from countersign.usecases.find_sites import FindSites
from countersign.usecases.go_to_app import app_redirect_uri
from countersign.usecases.identify_account import IdentifyAccount

_DENIED = "access_denied"


@dataclass(frozen=True)
class CompleteAppLeg:
    """Checks browser, step, app and issuer, spends the leg, exchanges the code, and binds the account."""

    browser_leg: BrowserLeg
    bind_account: BindAccount
    authorization: AuthorizationServer
    find_sites: FindSites
    identify: IdentifyAccount
    settings: AppSettings
    audit: AuditLog
    clock: Clock

    def __call__(self, app_id: str, query: Query, cookie: str | None) -> Page:
        """The page to show; a reload after success shows the success again. Raises Malformed, StoreUnavailable."""
        its_own = self.browser_leg.brought_first(query, cookie)
        app = self.browser_leg.catalog.apps.get(app_id)
        if app is None or app.oauth is None:
            return Page(PageKind.UNKNOWN)
        callback = read_callback(query, self._issuer(app))
        found = self.browser_leg(callback.state, cookie, LegStep.APP, app_id)
        if isinstance(found, Page):
            return found
        if not its_own:
            return self.browser_leg.strayed(found)
        if found.intent.status is IntentStatus.DONE:
            return self.bind_account.finished(found)
        if not self.browser_leg.spend(found):
            return self.bind_account.pending(found) or found.page(PageKind.REPLAYED)
        if callback.code is None:
            return self._refused(found, known(callback.error))
        arrived = self.clock()
        tokens = self._exchange(found, callback.code)
        return tokens if isinstance(tokens, Page) else self._bind(found, tokens, arrived)

    def _issuer(self, app: App) -> str | None:
        issuer = app.server.issuer
        return None if issuer is None else fill_settings(app, issuer, self.settings(app.id))

    def _exchange(self, journey: Journey, code: Secret) -> TokenAnswer | Page:
        redirect_uri = app_redirect_uri(journey.intent.base_url, journey.app.id)
        verifier = code_verifier(journey.cookie, journey.secret, journey.intent)
        try:
            return self.authorization.exchange(journey.app, code, redirect_uri, verifier)
        except InvalidGrant as error:
            return journey.page(PageKind.CODE_REFUSED, cause=str(error))
        except (AppUnavailable, TooLarge) as error:
            return journey.page(PageKind.APP_TROUBLE, cause=str(error))
        except (InvalidClient, HostNotAllowed, ConfigurationError) as error:
            return journey.page(PageKind.MISCONFIGURED, cause=str(error))

    def _bind(self, journey: Journey, tokens: TokenAnswer, arrived: int) -> Page:
        """Ask whose the tokens are, and for which sites: as long as nobody knows, they are given back."""
        app, grant = journey.app, grant_of(journey.app, tokens, arrived)
        try:
            grant = grant.covering(self.find_sites(app, tokens.access_token))
            account = self.identify(app, tokens)
        except CountersignError as error:
            self.bind_account.give_back(journey, grant)
            return journey.page(_unknown(error), cause=str(error))
        return self.bind_account(journey, grant, account)

    def _refused(self, journey: Journey, error: str) -> Page:
        intent = journey.intent
        facts = {"app": journey.app.id, "workspace": intent.workspace, "error": error, "trace_id": intent.trace_id}
        self.audit.record("sign_in.refused_by_app", intent.person, facts, once=journey.leg.id_hash)
        if error == _DENIED:
            self.browser_leg.ended_by_its_person(journey)
        kind = PageKind.DENIED if error == _DENIED else PageKind.APP_ERROR
        return journey.page(kind, cause=error, error=error)


def _unknown(error: CountersignError) -> PageKind:
    """The page for tokens of which nobody knows whose they are."""
    if isinstance(error, NoSites):
        return PageKind.NO_SITES
    return PageKind.APP_TROUBLE if isinstance(error, AppUnavailable) else PageKind.NO_IDENTITY
