"""A whole sign-in, composed as in production, with memory at its edges: stores, Slack, the app, clock and chance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from countersign.domain.catalog import App, Catalog
from countersign.domain.errors import CountersignError
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.identity import Person, Workspace
from countersign.domain.oauth import ClientCredentials, TokenAnswer
from countersign.domain.openid import IdTokenClaims
from countersign.domain.proof import Proof, code_of
from countersign.domain.secret import Secret
from countersign.domain.sign_in import Intent, confirm_secret, hash_of, key_secret, typed_secret
from countersign.domain.tokens import Tokens
from countersign.ports.apps import AuthorizationServer, Http
from countersign.ports.chat import ChatOpenId
from countersign.usecases.ask_to_confirm import AskToConfirm
from countersign.usecases.begin_sign_in import BeginSignIn, BegunSignIn
from countersign.usecases.bind_account import BindAccount
from countersign.usecases.browser_leg import BrowserLeg
from countersign.usecases.complete_app_leg import CompleteAppLeg
from countersign.usecases.complete_slack_leg import CompleteSlackLeg
from countersign.usecases.confirm_sign_in import ConfirmSignIn
from countersign.usecases.enter_key import EnterKey
from countersign.usecases.find_sites import FindSites
from countersign.usecases.go_to_app import GoToApp
from countersign.usecases.hold_to_policy import HoldToPolicy
from countersign.usecases.identify_account import IdentifyAccount
from countersign.usecases.open_sign_in import OpenSignIn
from countersign.usecases.send_new_link import SendNewLink
from countersign.usecases.show_key_form import ShowKeyForm
from countersign.usecases.start_sign_in import StartSignIn
from countersign.usecases.store_connection import StoreConnection
from tests.support.memory_admin import MemoryPauses
from tests.support.memory_sign_in import (
    MemoryAuditLog,
    MemoryConnectionStore,
    MemoryQueue,
    MemorySealer,
    MemorySignInStore,
)
from tests.support.shipped_catalog import SETTINGS, shipped

NOW = 1_800_000_000
BASE_URL = "https://api.example.com/prod"
ACME = Workspace("T0ACME")
TOM = Person("T0ACME", "U0TOM")
JOSIE = Person("T0ACME", "U0JOSIE")
PROFILES = {
    TOM: {"name": "tom", "email": "tom@acme.com", "workspace_name": "Acme"},
    JOSIE: {"name": "josie", "email": "josie@acme.com", "workspace_name": "Acme"},
}
CLIENT = ClientCredentials("countersign", (Secret("sample-secret"),))
_API_BASES = {"salesforce": "https://acme.my.salesforce.com"}


@dataclass
class Ticking:
    """A clock that a test sets."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Counting:
    """Values that differ, and look like random ones."""

    made: int = 0

    def __call__(self) -> str:
        self.made += 1
        return hash_of(f"random {self.made}")


def claims_of(person: Person, **changed: Any) -> IdTokenClaims:
    """What Slack says of a browser that is signed in as this person."""
    return replace(IdTokenClaims(person.user_id, "T0ACME", None, PROFILES[person]["email"], None), **changed)


@dataclass
class ScriptedOpenId:
    """Implements ``ports.ChatOpenId``: a code begins with the name of the person that the browser is signed in as."""

    people: dict[str, IdTokenClaims | CountersignError] = field(default_factory=dict)
    asked: list[tuple[str, str, bool]] = field(default_factory=list)

    def authorization_url(self, redirect_uri: str, state: str, nonce: str, workspace: str) -> str:
        return f"https://slack.com/openid?redirect_uri={redirect_uri}&state={state}&nonce={nonce}&team={workspace}"

    def identify(self, code: Secret, redirect_uri: str, nonce: str, *, organisation: bool) -> IdTokenClaims:
        self.asked.append((redirect_uri, nonce, organisation))
        found = self.people[code.reveal().partition(".")[0]]
        if isinstance(found, CountersignError):
            raise found
        return found


