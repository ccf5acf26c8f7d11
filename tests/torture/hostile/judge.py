"""What is asked of every answer, whatever came: the oracle of the hostile runs."""

import gc
import hashlib
import hmac
import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support.every_event import is_api_gateways
from tests.support.slack_requests import NOW, SIGNING_SECRET
from tests.torture.hostile.watch import Watch

type Event = Mapping[str, Any]
type Handle = Callable[[Any], dict[str, Any]]

CPU_SECONDS: Final = 0.05
"""What one request may take, on the processor: what others do on it meanwhile is not the request's fault."""
UNPROVED: Final = frozenset({400, 401, 404, 413})
"""What Slack's routes may say to a request that Slack didn't sign."""
PROVED: Final = frozenset({200, 400, 403, 404, 413})
MOST_FAULTS: Final = 20
SERVER_ERROR: Final = 500
OK: Final = 200


@dataclass
class Verdicts:
    """What was seen of some requests. ``faults``: in words, the first few."""

    requests: int = 0
    uncaught: int = 0
    status_5xx: int = 0
    parses_before_signature: int = 0
    aws_calls_before_signature: int = 0
    slowest: float = 0.0
    growth_kb: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    """How many were tried of each kind of hostile input, C1 to C11."""
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Verdicts") -> None:
        """Both together."""
        for name in ("requests", "uncaught", "status_5xx", "parses_before_signature", "aws_calls_before_signature"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slowest, self.growth_kb = max(self.slowest, other.slowest), max(self.growth_kb, other.growth_kb)
        self.statuses += other.statuses
        self.classes += other.classes
        self.faults = [*self.faults, *other.faults][:MOST_FAULTS]

    def fault(self, what: str) -> None:
        """Note a fault in words."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(what)


@dataclass
class Judge:
    """Sends requests to one handler and judges its answers. ``watch``: for routes where a proof comes first."""

    handle: Handle
    verdicts: Verdicts
    watch: Watch | None = None

    def __call__(self, event: Event, what: str) -> dict[str, Any] | None:
        """One request; its answer, or None when the handler raised. ``what`` says how to make it again."""
        verdicts, watch = self.verdicts, self.watch
        verdicts.requests += 1
        if watch is not None:
            watch.begin()
        gc.disable()  # how much this process has to clear up is not the request's fault
        begun = time.process_time()
        try:
            answer = self.handle(event)
        except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
            verdicts.uncaught += 1
            verdicts.fault(f"{what}: {type(error).__name__} escaped: {str(error)[:200]}")
            return None
        finally:
            took = time.process_time() - begun
            gc.enable()
            if watch is not None:
                watch.end()
        verdicts.slowest = max(verdicts.slowest, took)
        self._judge(answer, what, took)
        return answer

    def _judge(self, answer: dict[str, Any], what: str, took: float) -> None:
        status = answer["statusCode"]
        self.verdicts.statuses[status] += 1
        if status >= SERVER_ERROR:
            self.verdicts.status_5xx += 1
            self.verdicts.fault(f"{what}: {status} {answer['body'][:200]}")
        if not is_api_gateways(answer):
            self.verdicts.fault(f"{what}: an answer that API Gateway refuses: {answer}"[:300])
        if "<script" in answer["body"] and "json" not in str(answer["headers"].get("Content-Type")):
            self.verdicts.fault(f"{what}: a page with somebody else's script")
        if took > CPU_SECONDS:
            self.verdicts.fault(f"{what}: {took * 1000:.0f} ms on the processor")


def slack_signed(event: Event) -> bool:
    """Whether Slack could have sent this: judged on the event itself, by other code than the product's.

    One timestamp within five minutes, one signature, right over the raw bytes
    (docs.slack.dev/authentication/verifying-requests-from-slack).
    """
    stamp, signature = _header(event, "x-slack-request-timestamp"), _header(event, "x-slack-signature")
    if not (stamp.isascii() and stamp.isdigit()) or abs(int(stamp[:20]) - NOW) > 300:
        return False
    body = event.get("body") or ""
    try:
        raw = b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except (NotBase64, ValueError, TypeError, AttributeError):
        return False
    secret = SIGNING_SECRET.reveal().encode()
    return f"v0={hmac.digest(secret, b'v0:' + stamp.encode() + b':' + raw, hashlib.sha256).hex()}" == signature


def _header(event: Event, name: str) -> str:
    """The header's value where it stands there once, else nothing. The list of values counts where there is one."""
    for headers in (event.get("multiValueHeaders"), event.get("headers")):
        if isinstance(headers, Mapping):
            named = [value for key, value in headers.items() if isinstance(key, str) and key.lower() == name]
            found = [one for value in named for one in (value if isinstance(value, list) else [value])]
            if named:
                return found[0] if len(found) == 1 and isinstance(found[0], str) else ""
    return ""


def resident_kb() -> int:
    """What this process holds in memory now (Linux)."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4
