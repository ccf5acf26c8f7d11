"""A card: what an approval recipe posted, its copies, and what became of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from countersign.domain.identity import Workspace
from countersign.domain.standing import Standing


class CardStatus(StrEnum):
    """Whether a card can still be decided."""

    OPEN = "open"
    CLOSED = "closed"
    """Settled, here or in the app itself."""
    EXPIRED = "expired"
    """Nobody decided in time; what the app says later still counts."""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where a posted message is."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Who settled a record, as whom, how and when. ``user_id`` is None when it was settled in the app itself.

    ``account_label`` is empty where the app does not say who did, and it may have been somebody's click here.
    ``standing``: whether the record was settled by it, or waited for others.
    """

    choice: str
    past: str
    user_id: str | None
    account_label: str
    at: int
    comment: str | None = None
    standing: Standing = Standing.SETTLED


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person chose on a card that needs several; nothing was done in the app for it."""

    choice: str
    user_id: str
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
        votes: one for each person, oldest first, of those who chose where several must.
        lapsed: how many votes a change of the record took away, until somebody votes anew.
        remind_at: when its reminder is due; None where there is none, or none any more.
        expires_at: when it closes if nobody decides.
        unfinished: it ended, and what follows from that (people to be told) is not all done.
        parts: decisions that the app took without being settled by them (the first of two approvals), oldest first.
        busy_until: somebody is reminding or telling, and is dead by then if that is still to be done.
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
    votes: tuple[Vote, ...] = ()
    lapsed: int = 0
    remind_at: int | None = None
    expires_at: int | None = None
    unfinished: bool = False
    busy_until: int = 0
    parts: tuple[Decision, ...] = ()

    @property
    def shown(self) -> tuple[object, ...]:
        """All that a copy shows: another one means that it must be drawn again."""
        return self.inputs, self.status, self.decision, self.votes, self.lapsed, self.parts

    @property
    def ended_at(self) -> int:
        """When it was settled or expired; when it was made, where it is open or nobody knows."""
        if self.decision is not None:
            return self.decision.at
        return self.expires_at or self.created_at if self.status is CardStatus.EXPIRED else self.created_at

    def chosen(self, choice: str) -> tuple[Vote, ...]:
        """The votes for one choice."""
        return tuple(vote for vote in self.votes if vote.choice == choice)

    def subject(self, app: str) -> str:
        """What only one action may settle: the app's record, in this round of its approval."""
        return f"{app}#{self.record}#{self.round}"

    def is_about(self, subject: str | None) -> bool:
        """Whether a subject is of the record's present round; an earlier one is over, however it ended."""
        return subject == self.subject((subject or "").partition("#")[0])


def card_id(recipe: str, workspace: str, key: str) -> str:
    """The id of a record's card in a recipe and workspace; 32 hex characters."""
    return hashlib.sha256(f"{recipe}\0{workspace}\0{key}".encode()).hexdigest()[:32]
