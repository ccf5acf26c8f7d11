"""The acting world with a card whose recipe has rules: the shipped recipe, with what a test adds to it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from countersign.domain.card import Card
from countersign.domain.card_template import Unchanged
from countersign.domain.catalog import Catalog, Recipe
from countersign.domain.identity import Person
from countersign.domain.message import Facts, Field, FieldKind, Message, Note, Paragraph
from tests.support.acting_world import CARD, ActingWorld
from tests.support.memory_chat import filled
from tests.support.scripted_servicenow import CHANGE
from tests.support.shipped_catalog import shipped

PRIYA = Person("T0ACME", "U0PRIYA")
UNCHANGED = Unchanged(
    "servicenow.read_change", {"sys_id": "${input.sys_id}"}, {"short_description": "short_description"}
)
RECIPE = "approve_change"
INPUTS = {
    "sys_id": CHANGE,
    "number": "CHG0030001",
    "short_description": "Upgrade the payroll database",
    "requested_by": "Priya",
    "requester_email": "priya@acme.com",
}


def ruled(recipe: Recipe, votes: Mapping[str, int], card: Mapping[str, Any]) -> Recipe:
    """The recipe with other rules. Its hook brings Priya's address as well."""
    assert recipe.card is not None
    procedures = {name: replace(one, votes=votes.get(name, 1)) for name, one in recipe.procedures.items()}
    address = Field("requester_email", FieldKind.TEXT, "Requester's address", required=False, max_length=200)
    inputs = {**recipe.inputs, "requester_email": address}
    return replace(recipe, card=replace(recipe.card, **card), procedures=procedures, inputs=inputs)


def with_rules(votes: Mapping[str, int], card: Mapping[str, Any]) -> Catalog:
    """The shipped catalog with the rules in its recipe."""
    there = shipped()
    return replace(there, recipes={**there.recipes, RECIPE: ruled(there.recipes[RECIPE], votes, card)})


class CardWorld(ActingWorld):
    """One card, open, of a recipe with rules: ``card`` are attributes of its template, ``votes`` by choice."""

    def __init__(self, *, votes: Mapping[str, int] | None = None, **card: Any) -> None:
        super().__init__()
        self.rules = votes or {}, card
        self.slack.emails = {
            f"{name}@acme.com": Person("T0ACME", f"U0{name.upper()}") for name in ("josie", "tom", "priya")
        }
        self.servicenow.tokens["at-priya"] = "priya"

    catalog = cached_property(lambda self: with_rules(*self.rules))

    def forget_recipe(self) -> None:
        """Deploy a catalog without it, in a process of its own."""
        recipes = {name: one for name, one in self.catalog.recipes.items() if name != RECIPE}
        self.__dict__["catalog"] = replace(self.catalog, recipes=recipes)
        self.be_another_worker()

    @property
    def card(self) -> Card:
        card = self.cards.get(CARD)
        assert card is not None
        return card

    @property
    def drawn(self) -> str:
        """The words on the card as it was drawn last."""
        return everything(self.slack.updated[-1][1])

    def last_to(self, person: Person) -> Message:
        """What a person was told last in private."""
        return next(message for someone, message in reversed(self.slack.told) if someone == person)


def everything(message: Message) -> str:
    """All that a message says but its buttons."""
    lines = [filled(block.text) for block in message.blocks if isinstance(block, Paragraph | Note)]
    facts = [
        f"{label}: {value}" for block in message.blocks if isinstance(block, Facts) for label, value in block.items
    ]
    return "\n".join([*lines, *facts])
