"""The whole sandbox as one WSGI application, told apart by the Host header, and the server that runs it.

`slack.localhost` is Slack's web, `<app>.localhost` an app, and 127.0.0.1 or localhost the page with, under `/slack`,
Slack for programs (which can't resolve `*.localhost`). Different hosts on purpose: cookies and sites are real then.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import waitress
from flask import Blueprint, Flask, Response, jsonify, send_from_directory
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from sandbox.apps.factory import DESCRIPTIONS
from sandbox.served_apps import Apps
from sandbox.slack import SandboxSlack, create_slack
from sandbox.slack.config import Clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADDRESS = "127.0.0.1"
THREADS = 32
PAGE = Path(__file__).parent / "page"
SAMPLE_CARDS_OF = ("servicenow", "salesforce", "netsuite", "github")
PAGE_POLICY = "default-src 'self'; frame-ancestors 'none'"

logger = logging.getLogger(__name__)


class Server(Protocol):
    """What waitress gives: a bound socket that serves until it is closed."""

    def run(self) -> None:
        """Serve until closed."""

    def close(self) -> None:
        """Stop accepting and end."""


@dataclass(frozen=True)
class Sandbox:
    """Everything that listens on the sandbox's port.

    Attributes:
        wsgi: The application to serve.
        slack: The sandbox Slack, e.g. to plant faults in process.
        apps: The business apps by id, each made when it is first looked up.
    """

    wsgi: "WSGIApplication"
    slack: SandboxSlack
    apps: Apps

    def close(self) -> None:
        """Stop what runs in the background."""
        self.slack.close()

    def send_sample_cards(self) -> None:
        """Let a few apps post the card of their first waiting record to its hook, as their business rule would.

        One or two in each channel: the others' cards are sent from their records' pages.
        """
        for app_id in [app_id for app_id in SAMPLE_CARDS_OF if app_id in self.apps]:
            app = self.apps[app_id]
            records, cards = app.extensions["sandbox-records"], app.extensions["sandbox-cards"]
            waiting = (record.record_id for record in records.listing() if records.card(record.record_id))
            record_id = next(waiting, None)
            if record_id is None:
                continue
            try:
                logger.info("Sample card of %s: %s", app_id, cards.send(record_id).as_json())
            except KeyError:
                logger.info("No hook is set up for the cards of %s", app_id)


def create_sandbox(config: Mapping[str, Any], clock: Clock = time.time) -> Sandbox:
    """Put the sandbox together from its config file's object.

    Apps that the sandbox does not have are left out: somebody else serves them.

    Raises:
        KeyError: The config lacks a required key.
    """
    apps = Apps(config, clock)
    slack = create_slack({**config, "apps": tuple(apps)}, clock, signed_in_at=apps.signed_in_at)
    page = DispatcherMiddleware(_page(slack.client_api, apps), {"/slack": slack.wsgi})
    hosts: dict[str, WSGIApplication] = {"127.0.0.1": page, "localhost": page, "slack.localhost": slack.wsgi}
    return Sandbox(_by_host(hosts | apps.by_host()), slack, apps)


def serve(wsgi: "WSGIApplication", port: int) -> Server:
    """Bind the loopback address; `run` of the answer serves. Port 0 takes any free one.

    Raises:
        OSError: The port is taken.
    """
    server: Server = waitress.create_server(wsgi, host=ADDRESS, port=port, threads=THREADS)
    return server


def _page(client_api: Blueprint, apps: Apps) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(client_api)

    @app.get("/api/apps")
    def listed() -> Response:
        return jsonify(apps=[{"id": app_id, "name": DESCRIPTIONS[app_id].name} for app_id in apps])

    @app.get("/", defaults={"name": "index.html"})
    @app.get("/<path:name>")
    def page(name: str) -> Response:
        answer = send_from_directory(PAGE, name)
        answer.headers["Content-Security-Policy"] = PAGE_POLICY
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    return app


def _by_host(hosts: "Mapping[str, WSGIApplication]") -> "WSGIApplication":
    """Dispatch by the Host header's name; an unknown name gets 421, so that a rebound DNS name reaches nothing."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        name = environ.get("HTTP_HOST", "").partition(":")[0].lower()
        app = hosts.get(name)
        if app is None:
            start_response("421 Misdirected Request", [("Content-Type", "text/plain")])
            return [b"Nothing of the sandbox answers to this host.\n"]
        return app(environ, start_response)

    return application