@dataclass
class ScriptedAuthorization:
    """Implements ``ports.AuthorizationServer`` where a test wants one answer."""

    answer: TokenAnswer | CountersignError = field(
        default_factory=lambda: TokenAnswer(Secret("access-1"), Secret("refresh-1"), 1800, None)
    )
    exchanged: list[tuple[str, str, str, str]] = field(default_factory=list)

    def authorization_url(self, app: App, redirect_uri: str, state: str, code_verifier: str) -> str:
        return f"https://{app.id}/authorize?redirect_uri={redirect_uri}&state={state}&verifier={code_verifier}"

    def exchange(self, app: App, code: Secret, redirect_uri: str, code_verifier: str) -> TokenAnswer:
        self.exchanged.append((app.id, code.reveal().partition(".")[0], redirect_uri, code_verifier))
        if isinstance(self.answer, CountersignError):
            raise self.answer
        return replace(self.answer, api_base=_API_BASES.get(app.id))

    def refresh(self, app: App, tokens: Tokens, redirect_uri: str) -> TokenAnswer:
        raise NotImplementedError

    def revoke(self, app: App, tokens: Tokens) -> bool:
        raise NotImplementedError


@dataclass
class ScriptedHttp:
    """Implements ``ports.Http`` for the identity call, whoever signed in at the app; and for the list of sites.

    ``bodies``: by whole address, else by host. ``statuses``: by address, where it is another than 200.
    """

    bodies: dict[str, Any] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    error: CountersignError | None = None
    sent: list[HttpRequest] = field(default_factory=list)
    while_asked: Callable[[], None] = lambda: None

    def send(self, request: HttpRequest, allowed_hosts: Sequence[str]) -> HttpAnswer:
        self.sent.append(request)
        self.while_asked()
        if self.error:
            raise self.error
        host = request.url.split("/")[2]
        assert host in allowed_hosts
        body = self.bodies[request.url if request.url in self.bodies else host]
        return HttpAnswer(self.statuses.get(request.url, 200), body)


def salesforce_user(email: str, user_id: str = "005000000000001AAA") -> dict[str, Any]:
    """Salesforce's userinfo."""
    return {"user_id": user_id, "organization_id": "00D1", "preferred_username": email, "name": "J", "email": email}


def servicenow_user(email: str, sys_id: str = "a" * 32) -> dict[str, Any]:
    """ServiceNow's one row of sys_user."""
    row = {"sys_id": sys_id, "user_name": email.partition("@")[0], "name": "J", "email": email}
    return {"result": [row]}


def no_journal(_event: str, **_facts: str | int | None) -> None:
    """Implements ``ports.Journal`` where nobody reads it."""


