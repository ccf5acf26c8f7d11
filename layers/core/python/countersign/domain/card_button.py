"""What a card's button carries: which card, which choice, and what its person saw. Opaque to chat, believed by nobody.

The worker looks the card up, holds it against the signed click, and asks again when the card shows something else now.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

PARTS = 4


@dataclass(frozen=True, slots=True)
class CardButton:
    """``recipe|card|procedure|shown``; ``shown`` is the fingerprint of the card's inputs when it was drawn."""

    recipe: str
    card: str
    procedure: str
    shown: str

    def as_value(self) -> str:
        """The button's value."""
        return f"{self.recipe}|{self.card}|{self.procedure}|{self.shown}"

    @classmethod
    def from_value(cls, value: str) -> "CardButton":
        """Read a value, whoever wrote it: parts that are missing are empty, and then no card fits."""
        parts = [*value.split("|"), *[""] * PARTS][:PARTS]
        return cls(*parts)


@dataclass(frozen=True, slots=True)
class RetryButton:
    """``action|shown``: of *do you still want it?*; what it is asked about is what was shown when it was asked."""

    action: str
    shown: str

    def as_value(self) -> str:
        """The button's value."""
        return f"{self.action}|{self.shown}"

    @classmethod
    def from_value(cls, value: str) -> "RetryButton":
        """Read a value, whoever wrote it: without what was shown it is about nothing that any card shows."""
        action, _, shown = value.partition("|")
        return cls(action, shown)


def fingerprint(inputs: Mapping[str, str]) -> str:
    """What a card shows, as one short word: another one means that the card has changed."""
    shown = "\0".join(f"{name}={value}" for name, value in sorted(inputs.items()))
    return hashlib.sha256(shown.encode()).hexdigest()[:16]
