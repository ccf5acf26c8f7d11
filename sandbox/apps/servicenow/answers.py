"""How ServiceNow words its answers: errors, the caller check, and rows in the Table API's three ways."""

from typing import Any, NoReturn

from flask import abort, jsonify, make_response, request

from sandbox.apps.audit import Caller
from sandbox.apps.bearer import bearer_caller
from sandbox.apps.servicenow.tables import Row, Tables, Value


def refuse(status: int, message: str, detail: str | None = None) -> NoReturn:
    """End the request with ServiceNow's error body."""
    body = {"error": {"message": message, "detail": detail}, "status": "failure"}
    abort(make_response(jsonify(body), status))


def caller() -> Caller:
    """Who calls; 401 in ServiceNow's shape without a good token."""
    return bearer_caller() or refuse(401, "User Not Authenticated", "Required to provide Auth information")


def json_body() -> dict[str, Any]:
    """The request's JSON object; 400 otherwise."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        refuse(400, "Exception while reading request", "The payload is not valid JSON.")
    return body


def table_row(tables: Tables, table: str, row: Row) -> dict[str, Any]:
    """A row as the Table API answers it: `sysparm_fields`, `_display_value` and `_exclude_reference_link` say how."""
    wanted = [name.strip() for name in request.args.get("sysparm_fields", "").split(",") if name.strip()]
    values = {name: tables.value(table, row, name) for name in wanted or sorted(row)}
    return {name: _table_value(tables, value) for name, value in values.items() if value is not None}


def _table_value(tables: Tables, value: Value) -> Any:
    how = request.args.get("sysparm_display_value", "false")
    text = value.shown if how == "true" else value.stored
    link = {"link": f"{tables.instance}/api/now/table/{value.table}/{value.stored}"}
    linked = value.table is not None and request.args.get("sysparm_exclude_reference_link") != "true" and value.stored
    if how == "all":
        return {"display_value": value.shown, "value": value.stored} | (link if linked else {})
    if not linked:
        return text
    return link | {"display_value" if how == "true" else "value": text}


def change_row(tables: Tables, row: Row) -> dict[str, Any]:
    """A change as the Change Management API answers it: every field with `value` and `display_value`."""
    values = {name: tables.value("change_request", row, name) for name in sorted(row)}
    return {name: {"value": v.stored, "display_value": v.shown} for name, v in values.items() if v is not None}
