"""One Web API call: its arguments, its token, and the readings of arguments that several methods share."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from sandbox.slack.block_kit import check_blocks, markdown_too_long, normalised
from sandbox.slack.errors import SlackError, invalid_arguments, invalid_blocks
from sandbox.slack.model import Json
from sandbox.slack.tokens import Token
from sandbox.slack.workspace import Workspace

LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Call:
    """A call whose token was found good for its method.

    Attributes:
        arguments: From a JSON or form body, or the query.
        secret: The token as it was sent.
        token: What it stands for; None for methods that take none.
        workspace: The token's workspace; of a whole organisation's token, the one that the call is about.
    """

    arguments: Json
    secret: str
    token: Token
    workspace: Workspace

    @property
    def whole_organisation(self) -> bool:
        """Whether the token is an installation's on a whole organisation."""
        return self.token.team_id != self.workspace.id

    def text(self, name: str) -> str:
        """A required argument.

        Raises:
            SlackError: `invalid_arguments` naming it.
        """
        value = self.arguments.get(name)
        if not isinstance(value, str) or not value:
            raise invalid_arguments(f"[ERROR] missing required field: {name}")
        return value

    def maybe(self, name: str) -> str | None:
        """An optional argument; empty counts as left out."""
        value = self.arguments.get(name)
        return str(value) if value not in (None, "") else None

    def flag(self, name: str) -> bool:
        """A boolean argument: JSON's, or a form's `true` or `1`."""
        return str(self.arguments.get(name, "")).lower() in {"true", "1"}

    def document(self, name: str, error: str) -> Any:
        """An argument that is JSON, or a string of JSON as in a form.

        Raises:
            SlackError: With this error, when it is no JSON.
        """
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None

    def content(self, longest_text: int, too_long: str = "msg_too_long") -> tuple[str, list[Json]]:
        """The text and the blocks of a message, checked and completed.

        Raises:
            SlackError: `no_text`, `msg_too_long`, `invalid_blocks_format`, `invalid_blocks`, `msg_blocks_too_long`.
        """
        text = str(self.arguments.get("text") or "")
        blocks = self.document("blocks", "invalid_blocks_format") or []
        if not text and not blocks and not self.arguments.get("attachments"):
            raise SlackError("no_text")
        if len(text) > longest_text:
            raise SlackError(too_long)
        if not isinstance(blocks, list):
            raise SlackError("invalid_blocks_format")
        if broken := check_blocks(blocks, "message"):
            raise invalid_blocks(broken)
        if markdown_too_long(blocks):
            raise SlackError("msg_blocks_too_long")
        return text, normalised(blocks)

    def page(self, items: list[Any], default: int = 100) -> tuple[list[Any], Json]:
        """One page of a list by `limit` and `cursor`, and the `response_metadata` that leads to the next.

        Raises:
            SlackError: `invalid_cursor`, `invalid_limit`.
        """
        limit = self.maybe("limit") or str(default)
        if not limit.isdigit() or not 0 <= int(limit) <= LARGEST_PAGE:
            raise SlackError("invalid_limit")
        start = _offset(self.maybe("cursor"))
        end = start + (int(limit) or default)
        following = base64.b64encode(f"offset:{end}".encode()).decode() if end < len(items) else ""
        return items[start:end], {"next_cursor": following}


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        name, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if name != "offset":
            raise SlackError("invalid_cursor")
        return int(number)
    except ValueError:
        raise SlackError("invalid_cursor") from None
