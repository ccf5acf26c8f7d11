"""What the browser is shown, or where it is sent on, as values. Their texts are in ``page_texts``."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from countersign.domain.connection import Account
from countersign.domain.page_texts.facts import EVERYONE, SLACK
from countersign.domain.sign_in import Intent, LinkState
from countersign.domain.sign_in_policy import Reason


class PageKind(StrEnum):
    """Every page there is."""

    CONNECT = "connect"
    CONFIRM = "confirm"
    CHOOSE = "choose"
    KEY = "key"
    KEY_REFUSED = "key_refused"
    NO_SITES = "no_sites"
    DONE = "done"
    DECLINED = "declined"
    KEY_DECLINED = "key_declined"
    NEW_LINK_SENT = "new_link_sent"
    EXPIRED = "expired"
    USED = "used"
    TRIES_SPENT = "tries_spent"
    TOO_OFTEN = "too_often"
    STOPPED = "stopped"
    PAUSED = "paused"
    WRONG_PERSON = "wrong_person"
    WRONG_WORKSPACE = "wrong_workspace"
    UNKNOWN = "unknown"
    LOST_COOKIE = "lost_cookie"
    REPLAYED = "replayed"
    BAD_REQUEST = "bad_request"
    OTHER_SITE = "other_site"
    DENIED = "denied"
    APP_ERROR = "app_error"
    APP_TROUBLE = "app_trouble"
    CODE_REFUSED = "code_refused"
    NO_IDENTITY = "no_identity"
    OTHER_ORGANISATION = "other_organisation"
    OTHER_EMAIL = "other_email"
    OTHER_ACCOUNT = "other_account"
    CODE_ENDED = "code_ended"
    CHANGED = "changed"
    SLACK_DENIED = "slack_denied"
    SLACK_ERROR = "slack_error"
    SLACK_UNVERIFIED = "slack_unverified"
    SLACK_TROUBLE = "slack_trouble"
    MISCONFIGURED = "misconfigured"
    STORAGE_TROUBLE = "storage_trouble"
    BROKEN = "broken"


class Do(StrEnum):
    """What a page's button asks for."""

    GO = "go"
    CONFIRM = "confirm"
    DECLINE = "decline"
    CHOOSE = "choose"
    ENTER_KEY = "enter_key"
    NEW_LINK = "new_link"


class Alert(StrEnum):
    """What was wrong with what a page's form brought, or why it could not be checked."""

    KEY_FORM = "key_form"
    KEY_WRONG = "key_wrong"
    KEY_UNCHECKED = "key_unchecked"
    NO_CHOICE = "no_choice"
    CODE_MISSING = "code_missing"


@dataclass(frozen=True, slots=True)
class Entry:
    """One field to fill in. What is secret is hidden while it is typed; nothing entered is ever shown again."""

    name: str
    label: str
    secret: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page to show.

    Attributes:
        values: for the ``{names}`` of its text; data, escaped where they land.
        post_to: where its buttons post to, on our own host; empty where it has none.
        facts: labelled values, such as the two identities.
        reasons: why something must be confirmed.
        alert: what was wrong with the same page's form before.
        choices: value and label of each place to choose from.
        entries: what is to be filled in.
        help_url: a page of the app's own, that helps to fill it in.
        cause: an error's code and detail, for the operator's log; never shown.
        trace_id: of the click that the sign-in began with, for the log; empty where it is not known.
        shared: it is about a connection for the whole workspace.
        address: where it can be looked at again, on our own host, in the same browser; empty where it can't.
        reference: what an operator may be asked about, where it is not the request that shows it.
    """

    kind: PageKind
    values: Mapping[str, str] = field(default_factory=dict)
    post_to: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    reasons: tuple[Reason, ...] = ()
    alert: Alert | None = None
    choices: tuple[tuple[str, str], ...] = ()
    entries: tuple[Entry, ...] = ()
    help_url: str = ""
    cause: str = ""
    trace_id: str = ""
    shared: bool = False
    address: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Onward:
    """The browser goes on to ``url``, at ``service``, and must bring ``cookie`` back. ``trace_id`` as on pages."""

    url: str
    service: str
    cookie: str
    trace_id: str = ""

    def __repr__(self) -> str:
        """The service alone: address and cookie are secrets of this browser."""
        return f"Onward({self.service})"


type View = Page | Onward


def page_about(
    kind: PageKind, intent: Intent, app_name: str, post_to: str = "", cause: str = "", **values: str
) -> Page:
    """A page about a sign-in, with the names that nearly every page mentions besides its own ``values``."""
    names = {"app": app_name, "person": intent.person_name, "workspace": intent.workspace_name}
    return Page(kind, names | values, post_to, cause=cause, trace_id=intent.trace_id, shared=intent.shared)


def for_everyone(page: Page, recipes: str) -> Page:
    """The page of a sign-in for the whole workspace, with the titles of what will act with it."""
    return replace(page, values={**page.values, "recipes": recipes})


def connect_address(intent: Intent, secret: str) -> str:
    """Where buttons about this sign-in post to."""
    return f"{intent.base_url}/connect/{secret}"


_LINK_PAGES = {
    LinkState.EXPIRED: PageKind.EXPIRED,
    LinkState.USED: PageKind.USED,
    LinkState.TRIES_SPENT: PageKind.TRIES_SPENT,
    LinkState.BURNT: PageKind.STOPPED,
}


def unusable_link(intent: Intent, state: LinkState, app_name: str, secret: str) -> Page:
    """Why a link can't be used any more; all but a burnt one offer another, sent to its person in chat."""
    post_to = "" if state is LinkState.BURNT else connect_address(intent, secret)
    return page_about(_LINK_PAGES[state], intent, app_name, post_to)


def done(intent: Intent, app_name: str, account: Account) -> Page:
    """The end of every good sign-in, and of every reload of it."""
    page = page_about(PageKind.DONE, intent, app_name, account=account.label)
    return replace(page, facts=identities(intent, app_name, account))


def identities(intent: Intent, app_name: str, account: Account) -> tuple[tuple[str, str], ...]:
    """Both sides of a binding, so that a person can tell at a glance whether they are one."""
    slack = f"{intent.person_name}, {intent.workspace_name}"
    if intent.shared:
        slack = EVERYONE.format(workspace=intent.workspace_name, person=intent.person_name)
    who = account.label if account.name in {"", account.label} else f"{account.name}, {account.label}"
    there = f"{who}, {account.where}" if account.where else who
    return ((SLACK, slack), (app_name, there))
