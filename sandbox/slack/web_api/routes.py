"""Slack's Web API over HTTP: reading requests, checking tokens, planting faults, answering.

Form and JSON bodies, `Authorization: Bearer` or a `token` field; a refusal is HTTP 200 with `ok: false`.
Source: docs.slack.dev/apis/web-api.
"""

import time
from http import HTTPStatus

from flask import Blueprint, Request, Response, jsonify, request

from sandbox.slack.errors import SlackError
from sandbox.slack.faults import Fault
from sandbox.slack.model import Json
from sandbox.slack.state import SlackState
from sandbox.slack.tokens import Token
from sandbox.slack.web_api.call import Call
from sandbox.slack.web_api.methods import CODE_METHODS, METHODS
from sandbox.slack.workspace import Workspace

NEED_TEAM = frozenset({"users.list", "usergroups.list", "usergroups.users.list", "conversations.list"})
"""With a whole organisation's token these must be told the workspace."""


def web_api(state: SlackState) -> Blueprint:
    """The routes `/api/<method>` and `/response/<key>`."""
    routes = Blueprint("web_api", __name__)

    @routes.route("/api/<method>", methods=["GET", "POST"])
    def call_method(method: str) -> Response:
        fault = state.faults.take(method)
        if fault and not fault.after and not fault.only_slow:
            state.journal.called(method, f"fault {fault.status}")
            return _spoilt(fault)
        answer = _answer(state, method, request)
        state.journal.called(method, answer.get("error"))
        return _spoilt(fault, jsonify(answer)) if fault else jsonify(answer)

    @routes.post("/response/<key>")
    def respond(key: str) -> Response:
        fault = state.faults.take("response_url")
        if fault and not fault.after and not fault.only_slow:
            return _spoilt(fault)
        answer = _respond(state, key)
        return _spoilt(fault, answer) if fault else answer

    return routes


def _answer(state: SlackState, method: str, asked: Request) -> Json:
    if method not in METHODS and method not in CODE_METHODS:
        return SlackError("unknown_method", req_method=method).as_answer()
    try:
        arguments = _arguments(asked)
        with state.lock:
            if method in CODE_METHODS:
                return {"ok": True, **CODE_METHODS[method](state, _with_basic(arguments, asked))}
            return {"ok": True, **METHODS[method].run(state, _authorized(state, method, arguments, asked))}
    except SlackError as error:
        return error.as_answer()


def _arguments(asked: Request) -> Json:
    if asked.mimetype != "application/json" or not asked.get_data():
        return asked.values.to_dict()
    document = asked.get_json(silent=True)
    if not isinstance(document, dict):
        raise SlackError("invalid_json" if document is None else "json_not_object")
    return document


def _authorized(state: SlackState, method: str, arguments: Json, asked: Request) -> Call:
    wanted = METHODS[method]
    secret = _bearer(asked)
    if not secret and asked.mimetype != "application/json":
        # In a JSON body Slack does not look for a token.
        secret = arguments.get("token", "")
    if not secret:
        raise SlackError("not_authed")
    token = state.tokens.find(secret)
    if token is None:
        raise SlackError("invalid_auth")
    if wanted.kind not in {"any", token.kind}:
        raise SlackError("not_allowed_token_type")
    if wanted.scope and wanted.scope not in token.scopes:
        raise SlackError("missing_scope", needed=wanted.scope, provided=",".join(sorted(token.scopes)))
    if token.expires_at is not None and token.expires_at <= state.clock():
        raise SlackError("token_expired")
    return Call(arguments, secret, token, _workspace(state, token, method, arguments))


def _workspace(state: SlackState, token: Token, method: str, arguments: Json) -> Workspace:
    """Where a call belongs: with an organisation's token, by `team_id` or by what it names."""
    if token.team_id in state.workspaces:
        return state.workspaces[token.team_id]
    added = [each for each in state.of_organisation(token.team_id) if each.id in state.added_to]
    if arguments.get("team_id"):
        named = [each for each in added if each.id == arguments["team_id"]]
        if not named:
            raise SlackError("team_not_found")
        return named[0]
    if method in NEED_TEAM:
        raise SlackError("missing_argument", needed="team_id")
    about = {arguments.get("channel"), arguments.get("user"), arguments.get("user_id")}
    meant = [each for each in added if about & {*each.people, *each.conversations}]
    return (meant or added or state.of_organisation(token.team_id))[0]


def _bearer(asked: Request) -> str:
    scheme, _, secret = asked.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _with_basic(arguments: Json, asked: Request) -> Json:
    if asked.authorization and asked.authorization.type == "basic":
        given = asked.authorization
        return arguments | {"client_id": given.username, "client_secret": given.password}
    return arguments


def _respond(state: SlackState, key: str) -> Response:
    document = request.get_json(silent=True, force=True)
    try:
        with state.lock:
            state.response_urls.respond(key, document)
    except SlackError as error:
        gone = error.code in {"invalid_response_url", "expired_url", "used_url"}
        state.journal.called("response_url", error.code)
        answer = jsonify(error.as_answer())
        answer.status_code = 404 if gone else 400
        return answer
    state.journal.called("response_url", None)
    return Response("ok", mimetype="text/plain")


def _spoilt(fault: Fault, answer: Response | None = None) -> Response:
    time.sleep(fault.delay)
    if fault.only_slow and answer is not None:
        return answer
    if fault.body is not None:
        return Response(fault.body, fault.status, mimetype="text/html")
    spoilt = jsonify({"ok": False, "error": fault.error or _error_for(fault.status)})
    spoilt.status_code = fault.status
    if fault.status == HTTPStatus.TOO_MANY_REQUESTS:
        spoilt.headers["Retry-After"] = str(fault.retry_after)
    return spoilt


def _error_for(status: int) -> str:
    return "ratelimited" if status == HTTPStatus.TOO_MANY_REQUESTS else "internal_error"