@dataclass
class SignInWorld:
    """Everything of one deployment. Implements ``entrypoints.oauth.SignIn``."""

    chat_openid: ChatOpenId = field(default_factory=ScriptedOpenId)
    authorization: AuthorizationServer = field(default_factory=ScriptedAuthorization)
    http: Http = field(default_factory=ScriptedHttp)
    base_url: str = BASE_URL
    sign_ins: MemorySignInStore = field(default_factory=MemorySignInStore)
    connections: MemoryConnectionStore = field(default_factory=MemoryConnectionStore)
    sealer: MemorySealer = field(default_factory=MemorySealer)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    audit: MemoryAuditLog = field(default_factory=MemoryAuditLog)
    pauses: MemoryPauses = field(default_factory=MemoryPauses)
    clock: Ticking = field(default_factory=Ticking)
    randomness: Counting = field(default_factory=Counting)
    catalog: Catalog = field(default_factory=shipped)
    proof: Proof = Proof.SIWS
    journal: Any = no_journal

    def settings(self, app: str) -> Mapping[str, str]:
        return SETTINGS[app]

    def begin(self, person: Person, app: str = "servicenow", workspace: Workspace = ACME) -> tuple[BegunSignIn, str]:
        """A sign-in begun in Slack, and its link's secret."""
        begin = BeginSignIn(self.sign_ins, self.randomness, self.clock, self.base_url)
        begun = begin(person, workspace, app, PROFILES[person], trace_id="trace-1")
        return begun, begun.url.rpartition("/")[2]

    def intent_of(self, secret: str) -> Intent:
        """Whose leg has this secret."""
        return self.sign_ins.intents[self.sign_ins.legs[hash_of(secret)].intent_hash]

    def confirm_secret(self, cookie: str, secret: str) -> str:
        """What the confirm page that follows a leg posts to."""
        return confirm_secret(cookie, secret, self.intent_of(secret))

    def typed_code(self, cookie: str, secret: str) -> str:
        """The code that the confirm page with this secret shows."""
        return code_of(typed_secret(cookie, secret, self.intent_of(secret)))

    def key_secret(self, cookie: str, secret: str) -> str:
        """What the form for a key that follows a leg posts to."""
        return key_secret(cookie, secret, self.intent_of(secret))

    @cached_property
    def browser_leg(self) -> BrowserLeg:
        return BrowserLeg(self.sign_ins, self.catalog, self.clock)

    @cached_property
    def store_connection(self) -> StoreConnection:
        return StoreConnection(self.sign_ins, self.connections, self.audit, self.queue, self.clock)

    @cached_property
    def open_sign_in(self) -> OpenSignIn:
        return OpenSignIn(self.sign_ins, self.catalog, self.pauses, self.proof, self.clock)

    @cached_property
    def start_sign_in(self) -> StartSignIn:
        return StartSignIn(
            self.sign_ins,
            self.open_sign_in,
            self.chat_openid,
            self.go_to_app,
            self.catalog,
            self.proof,
            self.randomness,
            self.clock,
        )

    @cached_property
    def go_to_app(self) -> GoToApp:
        return GoToApp(self.sign_ins, self.authorization, self.randomness, self.clock)

    @cached_property
    def complete_slack_leg(self) -> CompleteSlackLeg:
        return CompleteSlackLeg(
            self.browser_leg,
            self.sign_ins,
            self.chat_openid,
            self.go_to_app,
            self.show_key_form,
            self.audit,
            self.queue,
            self.clock,
        )

    @cached_property
    def show_key_form(self) -> ShowKeyForm:
        return ShowKeyForm(self.settings, str)

    @cached_property
    def identify_account(self) -> IdentifyAccount:
        return IdentifyAccount(self.http, self.settings, lambda _: CLIENT, self.clock)

    @cached_property
    def ask_to_confirm(self) -> AskToConfirm:
        return AskToConfirm(self.connections, self.catalog)

    @cached_property
    def bind_account(self) -> BindAccount:
        return BindAccount(
            self.browser_leg,
            HoldToPolicy(self.catalog, self.audit, self.settings),
            self.ask_to_confirm,
            self.store_connection,
            self.sign_ins,
            self.connections,
            self.sealer,
            self.proof,
            self.clock,
        )

    @cached_property
    def enter_key(self) -> EnterKey:
        return EnterKey(
            self.browser_leg,
            self.show_key_form,
            self.identify_account,
            self.bind_account,
            self.sign_ins,
            self.audit,
            self.randomness,
            self.clock,
        )

    @cached_property
    def complete_app_leg(self) -> CompleteAppLeg:
        return CompleteAppLeg(
            self.browser_leg,
            self.bind_account,
            self.authorization,
            FindSites(self.http, self.settings, local=False),
            self.identify_account,
            self.settings,
            self.audit,
            self.clock,
        )

    @cached_property
    def confirm_sign_in(self) -> ConfirmSignIn:
        return ConfirmSignIn(
            self.browser_leg,
            self.ask_to_confirm,
            self.store_connection,
            self.sign_ins,
            self.connections,
            self.audit,
            self.clock,
        )

    @cached_property
    def send_new_link(self) -> SendNewLink:
        return SendNewLink(
            self.sign_ins, self.open_sign_in, self.pauses, self.catalog, self.queue, self.randomness, self.clock
        )
