"""Builds one business app of the sandbox as a Flask app."""

import time
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import cast
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from sandbox.apps import (
    asana,
    box,
    concur,
    docusign,
    expensify,
    github,
    gitlab,
    google,
    hubspot,
    jira,
    microsoft,
    netsuite,
    salesforce,
    servicenow,
    sessions,
    zendesk,
)
from sandbox.apps.accounts import Directory, Person
from sandbox.apps.audit import AuditTrail
from sandbox.apps.authorization import create_authorization_server
from sandbox.apps.cards import CardSender, Hook
from sandbox.apps.control import control_routes
from sandbox.apps.description import AppDescription, Registration
from sandbox.apps.faults import Faults, FaultyApp
from sandbox.apps.grants import GrantStore
from sandbox.apps.key_page import key_page
from sandbox.apps.keys import Keys
from sandbox.apps.oauth_routes import oauth_routes
from sandbox.apps.openid import IdTokens, discovery
from sandbox.apps.record_pages import record_pages
from sandbox.apps.state import EXTENSION, AppState, Clock, current

APPS = (
    *(servicenow, salesforce, box, netsuite, expensify, concur, github, gitlab, jira, hubspot, zendesk, asana),
    *(google, microsoft, docusign),
)
"""The module of every app, in the order in which people see them; another one is a line here."""

DESCRIPTIONS: Mapping[str, AppDescription] = {app.DESCRIPTION.app_id: app.DESCRIPTION for app in APPS}


class SandboxApp(Flask):
    """A Flask app whose next answers can be told to fail."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(__name__)
        self.faults = faults
        self._faulty = FaultyApp(super().wsgi_app, faults)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or fail as the next fault says."""
        return self._faulty(environ, start_response)


def create_app(
    app: str | AppDescription,
    registration: Mapping[str, str],
    people: Sequence[Person],
    clock: Clock = time.time,
    *,
    token_seconds: float = 300,
    hooks: Mapping[str, Mapping[str, str]] | None = None,
) -> Flask:
    """One business app as a WSGI app.

    Args:
        app: An id of `DESCRIPTIONS` (anything else raises `KeyError`), or a description.
        registration: Countersign's client there: `client_id`, `client_secret`, `redirect_uri`.
        people: Who has an account (each app picks its own).
        clock: Seconds since the epoch; tests move it.
        token_seconds: How long an access token lives.
        hooks: Recipe id → `url` and `secret` of the card hook.

    The state is `app.extensions["sandbox-app"]` (`AppState`), the card sender `app.extensions["sandbox-cards"]`.
    """
    description = DESCRIPTIONS[app] if isinstance(app, str) else app
    made = SandboxApp(Faults())
    sessions.configure(made, description.app_id)
    made.extensions[EXTENSION] = state = _state(description, registration, people, clock, token_seconds, made)
    _add_routes(made, state, {recipe: Hook(hook["url"], hook["secret"]) for recipe, hook in (hooks or {}).items()})
    return made


def _state(
    description: AppDescription,
    registration: Mapping[str, str],
    people: Sequence[Person],
    clock: Clock,
    token_seconds: float,
    app: SandboxApp,
) -> AppState:
    return AppState(
        description=description,
        registration=Registration(**{name: registration[name] for name in Registration.__dataclass_fields__}),
        directory=Directory(description.accounts(people)),
        clock=clock,
        token_seconds=token_seconds,
        grants=GrantStore(clock, description.refresh, description.max_grants),
        keys=Keys(),
        audit=AuditTrail(clock),
        faults=app.faults,
    )


def _add_routes(app: Flask, state: AppState, hooks: Mapping[str, Hook]) -> None:
    records = state.description.install(app, state)
    cards = CardSender(records, hooks, state.clock)
    app.extensions["sandbox-records"], app.extensions["sandbox-cards"] = records, cards
    endpoints = state.description.endpoints
    id_tokens = IdTokens(state.description, state.clock) if state.description.issuer else None
    if endpoints and id_tokens:
        app.register_blueprint(discovery(state.description, endpoints, id_tokens))
    app.register_blueprint(oauth_routes(state, create_authorization_server(state, id_tokens)))
    if state.description.personal_keys:
        app.register_blueprint(key_page(state, state.description.personal_keys))
    app.register_blueprint(record_pages(state, records, cards))
    app.register_blueprint(control_routes(state, records, cards))
    app.register_error_handler(HTTPException, _plain_error)
    app.after_request(_protect)


def _plain_error(error: HTTPException) -> BaseResponse | tuple[str, int] | tuple[Response, int]:
    """JSON for programs, a page for browsers."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if error.response is not None:
        return cast("BaseResponse", error.response)
    in_vendor_words = current_app.extensions.get("sandbox-unknown")
    if status == HTTPStatus.NOT_FOUND and in_vendor_words and "text/html" not in request.headers.get("Accept", ""):
        return cast("BaseResponse", in_vendor_words())
    if request.path.startswith("/sandbox/") or request.is_json:
        return jsonify(error=error.description), status
    return render_template("error.html", app=current().description, text=error.description), status


def _protect(response: Response) -> Response:
    """No framing, nothing from elsewhere, nothing kept by caches (no form-action: consent redirects across sites)."""
    response.headers.setdefault("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response
