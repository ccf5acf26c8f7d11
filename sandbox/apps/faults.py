"""Faults on demand: the next answers of a path go wrong the way real servers do."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request

type Kind = Literal[
    "server_error",
    "html",
    "close",
    "huge",
    "slow",
    "drip",
    "rate_limited",
    "answer",
    "quote",
    "act_then_close",
    "act_then_slow",
]
KINDS: tuple[str, ...] = get_args(Kind.__value__)
HUGE_BYTES = 10 * 1024 * 1024
DRIPS_PER_SECOND = 5
CONTROL_PATHS = "/sandbox/"


@dataclass(frozen=True)
class Fault:
    """The next `times` requests to `path` (shell pattern) fail as `kind`.

    `seconds` is how long the slow ones take; `status`, `headers` and `body` are what an `answer` says for the app.
    A `quote` of this `status` holds the request, and what it was authorized by, in whatever member one reads.
    """

    path: str
    kind: str
    times: int = 1
    method: str | None = None
    seconds: float = 2.0
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    body: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")

    def hits(self, method: str, path: str) -> bool:
        """Whether this request is one that should fail."""
        return self.method in {None, method} and fnmatchcase(path, self.path)


class Faults:
    """The faults that are still to come, oldest first; safe for threads."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Let the next matching requests fail."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[dict[str, Any]]:
        """The faults still to come, as JSON objects."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, if any; counts it."""
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if fault.hits(method, path):
                    left = replace(fault, times=fault.times - 1)
                    self._waiting[place : place + 1] = [left] if left.times > 0 else []
                    return fault
        return None


class FaultyApp:
    """WSGI middleware that carries the faults out in front of `app`."""

    def __init__(self, app: WSGIApplication, faults: Faults, sleep: Callable[[float], None] = time.sleep) -> None:
        self._app = app
        self._faults = faults
        self._sleep = sleep

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or fail as the next fault says. The control paths never fail."""
        path = environ.get("PATH_INFO", "/")
        fault = None if path.startswith(CONTROL_PATHS) else self._faults.take(environ["REQUEST_METHOD"], path)
        if fault is None:
            return self._app(environ, start_response)
        if fault.kind in {"act_then_close", "act_then_slow"}:
            return self._act_first(fault, environ, start_response)
        if fault.kind == "slow":
            self._sleep(fault.seconds)
            return self._app(environ, start_response)
        if fault.kind == "close":
            return hang_up(environ, start_response)
        if fault.kind == "drip":
            return self._drip(fault, start_response)
        if fault.kind == "quote":
            return _quote(fault, environ, start_response)
        if fault.kind == "answer":
            start_response(f"{fault.status} As Told", list(fault.headers.items()))
            return [fault.body.encode()]
        return _wrong_answer(fault.kind, start_response)

    def _drip(self, fault: Fault, start_response: StartResponse) -> Iterable[bytes]:
        """A byte now and then, so that no single wait is long."""
        start_response("200 OK", [("Content-Type", "application/json")])
        for _ in range(int(fault.seconds * DRIPS_PER_SECOND)):
            self._sleep(1 / DRIPS_PER_SECOND)
            yield b" "

    def _act_first(self, fault: Fault, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if fault.kind == "act_then_slow":
            answer = self._app(environ, start_response)
            self._sleep(fault.seconds)
            return answer
        run_wsgi_app(self._app, environ)
        return hang_up(environ, start_response)


def hang_up(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Close the connection with no answer at all; without a server's socket, raise `ConnectionResetError`.

    WSGI has no word for this; waitress's documented `waitress.client_disconnected` is a method of the connection.
    """
    check = environ.get("waitress.client_disconnected")
    if check is None:
        raise ConnectionResetError("closed without an answer, as asked for by a fault")
    check.__self__.socket.shutdown(socket.SHUT_RDWR)
    # Nobody hears this; without it the server would log our silence as an error of its own.
    start_response("204 No Content", [])
    return []


def _quote(fault: Fault, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """As servers answer that were left in a mode for debugging."""
    asked = Request(environ)
    # What matters first: few who show such a text show all of it.
    said = f"{asked.authorization or ''} {asked.get_data(as_text=True)} {asked.method} {asked.full_path}"
    error = {"code": "BROKEN", "message": said, "detail": said, "errorCode": "BROKEN", "error_description": said}
    start_response(f"{fault.status} As Told", list(fault.headers.items()))
    return [json.dumps({"error": fault.body or error, **error, "errors": [error]}).encode()]


def _wrong_answer(kind: str, start_response: StartResponse) -> Iterable[bytes]:
    answers: dict[str, tuple[str, str, bytes]] = {
        "server_error": ("500 Internal Server Error", "application/json", b'{"error": "internal"}'),
        "rate_limited": ("429 Too Many Requests", "application/json", b'{"error": "too many requests"}'),
        "html": ("200 OK", "text/html", b"<!doctype html><title>Maintenance</title><p>We are back soon.</p>"),
        "huge": ("200 OK", "application/json", json.dumps({"filler": "x" * HUGE_BYTES}).encode()),
    }
    status, content_type, body = answers[kind]
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    start_response(status, [*headers, ("Retry-After", "1")] if kind == "rate_limited" else headers)
    return [body]
