"""What an action works with: what its card shows, and what its person filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.action import Action
from countersign.domain.tokens import SealOwner
from countersign.ports.keys import Opener
from countersign.ports.stores import CardStore


@dataclass(frozen=True)
class ActionInputs:
    """Reads them, by name, as text."""

    cards: CardStore
    opener: Opener

    def __call__(self, action: Action) -> Mapping[str, str]:
        """The card's inputs and the form's answers, together. Raises SealBroken, StoreUnavailable."""
        card = self.cards.get(action.card) if action.card else None
        answers = self.opener.open(action.inputs, inputs_owner(action)) if action.inputs else {}
        return {**(card.inputs if card else {}), **{name: str(value) for name, value in answers.items()}}


def inputs_owner(action: Action) -> SealOwner:
    """To whom a waiting action's answers are sealed: its person, and this very action."""
    return SealOwner(action.person, action.workspace.id, f"recipe.{action.recipe}", "inputs", action.id, 1)
