"""What Slack's composer makes of typed text: escaped characters, names turned into ids, rich text.

Source: docs.slack.dev/messaging/formatting-message-text#escaping, …/interactivity/implementing-slash-commands.
"""

import re
from collections.abc import Callable

from sandbox.slack.model import BOT_DISPLAY_NAME, BOT_NAME, BOT_USER, Json
from sandbox.slack.workspace import Workspace

_TOKEN = re.compile(r"<[@#][A-Z0-9]+(?:\|[^>]*)?>")
_NAME = re.compile(r"(?<![\w.])([@#])([A-Za-z0-9][\w-]*)")


def escape_message(workspace: Workspace, text: str) -> str:
    """Typed text as a message holds it: `@josie` → `<@U0JOSIE>`, and `&`, `<`, `>` as entities."""
    return _outside_tokens(text, lambda plain: _NAME.sub(lambda m: _mention(workspace, m, labels=False), plain))


def escape_command(workspace: Workspace, text: str) -> str:
    """Typed text as a command with `should_escape` gets it: `@josie` → `<@U0JOSIE|josie>`."""
    return _outside_tokens(text, lambda plain: _NAME.sub(lambda m: _mention(workspace, m, labels=True), plain))


def rich_text(escaped: str) -> list[Json]:
    """The rich text block that Slack adds to what people type."""
    parts: list[Json] = []
    position = 0
    for token in re.finditer(r"<@([A-Z0-9]+)>", escaped):
        parts += _plain(escaped[position : token.start()])
        parts.append({"type": "user", "user_id": token[1]})
        position = token.end()
    parts += _plain(escaped[position:])
    section = {"type": "rich_text_section", "elements": parts}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]


def _plain(escaped: str) -> list[Json]:
    text = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return [{"type": "text", "text": text}] if text else []


def _outside_tokens(text: str, replace: Callable[[str], str]) -> str:
    pieces: list[str] = []
    position = 0
    for token in _TOKEN.finditer(text):
        pieces += [replace(_escaped(text[position : token.start()])), token[0]]
        position = token.end()
    pieces.append(replace(_escaped(text[position:])))
    return "".join(pieces)


def _escaped(plain: str) -> str:
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mention(workspace: Workspace, match: re.Match[str], *, labels: bool) -> str:
    sign, name = match[1], match[2]
    if sign == "#":
        found = {c.name: c.id for c in workspace.conversations.values() if c.kind == "channel"}
    else:
        found = {person.name: person.id for person in workspace.people.values()}
        found |= {BOT_NAME: BOT_USER, BOT_DISPLAY_NAME.lower(): BOT_USER}
    target = found.get(name.lower())
    if target is None:
        return match[0]
    return f"<{sign}{target}|{name.lower()}>" if labels else f"<{sign}{target}>"
