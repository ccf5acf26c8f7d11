"""What a person of the sandbox sees in Slack, as lines."""

import re
from collections.abc import Mapping
from typing import Any, Final

from rich.text import Text

from countersign_cli.catalog_folder import out
from countersign_cli.trying.starting import say
from sandbox.one_process.person import Person
from sandbox.people import PEOPLE

_DATE: Final = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_LINK: Final = re.compile(r"<(https?://[^|>]+)\|([^>]*)>")
_MENTION: Final = re.compile(r"<@(\w+)>")
_NAMES: Final = {person.id: person.name for person in PEOPLE}


def show_screen(person: Person) -> None:
    """Print every message that they see, oldest first."""
    say(f"\nWhat {person.name} sees in Slack")
    for message in person.messages():
        for line in _lines(message):
            out.print(Text(f"   {_plain(line)}"))
        out.print()


def _lines(message: Mapping[str, Any]) -> list[str]:
    """What a message says, block by block; its summary where it has no blocks."""
    return [line for block in message["blocks"] for line in _texts(block)] or [message["text"]]


def _texts(block: Mapping[str, Any]) -> list[str]:
    facts = [_text(part).replace("\n", ": ") for part in block.get("fields", ())]
    said = [_text(part) for part in (block.get("text"), *block.get("elements", ())) if part]
    if block["type"] == "actions":
        return ["  ".join(f"[{text}]" for text in said)]
    return [line for text in (*said, *facts) for line in text.splitlines()]


def _text(part: Mapping[str, Any]) -> str:
    held = part.get("text", "")
    return held if isinstance(held, str) else str(held.get("text", ""))


def _plain(line: str) -> str:
    """Slack's own writing of dates, links and people, as a reader of Slack sees it."""
    line = _LINK.sub(r"\2 (\1)", _DATE.sub(r"\1", line))
    return _MENTION.sub(lambda found: f"@{_NAMES.get(found[1], found[1])}", line)
