"""Where an interaction goes: a form opened on the spot, one of the two queues, or nowhere. Pure."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from countersign.domain.card_button import CardButton
from countersign.domain.catalog import Catalog, Procedure, Recipe
from countersign.domain.interaction import Interaction, Kind
from countersign.domain.texts.names import CARD_CHOOSE, CARD_OPEN, CONNECT_OPEN, FORM_LOAD, FORM_OPEN

SHORTCUT: Final = "recipe."
MESSAGE_SHORTCUT: Final = "message."
"""What the names of global and of message shortcuts begin with; the recipe's id follows."""
RUN: Final = "run"
HISTORY: Final = "history"


class Destination(Enum):
    """Who takes it."""

    ACTIONS = "actions"
    CONNECTIONS = "connections"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Ask this procedure's form first."""

    recipe: Recipe
    procedure: Procedure
    card: str | None = None
    shown: str | None = None


type Route = Destination | OpenForm


def route(interaction: Interaction, catalog: Catalog) -> Route:
    """Decide by what was used, never by who used it.

    A stranger's click opens no form: it goes to the queue, where it is refused.
    """
    match interaction.kind:
        case Kind.COMMAND | Kind.TEXT:
            found = _words(interaction, catalog)
        case Kind.SHORTCUT:
            found = _start(catalog.recipes.get(shortcut_recipe(interaction.name)))
        case Kind.BUTTON:
            found = _button(interaction, catalog)
        case Kind.FORM:
            found = Destination.ACTIONS
        case Kind.HOME:
            found = Destination.CONNECTIONS
    return Destination.ACTIONS if interaction.foreign and isinstance(found, OpenForm) else found


def shortcut_recipe(name: str) -> str:
    """The recipe that a shortcut of this name starts."""
    return name.removeprefix(MESSAGE_SHORTCUT if name.startswith(MESSAGE_SHORTCUT) else SHORTCUT)


def _words(interaction: Interaction, catalog: Catalog) -> Route:
    """A recipe's command, else words that Connections answers. Typed words bring nothing that could open a form."""
    words = interaction.value
    if words == HISTORY:
        return Destination.ACTIONS  # the ledger is read by the function that writes it
    started = _start(catalog.by_command(words))
    typed = interaction.kind is Kind.TEXT
    return Destination.CONNECTIONS if typed and isinstance(started, OpenForm) else started


def _start(recipe: Recipe | None) -> Route:
    """Start a recipe's only procedure. What is not known any more gets help."""
    if recipe is None or RUN not in recipe.procedures:
        return Destination.CONNECTIONS
    return OpenForm(recipe, recipe.run) if recipe.run.form else Destination.ACTIONS


def _button(interaction: Interaction, catalog: Catalog) -> Route:
    name = interaction.name
    if name == CARD_CHOOSE:
        return _choose(interaction.value, catalog)
    if name == FORM_OPEN:
        return _start(catalog.recipes.get(interaction.value))
    if name in (CONNECT_OPEN, FORM_LOAD) or name.startswith("action."):
        return Destination.ACTIONS
    if name == CARD_OPEN:
        return Destination.NOWHERE
    return Destination.CONNECTIONS if name.startswith("connections.") else Destination.NOWHERE


def _choose(value: str, catalog: Catalog) -> Route:
    """A card's button. One that is not known any more goes to the worker, which says so."""
    button = CardButton.from_value(value)
    recipe = catalog.recipes.get(button.recipe)
    procedure = recipe.procedures.get(button.procedure) if recipe else None
    if recipe and procedure and procedure.form:
        return OpenForm(recipe, procedure, button.card, button.shown)
    return Destination.ACTIONS
