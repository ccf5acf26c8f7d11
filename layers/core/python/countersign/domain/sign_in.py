"""The rows of a sign-in: an *intent* made in chat, and one single-use *leg* per step of the browser's journey.

Only SHA-256 hashes of link ids, states and cookies are ever stored. Every row has an ``expires_at`` that is checked
in code; the database's own expiry only tidies up.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from countersign.domain.connection import Account, Connection, Site, seal_owner
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.proof import Proof
from countersign.domain.tokens import Sealed, SealOwner

LINK_SECONDS: Final = 600
"""How long a link can be opened, and how long each leg may take."""
WHOLE_SECONDS: Final = 1800
"""How long a whole sign-in may take, from the prompt to the end."""
CODE_SECONDS: Final = 1800
"""How long a code is remembered that a browser brought: longer than any lives (RFC 6749 §4.1.2: 10 minutes at most)."""
RESUME_SECONDS: Final = 600
"""How old a waiting action may be and still go on by itself."""
WRONG_WORKSPACE_TRIES: Final = 3
SECRET_LENGTH: Final = 64


class IntentStatus(StrEnum):
    """Where a sign-in stands."""

    OPEN = "open"
    BURNT = "burnt"
    """Opened by somebody else: worthless."""
    DONE = "done"


class LegStep(StrEnum):
    """Which answer a leg waits for."""

    SLACK = "slack"
    APP = "app"
    CONFIRM = "confirm"
    KEY = "key"
    """A key is to be entered on our page, for an app without OAuth."""


@dataclass(frozen=True, slots=True)
class Intent:
    """Asked for in chat by a person: connect ``app``, for themselves or (``shared``) for their whole workspace.

    The link's id is ``secret id``; only its hash is kept.

    Attributes:
        base_url: public address of the routes, written by the function that knows it.
        person_name, workspace_name: how the page calls them ("@josie", "Acme"); for show only.
        trace_id: of the click that asked for it.
        shared: asked for by an admin, for the workspace: the browser must be theirs, the connection is everybody's.
        step_up: the app is asked to make sure again who signs in, where it can be (``oauth.step_up_parameters``).
        prompt: sealed reply address that can replace the prompt, once its button was clicked.
        opened_at: when the browser pressed the button first; helped: a person who got lost on the way was helped.
    """

    id_hash: str
    person: Person
    workspace: str
    organisation: str | None
    app: str
    base_url: str
    person_name: str
    person_email: str | None
    workspace_name: str
    created_at: int
    expires_at: int
    status: IntentStatus = IntentStatus.OPEN
    wrong_workspace_tries: int = 0
    opened_at: int | None = None
    prompt: Sealed | None = None
    helped: bool = False
    trace_id: str = ""
    shared: bool = False
    step_up: bool = False

    @property
    def owner(self) -> Person:
        """Whose the connection will be. The browser is always held against ``person``."""
        return shared_owner(Workspace(self.workspace, self.organisation)) if self.shared else self.person


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of one browser: consumed once, by whoever brings its secret *and* the cookie.

    Attributes:
        id_hash: hash of the ``state`` (or, on the confirm page, of the form's own secret).
        cookie_hash: of the ``__Host-bt`` cookie that the browser must bring again, see ``leg_cookie_hash``.
        nonce: for the id_token (SLACK).
        person_email: on APP and CONFIRM, the e-mail address that the chat service named; on KEY only what its id_token
            proved.
        account, sealed, scopes, token_expires_at, version: on CONFIRM, the connection that will be; its tokens are
            sealed to what it will be, so that confirming copies them and never opens them. Without an account it can
            only be revoked.
        given_back: on CONFIRM without an account, id of the one whose tokens wait to be revoked; empty where nobody
            knows it.
        signed_in_at: on CONFIRM, when its person was back from the app, or entered the key; 0 where nobody noted it.
        replaces_account: on CONFIRM, id of the account that its person was connected as when this one was judged; no
            other one is replaced.
        sites: the places that the grant covers, of which its person chooses one; where their APIs are is sealed.
        site: the chosen one, or the only one.
        declined: its person said no: it can't be confirmed any more.
        proof: on CONFIRM, what proves that the browser is its person's.
    """

    id_hash: str
    intent_hash: str
    app: str
    cookie_hash: str
    step: LegStep
    expires_at: int
    nonce: str = ""
    account: Account | None = None
    sealed: Sealed | None = None
    scopes: tuple[str, ...] = ()
    token_expires_at: int | None = None
    version: int = 0
    signed_in_at: int = 0
    replaces_account: str = ""
    given_back: str = ""
    person_email: str | None = None
    sites: tuple[Site, ...] = ()
    site: str = ""
    declined: bool = False
    proof: Proof = Proof.SIWS

    @property
    def asks_site(self) -> bool:
        """Whether its person must still choose a site."""
        return bool(self.sites) and not self.site

    def replaces(self, existing: Connection | None) -> bool:
        """Whether what stands there is what stood there when this was judged."""
        if existing is None:
            return self.version == 1
        return (existing.version + 1, existing.account.id) == (self.version, self.replaces_account)

    def at(self, site_id: str) -> "Leg | None":
        """The same for the chosen site, by whose name the account's organisation is called; None if it has no such."""
        site = next((site for site in self.sites if site.id == site_id), None)
        if site is None or self.account is None:
            return None
        return replace(self, site=site.id, account=replace(self.account, organisation=site.name))


