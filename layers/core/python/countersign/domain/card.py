"""A card: what an approval recipe posted, its copies, and what became of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from countersign.domain.identity import Workspace


class CardStatus(StrEnum):
    """Whether a card can still be decided."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where a posted message is."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Who settled a record, as whom, how and when. ``user_id`` is None when it was settled in the app itself."""

    choice: str
    past: str
    user_id: str | None
    account_label: str
    at: int
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """The row of a card.

    Attributes:
        id: ``H(recipe, workspace, key)``: the same record's card again is the same card.
        inputs: what the hook brought: the record as it was shown.
        record: the app's own id of the record; with the app it names the *subject* that is settled once.
        copies: every posted copy; all are rewritten together.
        version: moves at every change.
    """

    id: str
    recipe: str
    workspace: Workspace
    inputs: Mapping[str, str]
    record: str
    status: CardStatus
    copies: tuple[MessageRef, ...]
    created_at: int
    version: int
    decision: Decision | None = None
    round: int = 0


def card_id(recipe: str, workspace: str, key: str) -> str:
    """The id of a record's card in a recipe and workspace; 32 hex characters."""
    return hashlib.sha256(f"{recipe}\0{workspace}\0{key}".encode()).hexdigest()[:32]
