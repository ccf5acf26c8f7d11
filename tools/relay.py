"""Let containers reach what listens on this machine's loopback, for as long as `make sam-local` runs.

SAM does not put a function's container on the host's network, even when asked to (aws-sam-cli issue 3609), and the
local AWS listens on 127.0.0.1 only. So each port is relayed from the gateway of Docker's bridge, for peers on it alone.
"""

import socket
import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from ipaddress import IPv4Network, ip_address


class _Relay(socketserver.ThreadingTCPServer):
    """Accepts peers of one network and connects each to the same port of loopback."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, gateway: str, port: int, network: IPv4Network) -> None:
        self.port = port
        self._network = network
        super().__init__((gateway, port), _Copy)

    def verify_request(self, _request: object, client_address: tuple[str, int]) -> bool:
        """Refuse everybody who is not on the bridge."""
        return ip_address(client_address[0]) in self._network


class _Copy(socketserver.BaseRequestHandler):
    """Copies bytes both ways until both sides have ended."""

    server: _Relay

    def handle(self) -> None:
        """Serve one connection."""
        with socket.create_connection(("127.0.0.1", self.server.port)) as target:
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
def relayed(gateway: str, network: IPv4Network, ports: Sequence[int]) -> Iterator[None]:
    """Relay ports of loopback from the gateway of a container network while the block runs.

    Raises:
        OSError: The gateway is no address of this machine, as with Docker's desktop products.
    """
    with ExitStack() as stack:
        for port in ports:
            relay = stack.enter_context(_Relay(gateway, port, network))
            threading.Thread(target=relay.serve_forever, daemon=True).start()
            stack.callback(relay.shutdown)
        yield
