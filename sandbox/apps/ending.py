"""How a grant is ended and asked about from outside: revocation in the vendors' ways, and introspection (RFC 7662)."""

import hmac
from collections.abc import Mapping
from typing import Any

from flask import Response, abort, jsonify, request

from sandbox.apps.description import ClientAuthentication, Introspection, Json, Revocation
from sandbox.apps.grants import Grant
from sandbox.apps.hosts import meant_for
from sandbox.apps.state import AppState


def revoke(state: AppState, how: Revocation, at: Mapping[str, str]) -> Response:
    """Answer a revocation request; `at` are the values in the path."""
    if not meant_for(how.host):
        abort(404)
    if not _authenticated(state, how.authentication, at.get("client_id")):
        return _answer(*how.unauthenticated)
    token = at.get("token") or (_sent().get(how.token_field) if how.token_field else _bearer())
    if not token and how.missing_token:
        return _answer(*how.missing_token)
    known = _end(state, how, str(token or ""))
    return _answer(*(how.success if known or not how.unknown_token else how.unknown_token))


def introspect(state: AppState, how: Introspection) -> Response:
    """Answer an introspection request (RFC 7662 section 2.2)."""
    if not meant_for(how.host):
        abort(404)
    if not _authenticated(state, how.authentication, None):
        return _answer(401, {"error": "invalid_client"})
    token = str(_sent().get("token") or "")
    grant = state.grants.by_token(token)
    return jsonify(how.answer(grant, state.grants.expiry(token)) if grant else {"active": False})


def _end(state: AppState, how: Revocation, token: str) -> bool:
    """End what the token stands for, as far as this vendor goes; False when it wasn't live."""
    grant: Grant | None = state.grants.by_token(token)
    if how.ends == "token":
        return state.grants.revoke(token)
    if grant is None:
        return False
    if how.ends == "grant":
        state.grants.end(grant)
    else:
        state.grants.end_of(grant.account, grant.client_id)
    return True


def _authenticated(state: AppState, how: ClientAuthentication, client_id: str | None) -> bool:
    """Whether the request proves what this vendor wants to know; a client id in the path must be ours too."""
    ours = state.registration
    if client_id not in {None, ours.client_id}:
        return False
    match how:
        case "none":
            return True
        case "bearer":
            return state.grants.by_access_token(_bearer()) is not None
        case "client_secret_basic":
            given = request.authorization
            named, secret = (given.username, given.password) if given and given.type == "basic" else (None, None)
        case "client_secret_post":
            named, secret = _sent().get("client_id"), _sent().get("client_secret")
    same = hmac.compare_digest(str(secret or "").encode(), ours.client_secret.encode())
    return named == ours.client_id and same


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _sent() -> Mapping[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else request.values


def _answer(status: int, body: Json | None) -> Response:
    response = Response(status=status) if body is None else jsonify(body)
    response.status_code = status
    return response
