"""Speaks to a sandbox app as Countersign does: with the shipped app file, and the adapters that ship.

Only the chat, the stores and the queue are left out. Every address goes to the twin under the name of the vendor's own
host, so that what is asked at the wrong one is not found.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import parse_qs, urlsplit

from requests import Response

from countersign.adapters.http import HardenedHttp
from countersign.adapters.oauth_http import OAuthHttp
from countersign.domain.answer import (
    CheckResult,
    NotUsable,
    Recorded,
    Refused,
    Succeeded,
    TokenRejected,
    read_answer,
    read_check,
    read_record,
)
from countersign.domain.catalog import App
from countersign.domain.connection import Account
from countersign.domain.hosts import allowed_hosts
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.oauth import ClientCredentials, TokenAnswer
from countersign.domain.operation import (
    Call,
    build_request,
    check_request,
    correlation_id,
    read_back_request,
    with_token,
)
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens
from countersign.usecases.find_sites import FindSites
from countersign.usecases.identify_account import IdentifyAccount
from sandbox.apps.accounts import Account as AppAccount
from sandbox.apps.hosts import local_names
from sandbox.apps.rest import Store
from tests.support.running_app import CALLBACK, REGISTRATION, Browser, Clock, RunningApp, run
from tests.support.shipped_catalog import shipped

STATE, VERIFIER = "a1" * 32, "b2" * 32
FORGIVING_SECONDS = 10


@dataclass
class Twin:
    """A running sandbox app, and the app file that must fit it."""

    app: App
    running: RunningApp
    http: HardenedHttp
    stand_ins: LocalHosts

    @property
    def clock(self) -> Clock:
        """The time at the twin and at Countersign."""
        return self.running.clock

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings of the app file with which its hosts are the twin's."""
        return dict(self.running.state.description.settings)

    @property
    def store(self) -> Store:
        """The twin's records."""
        store: Store = self.running.app.extensions["sandbox-store"]
        return store

    def account(self, person: str) -> AppAccount:
        """Somebody's account at the twin, by short name."""
        wanted = f"{person}@acme.com"
        return next(account for account in self.running.state.directory if account.email == wanted)

    def card(self, place: int = 0) -> dict[str, str]:
        """What the card of a record brings, by the record's place among those of the twin's pages."""
        records = self.running.app.extensions["sandbox-records"]
        cards = [card for view in records.listing() if (card := records.card(view.record_id))]
        return {name: str(value) for name, value in cards[place].body.items()}

    def sign_in(self, person: str) -> "SignedIn":
        """Connect a person, through the app's own pages; of several sites, the first."""
        if self.app.credential:
            return SignedIn(self, Tokens(None, None, credential=self._key(person)), None, person)
        answer = self.oauth.exchange(self.app, self.code(person), CALLBACK, VERIFIER)
        sites = FindSites(self.http, lambda _: self.settings, local=True)(self.app, answer.access_token)
        api_base = next(iter(sites.values()), answer.api_base)
        return SignedIn(self, Tokens(answer.access_token, answer.refresh_token, api_base), answer, person)

    def send(self, request: HttpRequest) -> HttpAnswer:
        """The app's answer; the address must be one that the app file allows."""
        return self.http.send(request, allowed_hosts(self.app, self.settings))

    def audit(self) -> list[tuple[str, str]]:
        """(short name, act) of everything that the app recorded."""
        accounts = {account.account_id: account for account in self.running.state.directory}
        entries = self.running.state.audit.entries()
        return [(accounts[entry.account_id].email.partition("@")[0], entry.act) for entry in entries]

    @cached_property
    def oauth(self) -> OAuthHttp:
        """The adapter that ships, with the twin's registration."""
        return self.oauth_with(REGISTRATION["client_secret"])

    def oauth_with(self, *secrets: str) -> OAuthHttp:
        """The same, with these client secrets."""
        credentials = ClientCredentials(REGISTRATION["client_id"], tuple(map(Secret, secrets)))
        settings = self.settings
        return OAuthHttp(self.http, lambda _: settings, lambda _: credentials, self.stand_ins, self.seconds, local=True)

    @property
    def identify(self) -> IdentifyAccount:
        """The use case that asks who signed in."""
        credentials = ClientCredentials(REGISTRATION["client_id"], (Secret(REGISTRATION["client_secret"]),))
        return IdentifyAccount(self.http, lambda _: self.settings, lambda _: credentials, self.seconds)

    def seconds(self) -> int:
        """Whole seconds since the epoch, as Countersign's clock gives them."""
        return int(self.clock.now)

    @property
    def _asking_for_all(self) -> App:
        """The app with the scopes of all its operations, as if every one of them were used by a recipe."""
        oauth = self.app.server
        scopes = (*oauth.scopes, *(scope for one in self.app.operations.values() for scope in one.scopes))
        return replace(self.app, oauth=replace(oauth, scopes=tuple(dict.fromkeys(scopes))))

    def code(self, person: str) -> Secret:
        """An authorization code: the person signs in and allows."""
        browser, page = self.opened()
        return Secret(self.came_back(browser, page, person)["code"])

    def opened(self, browser: Browser | None = None) -> tuple[Browser, Response]:
        """A browser (a new one unless given) at the address that the app file makes, and what it sees there."""
        url = urlsplit(self.oauth.authorization_url(self._asking_for_all, CALLBACK, STATE, VERIFIER))
        browser = browser or self.running.browser(url.netloc)
        return browser, browser.get(f"{url.path}?{url.query}")

    def came_back(self, browser: Browser, page: Response, person: str, *, decision: str = "allow") -> dict[str, str]:
        """Sign in and decide wherever the app asks; what the redirect back carries, with the state that was sent."""
        if "Sign in to" in page.text:
            page = browser.sign_in(page, self.account(person).login)
        if "Allow access?" in page.text:
            page = browser.submit(page, decision=decision)
        back = {name: one for name, (one,) in parse_qs(urlsplit(page.headers["Location"]).query).items()}
        assert back["state"] == STATE
        return back

    def _key(self, person: str) -> dict[str, Secret]:
        """Make a personal key on the app's page."""
        assert self.app.credential is not None
        browser = self.running.browser()
        page = browser.get(self.running.state.description.personal_keys.path)
        page = browser.submit(browser.sign_in(page, self.account(person).login), make="key")
        shown = dict(re.findall(r'<code id="([^"]+)">([^<]+)</code>', page.text))
        return {name: Secret(shown[one.label]) for name, one in self.app.credential.fields.items()}


