"""Whether Slack would take these blocks or this view, and if not, why.

Limits: 50 blocks in a message, 100 in a modal or Home tab, unique block ids, a view of at most 250 kB.
Source: docs.slack.dev/surfaces/modals, docs.slack.dev/surfaces/app-home, docs.slack.dev/reference/methods/views.open.
"""

import json
from collections.abc import Iterator
from typing import Any, Literal

from sandbox.slack.block_kit.blocks import BLOCKS, EVERYWHERE
from sandbox.slack.block_kit.composition import LONGEST_ID, plain_text
from sandbox.slack.block_kit.rules import Rule, array, boolean, by_type, one_of, problem, shape, string

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
LARGEST_VIEW = 250_000
LONGEST_MARKDOWN = 12_000

Surface = Literal["message", "modal", "home"]


def check_blocks(blocks: Any, surface: Surface, pointer: str = "/blocks") -> list[str]:
    """Slack's complaints about these blocks on this surface; none when it takes them."""
    return list(_blocks(surface)(blocks, pointer))


def markdown_too_long(blocks: list[dict[str, Any]]) -> bool:
    """Whether the markdown blocks of one message hold more than 12,000 characters together."""
    return sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > LONGEST_MARKDOWN


def check_view(view: Any) -> list[str]:
    """Slack's complaints about a view, of type `modal` or `home`; none when it takes it."""
    return list(by_type(_VIEWS, set(_VIEWS))(view, "/view"))


def view_too_large(view: dict[str, Any]) -> bool:
    """Whether the view is over 250 kB as JSON."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > LARGEST_VIEW


def _blocks(surface: Surface) -> Rule:
    allowed = EVERYWHERE | {"markdown"} if surface == "message" else EVERYWHERE
    each = array(by_type(BLOCKS, allowed), MOST_BLOCKS[surface], least=0)

    def check(blocks: Any, pointer: str) -> Iterator[str]:
        yield from each(blocks, pointer)
        if isinstance(blocks, list):
            yield from _repeated_ids(blocks, pointer)

    return check


def _repeated_ids(blocks: list[Any], pointer: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id") if isinstance(block, dict) else None
        if not isinstance(block_id, str):
            continue
        if block_id in seen:
            yield problem(f"`block_id` must be unique: {block_id}", f"{pointer}/{index}/block_id")
        seen.add(block_id)


def _submit_for_inputs(view: Any, pointer: str) -> Iterator[str]:
    blocks = view.get("blocks")
    inputs = isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
    if inputs and not view.get("submit"):
        yield problem("missing required field: submit", pointer)


_anywhere: dict[str, Rule] = {
    "private_metadata": string(3000, shortest=0),
    "callback_id": string(LONGEST_ID, shortest=0),
    "external_id": string(LONGEST_ID, shortest=0),
}
_VIEWS: dict[str, Rule] = {
    "modal": shape(
        {"type": one_of("modal"), "title": plain_text(24), "blocks": _blocks("modal")},
        {
            **_anywhere,
            "submit": plain_text(24),
            "close": plain_text(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
        _submit_for_inputs,
    ),
    "home": shape({"type": one_of("home"), "blocks": _blocks("home")}, _anywhere),
}
