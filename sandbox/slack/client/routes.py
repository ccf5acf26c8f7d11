"""The client API: what the sandbox page and browser tests use to be a person in Slack. JSON in, JSON out.

Writing routes take `application/json` only, so that a form on another site cannot reach them.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.slack.client.administration import administer, deactivate
from sandbox.slack.client.clicks import click
from sandbox.slack.client.composer import type_text
from sandbox.slack.client.screen import people, screen
from sandbox.slack.client.shortcuts import open_home, shortcut
from sandbox.slack.client.submissions import close, submit
from sandbox.slack.errors import SlackError
from sandbox.slack.faults import Fault
from sandbox.slack.model import Json
from sandbox.slack.state import SlackState

_DEEDS: dict[str, Callable[[SlackState, str, Json], Json]] = {
    "click": click,
    "type": type_text,
    "submit": submit,
    "close": close,
    "shortcut": shortcut,
    "deactivate": deactivate,
    "home": lambda state, user, _asked: open_home(state, user),
}


def client_api(state: SlackState) -> Blueprint:
    """The routes under `/api/people`; for tests `/api/faults`, `/api/events`, `/api/administration`, `/api/calls`."""
    routes = Blueprint("client_api", __name__)
    routes.add_url_rule("/api/people", view_func=lambda: jsonify(people(state)), endpoint="people")
    routes.add_url_rule("/api/calls", view_func=lambda: jsonify(state.journal.calls()), endpoint="calls")

    @routes.get("/api/people/<user>/messages")
    def messages(user: str) -> Response:
        return _answer(lambda: screen(state, user))

    @routes.post("/api/people/<user>/<deed>")
    def act(user: str, deed: str) -> Response:
        asked = _asked()
        if deed not in _DEEDS:
            return _answer(lambda: _refuse("unknown_deed"))
        return _answer(lambda: _DEEDS[deed](state, user, asked))

    @routes.post("/api/faults")
    def plant() -> Response:
        return _answer(lambda: _plant(state, _asked()))

    @routes.delete("/api/faults")
    def clear() -> Response:
        state.faults.clear()
        return jsonify({"ok": True})

    @routes.post("/api/events")
    def send_event() -> Response:
        return _answer(lambda: _send_event(state, _asked()))

    @routes.post("/api/administration")
    def change() -> Response:
        return _answer(lambda: administer(state, _asked()))

    return routes


def _plant(state: SlackState, asked: Json) -> Json:
    method, times = asked.pop("method"), asked.pop("times", 1)
    if not Fault.__dataclass_fields__.keys() >= asked.keys():
        raise SlackError("unknown_fault_field")
    state.faults.plant(method, Fault(**asked), times=times)
    return {"ok": True}


def _send_event(state: SlackState, asked: Json) -> Json:
    workspace = state.workspaces[asked.get("team_id", state.config.team_id)]
    return {"ok": True, "event_id": state.events.send(workspace, asked.get("user", ""), asked["event"])}


def _asked() -> Json:
    document: Any = request.get_json()
    return document if isinstance(document, dict) else {}


def _answer(work: Callable[[], Json]) -> Response:
    try:
        return jsonify(work())
    except SlackError as error:
        answer = jsonify(error.as_answer())
        answer.status_code = 404 if error.code.endswith("not_found") else 400
    except KeyError as error:
        answer = jsonify({"ok": False, "error": f"missing {error}"})
        answer.status_code = 400
    return answer


def _refuse(code: str) -> Json:
    raise SlackError(code)
