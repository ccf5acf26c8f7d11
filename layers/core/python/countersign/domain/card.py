"""A card: what an approval recipe posted, its copies, and what became of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

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
        round: which time that the record asks for a decision; the rounds before are settled, their copies as they were.
        posting_until: somebody is posting its first copy, and is dead by then if it is still to be posted.
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
    posting_until: int = 0

    @property
    def shown(self) -> tuple[Mapping[str, str], CardStatus, Decision | None]:
        """All that a copy shows: another one means that it must be drawn again."""
        return self.inputs, self.status, self.decision

    def subject(self, app: str) -> str:
        """What only one action may settle: the app's record, in this round of its approval."""
        return f"{app}#{self.record}#{self.round}"


LATE: Final = 300
"""Seconds after a decision in which the record asking for one again, all else unchanged, is taken for an old call."""


def brought_up_to_date(there: Card, told: Card, now: int, *, same: bool) -> Card:
    """A card after a business system told about its record again.

    A decision made here stays as it was shown: it names who made it. A record that asks again after it was settled
    begins a new round, with copies of its own; unless the call was only late.

    Args:
        there: the card as it stands.
        told: the card as this call alone would make it.
        now: epoch seconds.
        same: whether the record is the same in all but how it stands with its decision.
    """
    if there.status is CardStatus.OPEN:
        return replace(there, inputs=told.inputs, status=told.status, decision=told.decision)
    if told.status is CardStatus.CLOSED:
        decided_here = there.decision is not None and there.decision.user_id is not None
        if decided_here or there.inputs == told.inputs:
            return there
        return replace(there, inputs=told.inputs, decision=told.decision)
    settled_at = there.decision.at if there.decision else there.created_at
    if same and now - settled_at < LATE:
        return there
    return replace(
        there,
        inputs=told.inputs,
        status=CardStatus.OPEN,
        decision=None,
        copies=(),
        round=there.round + 1,
        posting_until=0,
    )


def card_id(recipe: str, workspace: str, key: str) -> str:
    """The id of a record's card in a recipe and workspace; 32 hex characters."""
    return hashlib.sha256(f"{recipe}\0{workspace}\0{key}".encode()).hexdigest()[:32]
