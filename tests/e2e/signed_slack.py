"""Requests as Slack sends them, signed by hand: for what Slack's own clients would never let a person do."""

import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests

TIMEOUT = 20
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class SignedSlack:
    """Slack as the API meets it (docs.slack.dev/authentication/verifying-requests-from-slack)."""

    stack: dict[str, Any]

    def post(
        self, kind: str, body: bytes, *, age: int = 0, secret: str | None = None, content_type: str = FORM
    ) -> requests.Response:
        """Send bytes to ``/slack/{kind}``, signed ``age`` seconds ago, with the app's secret unless told otherwise."""
        at = str(int(time.time()) - age)
        key = (self.stack["slack"]["signing_secret"] if secret is None else secret).encode()
        signature = "v0=" + hmac.new(key, f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature,
        }
        return requests.post(f"{self.stack['api_url']}/slack/{kind}", data=body, headers=headers, timeout=TIMEOUT)

    def interact(self, payload: dict[str, Any]) -> requests.Response:
        """A payload to ``/slack/interactions``, of a person and workspace as ``payload`` says."""
        return self.post("interactions", urlencode({"payload": json.dumps(payload)}).encode())

    def click(self, person: str, channel: str, ts: str, button: dict[str, Any]) -> requests.Response:
        """A click on a message's button (docs.slack.dev/reference/interaction-payloads/block_actions-payload)."""
        team = self.stack["slack"]["team_id"]
        action = {name: button[name] for name in ("type", "action_id", "value") if name in button}
        return self.interact(
            {
                "type": "block_actions",
                "user": {"id": person, "team_id": team},
                "team": {"id": team, "domain": "acme"},
                "enterprise": None,
                "is_enterprise_install": False,
                "api_app_id": self.stack["slack"]["app_id"],
                "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False},
                "channel": {"id": channel, "name": "approvals"},
                "trigger_id": f"1.2.{uuid.uuid4().hex}",
                "actions": [action | {"block_id": "b", "action_ts": f"{time.time():.6f}"}],
            }
        )


def seen_by(stack: dict[str, Any], person: str) -> list[dict[str, Any]]:
    """Every message that a person (``U…``) sees now, each with its conversation under "channel"."""
    answer = requests.get(f"{stack['sandbox_url']}/api/people/{person}/messages", timeout=TIMEOUT)
    answer.raise_for_status()
    conversations = answer.json()["conversations"]
    return [message | {"channel": each["id"]} for each in conversations for message in each["messages"]]


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    """A message's buttons."""
    return [element for block in message["blocks"] if block["type"] == "actions" for element in block["elements"]]
