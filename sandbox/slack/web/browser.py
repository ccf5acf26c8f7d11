"""The browser's own Slack session: its cookie, signing in, and the sandbox's switch from person to person."""

import hmac
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from sandbox.apps.hosts import site
from sandbox.slack.sessions import COOKIE, Session
from sandbox.slack.state import SlackState
from sandbox.slack.web.refusal import Refused, refusal_page

MOST_REDIRECTS = 16
"""Sessions that are ended on the way from one person to another; browsers give up after 20 redirects in a row."""


def current_session(state: SlackState) -> Session | None:
    """The session of the browser that asks, if it has one."""
    return state.sessions.find(request.cookies.get(COOKIE))


def require_csrf(session: Session | None) -> Session:
    """The session, after checking that the posted form was made for it.

    Raises:
        Refused: The form belongs to another session, or to none.
    """
    if session is None or not hmac.compare_digest(request.form.get("csrf", "").encode(), session.csrf.encode()):
        raise Refused("This form belongs to another session", "Go back, reload the page and try again.")
    return session


def sign_in_page(state: SlackState, return_to: str) -> Response:
    """The page that asks for a workspace and who is signing in to it, and then goes on to `return_to`."""
    with state.lock:
        session = current_session(state)
        key = request.cookies.get(COOKIE, "")
        if session is None:
            key, session = state.sessions.start()
    page = render_template("sign_in.html", workspaces=state.workspaces.values(), csrf=session.csrf, return_to=return_to)
    answer = Response(page)
    _set_cookie(answer, key)
    return answer


def session_routes(state: SlackState) -> Blueprint:
    """`/sign-in`, `/sign-out` and `/session/switch`."""
    routes = Blueprint("browser", __name__)
    routes.register_error_handler(Refused, refusal_page)

    @routes.get("/")
    @routes.get("/sign-in")
    def show() -> Response:
        return sign_in_page(state, request.args.get("return_to", state.config.page_url))

    @routes.post("/sign-in")
    def sign_in() -> WerkzeugResponse:
        return_to = own_address(state, request.form.get("return_to", state.config.page_url))
        with state.lock:
            session = require_csrf(current_session(state))
            account = _account(state, request.form.get("person", ""))
            return _signed_in(state, session.accounts | account, return_to)

    @routes.get("/session/switch")
    def switch() -> WerkzeugResponse:
        return_to = own_address(state, request.args.get("return_to", state.config.page_url))
        with state.lock:
            account = _account(state, request.args.get("person", ""))
            return _signed_in(state, account, _through_apps(state, return_to))

    @routes.get("/session/end")
    def sign_out() -> WerkzeugResponse:
        return_to = own_address(state, request.args.get("return_to", state.config.page_url))
        with state.lock:
            state.sessions.end(request.cookies.get(COOKIE))
        answer = redirect(return_to)
        answer.delete_cookie(COOKIE)
        return answer

    return routes


def own_address(state: SlackState, address: str) -> str:
    """An address of the sandbox itself, or a path of this site.

    Raises:
        Refused: It leads elsewhere.
    """
    parts = urlsplit(address)
    port = state.config.port
    names = ("127.0.0.1", "localhost", "slack.localhost", *(f"{site(app)}.localhost" for app in state.config.apps))
    inside = parts.scheme == "http" and parts.netloc in {f"{name}:{port}" for name in names}
    local_path = not parts.scheme and not parts.netloc and address.startswith("/") and "\\" not in address
    if not inside and not local_path:
        raise Refused("Not an address of the sandbox", "return_to must lead to one of the sandbox's own hosts.")
    return address


def _account(state: SlackState, user: str) -> dict[str, str]:
    for workspace in state.workspaces.values():
        if user in workspace.people and user not in workspace.deactivated:
            return {workspace.id: user}
    raise Refused("Nobody by that name", "Choose one of the people of the workspace.")


def _signed_in(state: SlackState, accounts: dict[str, str], goal: str) -> WerkzeugResponse:
    # A new cookie value on every sign-in, so that nobody can fix it beforehand.
    state.sessions.end(request.cookies.get(COOKIE))
    key, _ = state.sessions.start(accounts)
    answer = redirect(goal, 303)
    _set_cookie(answer, key)
    return answer


def _through_apps(state: SlackState, return_to: str) -> str:
    """The address that ends the browser's session at each app that may have one in turn, and then comes back."""
    goal = return_to
    for host in reversed(state.signed_in_at()[-MOST_REDIRECTS:]):
        goal = f"http://{host}/session/end?{urlencode({'return_to': goal})}"
    return goal


def _set_cookie(answer: WerkzeugResponse, key: str) -> None:
    answer.set_cookie(COOKIE, key, httponly=True, samesite="Lax", path="/")
