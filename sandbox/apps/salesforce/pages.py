"""What "Open in Salesforce" opens: the record's page at Lightning's own addresses."""

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from sandbox.apps.record_pages import record_page


def pages() -> Blueprint:
    """`/lightning/r/Opportunity/{id}/view`, and the short `/{id}` that Salesforce sends on to it."""
    routes = Blueprint("salesforce_pages", __name__)

    @routes.get("/lightning/r/Opportunity/<record_id>/view")
    @routes.get("/<string(length=18):record_id>")
    def show(record_id: str) -> str | Response:
        extensions = current_app.extensions
        return record_page(extensions["sandbox-records"], extensions["sandbox-cards"], record_id)

    return routes
