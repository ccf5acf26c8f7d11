"""A sandbox Slack on a real server, with a receiver as its app."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from slack_receiver import Receiver
from slack_world import Clock, World, configuration
from werkzeug.serving import make_server

from sandbox.server import create_sandbox


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def start(receiver: Receiver) -> Iterator[Callable[..., World]]:
    stops: list[Callable[[], object]] = []

    def begin(**slack: Any) -> World:
        # The sandbox has to know its port, and the port is known once the server is there.
        server = make_server("127.0.0.1", 0, Flask(__name__), threaded=True)
        server.daemon_threads = True
        clock = Clock()
        sandbox = create_sandbox(configuration(server.port, receiver, **slack), clock)
        server.app = sandbox.wsgi
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        stops.extend([server.shutdown, thread.join, server.server_close, sandbox.close])
        return World(sandbox, receiver, clock, server.port)

    yield begin
    for stop in stops:
        stop()


@pytest.fixture
def world(start: Callable[..., World]) -> World:
    return start()
