"""The Table API: tables that recipes read, creating incidents, editing approvals (ServiceNowDocs c_TableAPI.md)."""

from flask import Blueprint, Response, jsonify, request

from sandbox.apps.audit import AuditTrail
from sandbox.apps.servicenow.answers import caller, json_body, refuse, table_row
from sandbox.apps.servicenow.encoded_query import find
from sandbox.apps.servicenow.requests import APPROVALS, WRITABLE, Requests
from sandbox.apps.servicenow.tables import AUTOMATIC, Row, Tables

DEFAULT_LIMIT = 10_000
INCIDENT_FIELDS = ("short_description", "description", "urgency", "impact", "category", "caller_id", "correlation_id")
NO_RECORD = ("No Record found", "Record doesn't exist or ACL restricts the record retrieval")


def table_api(tables: Tables, audit: AuditTrail, requests: Requests) -> Blueprint:
    """`/api/now/table/…`, with and without a version in the path."""
    routes = Blueprint("table_api", __name__)

    def read_many(table: str) -> Response:
        return _read_many(tables, _known(tables, table))

    def read_one(table: str, sys_id: str) -> Response:
        caller()
        row = tables.row(_known(tables, table), sys_id) or refuse(404, *NO_RECORD)
        return jsonify(result=table_row(tables, table, row))

    def create(table: str) -> tuple[Response, int, dict[str, str]]:
        return _create(tables, audit, _known(tables, table))

    def edit(table: str, sys_id: str) -> Response:
        return _edit(tables, requests, _known(tables, table), sys_id)

    for base in ("/api/now/table", "/api/now/v1/table", "/api/now/v2/table"):
        name = base.strip("/").replace("/", "_")
        routes.add_url_rule(f"{base}/<table>", f"{name}_many", read_many, methods=["GET"])
        routes.add_url_rule(f"{base}/<table>/<sys_id>", f"{name}_one", read_one, methods=["GET"])
        routes.add_url_rule(f"{base}/<table>", f"{name}_create", create, methods=["POST"])
        routes.add_url_rule(f"{base}/<table>/<sys_id>", f"{name}_edit", edit, methods=["PATCH"])
    return routes


def _known(tables: Tables, table: str) -> str:
    return table if tables.knows(table) else refuse(400, f"Invalid table {table}")


def _read_many(tables: Tables, table: str) -> Response:
    rows = find(tables, table, request.args.get("sysparm_query", ""), caller().account)
    start, limit = _number("sysparm_offset", 0), _number("sysparm_limit", DEFAULT_LIMIT)
    page = [table_row(tables, table, row) for row in rows[start : start + limit]]
    response = jsonify(result=page)
    response.headers["X-Total-Count"] = str(len(rows))
    return response


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else default


def _create(tables: Tables, audit: AuditTrail, table: str) -> tuple[Response, int, dict[str, str]]:
    who = caller()
    if table != "incident":
        refuse(403, "Operation Failed", "ACL Exception Insert Failed due to security constraints")
    body = json_body()
    given: Row = {name: str(body[name]) for name in INCIDENT_FIELDS if name in body and name not in AUTOMATIC}
    blank = dict.fromkeys(INCIDENT_FIELDS, "")
    own = {"caller_id": who.account.account_id, "opened_by": who.account.account_id, "state": "1"}
    row = tables.insert(table, blank | own | given, by=who.account.login)
    audit.add(who, "created", record=row["number"], record_id=row["sys_id"], comments=row["short_description"])
    where = f"{tables.instance}/api/now/table/{table}/{row['sys_id']}"
    return jsonify(result=table_row(tables, table, row)), 201, {"Location": where}


def _edit(tables: Tables, requests: Requests, table: str, sys_id: str) -> Response:
    """Approvals alone may be edited: by everybody here, as on an instance whose rules don't ask who the approver is."""
    who = caller()
    if tables.row(table, sys_id) is None:
        refuse(404, *NO_RECORD)
    if table != APPROVALS:
        refuse(403, "Operation Failed", "ACL Exception Update Failed due to security constraints")
    body = json_body()
    requests.edit(sys_id, who, {name: str(body[name]) for name in WRITABLE if name in body})
    return jsonify(result=table_row(tables, table, tables.row(table, sys_id) or {}))
