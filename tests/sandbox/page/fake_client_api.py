"""The sandbox Slack's client API with answers that a test decides, so that the page can be tried by itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, redirect, request, send_from_directory
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as AnyResponse

from sandbox.people import PEOPLE

Json = dict[str, Any]
PAGE = Path(__file__).parents[3] / "sandbox" / "page"
SHUTDOWN_POLL = 0.02
"""Seconds after which the server notices that it shall end."""


@dataclass
class FakeClientApi:
    """What each person sees, what was posted, and what the next acts are answered with.

    Attributes:
        acts: (person, verb, body) of everything that was posted, in order.
        answers: Per verb, the answers to give before `{"ok": true}`.
        switches: The persons that the browser was signed in as, in order.
    """

    url: str = ""
    approvals: list[Json] = field(default_factory=list)
    direct: list[Json] = field(default_factory=list)
    home: Json | None = None
    form: Json | None = None
    notices: list[Json] = field(default_factory=list)
    deliveries: list[Json] = field(default_factory=list)
    shortcuts: list[Json] = field(default_factory=list)
    acts: list[tuple[str, str, Json]] = field(default_factory=list)
    answers: dict[str, list[Json]] = field(default_factory=dict)
    switches: list[str] = field(default_factory=list)
    reads: int = 0
    down: bool = False

    def seen_by(self, user: str) -> Json:
        """The snapshot of one person."""
        person = next(person for person in PEOPLE if person.id == user)
        return {
            "person": vars(person),
            "conversations": [
                {"id": "C0APPROVALS", "name": "approvals", "kind": "channel", "messages": self.approvals},
                {"id": "C0GENERAL", "name": "general", "kind": "channel", "messages": []},
                {"id": f"D0{person.name.upper()}", "name": "countersign", "kind": "dm", "messages": self.direct},
            ],
            "home": self.home,
            "form": self.form,
            "notices": self.notices,
            "deliveries": self.deliveries,
        }

    def act(self, user: str, verb: str, body: Json) -> Json:
        """Note an act and answer it."""
        self.acts.append((user, verb, body))
        scripted = self.answers.get(verb, [])
        return scripted.pop(0) if scripted else {"ok": True, "status": 200, "ms": 12}

    def bodies(self, verb: str) -> list[Json]:
        """What was posted with this verb."""
        return [body for _, done, body in self.acts if done == verb]


def _web_app(fake: FakeClientApi) -> Flask:
    app = Flask(__name__, static_folder=None)

    @app.get("/api/people")
    def people() -> Response:
        everyone = [vars(person) for person in PEOPLE]
        app = {"name": "Countersign", "shortcuts": fake.shortcuts}
        return jsonify(people=everyone, workspace={"id": "T0ACME", "name": "Acme"}, app=app)

    @app.get("/api/apps")
    def apps() -> Response:
        names = {"servicenow": "ServiceNow", "salesforce": "Salesforce", "box": "Box"}
        return jsonify(apps=[{"id": app_id, "name": name} for app_id, name in names.items()])

    @app.get("/api/people/<user>/messages")
    def messages(user: str) -> tuple[Response, int]:
        fake.reads += 1
        return (Response("gone"), 500) if fake.down else (jsonify(fake.seen_by(user)), 200)

    @app.post("/api/people/<user>/<verb>")
    def act(user: str, verb: str) -> Response:
        return jsonify(fake.act(user, verb, request.get_json()))

    @app.get("/session/switch")
    def switch() -> AnyResponse:
        fake.switches.append(f"{request.host.split(':')[0]} {request.args['person']}")
        return redirect(request.args["return_to"])

    @app.get("/", defaults={"name": "index.html"})
    @app.get("/<path:name>")
    def page(name: str) -> Response:
        return send_from_directory(PAGE, name)

    return app


@contextmanager
def serve_fake() -> Iterator[FakeClientApi]:
    """Serve the page and a fresh fake on a free port of the loopback address."""
    fake = FakeClientApi()
    server = make_server("127.0.0.1", 0, _web_app(fake), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(SHUTDOWN_POLL,), daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
