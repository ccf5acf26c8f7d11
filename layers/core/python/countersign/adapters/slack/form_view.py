"""A form as a Slack modal. docs.slack.dev/surfaces/modals.

Block id and action id are the field's name: what was typed survives an update of the view, and answers and errors come
back under the same name.
"""

import json
from typing import Any, Final

from countersign.adapters.slack.block_kit import VIEW_BLOCKS, Json, blocks_json, machine_read, plain_text
from countersign.domain.errors import ChatRefused
from countersign.domain.message import Field, FieldKind, Form

CALLBACK_ID: Final = "form"
VIEW_BYTES: Final = 250_000

_TITLE, _STATE, _NAME, _LABEL, _HINT, _PLACEHOLDER = 24, 3000, 255, 2000, 2000, 150
_OPTIONS, _OPTION_LABEL, _OPTION_VALUE, _TYPED = 100, 75, 150, 3000


def form_json(form: Form) -> Json:
    """The modal. Raises ChatRefused when it can't be shown whole: too many fields, options, or too long a state."""
    blocks = [*blocks_json(form.blocks, VIEW_BLOCKS), *(_input(field) for field in form.fields)]
    sending = {"submit": plain_text(form.submit, _TITLE)} if form.submit else {}
    view = {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": plain_text(form.title, _TITLE),
        **sending,
        "close": plain_text("Cancel" if form.submit else "Close", _TITLE),
        "private_metadata": machine_read("private_metadata", form.state, _STATE),
        "blocks": blocks,
    }
    if len(blocks) > VIEW_BLOCKS or len(json.dumps(view)) > VIEW_BYTES:
        raise ChatRefused("view_too_large")
    return view


def _input(field: Field) -> Json:
    drawn: Json = {
        "type": "input",
        "block_id": machine_read("block_id", field.name, _NAME),
        "label": plain_text(field.label, _LABEL),
        "optional": not field.required,
        "element": {"action_id": field.name, **_element(field), **_placeholder(field), **_initial(field)},
    }
    return drawn | ({"hint": plain_text(field.hint, _HINT)} if field.hint else {})


def _placeholder(field: Field) -> Json:
    return {"placeholder": plain_text(field.placeholder, _PLACEHOLDER)} if field.placeholder else {}


def _initial(field: Field) -> Json:
    """What the field begins with; only those kinds have it that the catalog lets begin with something."""
    if field.initial is None:
        return {}
    if field.kind is FieldKind.PERSON:
        return {"initial_user": machine_read("initial_user", field.initial, _NAME)}
    return {"initial_value": machine_read("initial_value", field.initial, _TYPED)}


def _element(field: Field) -> Json:
    match field.kind:
        case FieldKind.TEXT | FieldKind.MULTILINE:
            multiline = field.kind is FieldKind.MULTILINE
            return {"type": "plain_text_input", "multiline": multiline, **_lengths(field)}
        case FieldKind.NUMBER:
            bounds = {"min_value": field.minimum, "max_value": field.maximum}
            shown = {name: _number(value) for name, value in bounds.items() if value is not None}
            return {"type": "number_input", "is_decimal_allowed": True, **shown}
        case FieldKind.SELECT:
            return {"type": "static_select", "options": _options(field)}
        case FieldKind.DATE:
            return {"type": "datepicker"}
        case FieldKind.PERSON:
            return {"type": "users_select"}


def _lengths(field: Field) -> dict[str, Any]:
    bounds = {"min_length": field.min_length, "max_length": field.max_length}
    return {name: min(value, _TYPED) for name, value in bounds.items() if value}


def _options(field: Field) -> list[Json]:
    if not 1 <= len(field.options) <= _OPTIONS:
        raise ChatRefused("options_out_of_range")
    return [
        {"text": plain_text(label, _OPTION_LABEL), "value": machine_read("option_value", value, _OPTION_VALUE)}
        for value, label in field.options
    ]


def _number(value: float) -> str:
    """Slack wants decimal notation, without an exponent."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
