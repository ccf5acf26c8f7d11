"""Reads a card's record as the person who is about to decide it: is it still what the card shows?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from countersign.domain.action import Action
from countersign.domain.answer import Refused, Succeeded
from countersign.domain.app_text import clean
from countersign.domain.card import Card, CardStatus
from countersign.domain.card_life import shown_anew
from countersign.domain.card_rules import as_it_is_now, differences
from countersign.domain.card_template import Unchanged
from countersign.domain.catalog import Catalog, Recipe
from countersign.domain.connection import Connection
from countersign.domain.errors import Conflict, PermissionNeeded
from countersign.domain.recipe_view import Settings, recipe_values
from countersign.domain.template import fill_map
from countersign.ports.stores import CardStore
from countersign.usecases.call_app import CallApp, Opened
from countersign.usecases.perform_step import NotDone, PerformStep, StepAt

_DETAIL: Final = 1_000
_STEP: Final = "unchanged"


@dataclass(frozen=True, slots=True)
class Compared:
    """The connection as it is after reading, and what stands in the way: ``changed`` in words, or no usable answer."""

    opened: Opened
    changed: str | None = None
    trouble: Refused | NotDone | None = None


@dataclass(frozen=True)
class CompareRecord:
    """The card gets what is there now; it is drawn when the action ends. Raises what PerformStep and CallApp raise."""

    cards: CardStore
    catalog: Catalog
    settings: Settings
    call_app: CallApp
    perform: PerformStep

    def __call__(
        self, action: Action, recipe: Recipe, card: Card, unchanged: Unchanged, connection: Connection
    ) -> Compared:
        """Read, and compare."""
        operation = self.catalog.operation(unchanged.operation)
        if not operation.permitted_by(connection.scopes):
            raise PermissionNeeded(operation.app, action.step)
        inputs = fill_map(unchanged.inputs, recipe_values(recipe, card.inputs, self.settings))
        opened = self.call_app.open(connection)
        at, found = self.perform.look(StepAt(action, opened, operation, _STEP, inputs))
        if not isinstance(found, Succeeded):
            return Compared(at.opened, trouble=found)
        now = as_it_is_now(card.inputs, unchanged.same, found.results)
        if now == card.inputs:
            return Compared(at.opened)
        self._bring_up_to_date(card, now)
        return Compared(at.opened, changed=clean(differences(recipe.inputs, card.inputs, now), _DETAIL))

    def _bring_up_to_date(self, card: Card, now: Mapping[str, str]) -> None:
        try:
            self.cards.save(shown_anew(card, now))
        except Conflict:
            there = self.cards.get(card.id)
            if there is not None and there.status is CardStatus.OPEN and there.inputs == card.inputs:
                self.cards.save(shown_anew(there, now))  # it was voted on; any other change is newer than ours
