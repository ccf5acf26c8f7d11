"""The recorded events in `events/`, by function, and what makes one good to send again."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sandbox.stack.layout import REPOSITORY
from tools.template import read_template

EVENTS = REPOSITORY / "events"
HOOK_SECRET = "sample-hook-secret"  # noqa: S105 - stands in the repository's events, and opens nothing
"""The bearer secret of recorded calls of hooks. Another one in an event is meant to be wrong."""
REPLIES = "https://hooks.slack.com"
"""Where recorded events want their answers sent (docs.slack.dev/interactivity/handling-user-interaction)."""
NO_FUNCTION_TAKES = frozenset({"malformed", "unknown_version", "unknown_kind", "no_interaction"})
"""Names of events whose message goes back to its queue whoever gets it; so does one of `batch_with_one_malformed`."""


def recorded_events() -> dict[str, list[Path]]:
    """Return each function of the template by logical id with the files of its events; none for a forgotten one."""
    resources = read_template(REPOSITORY / "template.yaml")["Resources"]
    folders = {
        logical_id: Path(resource["Properties"]["CodeUri"]).name
        for logical_id, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    return {logical_id: sorted((EVENTS / folder).glob("*.json")) for logical_id, folder in folders.items()}


def goes_back(path: Path) -> int:
    """Return how many messages of an event no function can take, so that they go back to their queue."""
    return int(path.stem in {*NO_FUNCTION_TAKES, "batch_with_one_malformed"})


def sent_now(
    path: Path, signing_secret: str, hook_secrets: Mapping[str, str], now: int, replies: str = REPLIES
) -> dict[str, Any]:
    """Return an event as its sender would send it now, to a deployment with these secrets.

    A recorded signature is of its own time and secret, which a function rightly refuses. What needs none, and what is
    recorded to be refused, comes back as it is.

    Args:
        path: The event's file.
        signing_secret: Slack's.
        hook_secrets: Recipe id → secret of its hook.
        now: Epoch seconds.
        replies: Where the event's reply addresses lead instead: a local Slack's scheme and host.
    """
    event: dict[str, Any] = json.loads(_answered_at(replies, path.read_text()))
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    body = (event.get("body") or "").encode()
    if event.get("isBase64Encoded"):
        body = _answered_at(replies, base64.b64decode(body).decode("latin-1")).encode("latin-1")  # any bytes
        event["body"] = base64.b64encode(body).decode()
    hook_secret = hook_secrets.get((event.get("pathParameters") or {}).get("recipe", ""), HOOK_SECRET)
    if "x-slack-signature" in headers:
        headers |= _slack_headers(body, signing_secret, now)
    elif "webhook-signature" in headers:
        headers |= _webhook_headers(body, headers["webhook-id"], hook_secret, now)
    elif headers.get("authorization") == f"Bearer {HOOK_SECRET}":
        headers["authorization"] = f"Bearer {hook_secret}"
    else:
        return event
    return event | {"headers": headers, "multiValueHeaders": {name: [value] for name, value in headers.items()}}


def _answered_at(replies: str, text: str) -> str:
    """Replace the host of reply addresses, in JSON and in forms."""
    return text.replace(REPLIES, replies).replace(quote(REPLIES, safe=""), quote(replies, safe=""))


def _slack_headers(body: bytes, secret: str, now: int) -> dict[str, str]:
    """docs.slack.dev/authentication/verifying-requests-from-slack."""
    digest = hmac.new(secret.encode(), f"v0:{now}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-slack-signature": f"v0={digest}", "x-slack-request-timestamp": str(now)}


def _webhook_headers(body: bytes, webhook_id: str, secret: str, now: int) -> dict[str, str]:
    """The specification at standardwebhooks.com, "Signature scheme", with a symmetric secret that is no `whsec_…`."""
    digest = hmac.digest(secret.encode(), f"{webhook_id}.{now}.".encode() + body, "sha256")
    return {"webhook-signature": f"v1,{base64.b64encode(digest).decode()}", "webhook-timestamp": str(now)}
