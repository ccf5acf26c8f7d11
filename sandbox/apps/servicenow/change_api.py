"""The Change Management API: read a change, approve or reject it (ServiceNowDocs change-management-api.md)."""

from flask import Blueprint, Response, jsonify

from sandbox.apps.records import RefusedError
from sandbox.apps.servicenow.answers import caller, change_row, json_body, refuse
from sandbox.apps.servicenow.changes import Changes
from sandbox.apps.servicenow.table_api import NO_RECORD
from sandbox.apps.servicenow.tables import Tables

DECISIONS = {"approved": True, "rejected": False}


def change_api(tables: Tables, changes: Changes) -> Blueprint:
    """`/api/sn_chg_rest/change/…`, with and without a version in the path."""
    routes = Blueprint("change_api", __name__)

    def read(sys_id: str) -> Response:
        caller()
        row = tables.row("change_request", sys_id) or refuse(404, *NO_RECORD)
        return jsonify(result=change_row(tables, row))

    def decide(sys_id: str) -> Response:
        return _decide(tables, changes, sys_id)

    for base in ("/api/sn_chg_rest/change", "/api/sn_chg_rest/v1/change"):
        name = base.strip("/").replace("/", "_")
        routes.add_url_rule(f"{base}/<sys_id>", f"{name}_read", read, methods=["GET"])
        routes.add_url_rule(f"{base}/<sys_id>/approvals", f"{name}_decide", decide, methods=["PATCH"])
    return routes


def _decide(tables: Tables, changes: Changes, sys_id: str) -> Response:
    """As the current user; any refusal is a 400. The answer is the change, in a list: it doesn't say who approved."""
    who, body = caller(), json_body()
    approve = DECISIONS.get(str(body.get("state")))
    if approve is None:
        refuse(400, "Invalid state", "state must be approved or rejected.")
    try:
        changes.decide(sys_id, who, approve=approve, comments=str(body.get("comments") or "").strip())
    except RefusedError as refusal:
        refuse(400, refusal.code, refusal.detail)
    return jsonify(result=[change_row(tables, tables.row("change_request", sys_id) or {})])
