"""The sandbox's own routes beside the vendor's, all JSON: audit, grants, cards, records, locked accounts, faults."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from sandbox.apps.cards import CardSender
from sandbox.apps.faults import Fault
from sandbox.apps.records import Records
from sandbox.apps.state import AppState


def control_routes(state: AppState, records: Records, cards: CardSender) -> Blueprint:
    """`/sandbox/…`. Writing takes JSON only, so that no other site's form can reach it."""
    routes = Blueprint("control", __name__, url_prefix="/sandbox")
    _reading(routes, state, cards)
    _writing(routes, state, records, cards)
    _faults(routes, state)
    return routes


def _reading(routes: Blueprint, state: AppState, cards: CardSender) -> None:
    @routes.get("/audit")
    def audit() -> Response:
        return jsonify(entries=state.audit.as_json())

    @routes.get("/grants")
    def grants() -> Response:
        return jsonify(grants=state.grants.as_json())

    @routes.get("/deliveries")
    def deliveries() -> Response:
        return jsonify(deliveries=[delivery.as_json() for delivery in cards.deliveries()])


def _writing(routes: Blueprint, state: AppState, records: Records, cards: CardSender) -> None:
    @routes.delete("/grants")
    def end_grants() -> Response:
        state.grants.end_all()
        return jsonify(grants=state.grants.as_json())

    @routes.post("/send_card")
    def send_card() -> Response:
        record_id = _text("sys_id", "record_id")
        try:
            delivery = cards.send(record_id)
        except KeyError:
            abort(404, "No such record, or no hook is set up for its recipe.")
        response = jsonify(delivery.as_json())
        response.status_code = 200 if delivery.status else 502
        return response

    @routes.post("/records")
    def add_record() -> tuple[Response, int]:
        try:
            record_id = records.add_for_approval(
                _text("title"), requested_by=_text("requested_by"), approver=_text("approver")
            )
        except KeyError as error:
            abort(400, f"No such login: {error.args[0]}")
        return jsonify(record_id=record_id), 201

    @routes.post("/accounts")
    def lock_account() -> Response:
        active = _body().get("active")
        if not isinstance(active, bool) or not state.directory.set_active(_text("login"), active=active):
            abort(400, "Say a login of this app and active: true or false.")
        return jsonify(ok=True)


def _faults(routes: Blueprint, state: AppState) -> None:
    @routes.get("/faults")
    def waiting_faults() -> Response:
        return jsonify(faults=state.faults.waiting())

    @routes.post("/faults")
    def add_fault() -> tuple[Response, int]:
        try:
            state.faults.add(Fault(**_body()))
        except (TypeError, ValueError) as error:
            abort(400, str(error))
        return jsonify(faults=state.faults.waiting()), 201

    @routes.delete("/faults")
    def clear_faults() -> Response:
        state.faults.clear()
        return jsonify(faults=[])


def _body() -> dict[str, Any]:
    body = request.get_json()
    return body if isinstance(body, dict) else abort(400, "Send a JSON object.")


def _text(*names: str) -> str:
    """The first of these fields that is there."""
    found = next((value for name in names if isinstance(value := _body().get(name), str) and value), None)
    return found or abort(400, f"{names[0]} is missing.")
