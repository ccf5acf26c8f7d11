"""Puts one app's authorization server together: authlib's, told by the description what this vendor does."""

import secrets
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2 import OAuth2Request
from flask import Request, Response, jsonify, request
from werkzeug.datastructures import MultiDict

from sandbox.apps.accounts import Account
from sandbox.apps.client import Client
from sandbox.apps.description import AppDescription, IssuedFor, Json
from sandbox.apps.hosts import meant_for
from sandbox.apps.openid import IdTokens
from sandbox.apps.state import AppState, current
from sandbox.apps.token_grants import S256, CodeGrant, RefreshGrant, access_seconds, save_token

ACCESS_TOKEN_BYTES = 64
REFRESH_TOKEN_BYTES = 48
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MEDIA_TYPES = {"form": {FORM}, "json": {JSON}, "either": {FORM, JSON}}


class LoopbackPayload(FlaskOAuth2Payload):
    """The request's parameters, from the query and a form or a JSON body."""

    @property
    def data(self) -> Any:
        """All parameters."""
        return _json_members(self._request) or self._request.values

    @property
    def scope(self) -> str | None:
        """The asked scope, separated by spaces whatever the vendor wants between them."""
        asked = self.data.get("scope")
        return asked.replace(current().description.scope_separator, " ") if asked else None


class LoopbackRequest(FlaskOAuth2Request):
    """The request as if it had come by TLS, which authlib demands: here plain HTTP never leaves the machine."""

    def __init__(self, asked: Request) -> None:
        url = asked.url.replace("http://", "https://", 1)
        OAuth2Request.__init__(self, method=asked.method, uri=url, headers=asked.headers)
        self._request = asked
        self.payload = LoopbackPayload(asked)

    @property
    def form(self) -> Any:
        """The parameters of the body."""
        return _json_members(self._request) or self._request.form


class LoopbackServer(AuthorizationServer):
    """authlib's server on plain HTTP."""

    def create_oauth2_request(self, _request: Any) -> LoopbackRequest:
        """The present request."""
        return LoopbackRequest(request)


def _json_members(asked: Request) -> MultiDict[str, str]:
    body = asked.get_json(silent=True) if asked.mimetype == JSON else None
    members = body if isinstance(body, dict) else {}
    return MultiDict({name: str(value) for name, value in members.items() if value is not None})


def create_authorization_server(state: AppState, id_tokens: IdTokens | None) -> AuthorizationServer:
    """The server with both grants, PKCE and, where the app has them, id_tokens."""
    client = Client(state.registration, state.description)
    server = LoopbackServer(
        query_client=lambda client_id: client if client_id == state.registration.client_id else None,
        save_token=lambda token, asked: save_token(state, token, asked),
    )
    server.register_token_generator("default", _generator(state, id_tokens))
    pkce = state.description.pkce
    extensions: list[Any] = [] if pkce == "ignored" else [S256(required=pkce == "required")]
    if id_tokens:
        extensions.append(id_tokens)
    server.register_grant(CodeGrant, extensions)
    server.register_grant(RefreshGrant, [id_tokens] if id_tokens else [])
    return server


def _generator(state: AppState, id_tokens: IdTokens | None) -> Any:
    """Token answers (RFC 6749 section 5.1) with what this vendor adds or leaves out."""
    description = state.description

    def access_token(issued: IssuedFor) -> str:
        if id_tokens and description.access_token_claims:
            unique = {"jti": secrets.token_urlsafe(), "exp": int(issued.issued_at + state.token_seconds)}
            return id_tokens.sign(unique | description.access_token_claims(issued))
        return description.access_token_prefix + secrets.token_urlsafe(ACCESS_TOKEN_BYTES)

    def generate(*, user: Account, scope: str, include_refresh_token: bool = True, **_context: Any) -> Json:
        issued = IssuedFor(user, state.registration, state.clock(), scope)
        answer: Json = {"access_token": access_token(issued), "token_type": "Bearer", "scope": scope}
        seconds = access_seconds(state, LoopbackRequest(request))
        if description.expires_in != "absent" and seconds != float("inf"):
            answer["expires_in"] = int(seconds)
        if include_refresh_token:
            answer["refresh_token"] = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
        return answer | description.token_extras(issued)

    return generate


def token_response(state: AppState, server: AuthorizationServer) -> Response:
    """Answer a token request; one at a time, so that a code or a rotating token has exactly one winner."""
    description = state.description
    if request.mimetype not in MEDIA_TYPES[description.token_body]:
        status, error = description.errors.always or description.errors.wrong_body
        return _answer(description, error, status)
    if not meant_for(_host_for(description, LoopbackRequest(request).form.get("grant_type"))):
        return _answer(description, {"error": "not_found"}, HTTPStatus.NOT_FOUND)
    with state.grants.exclusively:
        response: Response = server.create_token_response()
    body = response.get_json()
    if response.status_code != HTTPStatus.OK:
        return _answer(description, *_in_vendor_words(description, body, response.status_code))
    if description.expires_in == "string":
        body["expires_in"] = str(body["expires_in"])
    return _answer(description, description.token_wording(body), HTTPStatus.OK)


def _host_for(description: AppDescription, grant_type: str | None) -> str | None:
    if description.endpoints is None:
        return None
    at_refresh = grant_type == "refresh_token"
    return description.endpoints.refresh_host if at_refresh else description.endpoints.code_host


def _in_vendor_words(description: AppDescription, error: Json, status: int) -> tuple[Json, int]:
    """The error as RFC 6749 section 5.2 has it, unless the vendor says it otherwise."""
    how, code = description.errors, str(error.get("error"))
    if how.always:
        return how.always[1], how.always[0]
    at_refresh = LoopbackRequest(request).form.get("grant_type") == "refresh_token"
    kind = ("bad_refresh_token" if at_refresh else "bad_code") if code == "invalid_grant" else code
    body = how.words.get(kind) or how.words.get(code) or error
    return body, how.statuses.get(code) or how.statuses.get("*") or status


def _answer(description: AppDescription, body: Json, status: int) -> Response:
    if description.answers_forms and JSON not in request.headers.get("Accept", ""):
        response = Response(urlencode(body), mimetype=FORM)
    else:
        response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
