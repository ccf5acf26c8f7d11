"""Block Kit's blocks as a table of rules, and which surface takes which.

Source: docs.slack.dev/reference/block-kit/blocks and github.com/slackapi/node-slack-sdk `packages/types`. Left out, and
so refused: blocks that need files, streaming or assistants (`file`, `video`, `card`, `carousel`, `plan`, `table` …).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.slack.block_kit.composition import any_text, identifier, image_fields, one_image_source, plain_text
from sandbox.slack.block_kit.elements import accessory, action_element, context_element, input_element
from sandbox.slack.block_kit.rules import (
    Rule,
    array,
    at_least_one,
    boolean,
    one_of,
    problem,
    shape,
    string,
)


def _block(kind: str, required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *also: Rule) -> Rule:
    return shape({"type": one_of(kind), **required}, {"block_id": identifier, **(optional or {})}, *also)


def _unique_action_ids(block: Any, pointer: str) -> Iterator[str]:
    elements = block.get("elements")
    seen: set[str] = set()
    for index, element in enumerate(elements if isinstance(elements, list) else []):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if action_id and action_id in seen:
            name = block.get("block_id", "")
            yield problem(
                f'`action_id` "{action_id}" already exists for `block_id` "{name}"',
                f"{pointer}/elements/{index}/action_id",
            )
        seen.add(action_id or "")


def _rich_text_part(value: Any, pointer: str) -> Iterator[str]:
    parts = ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
    yield from shape(
        {"type": one_of(*parts), "elements": array(_any_object, least=0)},
        {"style": one_of("bullet", "ordered"), "indent": _anything, "border": one_of(0, 1), "offset": _anything},
    )(value, pointer)


def _any_object(value: Any, pointer: str) -> Iterator[str]:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        yield problem("must provide an object with a type", pointer)


def _anything(_value: Any, _pointer: str) -> Iterator[str]:
    yield from ()


BLOCKS: dict[str, Rule] = {
    "section": _block(
        "section",
        {},
        {
            "text": any_text(3000),
            "fields": array(any_text(2000), 10),
            "accessory": accessory,
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "header": _block("header", {"text": plain_text(150)}),
    "divider": _block("divider", {}),
    "context": _block("context", {"elements": array(context_element, 10)}),
    "actions": _block("actions", {"elements": array(action_element, 25)}, {}, _unique_action_ids),
    "image": _block("image", {"alt_text": string(2000)}, {"title": plain_text(2000), **image_fields}, one_image_source),
    "input": _block(
        "input",
        {"label": plain_text(2000), "element": input_element},
        {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": _block("markdown", {"text": string(12_000)}),
    "rich_text": _block("rich_text", {"elements": array(_rich_text_part)}),
}

EVERYWHERE = frozenset(BLOCKS) - {"markdown"}
