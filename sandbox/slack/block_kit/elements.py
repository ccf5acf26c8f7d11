"""Block Kit's elements as a table of rules, and where each may stand.

Source: docs.slack.dev/reference/block-kit/block-elements and github.com/slackapi/node-slack-sdk `packages/types`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.slack.block_kit.composition import (
    any_text,
    confirm,
    identifier,
    image_fields,
    menu_option,
    one_image_source,
    option,
    option_group,
    plain_text,
)
from sandbox.slack.block_kit.rules import (
    Rule,
    array,
    boolean,
    by_type,
    exactly_one,
    one_of,
    problem,
    shape,
    string,
    url,
    whole_number,
)

_dispatch = shape({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)})


def _element(kind: str, required: Mapping[str, Rule], optional: Mapping[str, Rule], *also: Rule) -> Rule:
    common: dict[str, Rule] = {"action_id": identifier}
    return shape({"type": one_of(kind), **required}, {**common, **optional}, *also)


def _chooser(kind: str, required: Mapping[str, Rule], optional: Mapping[str, Rule], *also: Rule) -> Rule:
    common: dict[str, Rule] = {"confirm": confirm, "focus_on_load": boolean}
    return _element(kind, required, {**common, **optional}, *also)


def _menu(kind: str, optional: Mapping[str, Rule], *also: Rule) -> Rule:
    common: dict[str, Rule] = {"placeholder": plain_text(150)}
    if kind.startswith("multi_"):
        common["max_selected_items"] = whole_number(1, 1000)
    elif kind in {"conversations_select", "channels_select"}:
        common["response_url_enabled"] = boolean
    return _chooser(kind, {}, {**common, **optional}, *also)


def _typed(kind: str, optional: Mapping[str, Rule], required: Mapping[str, Rule] | None = None) -> Rule:
    common: dict[str, Rule] = {
        "placeholder": plain_text(150),
        "focus_on_load": boolean,
        "dispatch_action_config": _dispatch,
        "initial_value": string(3000, shortest=0),
    }
    return _element(kind, required or {}, {**common, **optional})


def _lengths_fit(value: Any, pointer: str) -> Iterator[str]:
    if value.get("min_length", 0) > value.get("max_length", 3000):
        yield problem("min_length must not exceed max_length", pointer)


_ids = array(string())
_filter = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_static = {"options": array(menu_option, 100), "option_groups": array(option_group, 100)}
_boxes = array(option(any_text(75)), 10)
_group_or_plain = exactly_one("options", "option_groups")


def _plain_text_input(value: Any, pointer: str) -> Iterator[str]:
    fields: dict[str, Rule] = {
        "multiline": boolean,
        "min_length": whole_number(0, 3000),
        "max_length": whole_number(1, 3000),
    }
    broken = list(_typed("plain_text_input", fields)(value, pointer))
    yield from broken or _lengths_fit(value, pointer)


ELEMENTS: dict[str, Rule] = {
    "button": _element(
        "button",
        {"text": plain_text(75)},
        {
            "value": string(2000),
            "url": url(3000),
            "style": one_of("primary", "danger"),
            "confirm": confirm,
            "accessibility_label": string(75),
        },
    ),
    "image": shape({"type": one_of("image"), "alt_text": string(2000)}, image_fields, one_image_source),
    "overflow": _element("overflow", {"options": array(option(plain_text(75), links=True), 5)}, {"confirm": confirm}),
    "checkboxes": _chooser("checkboxes", {"options": _boxes}, {"initial_options": _boxes}),
    "radio_buttons": _chooser("radio_buttons", {"options": _boxes}, {"initial_option": option(any_text(75))}),
    "datepicker": _chooser("datepicker", {}, {"initial_date": string(10), "placeholder": plain_text(150)}),
    "timepicker": _chooser(
        "timepicker", {}, {"initial_time": string(5), "placeholder": plain_text(150), "timezone": string(100)}
    ),
    "datetimepicker": _chooser("datetimepicker", {}, {"initial_date_time": whole_number(0, 9_999_999_999)}),
    "static_select": _menu("static_select", {**_static, "initial_option": menu_option}, _group_or_plain),
    "multi_static_select": _menu(
        "multi_static_select", {**_static, "initial_options": array(menu_option, 100)}, _group_or_plain
    ),
    "external_select": _menu(
        "external_select", {"initial_option": menu_option, "min_query_length": whole_number(0, 75)}
    ),
    "multi_external_select": _menu(
        "multi_external_select", {"initial_options": array(menu_option), "min_query_length": whole_number(0, 75)}
    ),
    "users_select": _menu("users_select", {"initial_user": string()}),
    "multi_users_select": _menu("multi_users_select", {"initial_users": _ids}),
    "channels_select": _menu("channels_select", {"initial_channel": string()}),
    "multi_channels_select": _menu("multi_channels_select", {"initial_channels": _ids}),
    "conversations_select": _menu(
        "conversations_select",
        {"initial_conversation": string(), "default_to_current_conversation": boolean, "filter": _filter},
    ),
    "multi_conversations_select": _menu(
        "multi_conversations_select",
        {"initial_conversations": _ids, "default_to_current_conversation": boolean, "filter": _filter},
    ),
    "plain_text_input": _plain_text_input,
    "number_input": _typed(
        "number_input", {"min_value": string(), "max_value": string()}, {"is_decimal_allowed": boolean}
    ),
    "email_text_input": _typed("email_text_input", {}),
    "url_text_input": _typed("url_text_input", {}),
    "mrkdwn": any_text(3000),
    "plain_text": any_text(3000),
}

MENUS = frozenset(name for name in ELEMENTS if name.endswith("select"))
PICKERS = frozenset({"checkboxes", "radio_buttons", "datepicker", "timepicker"})
TYPED = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})

accessory = by_type(ELEMENTS, {"button", "image", "overflow"} | MENUS | PICKERS)
action_element = by_type(ELEMENTS, {"button", "overflow", "datetimepicker"} | MENUS | PICKERS)
input_element = by_type(ELEMENTS, {"datetimepicker"} | MENUS | PICKERS | TYPED)
context_element = by_type(ELEMENTS, {"image", "mrkdwn", "plain_text"})
