"""What "Open in ServiceNow" opens: the record's page at the vendor's own addresses."""

from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from sandbox.apps.record_pages import record_page


def pages() -> Blueprint:
    """`/nav_to.do?uri=change_request.do?sys_id=…`, and the same without the frame; approvals likewise."""
    routes = Blueprint("servicenow_pages", __name__)

    @routes.get("/nav_to.do")
    def framed() -> str | Response:
        inner = urlsplit(request.args.get("uri", ""))
        return _show(parse_qs(inner.query).get("sys_id", [""])[0])

    @routes.get("/change_request.do")
    @routes.get("/sysapproval_approver.do")
    def bare() -> str | Response:
        return _show(request.args.get("sys_id", ""))

    return routes


def _show(sys_id: str) -> str | Response:
    extensions = current_app.extensions
    return record_page(extensions["sandbox-records"], extensions["sandbox-cards"], sys_id)
