"""Slack's two authorize pages: Sign in with Slack, and installing the app.

Who is asked depends on the browser's own session: not signed in → Slack asks for a workspace and goes on with that one,
whatever `team` said; signed in to `team` and allowed before → straight back to the app; else the Allow page.
Source: docs.slack.dev/authentication/sign-in-with-slack.
"""

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from sandbox.slack.grants import Flow, Grant
from sandbox.slack.sessions import Session
from sandbox.slack.state import SlackState
from sandbox.slack.web.browser import current_session, require_csrf, sign_in_page
from sandbox.slack.web.refusal import Refused, refusal_page
from sandbox.slack.web.requests import AuthorizationRequest, read_request


def authorize_routes(state: SlackState) -> Blueprint:
    """`/openid/connect/authorize` and `/oauth/v2/authorize`: GET shows, POST decides."""
    routes = Blueprint("authorize", __name__)
    routes.register_error_handler(Refused, refusal_page)

    @routes.get("/openid/connect/authorize", defaults={"flow": "openid"})
    @routes.get("/oauth/v2/authorize", defaults={"flow": "install"})
    def show(flow: Flow) -> WerkzeugResponse:
        asked = read_request(state.config, flow, request.args)
        with state.lock:
            session = current_session(state)
            if session is None or not session.accounts:
                return sign_in_page(state, _this_page())
            return _proceed(state, session, asked)

    @routes.post("/openid/connect/authorize", defaults={"flow": "openid"})
    @routes.post("/oauth/v2/authorize", defaults={"flow": "install"})
    def decide(flow: Flow) -> WerkzeugResponse:
        asked = read_request(state.config, flow, request.args)
        with state.lock:
            session = require_csrf(current_session(state))
            if request.form.get("decision") != "allow":
                return redirect(asked.back(error="access_denied"), 303)
            return _granted(state, session, asked, request.form.get("team", ""))

    return routes


def _proceed(state: SlackState, session: Session, asked: AuthorizationRequest) -> WerkzeugResponse:
    user = session.accounts.get(asked.team or "")
    if asked.flow == "openid" and asked.team and user and state.grants.approved(asked.team, user):
        return _granted(state, session, asked, asked.team)
    choices = [(state.workspaces[team], state.person(user)) for team, user in session.accounts.items()]
    if user:
        choices = [choice for choice in choices if choice[0].id == asked.team]
    page = render_template(
        "allow.html",
        choices=choices,
        organisations=_organisations(state, session) if asked.flow == "install" else [],
        scopes=sorted(asked.scopes),
        flow=asked.flow,
        csrf=session.csrf,
        sign_in="/sign-in?" + urlencode({"return_to": _this_page()}),
    )
    return Response(page)


def _organisations(state: SlackState, session: Session) -> list[str]:
    """Organisations on the whole of which this person may install."""
    found = (state.workspaces[each].enterprise_id for each in session.accounts)
    return [each for each in dict.fromkeys(found) if each is not None]


def _granted(state: SlackState, session: Session, asked: AuthorizationRequest, team: str) -> WerkzeugResponse:
    whole = asked.flow == "install" and team in {state.workspaces[each].enterprise_id for each in session.accounts}
    if team not in session.accounts and not whole:
        raise Refused("Not signed in to that workspace", "Go back and choose a workspace that you are signed in to.")
    if team != state.config.team_id and not whole and not state.config.distributed:
        raise Refused(
            "invalid_team_for_non_distributed_app", "This app can only be used from the workspace that owns it."
        )
    code = state.grants.issue(
        Grant(
            flow=asked.flow,
            team_id=team,
            user=session.accounts[team] if team in session.accounts else next(iter(session.accounts.values())),
            scopes=asked.scopes,
            redirect_uri=asked.redirect_uri,
            auth_time=state.clock(),
            nonce=asked.nonce,
        )
    )
    return redirect(asked.back(code=code), 303)


def _this_page() -> str:
    return f"{request.path}?{request.query_string.decode()}"
