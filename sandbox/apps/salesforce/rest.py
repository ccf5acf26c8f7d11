"""The REST API: opportunities, queries, approvals (developer.salesforce.com, "REST API Developer Guide")."""

import re
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from sandbox.apps.audit import AuditTrail, Caller
from sandbox.apps.records import RefusedError
from sandbox.apps.salesforce import opportunities
from sandbox.apps.salesforce.answers import caller, json_body, refuse
from sandbox.apps.salesforce.approvals import Deals
from sandbox.apps.salesforce.objects import OBJECTS, Org, Record, read_path
from sandbox.apps.salesforce.soql import QueryError, run, shaped

ACTIONS = {"Approve": True, "Reject": False}
type Answer = Response | tuple[Response, int]


def rest_api(org: Org, deals: Deals, audit: AuditTrail) -> Blueprint:
    """`/services/data/v…`: any version that is written like one."""
    routes = Blueprint("rest", __name__, url_prefix="/services/data/<version>")
    routes.url_value_preprocessor(_take_version)
    _records(routes, org, audit)
    _queries_and_approvals(routes, org, deals)
    return routes


def _records(routes: Blueprint, org: Org, audit: AuditTrail) -> None:
    @routes.post("/sobjects/Opportunity")
    @routes.post("/sobjects/Opportunity/")
    def create() -> Answer:
        return _created(audit, (who := caller()), opportunities.create(org, who, json_body())), 201

    @routes.get("/sobjects/Opportunity/<key>")
    def read(key: str) -> Response:
        caller()
        return _one(org, org.get("Opportunity", key))

    @routes.get(f"/sobjects/Opportunity/{opportunities.EXTERNAL_ID}/<external_id>")
    def read_by_external_id(external_id: str) -> Response:
        caller()
        return _one(org, opportunities.find(org, external_id))

    @routes.patch(f"/sobjects/Opportunity/{opportunities.EXTERNAL_ID}/<external_id>")
    def upsert(external_id: str) -> Answer:
        return _upsert(org, audit, external_id)


def _queries_and_approvals(routes: Blueprint, org: Org, deals: Deals) -> None:
    @routes.get("/query")
    @routes.get("/query/")
    def query() -> Response:
        caller()
        try:
            return jsonify(run(org, request.args.get("q", ""), g.version))
        except QueryError as error:
            refuse(400, error.code, str(error))

    @routes.post("/process/approvals")
    @routes.post("/process/approvals/")
    def approvals() -> Response:
        who, asked = caller(), json_body().get("requests")
        if not isinstance(asked, list) or not all(isinstance(one, dict) for one in asked):
            refuse(400, "JSON_PARSER_ERROR", "requests must be a list of objects")
        return jsonify([_approval(deals, who, one) for one in asked])


def _take_version(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Keep the path's version for the answers' URLs."""
    g.version = (values or {}).pop("version", "")
    if not re.fullmatch(r"v\d+\.0", g.version):
        refuse(404, "NOT_FOUND", "The requested resource does not exist")


def _created(audit: AuditTrail, who: Caller, record: Record) -> Response:
    audit.add(who, "created", record=record["Name"], record_id=record["Id"])
    return jsonify(id=record["Id"], success=True, errors=[])


def _upsert(org: Org, audit: AuditTrail, external_id: str) -> Answer:
    """201 for a new record, 200 for one that was there: dome_upsert. The external id stands in the path only."""
    who, body = caller(), json_body()
    if opportunities.EXTERNAL_ID in body:
        message = f"The {opportunities.EXTERNAL_ID} field should not be specified in the sobject data."
        refuse(400, "INVALID_FIELD", message)
    with org.lock:
        record = opportunities.find(org, external_id)
        if record is None:
            record = opportunities.create(org, who, body | {opportunities.EXTERNAL_ID: external_id})
            audit.add(who, "created", record=record["Name"], record_id=record["Id"])
            return jsonify(id=record["Id"], success=True, errors=[], created=True), 201
        opportunities.update(org, who, record, body)
    audit.add(who, "updated", record=record["Name"], record_id=record["Id"])
    return jsonify(id=record["Id"], success=True, errors=[], created=False)


def _one(org: Org, record: Record | None) -> Response:
    if record is None:
        refuse(404, "NOT_FOUND", "The requested resource does not exist")
    fields = [name.strip() for name in request.args.get("fields", "").split(",") if name.strip()]
    for name in fields:
        if not read_path(org, "Opportunity", record, name)[0]:
            refuse(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type Opportunity")
    return jsonify(shaped(org, "Opportunity", record, fields or list(OBJECTS["Opportunity"].fields), g.version))


def _approval(deals: Deals, who: Caller, asked: dict[str, Any]) -> dict[str, Any]:
    """One request's result. HTTP is 200 whatever happens here: resources-process-approvals-post."""
    blank = {"actorIds": None, "entityId": None, "instanceId": None, "instanceStatus": None, "newWorkitemIds": None}
    try:
        instance = _decided(deals, who, asked)
    except RefusedError as refusal:
        error = {"statusCode": refusal.code, "message": refusal.detail, "fields": []}
        return blank | {"errors": [error], "success": False}
    done = {"entityId": instance["TargetObjectId"], "instanceId": instance["Id"], "instanceStatus": instance["Status"]}
    return blank | done | {"errors": None, "newWorkitemIds": [], "success": True}


def _decided(deals: Deals, who: Caller, asked: dict[str, Any]) -> Record:
    action, comments = ACTIONS.get(str(asked.get("actionType"))), str(asked.get("comments") or "")
    if action is None:
        raise RefusedError("INVALID_OPERATION", "actionType must be Approve or Reject here")
    return deals.decide_work_item(str(asked.get("contextId")), who, approve=action, comments=comments)
