"""Reads a list of an app as the choices of a form's select. Pure."""

from typing import Final

from countersign.domain.answer import NotUsable, Refused, Succeeded, TokenRejected, read_answer
from countersign.domain.app_text import clean
from countersign.domain.http import HttpAnswer
from countersign.domain.message import Offered
from countersign.domain.operation import Call
from countersign.domain.query import ask, ask_text

MOST: Final = 100
"""What Slack shows of a select (docs.slack.dev/reference/block-kit/block-elements/select-menu-element)."""
LABEL_CHARACTERS: Final = 75
VALUE_CHARACTERS: Final = 150


def read_choices(call: Call, answer: HttpAnswer) -> Offered | Refused | TokenRejected | NotUsable:
    """The answer to ``build_request`` of an operation with choices.

    An element without a value, or with one that chat would cut, can't be chosen and is left out.
    """
    choices = call.operation.choices
    if choices is None:
        raise ValueError("this operation has no choices")
    found = read_answer(call, answer)
    if not isinstance(found, Succeeded):
        return found
    listed = ask(choices.list, answer.body)
    if not isinstance(listed, list):
        return NotUsable("no list of choices in the answer")
    options: dict[str, str] = {}
    for element in listed:
        value = ask_text(choices.value, element)
        if value and len(value) <= VALUE_CHARACTERS:
            label = clean(ask_text(choices.label, element) or value, LABEL_CHARACTERS)
            options.setdefault(value, label or value[:LABEL_CHARACTERS])
    return Offered(tuple(options.items())[:MOST], len(options) > MOST)
