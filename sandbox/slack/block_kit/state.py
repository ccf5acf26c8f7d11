"""What a person chose or typed in interactive elements, in the shapes of `state.values` and of `actions`.

Source: docs.slack.dev/reference/interaction-payloads/view-interactions-payload and …/block_actions-payload.
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_VALUE_FIELD = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_LISTS = frozenset({"selected_options", "selected_users", "selected_channels", "selected_conversations"})


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of a block, in order."""
    found = [*block.get("elements", []), block.get("accessory"), block.get("element")]
    return [element for element in found if element and "action_id" in element]


def find_element(blocks: list[Json], block_id: str | None, action_id: str) -> tuple[Json, Json] | None:
    """The block and the element with these ids; without a block id the first element of that action id."""
    for block in blocks:
        for element in elements_of(block):
            if element["action_id"] == action_id and block_id in (None, block["block_id"]):
                return block, element
    return None


def stateful(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block and element that keeps a value: all but buttons and overflow menus."""
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in _VALUE_FIELD and element["type"] != "overflow":
                yield block, element


def chosen_value(element: Json, chosen: Any) -> Json:
    """A state value from what the page sends: Slack's own object, or the bare value, option value or list of them."""
    field = _VALUE_FIELD[element["type"]]
    raw = chosen[field] if isinstance(chosen, dict) and field in chosen else chosen
    if field == "selected_options":
        picked = [_option(element, each) for each in raw or []]
        return {"type": element["type"], field: [option for option in picked if option]}
    value = _option(element, raw) if field == "selected_option" else raw
    return {"type": element["type"], field: value if value != "" else None}


def initial_value(element: Json) -> Json:
    """The state value of an element that nobody touched."""
    field = _VALUE_FIELD[element["type"]]
    initial = element.get(field.replace("selected", "initial") if field != "value" else "initial_value")
    empty: Any = [] if field in _LISTS else None
    return {"type": element["type"], field: initial if initial is not None else empty}


def value_of(state: Json) -> Any:
    """The bare value inside a state value: text, option, list, or None when empty."""
    return state.get(_VALUE_FIELD[state["type"]])


def state_values(blocks: list[Json], chosen: Json) -> Json:
    """`state.values` of these blocks: what was chosen, else each element's initial value."""
    values: Json = {}
    for block, element in stateful(blocks):
        given = chosen.get(block["block_id"], {})
        action_id = element["action_id"]
        state = chosen_value(element, given[action_id]) if action_id in given else initial_value(element)
        values.setdefault(block["block_id"], {})[action_id] = state
    return values


def _option(element: Json, raw: Any) -> Json | None:
    wanted = raw.get("value") if isinstance(raw, dict) else raw
    options = [*element.get("options", [])]
    for group in element.get("option_groups", []):
        options += group["options"]
    return next((option for option in options if option["value"] == wanted), None)
