"""Slack's request signature: docs.slack.dev/authentication/verifying-requests-from-slack.

Our own few lines instead of ``slack_sdk.signature``: that one raises on hostile headers, and its import costs more
than the whole request; a test compares the two on every valid input.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from countersign.domain.errors import Unverified
from countersign.domain.secret import Secret

WINDOW_SECONDS: Final = 300

_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}")


def verify(body: bytes, headers: Mapping[str, str], secrets: Callable[[], Sequence[Secret]], now: int) -> bool:
    """Prove that Slack sent exactly these bytes less than five minutes from ``now`` (epoch seconds).

    ``headers`` are by lower-case name. Any of ``secrets`` will do, so that one can be rotated; empty ones never
    match; they are asked for only when the headers could be right. True where it was the first of them, which is the
    present one. Raises Unverified, and what ``secrets`` raises.
    """
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise Unverified("the timestamp is missing or no number")
    if not _SIGNATURE.fullmatch(signature):
        raise Unverified("the signature is missing or has another form")
    if abs(now - int(timestamp)) > WINDOW_SECONDS:
        raise Unverified("the timestamp is more than five minutes off")
    expected = [sign(body, timestamp, secret) for secret in secrets() if secret]
    right = [hmac.compare_digest(signature.encode(), value.encode()) for value in expected]
    if not any(right):
        raise Unverified("the signature is not ours")
    return right[0]


def sign(body: bytes, timestamp: str, secret: Secret) -> str:
    """The signature of ``body`` at ``timestamp``: ``v0=`` and the hex HMAC-SHA256 of ``v0:timestamp:body``."""
    digest = hmac.new(secret.reveal().encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return "v0=" + digest.hexdigest()
