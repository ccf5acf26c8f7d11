"""Things served on loopback while a test runs: the product's Slack function, and a server that answers as told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from countersign.entrypoints.slack import SlackContainer, handle

type Reply = tuple[int, dict[str, str], bytes]


@contextmanager
def serving(answer: Callable[[str, dict[str, str], bytes], Reply | None]) -> Iterator[str]:
    """Serve POSTs by ``answer(path, headers, body)`` (None: hang up without a word); gives the base address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found = answer(self.path, dict(self.headers.items()), body)
            if found is None:
                self.connection.close()
                return
            status, headers, content = found
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (OSError, ValueError):
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def slack_function(container: SlackContainer) -> Iterator[str]:
    """The product's Slack function behind a stand-in for API Gateway."""

    def answer(path: str, headers: dict[str, str], body: bytes) -> Reply:
        event = {"httpMethod": "POST", "path": path, "resource": path, "headers": headers, "body": body.decode()}
        found = handle(event, container)
        return found["statusCode"], found["headers"], found["body"].encode()

    with serving(answer) as base:
        yield base
