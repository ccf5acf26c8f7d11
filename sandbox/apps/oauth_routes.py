"""The routes of the authorization server: sign-in, consent, token, revocation, and ending the browser's session."""

import re
from typing import Any, cast

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from sandbox.apps import sessions
from sandbox.apps.accounts import Account
from sandbox.apps.authorization import token_response
from sandbox.apps.state import AppState, current

type Answer = BaseResponse | str | tuple[str, int]


def oauth_routes(state: AppState, server: AuthorizationServer) -> Blueprint:
    """All routes of one app's authorization server, at the vendor's own paths."""
    description = state.description
    routes = Blueprint("oauth", __name__)

    @routes.route(description.endpoints.authorize, methods=["GET", "POST"])
    def authorize() -> Answer:
        return _authorize(server)

    @routes.post(description.endpoints.token)
    def token() -> Response:
        return token_response(state, server)

    routes.add_url_rule(description.revocation.path, "revoke", _revoke, methods=list(description.revocation.methods))
    routes.add_url_rule("/login", "login", _login_page, methods=["GET"])
    routes.add_url_rule("/login", "log_in", _log_in, methods=["POST"])
    routes.add_url_rule("/session/end", "end_session", _end_session, methods=["GET"])
    return routes


def _authorize(server: AuthorizationServer) -> Answer:
    """The authorization endpoint (RFC 6749 section 4.1.1): sign in, then consent, then back with a code."""
    if not re.fullmatch(current().description.state_pattern, request.args.get("state", "")):
        return _error_page("The state parameter is missing or has special characters.")
    account = sessions.signed_in()
    try:
        grant = server.get_consent_grant(end_user=account)
    except OAuth2Error as error:
        if error.redirect_uri:
            return cast("Response", server.handle_error_response(request, error))
        return _error_page(error.description or error.error)
    if account is None or (request.method == "GET" and _must_sign_in_again()):
        return redirect(url_for("oauth.login", next=request.full_path))
    if request.method == "POST":
        sessions.check_csrf()
        allowed = account if request.form.get("decision") == "allow" else None
        return cast("Response", server.create_authorization_response(grant=grant, grant_user=allowed))
    return _consent(server, grant, account)


def _prompts() -> set[str]:
    """What the client asks for with `prompt` and this vendor knows (OpenID Connect Core section 3.1.2.1)."""
    return set(request.args.get("prompt", "").split()) & current().description.prompts


def _must_sign_in_again() -> bool:
    again = _prompts() & {"login", "select_account"}
    return bool(again) and not sessions.just_signed_in_for(request.full_path)


def _consent(server: AuthorizationServer, grant: Any, account: Account) -> Answer:
    """Ask, unless this person has already let the client in for all of it."""
    state, scope = current(), grant.request.scope
    if "consent" not in _prompts() and state.grants.has_live(account, state.registration.client_id, scope):
        return cast("Response", server.create_authorization_response(grant=grant, grant_user=account))
    granted = [(name, state.description.scopes[name]) for name in scope.split()]
    return render_template(
        "consent.html", app=state.description, account=account, scopes=granted, target=request.full_path
    )


def _error_page(text: str) -> tuple[str, int]:
    return render_template("error.html", app=current().description, text=text), 400


def _revoke() -> Response:
    """Revocation (RFC 7009). Neither vendor asks who calls: whoever holds a token may end it."""
    state = current()
    how, token = state.description.revocation, request.values.get("token")
    wrong = how.missing_token if not token else None if state.grants.revoke(token) else how.unknown_token
    if wrong is None:
        return Response(status=200)
    status, body = wrong
    response = jsonify(body)
    response.status_code = status
    return response


def _login_page(problem: str = "", chosen: str = "") -> str:
    state = current()
    return render_template(
        "login.html",
        app=state.description,
        accounts=list(state.directory),
        target=sessions.own_path(request.values.get("next", "/")),
        problem=problem,
        chosen=chosen,
    )


def _log_in() -> Answer:
    sessions.check_csrf()
    login, target = request.form.get("login", ""), sessions.own_path(request.form.get("next", "/"))
    account = current().directory.authenticate(login, request.form.get("password", ""))
    if account is None:
        return _login_page("The user name or password is wrong, or the account is locked.", login), 401
    sessions.sign_in(account, target)
    return redirect(target)


def _end_session() -> BaseResponse:
    """Sign this browser out of the app, then go on to `return_to`: one of the sandbox's own addresses, or nowhere."""
    target = request.args.get("return_to", "/")
    if target != "/" and not sessions.is_sandbox_address(target):
        abort(400, "return_to must be an address of this sandbox.")
    session.clear()
    return redirect(target)
