"""The routes of the authorization server: sign-in, consent, token, revocation, and ending the browser's session."""

import re
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from sandbox.apps import sessions
from sandbox.apps.accounts import Account
from sandbox.apps.authorization import token_response
from sandbox.apps.description import AppDescription, Endpoints, Revocation
from sandbox.apps.ending import introspect, revoke
from sandbox.apps.hosts import meant_for
from sandbox.apps.state import AppState, current

type Answer = BaseResponse | str | tuple[str, int]


def oauth_routes(state: AppState, server: AuthorizationServer) -> Blueprint:
    """All routes of one app's authorization server, at the vendor's own paths."""
    description = state.description
    routes = Blueprint("oauth", __name__)

    if description.endpoints:
        _server_routes(routes, state, description.endpoints, server)
    routes.add_url_rule("/login", "login", _login_page, methods=["GET"])
    routes.add_url_rule("/login", "log_in", _log_in, methods=["POST"])
    routes.add_url_rule("/session/end", "end_session", _end_session, methods=["GET"])
    return routes


def _server_routes(routes: Blueprint, state: AppState, endpoints: Endpoints, server: AuthorizationServer) -> None:
    @routes.route(endpoints.authorize, methods=["GET", "POST"])
    def authorize() -> Answer:
        return _authorize(server) if meant_for(endpoints.authorize_host) else abort(404)

    @routes.post(endpoints.token)
    def token() -> Response:
        return token_response(state, server)

    if revocation := state.description.revocation:
        end = partial(_end, state, revocation)
        routes.add_url_rule(revocation.path, "revoke", end, methods=list(revocation.methods))
    if introspection := state.description.introspection:
        routes.add_url_rule(
            introspection.path, "introspect", lambda: introspect(state, introspection), methods=["POST"]
        )


def _end(state: AppState, revocation: Revocation, **at: str) -> Response:
    return revoke(state, revocation, at)


def _authorize(server: AuthorizationServer) -> Answer:
    """The authorization endpoint (RFC 6749 section 4.1.1): sign in, then consent, then back with a code."""
    if problem := _unusual(current().description):
        return _error_page(problem)
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
        return _back(server, grant, account if request.form.get("decision") == "allow" else None)
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
    asks = state.description.always_asks or "consent" in _prompts()
    if not asks and state.grants.has_live(account, state.registration.client_id, scope):
        return _back(server, grant, account)
    granted = [(name, state.description.scopes[name]) for name in scope.split()]
    return render_template(
        "consent.html", app=state.description, account=account, scopes=granted, target=request.full_path
    )


def _back(server: AuthorizationServer, grant: Any, account: Account | None) -> BaseResponse:
    """The redirect with the code, or with the refusal; and with what this vendor adds to it or leaves out."""
    response = cast("Response", server.create_authorization_response(grant=grant, grant_user=account))
    description, url = current().description, urlsplit(response.headers.get("Location", ""))
    query = parse_qsl(url.query)
    if account:
        query += description.beside_the_code(account).items()
    kept = [(name, value) for name, value in query if description.echoes_state or name != "state"]
    response.headers["Location"] = urlunsplit(url._replace(query=urlencode(kept)))
    return response


def _error_page(text: str) -> tuple[str, int]:
    return render_template("error.html", app=current().description, text=text), 400


def _unusual(description: AppDescription) -> str | None:
    """What this vendor demands of an authorization request beyond the RFC, and this one lacks."""
    if not re.fullmatch(description.state_pattern, request.args.get("state", "")):
        return "The state parameter is missing, too short or too long, or has special characters."
    lacking = [name for name, value in description.required_parameters.items() if request.args.get(name) != value]
    return f"The parameter {lacking[0]} is missing or wrong." if lacking else None


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
