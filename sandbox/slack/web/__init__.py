"""Slack's web pages: signing a browser in, Sign in with Slack, installing the app, switching people, permalinks."""

from pathlib import Path

from flask import Flask, Response

from sandbox.slack.state import SlackState
from sandbox.slack.web.authorize import authorize_routes
from sandbox.slack.web.browser import session_routes
from sandbox.slack.web.discovery import discovery_routes
from sandbox.slack.web.permalinks import permalink_routes


def web_pages(state: SlackState) -> Flask:
    """A Flask app with the pages; the Web API's routes are added to it by the caller."""
    here = Path(__file__).parent
    app = Flask(__name__, template_folder=str(here / "templates"), static_folder=str(here / "static"))
    app.register_blueprint(authorize_routes(state))
    app.register_blueprint(session_routes(state))
    app.register_blueprint(discovery_routes(state))
    app.register_blueprint(permalink_routes(state))
    app.after_request(_protect)
    return app


def _protect(answer: Response) -> Response:
    """No framing, nothing from elsewhere, nothing kept. No form-action: a decision redirects to the app's own site."""
    answer.headers.setdefault("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
    answer.headers.setdefault("Referrer-Policy", "no-referrer")
    answer.headers["Cache-Control"] = "no-store"
    return answer