@contextmanager
def started(app_id: str) -> Iterator[Twin]:
    """A new twin, with its sample records, on a port of its own."""
    for running in run(app_id, Clock()):
        port = urlsplit(running.base).port
        names = local_names(running.state.description)
        stand_ins = LocalHosts({host: f"http://{name}:{port}" for host, name in names.items()})
        yield Twin(shipped().apps[app_id], running, HardenedHttp(stand_ins, local=True), stand_ins)


@dataclass
class SignedIn:
    """One person at one app."""

    twin: Twin
    tokens: Tokens = field(repr=False)
    answer: TokenAnswer | None = field(repr=False)
    person: str

    @cached_property
    def account(self) -> Account:
        """Whom the app knows the person as; asked once."""
        if self.answer is None:
            return self.twin.identify.of_key(self.twin.app, self.tokens.credential, f"{self.person}@acme.com")
        return self.twin.identify(self.twin.app, replace(self.answer, api_base=self.tokens.api_base))

    def act(self, operation: str, inputs: Mapping[str, str]) -> Succeeded | Refused | TokenRejected | NotUsable:
        """Call an operation."""
        call = self._call(operation, inputs)
        return read_answer(call, self._ask(build_request(call)))

    def check(
        self, operation: str, inputs: Mapping[str, str]
    ) -> CheckResult | Refused | TokenRejected | NotUsable | None:
        """What the record says now; None where the operation has no check."""
        call = self._call(operation, inputs)
        request = check_request(call)
        return None if request is None else read_check(call, self._ask(request))

    def read_back(
        self, operation: str, inputs: Mapping[str, str], results: Mapping[str, str]
    ) -> Recorded | Refused | TokenRejected | NotUsable | None:
        """Whom the app recorded; None where the operation has no read-back."""
        call = self._call(operation, inputs).with_results(results)
        request = read_back_request(call)
        return None if request is None else read_record(call, self._ask(request))

    def refresh(self) -> TokenAnswer:
        """New tokens, kept as the product keeps them: the refresh token before stays where no new one came."""
        answer = self.twin.oauth.refresh(self.twin.app, self.tokens, CALLBACK)
        refresh_token = answer.refresh_token or self.tokens.refresh_token
        api_base = answer.api_base or self.tokens.api_base
        self.tokens = replace(
            self.tokens, access_token=answer.access_token, refresh_token=refresh_token, api_base=api_base
        )
        return answer

    def revoke(self) -> bool:
        """End the grant; False where the app has no way to."""
        return self.twin.oauth.revoke(self.twin.app, self.tokens)

    def _call(self, operation: str, inputs: Mapping[str, str]) -> Call:
        app = self.twin.app
        key = correlation_id(f"T0ACME/{self.person}", "run#1", operation)
        base, credential = self.tokens.api_base, self.tokens.credential
        settings = self.twin.settings
        return Call(app, app.operations[operation], settings, base, self.account, inputs, key, credential=credential)

    def _ask(self, request: HttpRequest) -> HttpAnswer:
        return self.twin.send(with_token(request, self.tokens.access_token))