class LinkState(StrEnum):
    """What can still be done with an intent's link."""

    USABLE = "usable"
    EXPIRED = "expired"
    USED = "used"
    BURNT = "burnt"
    TRIES_SPENT = "tries_spent"


def link_state(intent: Intent, now: int) -> LinkState:
    """Whether the button behind the link may be pressed."""
    if intent.status is IntentStatus.BURNT:
        return LinkState.BURNT
    if intent.status is IntentStatus.DONE:
        return LinkState.USED
    if intent.wrong_workspace_tries >= WRONG_WORKSPACE_TRIES:
        return LinkState.TRIES_SPENT
    return LinkState.USABLE if now < intent.expires_at else LinkState.EXPIRED


def leg_expiry(intent: Intent, now: int) -> int:
    """End of a leg that begins now: its own 10 minutes, within the whole sign-in's 30."""
    return min(now + LINK_SECONDS, intent.created_at + WHOLE_SECONDS)


def leg_owner(intent: Intent, leg: Leg) -> SealOwner:
    """To whom a CONFIRM leg's tokens are sealed: the connection that they will be, or would have been."""
    account_id = leg.account.id if leg.account else leg.given_back
    return seal_owner(intent.owner, intent.workspace, leg.app, account_id, leg.version)


def hash_of(secret: str) -> str:
    """What is stored instead of a link id, state or cookie."""
    return hashlib.sha256(secret.encode()).hexdigest()


def code_verifier(cookie: str, state: str, intent: Intent) -> str:
    """The PKCE verifier (RFC 7636 §4.1): derived from the browser's cookie, so that only that browser can finish.

    64 lower-case hex characters; never stored. As the other two it belongs to what the intent is about: after a row
    was changed, the app itself refuses the code.
    """
    return _derived("pkce", cookie, state, intent)


def confirm_secret(cookie: str, state: str, intent: Intent) -> str:
    """Id of the CONFIRM leg that follows an APP leg: derived like the verifier, so that a reload finds the same one."""
    return _derived("confirm", cookie, state, intent)


def key_secret(cookie: str, state: str, intent: Intent) -> str:
    """Id of the KEY leg that follows a SLACK leg: derived, so that a reload finds the same one."""
    return _derived("key", cookie, state, intent)


def typed_secret(cookie: str, secret: str, intent: Intent) -> str:
    """What the code that is typed in chat is made of, for the CONFIRM leg with this secret.

    The secret alone stands in an address, which gets passed on; what is made of the cookie stays with the browser.
    """
    return _derived("typed", cookie, secret, intent)


def leg_cookie_hash(cookie: str, secret: str, intent: Intent, step: LegStep) -> str:
    """What is stored of the cookie on a leg: it fits this leg, of this intent, at this step.

    Whoever can write rows, and has no cookie, can't make it for another intent, or for one that was changed.
    """
    return _derived(f"leg {step}", cookie, secret, intent)


def _derived(purpose: str, cookie: str, secret: str, intent: Intent) -> str:
    about = (intent.id_hash, intent.person.key, intent.owner.key, intent.workspace, intent.organisation, intent.app)
    content = json.dumps([purpose, secret, *about, intent.base_url], separators=(",", ":"))
    return hmac.new(cookie.encode(), content.encode(), hashlib.sha256).hexdigest()


def is_secret(value: str) -> bool:
    """Whether this has the form of a link id, state or cookie: 64 lower-case hex characters."""
    return len(value) == SECRET_LENGTH and not value.strip("0123456789abcdef")
