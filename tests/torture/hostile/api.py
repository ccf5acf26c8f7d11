"""The same hostile requests over HTTP, through the API Gateway of a stack of its own, to the deployed functions."""

import http.client
import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from countersign.adapters.slack.signature import sign
from countersign.domain.secret import Secret
from sandbox.stack.layout import LOCAL, State
from sandbox.stack.running import up
from sandbox.stack.world import read_world
from tests.e2e.ports import free_pair
from tests.torture.hostile.browser_routes import Journeys, Tampering
from tests.torture.hostile.judge import SERVER_ERROR, Verdicts, slack_signed
from tests.torture.hostile.mutation import Mutator
from tests.torture.hostile.program_routes import ProgramRequests
from tests.torture.hostile.slack_routes import Requests

AT_ONCE: Final = 4
TIMEOUT: Final = 30
UNCAUGHT: Final = ("request failed", "Traceback (most recent call last)", "Task timed out")
"""What stands in a function's log when something escaped that nobody foresaw."""
_HOP_BY_HOP: Final = frozenset(
    {"host", "content-length", "connection", "transfer-encoding", "accept-encoding", "expect"}
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it goes over the wire. ``what`` says how to make it again."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    what: str


def assault_through_api(seed: int, count: int) -> Verdicts:
    """Bring a stack up, send so many hostile requests, look into its logs, and end it. Raises StackError."""
    state, verdicts = State(LOCAL / "torture"), Verdicts()
    stack = up(read_world({"COUNTERSIGN_PORT": str(free_pair())}), state, sample_cards=False, say=lambda _: None)
    try:
        base, secret = stack.deployment.api_url, Secret(stack.world.slack.signing_secret)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            statuses = list(pool.map(lambda sent: (sent, _status(base, sent)), hostile(seed, count, secret)))
        for sent, status in statuses:
            verdicts.requests += 1
            verdicts.statuses[status] += 1
            if status >= SERVER_ERROR:
                verdicts.status_5xx += 1
                verdicts.fault(f"{sent.what}: {status} through the API")
        for path in sorted(state.function_logs.glob("*.log")):
            for line in path.read_text(errors="replace").splitlines():
                if any(word in line for word in UNCAUGHT):
                    verdicts.uncaught += 1
                    verdicts.fault(f"{path.name}: {line[:300]}")
    finally:
        stack.end()
    return verdicts


def hostile(seed: int, count: int, secret: Secret) -> Iterator[Sent]:
    """So many requests that HTTP can carry, to every public route; what is Slack's is signed with this secret now."""
    mutator = Mutator(seed)
    slack, programs, tamper = Requests(mutator), ProgramRequests(mutator), Tampering(mutator)
    good = Journeys.anew().requests()
    made = 0
    while made < count:
        match mutator.chance.randrange(3):
            case 0:
                _, how, event = slack.one()
            case 1:
                _, (_, how, event) = programs.one()
            case _:
                how, event = tamper(mutator.chance.choice(good), mutator.chance.choice(good))
        if (sent := _as_sent(event, secret, f"seed {seed}, request {made} ({how})")) is not None:
            made += 1
            yield sent


def _as_sent(event: Mapping[str, Any], secret: Secret, what: str) -> Sent | None:
    """The request that API Gateway would have made this event of; None where no request makes such an event."""
    method, path = event.get("httpMethod"), event.get("path")
    headers, body = event.get("headers"), event.get("body") or ""
    if not (isinstance(method, str) and isinstance(path, str) and isinstance(body, str)):
        return None
    if not (method.isascii() and method.isalpha()):
        return None
    if not isinstance(headers, Mapping) or not all(isinstance(value, str) for value in headers.values()):
        return None
    try:
        raw = b64decode(body, validate=True) if event.get("isBase64Encoded") is True else body.encode()
    except (NotBase64, ValueError):
        return None
    given = {name: _printable(value) for name, value in headers.items() if str(name).lower() not in _HOP_BY_HOP}
    if slack_signed(event):
        stamp = str(int(time.time()))
        given |= {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": sign(raw, stamp, secret)}
    query = event.get("multiValueQueryStringParameters") or {}
    if not isinstance(query, dict) or not all(map(_can_be_asked, query.values())):
        return None
    asked = urlencode([(name, one) for name, values in query.items() for one in values], errors="surrogatepass")
    target = quote(path, safe="/%", errors="surrogatepass") + (f"?{asked}" if asked else "")
    return Sent(method, target, given, raw, what)


def _can_be_asked(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _printable(value: str) -> str:
    """What fits into a header at all (RFC 9110 §5.5)."""
    return "".join(one for one in value if one.isprintable()).encode("latin-1", "replace").decode("latin-1")


def _status(base: str, sent: Sent) -> int:
    """The answer's status; 599 where none came in time."""
    parts = urlsplit(base)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
    try:
        connection.request(sent.method, parts.path + sent.target, sent.body or None, dict(sent.headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 599
    finally:
        connection.close()
