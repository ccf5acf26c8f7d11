"""The browser's routes: link, Slack's callback, the app's callback. Every request leads to a page that says what next.

A callback shows none itself (see ``after_callback``).
"""

import logging
from collections.abc import Mapping
from typing import Final, Protocol
from urllib.parse import parse_qsl

from countersign.domain import strict_json
from countersign.domain.errors import (
    ConfigurationError,
    CountersignError,
    HostNotAllowed,
    InvalidClient,
    Malformed,
    StoreUnavailable,
    TooLarge,
)
from countersign.domain.pages import Do, Onward, Page, PageKind, View
from countersign.domain.sign_in import is_secret
from countersign.entrypoints.after_callback import END, end_page, sent_on
from countersign.entrypoints.api_gateway import Answer, Event, HttpRequestIn, read_request, request_id
from countersign.entrypoints.pages import CHOICE, COOKIE, ENTRY, onward_answer, page_answer
from countersign.ports.system import Journal
from countersign.usecases.complete_app_leg import CompleteAppLeg
from countersign.usecases.complete_slack_leg import CompleteSlackLeg
from countersign.usecases.confirm_sign_in import ConfirmSignIn
from countersign.usecases.enter_key import EnterKey
from countersign.usecases.open_sign_in import OpenSignIn
from countersign.usecases.send_new_link import SendNewLink
from countersign.usecases.start_sign_in import StartSignIn

_LOG: Final = logging.getLogger(__name__)
_FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 8
_FROM: Final = "sec-fetch-site"
_OURS: Final = {"same-origin", "none"}
"""What a browser says of a form of ours (W3C Fetch Metadata): our page sent it, or its person. Old ones say nothing."""
_SLACK_CALLBACK: Final = "/oauth/slack/callback"
_FAILURES: Final[Mapping[type[CountersignError], PageKind]] = {
    Malformed: PageKind.BAD_REQUEST,
    TooLarge: PageKind.BAD_REQUEST,
    StoreUnavailable: PageKind.STORAGE_TROUBLE,
    ConfigurationError: PageKind.MISCONFIGURED,
    HostNotAllowed: PageKind.MISCONFIGURED,
    InvalidClient: PageKind.MISCONFIGURED,
}


class SignIn(Protocol):
    """What these routes need of the composition root."""

    @property
    def open_sign_in(self) -> OpenSignIn: ...  # noqa: D102 - a use case under its own name
    @property
    def start_sign_in(self) -> StartSignIn: ...  # noqa: D102
    @property
    def complete_slack_leg(self) -> CompleteSlackLeg: ...  # noqa: D102
    @property
    def complete_app_leg(self) -> CompleteAppLeg: ...  # noqa: D102
    @property
    def confirm_sign_in(self) -> ConfirmSignIn: ...  # noqa: D102
    @property
    def enter_key(self) -> EnterKey: ...  # noqa: D102
    @property
    def send_new_link(self) -> SendNewLink: ...  # noqa: D102
    @property
    def journal(self) -> Journal: ...  # noqa: D102


def handle(event: Event, container: SignIn) -> Answer:
    """Answer one request of a browser. Whatever goes wrong, it is a page, or for a callback the way to one."""
    reference, request = request_id(event) or "unknown", None
    try:
        request = read_request(event)
        view = _view(request, container)
    except CountersignError as error:
        kind = next((kind for base, kind in _FAILURES.items() if isinstance(error, base)), PageKind.BROKEN)
        view = Page(kind, cause=f"{error.code}: {error}")
    except Exception:  # noqa: BLE001 - the one place that catches everything: nothing of it may go outside
        _LOG.exception("sign-in failed", extra={"reference": reference})
        view = Page(PageKind.BROKEN)
    _note(view, reference, container)
    if isinstance(view, Onward):
        return onward_answer(view, after_post=request is not None and request.method == "POST")
    if request is not None and _is_callback(request):
        return sent_on(view, request.path, reference)
    return page_answer(view, reference)


def _is_callback(request: HttpRequestIn) -> bool:
    return "app" in request.path_parameters or request.path.rstrip("/").endswith(_SLACK_CALLBACK)


def _view(request: HttpRequestIn, container: SignIn) -> View:
    cookie = _cookie(request)
    if (secret := request.path_parameters.get("sign_in")) is not None:
        return _connect(request, secret, cookie, container)
    if request.method != "GET":
        return Page(PageKind.BAD_REQUEST)
    if (app_id := request.path_parameters.get("app")) is not None:
        return container.complete_app_leg(app_id, request.query, cookie)
    if _is_callback(request):
        return container.complete_slack_leg(request.query, cookie)
    return Page(PageKind.UNKNOWN)


def _connect(request: HttpRequestIn, secret: str, cookie: str | None, container: SignIn) -> View:
    if request.method == "GET":
        return _look(secret, cookie, container) if is_secret(secret) else end_page(secret, request.cookies.get(END))
    if not is_secret(secret):
        return Page(PageKind.UNKNOWN)
    if request.headers.get(_FROM, "none") not in _OURS:
        return Page(PageKind.OTHER_SITE, cause="a form of another site")
    return _press(request, secret, cookie, container)


def _press(request: HttpRequestIn, secret: str, cookie: str | None, container: SignIn) -> View:
    button, fields = _form(request)
    match button:
        case Do.GO:
            return container.start_sign_in(secret, cookie)
        case Do.CONFIRM:
            return container.confirm_sign_in(secret, cookie, accepted=True)
        case Do.DECLINE:
            return container.confirm_sign_in(secret, cookie, accepted=False)
        case Do.CHOOSE:
            return container.confirm_sign_in(secret, cookie, accepted=True, site=fields.get(CHOICE, ""))
        case Do.ENTER_KEY:
            entered = {name.removeprefix(ENTRY): value for name, value in fields.items() if name.startswith(ENTRY)}
            return container.enter_key(secret, cookie, entered)
        case Do.NEW_LINK:
            return container.send_new_link(secret)


def _look(secret: str, cookie: str | None, container: SignIn) -> Page:
    """The page of a link; or of a form of ours, for the browser that is at it."""
    page = container.open_sign_in(secret)
    for look in (container.enter_key.look, container.confirm_sign_in.look):
        if page.kind is PageKind.UNKNOWN:
            page = look(secret, cookie)
    return page


def _form(request: HttpRequestIn) -> tuple[Do, Mapping[str, str]]:
    """Which button was pressed, and what was filled in or chosen. Raises Malformed, which quotes none of it."""
    if request.method != "POST" or request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Malformed("not a form of ours")
    try:
        pairs = parse_qsl(request.body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        fields = strict_json.unique(pairs)
        return Do(fields.pop("do", "")), fields
    except ValueError:
        raise Malformed("not a form of ours") from None


def _cookie(request: HttpRequestIn) -> str | None:
    found = request.cookies.get(COOKIE)
    return found if found is not None and is_secret(found) else None


def _note(shown: View, reference: str, container: SignIn) -> None:
    """One line per step, without an address, cookie or name of anybody; its trace id leads back to the click."""
    trace_id = shown.trace_id or None
    if isinstance(shown, Onward):
        container.journal("sign_in_onward", trace_id=trace_id, to=shown.service, reference=reference)
    else:
        cause = shown.cause or None
        container.journal("sign_in_page", trace_id=trace_id, page=shown.kind, cause=cause, reference=reference)
