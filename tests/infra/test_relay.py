"""The relay between containers and this machine, tried between two addresses of loopback."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from tools.relay import relayed, write_layer

HERE, THERE = "127.0.0.1", "127.0.0.2"


class Echo(threading.Thread):
    """Listens on `THERE` and says back, once, what one peer said until it had ended."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listening = socket.create_server((THERE, 0))
        self.port: int = self.listening.getsockname()[1]

    def run(self) -> None:
        peer, _ = self.listening.accept()
        with peer:
            said = b"".join(iter(lambda: peer.recv(65536), b""))
            peer.sendall(said)


@pytest.fixture
def echo() -> Iterator[Echo]:
    if sys.platform != "linux":
        pytest.skip("only Linux has all of 127.0.0.0/8 as addresses of its own")
    thread = Echo()
    with thread.listening:
        thread.start()
        yield thread


def said_back(port: int, text: bytes) -> bytes:
    with socket.create_connection((HERE, port), timeout=10) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_bytes_and_their_end_come_through_both_ways(echo: Echo) -> None:
    much = bytes(range(256)) * 8192
    with relayed(HERE, THERE, [echo.port], IPv4Network("127.0.0.0/8")):
        assert said_back(echo.port, much) == much


def test_a_peer_of_another_network_is_turned_away(echo: Echo) -> None:
    with relayed(HERE, THERE, [echo.port], IPv4Network("172.17.0.0/16")):
        assert said_back(echo.port, b"") == b""
    assert echo.is_alive(), "nothing came through: it still waits"


def test_it_listens_at_its_own_address_alone_and_only_while_it_runs(echo: Echo) -> None:
    with relayed(HERE, THERE, [echo.port], IPv4Network("127.0.0.0/8")), pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.3", echo.port))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HERE, echo.port))


class RuntimeApi(HTTPServer):
    """Lambda's Extensions API as far as to keep what it was asked, and by whom."""

    def __init__(self) -> None:
        super().__init__((HERE, 0), Answer)
        self.asked: list[tuple[str, str | None, str | None]] = []


class Answer(BaseHTTPRequestHandler):
    server: RuntimeApi

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self) -> None:
        name, identifier = (self.headers[f"Lambda-Extension-{what}"] for what in ("Name", "Identifier"))
        self.server.asked.append((self.path, name, identifier))
        self.send_response(200)
        self.send_header("Lambda-Extension-Identifier", "this-one")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_the_layer_is_an_extension_that_listens_before_the_function_may_begin(echo: Echo, tmp_path: Path) -> None:
    write_layer(tmp_path / "layer", THERE, [echo.port])
    extension = tmp_path / "layer" / "extensions" / "relay"
    assert os.access(extension, os.X_OK)
    with RuntimeApi() as api:
        process = subprocess.Popen(
            [sys.executable, extension], env={"AWS_LAMBDA_RUNTIME_API": f"{HERE}:{api.server_port}"}
        )
        try:
            api.handle_request()  # until it asks for its next event, the function waits
            assert said_back(echo.port, b"table, please") == b"table, please"
            api.handle_request()
        finally:
            process.kill()
            process.wait()
    assert api.asked == [
        ("/2020-01-01/extension/register", "relay", None),
        ("/2020-01-01/extension/event/next", None, "this-one"),
    ]
