"""What a business system's call says: the recipe's inputs, and which card it is about."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from countersign.domain.catalog import Recipe
from countersign.domain.errors import Malformed
from countersign.domain.form_check import accepted, check_answers
from countersign.domain.query import names
from countersign.domain.recipe_view import Inputs, Settings, card_record

LONGEST_KEY: Final = 255


@dataclass(frozen=True, slots=True)
class HookCall:
    """The recipe's declared inputs, as texts, and the key by which the card is found again."""

    inputs: Inputs
    key: str


def read_call(recipe: Recipe, body: Mapping[str, Any], webhook_id: str | None, settings: Settings) -> HookCall:
    """Read a body. Raises Malformed naming the first field that is wrong."""
    inputs = _inputs(recipe, body)
    return HookCall(inputs, _key(recipe, body, inputs, webhook_id, settings))


def wrong(what: str) -> Malformed:
    """The sender is a program's author: tell them which field, and what is wrong with it."""
    return Malformed(what, user_message=what)


def same_but_for_its_state(recipe: Recipe, one: Inputs, other: Inputs) -> bool:
    """Whether both tell the same of the record, apart from what the recipe reads to know how and by whom it ended."""
    card = recipe.card
    told = names(card.closed) | names(card.closed_past) | names(card.closed_by) if card else frozenset()
    return all(one.get(name) == other.get(name) for name in {*one, *other} - told)


def _inputs(recipe: Recipe, body: Mapping[str, Any]) -> dict[str, str]:
    given = {}
    for name in recipe.inputs:
        value = body.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            raise wrong(f"{name} must be a text or a number")
        if value is not None:
            given[name] = str(value)
    fields = list(recipe.inputs.values())
    for name, problem in check_answers(fields, given).items():
        raise wrong(f"{name}: {problem}")
    return accepted(fields, given)


def _key(recipe: Recipe, body: Mapping[str, Any], inputs: Inputs, webhook_id: str | None, settings: Settings) -> str:
    """The record's own id: ``key`` where the sender gives one, else the delivery's id, else the record."""
    key = body.get("key")
    if key is not None and (not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY):
        raise wrong("key must be a text of 1 to 255 characters")
    if key is not None:
        return f"key:{key}"
    if webhook_id is not None:
        return f"webhook:{hashlib.sha256(webhook_id.encode()).hexdigest()}"
    return f"record:{card_record(recipe, inputs, settings)}"
