"""Messages and forms as Block Kit: the only place that writes it. docs.slack.dev/reference/block-kit.

What people see is shortened to Slack's limits with an ellipsis. What only programs read (ids, values, addresses, a
form's state) is never shortened: when it is too long, ChatRefused names it.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched, count
from typing import Any, Final

from countersign.adapters.slack.text import checked_url, marked_up, plain, size
from countersign.domain.errors import ChatRefused
from countersign.domain.message import (
    Block,
    Button,
    Buttons,
    Confirmation,
    Divider,
    Facts,
    Heading,
    Message,
    Note,
    Paragraph,
    PersonPicker,
    Style,
    Text,
)

type Json = dict[str, Any]

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
SUMMARY_LIMIT: Final = 4000
_SECTION, _FIELD, _FIELDS, _HEADER, _CONTEXT = 3000, 2000, 10, 150, 2000
_ROW, _LABEL, _VALUE, _ID, _PLACEHOLDER = 25, 75, 2000, 255, 150
_CONFIRM_TITLE, _CONFIRM_TEXT, _CONFIRM_BUTTON = 100, 300, 30


def message_json(message: Message) -> Json:
    """``text`` (for notifications and screen readers; no link in it) and ``blocks``."""
    blocks: Sequence[Block] = message.blocks or (Paragraph(message.summary),)
    return {
        "text": marked_up(message.summary, SUMMARY_LIMIT, links=False),
        "blocks": blocks_json(blocks, MESSAGE_BLOCKS),
    }


def home_json(message: Message) -> Json:
    """The App Home tab's view."""
    return {"type": "home", "blocks": blocks_json(message.blocks or (Paragraph(message.summary),), VIEW_BLOCKS)}


def blocks_json(blocks: Sequence[Block], limit: int) -> list[Json]:
    """At most ``limit`` blocks; the last one says how many are not shown."""
    numbers = count()
    drawn = [json for block in blocks for json in _draw(block, numbers)]
    if len(drawn) <= limit:
        return drawn
    more = Note(Text("… and {more} more", {"more": len(drawn) - limit + 1}))
    return drawn[: limit - 1] + list(_draw(more, numbers))


def plain_text(text: str, limit: int) -> Json:
    """A ``plain_text`` object."""
    return {"type": "plain_text", "text": plain(text, limit), "emoji": False}


def machine_read(name: str, value: str, limit: int) -> str:
    """A value that must arrive whole. Raises ChatRefused."""
    if size(value) > limit:
        raise ChatRefused(f"{name}_too_long")
    return value


def _draw(block: Block, numbers: Iterator[int]) -> Iterator[Json]:
    match block:
        case Heading(text):
            yield {"type": "header", "text": plain_text(text, _HEADER)}
        case Paragraph(text, button):
            beside = {"accessory": _beside(button, numbers)} if button else {}
            yield {"type": "section", "text": _mrkdwn(text, _SECTION), **beside}
        case Facts(items):
            for some in batched(items, _FIELDS, strict=False):
                facts = [Text("*{label}*\n{value}", {"label": label, "value": value}) for label, value in some]
                yield {"type": "section", "fields": [_mrkdwn(fact, _FIELD) for fact in facts]}
        case Buttons(buttons):
            for row in batched(buttons, _ROW, strict=False):
                yield {"type": "actions", "elements": [_button(button, numbers) for button in row]}
        case Note(text):
            yield {"type": "context", "elements": [_mrkdwn(text, _CONTEXT)]}
        case Divider():
            yield {"type": "divider"}


def _mrkdwn(text: Text, limit: int) -> Json:
    """``verbatim``: Slack makes no links of its own from addresses and names in the text."""
    return {"type": "mrkdwn", "text": marked_up(text, limit), "verbatim": True}


def _beside(element: Button | PersonPicker, numbers: Iterator[int]) -> Json:
    return _button(element, numbers) if isinstance(element, Button) else _picker(element, numbers)


def _picker(picker: PersonPicker, numbers: Iterator[int]) -> Json:
    """docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element, ``users_select``."""
    return {
        "type": "users_select",
        "action_id": machine_read("action_id", f"{picker.action}#{next(numbers)}", _ID),
        "placeholder": plain_text(picker.placeholder, _PLACEHOLDER),
    }


def _button(button: Button, numbers: Iterator[int]) -> Json:
    """Action ids are unique in a message: the number is dropped again when the click is read."""
    drawn: Json = {
        "type": "button",
        "text": plain_text(button.label, _LABEL),
        "action_id": machine_read("action_id", f"{button.action}#{next(numbers)}", _ID),
    }
    optional: Mapping[str, Any] = {
        "value": machine_read("value", button.value, _VALUE) or None,
        "url": checked_url(button.url) if button.url else None,
        "style": None if button.style is Style.PLAIN else button.style.value,
        "confirm": _confirm(button.confirmation, button.style) if button.confirmation else None,
    }
    return drawn | {name: value for name, value in optional.items() if value is not None}


def _confirm(confirmation: Confirmation, style: Style) -> Json:
    drawn: Json = {
        "title": plain_text(confirmation.title, _CONFIRM_TITLE),
        "text": plain_text(confirmation.text, _CONFIRM_TEXT),
        "confirm": plain_text(confirmation.confirm, _CONFIRM_BUTTON),
        "deny": plain_text(confirmation.deny, _CONFIRM_BUTTON),
    }
    return drawn if style is Style.PLAIN else drawn | {"style": style.value}
