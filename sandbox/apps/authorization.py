"""Puts one app's authorization server together: authlib's, told by the description what this vendor does."""

import secrets
from http import HTTPStatus
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2 import OAuth2Request
from flask import Request, Response, jsonify, request

from sandbox.apps.accounts import Account
from sandbox.apps.client import Client
from sandbox.apps.description import AppDescription, IssuedFor, Json
from sandbox.apps.openid import IdTokens
from sandbox.apps.state import AppState
from sandbox.apps.token_grants import S256, CodeGrant, RefreshGrant, save_token

ACCESS_TOKEN_BYTES = 64
REFRESH_TOKEN_BYTES = 48
FORM = "application/x-www-form-urlencoded"


class LoopbackRequest(FlaskOAuth2Request):
    """The request as if it had come by TLS, which authlib demands: here plain HTTP never leaves the machine."""

    def __init__(self, asked: Request) -> None:
        url = asked.url.replace("http://", "https://", 1)
        OAuth2Request.__init__(self, method=asked.method, uri=url, headers=asked.headers)
        self._request = asked
        self.payload = FlaskOAuth2Payload(asked)


class LoopbackServer(AuthorizationServer):
    """authlib's server on plain HTTP."""

    def create_oauth2_request(self, _request: Any) -> LoopbackRequest:
        """The present request."""
        return LoopbackRequest(request)


def create_authorization_server(state: AppState, id_tokens: IdTokens | None) -> AuthorizationServer:
    """The server with both grants, PKCE and, where the app has them, id_tokens."""
    client = Client(state.registration, state.description)
    server = LoopbackServer(
        query_client=lambda client_id: client if client_id == state.registration.client_id else None,
        save_token=lambda token, asked: save_token(state, token, asked),
    )
    server.register_token_generator("default", _generator(state))
    extensions: list[Any] = [S256(required=state.description.pkce_required)]
    if id_tokens:
        extensions.append(id_tokens)
    server.register_grant(CodeGrant, extensions)
    server.register_grant(RefreshGrant, [id_tokens] if id_tokens else [])
    return server


def _generator(state: AppState) -> Any:
    """Token answers (RFC 6749 section 5.1) with what this vendor adds or leaves out."""
    description = state.description

    def generate(*, user: Account, scope: str, include_refresh_token: bool = True, **_context: Any) -> Json:
        answer: Json = {
            "access_token": description.access_token_prefix + secrets.token_urlsafe(ACCESS_TOKEN_BYTES),
            "token_type": "Bearer",
            "scope": scope,
        }
        if description.sends_expires_in:
            answer["expires_in"] = int(state.token_seconds)
        if include_refresh_token:
            answer["refresh_token"] = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
        return answer | description.token_extras(IssuedFor(user, state.registration, state.clock()))

    return generate


def token_response(state: AppState, server: AuthorizationServer) -> Response:
    """Answer a token request; one at a time, so that a code or a rotating token has exactly one winner."""
    if request.mimetype != FORM:
        return _in_vendor_words(state.description, {"error": "invalid_request"}, HTTPStatus.BAD_REQUEST)
    with state.grants.exclusively:
        response: Response = server.create_token_response()
    if response.status_code == HTTPStatus.OK:
        return response
    return _in_vendor_words(state.description, response.get_json(), response.status_code)


def _in_vendor_words(description: AppDescription, error: Json, status: int) -> Response:
    """The error as RFC 6749 section 5.2 has it, unless the vendor says it otherwise."""
    if description.token_error:
        status, error = description.token_error
    elif error.get("error") == "invalid_grant" and request.form.get("grant_type") == "refresh_token":
        error = description.refresh_error or error
    response = jsonify(error)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
