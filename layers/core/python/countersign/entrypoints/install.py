"""``GET /slack/install`` and ``GET /slack/oauth_redirect``: an admin's browser installs Countersign in a workspace."""

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol

from countersign.config import Settings
from countersign.domain.errors import (
    ConfigurationError,
    Conflict,
    CountersignError,
    Malformed,
    StoreUnavailable,
    TooLarge,
)
from countersign.domain.install_pages import InstallKind, InstallPage, InstallView, ToSlack
from countersign.domain.installation import STATE_SECONDS
from countersign.domain.page_texts.install import LINKS, TEXTS
from countersign.domain.page_texts.phrases import REFERENCE
from countersign.domain.sign_in import is_secret
from countersign.entrypoints.api_gateway import Answer, Event, HttpRequestIn, answer, page, read_request, request_id
from countersign.entrypoints.frame import framed
from countersign.entrypoints.html import element
from countersign.entrypoints.page_style import SOURCE
from countersign.ports.system import Journal
from countersign.usecases.begin_install import BeginInstall
from countersign.usecases.complete_install import CompleteInstall

_LOG: Final = logging.getLogger(__name__)

INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
COOKIE: Final = "__Host-bi"
"""As the sign-in's cookie, and another one: an installation and a sign-in in two tabs don't break each other."""
_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")
_FAILURES: Final[Mapping[type[CountersignError], InstallKind]] = {
    Malformed: InstallKind.BAD_REQUEST,
    TooLarge: InstallKind.BAD_REQUEST,
    StoreUnavailable: InstallKind.STORAGE_TROUBLE,
    Conflict: InstallKind.OVER,
    ConfigurationError: InstallKind.MISCONFIGURED,
}


class InstallContainer(Protocol):
    """What these routes need of the composition root."""

    @property
    def settings(self) -> Settings: ...  # noqa: D102 - named by its type
    @property
    def begin_install(self) -> BeginInstall: ...  # noqa: D102
    @property
    def complete_install(self) -> CompleteInstall: ...  # noqa: D102
    @property
    def journal(self) -> Journal: ...  # noqa: D102


def handle(event: Event, container: InstallContainer) -> Answer:
    """Answer one request of a browser. Whatever goes wrong, it is a page."""
    reference = request_id(event) or "unknown"
    try:
        view = _view(read_request(event), event, container)
    except CountersignError as error:
        kind = next((kind for base, kind in _FAILURES.items() if isinstance(error, base)), InstallKind.SLACK_TROUBLE)
        view = InstallPage(kind, cause=f"{error.code}: {error}")
    except Exception:  # noqa: BLE001 - the one place that catches everything: nothing of it may go outside
        _LOG.exception("installation failed", extra={"reference": reference})
        view = InstallPage(InstallKind.BROKEN)
    if isinstance(view, ToSlack):
        container.journal("install_begun", reference=reference)
        return _onward(view)
    container.journal("install_page", page=view.kind, cause=view.cause or None, reference=reference)
    return install_answer(view, reference)


def _view(request: HttpRequestIn, event: Event, container: InstallContainer) -> InstallView:
    base = _base_url(request, event, container.settings)
    cookie = request.cookies.get(COOKIE)
    cookie = cookie if cookie is not None and is_secret(cookie) else None
    match request.method, request.route:
        case "GET", route if route == INSTALL:
            return container.begin_install(f"{base}{REDIRECT}", cookie)
        case "GET", route if route == REDIRECT:
            return container.complete_install(request.query, cookie, f"{base}{INSTALL}")
        case _:
            raise Malformed("no such route")


def _base_url(request: HttpRequestIn, event: Event, settings: Settings) -> str:
    """Public address of the routes: the deployment's own, else the one that this browser used.

    A function behind the API can't be told its address (that would be a circle). Slack compares what we send with the
    addresses that are registered, so a made-up ``Host`` leads nowhere.
    """
    if given := settings.get("GIVEN_PUBLIC_URL"):
        return given.rstrip("/")
    found = event.get("requestContext")
    context: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    host, path = request.headers.get("host", ""), context.get("path")
    if settings.local and host.startswith("127.0.0.1"):
        # A local stack's API has another address for programs; Slack sends the browser back to the browser's one.
        host = f"{context.get('apiId')}.execute-api.localhost:{host.partition(':')[2]}"
    if not _HOST.fullmatch(host) or not isinstance(path, str) or not path.endswith(request.route):
        raise Malformed("no address that we could be reached by")
    return f"{'http' if settings.local else 'https'}://{host}{path.removesuffix(request.route)}"


def _onward(view: ToSlack) -> Answer:
    cookie = f"{COOKIE}={view.cookie}; Max-Age={STATE_SECONDS}; Path=/; Secure; HttpOnly; SameSite=Lax"
    return answer(HTTPStatus.FOUND, {"Location": view.url, "Referrer-Policy": "no-referrer"}, cookies=[cookie])


def install_answer(view: InstallPage, reference: str) -> Answer:
    """A page, with the reference number where an operator may be asked about it."""
    text = TEXTS[view.kind]
    said = filter(None, (paragraph.format_map(view.values) for paragraph in text.paragraphs))
    body = [element("p", paragraph) for paragraph in said]
    if view.link and view.kind in LINKS:
        body.append(element("a", LINKS[view.kind], href=view.link, class_="go"))
    if text.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        body.append(element("p", f"{REFERENCE}: ", element("code", reference), class_="reference"))
    return page(text.status, framed(text.title.format_map(view.values), body), style_source=SOURCE)
