"""How Slack stores blocks: with ids given to those that came without, and defaults written out."""

import copy
import secrets
from typing import Any

Json = dict[str, Any]

_NOT_INTERACTIVE = frozenset({"image", "mrkdwn", "plain_text"})


def normalised(blocks: list[Json]) -> list[Json]:
    """A copy of checked blocks with `block_id`s, `action_id`s and the text objects' defaults filled in."""
    stored = copy.deepcopy(blocks)
    for block in stored:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        if block["type"] == "rich_text":
            continue
        _write_defaults(block)
        if block["type"] == "input":
            block.setdefault("optional", False)
            block.setdefault("dispatch_action", False)
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if element and element["type"] not in _NOT_INTERACTIVE:
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return stored


def _write_defaults(value: Any) -> None:
    if isinstance(value, list):
        for each in value:
            _write_defaults(each)
    elif isinstance(value, dict):
        if value.get("type") == "plain_text":
            value.setdefault("emoji", True)
        elif value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        for each in value.values():
            _write_defaults(each)
