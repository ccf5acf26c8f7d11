"""The recorded Slack requests in ``events/slack_interactions``, signed when a test needs them."""

import base64
import json
from pathlib import Path
from typing import Any

from countersign.adapters.slack.signature import sign
from countersign.domain.secret import Secret

FOLDER = Path(__file__).parents[2] / "events" / "slack_interactions"
NOW = 1785578531
SIGNING_SECRET = Secret("8f742231b10e8888abcd99yyyzzz85a5")
SLACK_EVENTS = sorted(path.stem for path in FOLDER.glob("*.json") if path.stem != "health")


def load(name: str) -> dict[str, Any]:
    """One recorded event, unsigned."""
    event: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return event


def body_of(event: dict[str, Any]) -> bytes:
    """The raw bytes that Slack sent."""
    text: str = event["body"]
    return base64.b64decode(text) if event["isBase64Encoded"] else text.encode()


def with_body(event: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The event with other bytes, as API Gateway would hand them over."""
    return {**event, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def with_headers(event: dict[str, Any], **headers: str) -> dict[str, Any]:
    """The event with other headers; ``x_slack_signature="…"`` sets ``X-Slack-Signature``."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    merged = {**event["headers"], **named}
    return {**event, "headers": merged, "multiValueHeaders": {name: [value] for name, value in merged.items()}}


def signed(event: dict[str, Any], secret: Secret = SIGNING_SECRET, at: int = NOW) -> dict[str, Any]:
    """The event as Slack would have signed it at ``at``."""
    signature = sign(body_of(event), str(at), secret)
    return with_headers(event, x_slack_request_timestamp=str(at), x_slack_signature=signature)
