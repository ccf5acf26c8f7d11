"""Lets functions in SAM's containers reach what listens on this machine's loopback, as long as `make sam-local` runs.

The local AWS and the sandbox listen on 127.0.0.1 only, and the functions call plain http there only. SAM does not put a
function's container on the host's network, even when asked to (aws-sam-cli issue 3609). So there are two hops, and a
function's environment stays as it is deployed: in the container this file runs as a Lambda extension, which listens on
the container's own loopback and connects to the gateway of Docker's bridge; from there this machine relays to its own.

Who can come in on this machine: the listening sockets are bound to the gateway's address alone, never to 0.0.0.0. Linux
would still take packets for that address from another interface, so peers whose address is not of the bridge's network
are refused, too; who forges one never gets an answer, for it goes to the bridge. What is left is every other container
on Docker's default bridge, as long as the relay runs. This machine's own programs need no relay.
"""

import json
import os
import socket
import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from ipaddress import IPv4Network, ip_address
from pathlib import Path

LOOPBACK = "127.0.0.1"
INTERPRETER = "/var/lang/bin/python3.13"
"""Of Lambda's image."""


class _Relay(socketserver.ThreadingTCPServer):
    """Accepts peers of one network at one address, and connects each to the same port of another."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, here: str, there: str, port: int, peers: IPv4Network) -> None:
        self.target = (there, port)
        self._peers = peers
        super().__init__((here, port), _Copy)

    def verify_request(self, _request: object, client_address: tuple[str, int]) -> bool:
        """Refuse everybody who is not of the network."""
        return ip_address(client_address[0]) in self._peers


class _Copy(socketserver.BaseRequestHandler):
    """Copies bytes both ways until both sides have ended."""

    server: _Relay

    def handle(self) -> None:
        """Serve one connection; a target that does not listen ends it."""
        with suppress(OSError), socket.create_connection(self.server.target) as target:
            there = threading.Thread(target=_pump, args=(self.request, target), daemon=True)
            there.start()
            _pump(target, self.request)
            there.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        target.close()


@contextmanager
def relayed(here: str, there: str, ports: Sequence[int], peers: IPv4Network) -> Iterator[None]:
    """Relay ports of one address to the same ports of another while the block runs.

    Args:
        here: Address of this machine to listen on.
        there: Address to connect to.
        ports: The ports, the same on both sides.
        peers: Only they may connect.

    Raises:
        OSError: `here` is no address of this machine (as the bridge's gateway with Docker's desktop products), or a
            port of it is taken.
    """
    with ExitStack() as stack:
        for port in ports:
            relay = stack.enter_context(_Relay(here, there, port, peers))
            threading.Thread(target=relay.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(relay.shutdown)
        yield


def write_layer(folder: Path, gateway: str, ports: Sequence[int]) -> Path:
    """Write the layer that runs this file in a function's container, and return its folder.

    Lambda starts every file in `/opt/extensions` before the function is initialised
    (docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html).
    """
    extension = folder / "extensions" / "relay"
    extension.parent.mkdir(parents=True)
    extension.write_text(f"#!{INTERPRETER}\n{Path(__file__).read_text()}")
    extension.chmod(0o755)
    (folder / "relay.json").write_text(json.dumps({"gateway": gateway, "ports": list(ports)}))
    return folder


def _run_in_container() -> None:
    """Relay the container's loopback to the gateway; asking for the next event says that the function may begin."""
    settings = json.loads(Path(__file__).parents[1].joinpath("relay.json").read_text())
    with relayed(LOOPBACK, settings["gateway"], settings["ports"], IPv4Network("127.0.0.0/8")):
        runtime = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        name = {"Lambda-Extension-Name": Path(__file__).name, "Content-Type": "application/json"}
        runtime.request("POST", "/2020-01-01/extension/register", json.dumps({"events": []}), name)
        registered = runtime.getresponse()
        registered.read()
        identifier = {"Lambda-Extension-Identifier": registered.headers["Lambda-Extension-Identifier"]}
        runtime.request("GET", "/2020-01-01/extension/event/next", headers=identifier)
        runtime.getresponse().read()  # of no kind that it asked for: it waits until the container ends


if __name__ == "__main__":
    _run_in_container()
