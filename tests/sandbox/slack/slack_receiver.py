"""The app's side of Slack's deliveries, for tests: a loopback server that records what comes and answers as told."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

PATIENCE = 5.0


@dataclass(frozen=True)
class Received:
    """One delivery, raw."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        """The flat fields of a form body."""
        return {name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    @property
    def payload(self) -> dict[str, Any]:
        """The JSON in a form's `payload`, or the JSON body."""
        if self.headers["content-type"].startswith("application/json"):
            return json.loads(self.body)
        return json.loads(self.fields["payload"])


@dataclass(frozen=True)
class Answer:
    """What the app says; `meanwhile` runs before it does, as when the app calls Slack back."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    meanwhile: Callable[[Received], object] | None = None
    delay: float = 0.0


class Receiver:
    """A loopback app. Answers 200 with an empty body unless `answers` says otherwise."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: deque[Answer] = deque()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.take(self, Received(self.path, headers, body))

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._arrived = threading.Condition()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        """The base that deliveries go to."""
        return f"http://127.0.0.1:{self._server.server_port}/local"

    def take(self, handler: BaseHTTPRequestHandler, received: Received) -> None:
        """Record one delivery and answer it."""
        with self._arrived:
            self.received.append(received)
            answer = self.answers.popleft() if self.answers else Answer()
            self._arrived.notify_all()
        if answer.meanwhile:
            answer.meanwhile(received)
        time.sleep(answer.delay)
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body.encode())))
        handler.end_headers()
        handler.wfile.write(answer.body.encode())

    def wait_for(self, count: int) -> list[Received]:
        """All deliveries, once there are this many."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.received) >= count, PATIENCE), self.received
            return list(self.received)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
