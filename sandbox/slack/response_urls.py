"""Response URLs: five answers within thirty minutes to the interaction that brought the URL.

Source: docs.slack.dev/interactivity/handling-user-interaction#message_responses.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from sandbox.slack.block_kit import check_blocks, normalised
from sandbox.slack.config import Clock
from sandbox.slack.errors import SlackError, invalid_blocks
from sandbox.slack.model import BOT_USER, Json, Message
from sandbox.slack.workspace import Workspace

LIFETIME = 30 * 60.0
MOST_USES = 5


@dataclass
class ResponseUrl:
    """Where an interaction came from, and so where its answers go.

    Attributes:
        ts: The message that was clicked, if it was one; `replace_original` and `delete_original` mean it.
    """

    workspace: Workspace
    user: str
    channel: str
    ts: str | None
    issued_at: float
    uses: int = 0


class ResponseUrls:
    """The response URLs handed out so far. Not locked: callers hold the state's lock."""

    def __init__(self, base: str, clock: Clock) -> None:
        self._base = base
        self._clock = clock
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, workspace: Workspace, user: str, channel: str, ts: str | None = None) -> str:
        """A fresh URL for one interaction."""
        key = secrets.token_urlsafe(24)
        self._issued[key] = ResponseUrl(workspace, user, channel, ts, self._clock())
        return f"{self._base}/response/{key}"

    def respond(self, key: str, answer: Any) -> None:
        """Carry out one answer: replace, delete or add a message.

        Raises:
            SlackError: `invalid_payload`, `invalid_response_url`, `expired_url`, `used_url`, and those of `respond`.
        """
        if not isinstance(answer, dict):
            raise SlackError("invalid_payload")
        target = self._issued.get(key)
        if target is None:
            raise SlackError("invalid_response_url")
        if self._clock() - target.issued_at > LIFETIME:
            raise SlackError("expired_url")
        if target.uses >= MOST_USES:
            raise SlackError("used_url")
        target.uses += 1
        respond(target.workspace, answer, user=target.user, channel=target.channel, ts=target.ts)


def respond(workspace: Workspace, answer: dict[str, Any], *, user: str, channel: str, ts: str | None) -> None:
    """Carry out a message response, given by response URL or in the body of a slash command's answer.

    Raises:
        SlackError: `no_text`, `invalid_blocks`, `message_not_found`.
    """
    original = _original(workspace, channel, ts)
    if original and _flag(answer, "delete_original"):
        workspace.delete(original)
        return
    text, blocks = _content(answer)
    if original and _flag(answer, "replace_original"):
        workspace.edit(original, text, blocks)
        return
    if ts is not None and original is None and _flag(answer, "replace_original"):
        raise SlackError("message_not_found")
    only_for = None if answer.get("response_type") == "in_channel" else user
    workspace.post(
        workspace.conversation(channel),
        BOT_USER,
        text,
        blocks,
        thread_ts=answer.get("thread_ts"),
        only_for=only_for,
    )


def _original(workspace: Workspace, channel: str, ts: str | None) -> Message | None:
    return workspace.conversation(channel).find(ts) if ts else None


def _flag(answer: dict[str, Any], name: str) -> bool:
    # Slack's own examples write these as strings.
    return str(answer.get(name, False)).lower() == "true"


def _content(answer: dict[str, Any]) -> tuple[str, list[Json]]:
    text, blocks = answer.get("text") or "", answer.get("blocks") or []
    if not text and not blocks:
        raise SlackError("no_text")
    if broken := check_blocks(blocks, "message"):
        raise invalid_blocks(broken)
    return text, normalised(blocks)
