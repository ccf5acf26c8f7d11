"""A loopback HTTP server that does to each path what a test says: answers, drips, floods, hangs up."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class Received:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: value for name, (value,) in parse_qs(self.body.decode(), strict_parsing=True).items()}


type Behaviour = Callable[["Handler", Received], None]


class Handler(BaseHTTPRequestHandler):
    """Does what its path is scripted to do."""

    server: "Server"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(self.command, self.path, headers, body)
        self.server.received.append(received)
        path = self.path.partition("?")[0]
        behaviours = self.server.behaviours[path]
        behaviour = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        with suppress(OSError):
            behaviour(self, received)

    def do_POST(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Be silent."""


class Server(ThreadingHTTPServer):
    """The server, its script by path (the last behaviour stays), and what it received."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours: dict[str, list[Behaviour]] = {}
        self.received: list[Received] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def on(self, path: str, *behaviours: Behaviour) -> None:
        self.behaviours[path] = list(behaviours)

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what is tested."""


@contextmanager
def serve() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def says(status: int, body: bytes, content_type: str = "application/json", **headers: str) -> Behaviour:
    """A whole answer. ``Retry_After`` is ``Retry-After``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()} | {"Content-Type": content_type}
    return lambda handler, _: handler.answer(status, body, named)


def hangs_up(handler: Handler, _: Received) -> None:
    """Close without a word."""
    handler.close_connection = True
    handler.connection.close()


def half(handler: Handler, _: Received) -> None:
    """Promise more than is sent."""
    handler.answer(200, b'{"access_token": "at"', {"Content-Length": "500", "Content-Type": "application/json"})
    handler.close_connection = True


def floods(handler: Handler, _: Received) -> None:
    """Ten megabytes."""
    handler.answer(200, b"", {"Content-Length": "10485760", "Content-Type": "application/json"})
    for _chunk in range(160):
        handler.wfile.write(b" " * 65_536)


def drips(handler: Handler, _: Received) -> None:
    """A byte now and then, for ever."""
    handler.answer(200, b"", {"Content-Length": "1000", "Content-Type": "application/json"})
    while not handler.server.over.wait(0.1):
        handler.wfile.write(b" ")


def drips_headers(handler: Handler, _: Received) -> None:
    """A header line that never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.over.wait(0.1):
        handler.wfile.write(b"x")


def says_nothing(handler: Handler, _: Received) -> None:
    """Keep the line open, in silence."""
    handler.server.over.wait(30)
