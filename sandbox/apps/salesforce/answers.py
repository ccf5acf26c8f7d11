"""How Salesforce words its refusals: a list of `{message, errorCode, fields?}`."""

from typing import Any, NoReturn

from flask import abort, jsonify, make_response, request

from sandbox.apps.audit import Caller
from sandbox.apps.bearer import bearer_caller


def refuse(status: int, code: str, message: str, fields: list[str] | None = None) -> NoReturn:
    """End the request with Salesforce's error body."""
    error: dict[str, Any] = {"message": message, "errorCode": code}
    if fields is not None:
        error["fields"] = fields
    abort(make_response(jsonify([error]), status))


def caller() -> Caller:
    """Who calls; 401 INVALID_SESSION_ID without a good token, also for one whose session ended."""
    return bearer_caller() or refuse(401, "INVALID_SESSION_ID", "Session expired or invalid")


def json_body() -> dict[str, Any]:
    """The request's JSON object; 400 JSON_PARSER_ERROR otherwise."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        refuse(400, "JSON_PARSER_ERROR", "The HTTP entity body is required, and must be a JSON object.")
    return body
