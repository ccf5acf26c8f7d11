"""Fills a recipe's own texts: the card it shows, what its steps take, what it replies. Pure values, no markup.

Everything that comes from a hook, a form or an app stays data: whoever renders it escapes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from countersign.domain.app_text import clean
from countersign.domain.catalog import CardTemplate, Procedure, Recipe, Step
from countersign.domain.errors import ConfigurationError
from countersign.domain.message import Link
from countersign.domain.query import ask_text, holds
from countersign.domain.template import Landing, Scalar, UnusableValue, Values, fill, fill_map, is_absent

type Inputs = Mapping[str, str]
type Settings = Mapping[str, Mapping[str, str]]
"""App id → its per-deployment settings."""
type Results = Mapping[str, Mapping[str, str]]
"""Step id → what it gave."""

TITLE_CHARACTERS: Final = 150
FACT_CHARACTERS: Final = 500
_NO_RESULTS: Final[Results] = {}


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as everyone sees it before it is decided: one-line title and facts, an optional text and link."""

    title: str
    text: str | None
    facts: tuple[tuple[str, str], ...]
    link: Link | None


@dataclass(frozen=True, slots=True)
class Settled:
    """That, how and by whom a record was settled in the app itself, as its hook says."""

    past: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person is told in private when a procedure is done."""

    text: str
    link: Link | None


class _Names(dict[str, Scalar | None]):
    """The names of a recipe. A step's result that its answer did not hold is absent, not unknown."""

    def __missing__(self, name: str) -> Scalar | None:
        if name.startswith("steps."):
            return None
        if name.startswith("settings."):
            setting = name.removeprefix("settings.")
            raise ConfigurationError(f"the setting {setting} is missing: give it in the parameter AppSettings")
        raise KeyError(name)


def recipe_values(
    recipe: Recipe,
    inputs: Inputs,
    settings: Settings,
    procedure: Procedure | None = None,
    results: Results = _NO_RESULTS,
) -> Values:
    """Every name that a recipe's templates may use, with its value.

    ``inputs``: what the hook brought and the form's answers, together; the build has refused names that are in both.
    """
    declared = [*recipe.inputs, *(field.name for field in procedure.form if procedure)] if procedure else recipe.inputs
    return _Names(
        {f"input.{name}": inputs.get(name) or None for name in declared}
        | {f"settings.{app}.{name}": value for app, pairs in settings.items() for name, value in pairs.items()}
        | {f"steps.{step}.{name}": value for step, given in results.items() for name, value in given.items()}
    )


def step_inputs(step: Step, values: Values) -> dict[str, str]:
    """What a step hands to its operation; an input that is nothing but an absent value is left out."""
    return fill_map(step.inputs, values)


def card_view(recipe: Recipe, inputs: Inputs, settings: Settings) -> CardView:
    """The card of a recipe that posts one. Facts that are nothing but an absent value are left out."""
    card, values = card_template(recipe), recipe_values(recipe, inputs, settings)
    return CardView(
        title=clean(fill(card.title, values), TITLE_CHARACTERS),
        text=fill(card.text, values).strip() or None if card.text else None,
        facts=tuple(
            (label, clean(fill(value, values), FACT_CHARACTERS))
            for label, value in card.facts
            if not is_absent(value, values)
        ),
        link=_link(card.link_label, card.link_url, values),
    )


def chosen(recipe: Recipe, procedure: Procedure, inputs: Inputs | None, settings: Settings) -> str:
    """What a person chose, as they know it wherever they read of it: the button and its card, or the command.

    ``inputs``: of the card, None where there is none (any more).
    """
    if recipe.card is None:
        return recipe.title
    return procedure.label if inputs is None else f"{procedure.label} · {card_view(recipe, inputs, settings).title}"


def card_record(recipe: Recipe, inputs: Inputs, settings: Settings) -> str:
    """The app's own id of the record that the card is about."""
    return fill(card_template(recipe).record, recipe_values(recipe, inputs, settings))


def card_place(recipe: Recipe, inputs: Inputs, settings: Settings) -> tuple[str | None, str | None]:
    """Where the card goes: ``(channel, None)`` or ``(None, e-mail address of a person)``."""
    card, values = card_template(recipe), recipe_values(recipe, inputs, settings)
    return (fill(card.channel, values) if card.channel else None, fill(card.person, values) if card.person else None)


def told_at_the_end(recipe: Recipe, inputs: Inputs, settings: Settings) -> str | None:
    """The e-mail address of who is told how a card ended; None where nobody is."""
    if recipe.card is None or recipe.card.tell is None:
        return None
    return fill(recipe.card.tell, recipe_values(recipe, inputs, settings)).strip() or None


def requester(recipe: Recipe, inputs: Inputs, settings: Settings) -> str | None:
    """Who may not decide, where the recipe forbids it: empty where nobody says who asked. None: everybody may."""
    card = recipe.card
    if card is None or card.self_approval:
        return None
    return fill(card.requester or "", recipe_values(recipe, inputs, settings)).strip()


def card_settled(recipe: Recipe, inputs: Inputs) -> Settled | None:
    """How the record was settled in the app itself, when the hook says so; None while it waits for a decision."""
    card = card_template(recipe)
    if not holds(card.closed, dict(inputs)):
        return None
    past, by = ask_text(card.closed_past, dict(inputs)), ask_text(card.closed_by, dict(inputs))
    return Settled(clean(past) if past else None, clean(by) if by else None)


def reply(procedure: Procedure, values: Values) -> Reply | None:
    """What the person is told when all steps are done, where the recipe says anything."""
    if procedure.reply is None:
        return None
    return Reply(fill(procedure.reply, values), _link(procedure.link_label, procedure.link_url, values))


def card_template(recipe: Recipe) -> CardTemplate:
    """What a recipe says of the cards that it posts. Raises ValueError for one that posts none."""
    if recipe.card is None:
        raise ValueError(f"recipe {recipe.id} posts no card")
    return recipe.card


def _link(label: str | None, url: str | None, values: Values) -> Link | None:
    """A link that lacks a value is left out: what it would lead to is not known, and nothing else depends on it."""
    try:
        return Link(fill(url, values, Landing.URL), label) if label and url else None
    except UnusableValue:
        return None
