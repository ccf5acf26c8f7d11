"""Block Kit's composition objects as rules: texts, options, confirmation dialogs, images.

Source: docs.slack.dev/reference/block-kit/composition-objects and github.com/slackapi/node-slack-sdk `packages/types`.
"""

from sandbox.slack.block_kit.rules import (
    Rule,
    array,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    one_of,
    shape,
    string,
    url,
)

LONGEST_ID = 255


def _text_kinds(longest: int) -> dict[str, Rule]:
    kind = one_of("plain_text", "mrkdwn")
    return {
        "plain_text": shape({"type": kind, "text": string(longest)}, {"emoji": boolean}),
        "mrkdwn": shape({"type": kind, "text": string(longest)}, {"verbatim": boolean}),
    }


def plain_text(longest: int) -> Rule:
    """A `plain_text` object of at most so many characters."""
    return by_type(_text_kinds(longest), {"plain_text"})


def any_text(longest: int) -> Rule:
    """A `plain_text` or `mrkdwn` object of at most so many characters."""
    return by_type(_text_kinds(longest), {"plain_text", "mrkdwn"})


identifier = string(LONGEST_ID)
"""`block_id`, `action_id`, `callback_id`, `external_id`."""

confirm = shape(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": one_of("primary", "danger")},
)


def option(text: Rule, *, links: bool = False) -> Rule:
    """A choice of a menu; only overflow menus take a `url`."""
    optional: dict[str, Rule] = {"description": any_text(75)}
    if links:
        optional["url"] = url(3000)
    return shape({"text": text, "value": string(150)}, optional)


menu_option = option(plain_text(75))
option_group = shape({"label": plain_text(75), "options": array(menu_option, 100)})

slack_file = shape({}, {"id": string(), "url": string()}, at_least_one("id", "url"))
image_fields: dict[str, Rule] = {"image_url": url(3000), "slack_file": slack_file}
one_image_source = exactly_one("image_url", "slack_file")
