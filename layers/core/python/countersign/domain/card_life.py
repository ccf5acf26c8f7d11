"""How a card moves: what a hook, a vote, a change and time make of it. Pure."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from countersign.domain.card import Card, CardStatus, Decision, Vote

GRACE: Final = 60
"""Seconds after the end of a card in which whoever ended it does what follows from that; then housekeeping does."""

LATE: Final = 300
"""Seconds after a decision in which the record asking for one again, all else unchanged, is taken for an old call."""


def brought_up_to_date(there: Card, told: Card, now: int, *, same: bool) -> Card:
    """A card after a business system told about its record again.

    A decision made here stays as it was shown: it names who made it. A record that asks again after it was settled, or
    after its card expired, begins a new round, with copies of its own; unless the call was only late.

    Args:
        there: the card as it stands.
        told: the card as this call alone would make it.
        now: epoch seconds.
        same: whether the record is the same in all but how it stands with its decision.
    """
    if told.status is CardStatus.CLOSED and there.status is not CardStatus.CLOSED:
        return replace(
            there, inputs=told.inputs, status=told.status, decision=told.decision, unfinished=told.unfinished
        )
    if there.status is CardStatus.OPEN:
        return shown_anew(there, told.inputs)
    if told.status is CardStatus.CLOSED:
        decided_here = there.decision is not None and there.decision.user_id is not None
        if decided_here or there.inputs == told.inputs:
            return there
        return replace(there, inputs=told.inputs, decision=told.decision)
    if same and now - there.ended_at < LATE:
        return there
    return replace(
        there,
        inputs=told.inputs,
        status=CardStatus.OPEN,
        decision=None,
        copies=(),
        round=there.round + 1,
        posting_until=0,
        votes=(),
        lapsed=0,
        parts=(),
        remind_at=told.remind_at,
        expires_at=told.expires_at,
        unfinished=False,
    )


def shown_anew(card: Card, inputs: Mapping[str, str]) -> Card:
    """The card showing something else: nobody has voted for that."""
    if inputs == card.inputs:
        return card
    return replace(card, inputs=inputs, votes=(), lapsed=card.lapsed + len(card.votes))


def with_part(card: Card, part: Decision) -> Card:
    """The card with a decision that the app took, and that did not settle it; told again, it is the same."""
    return card if part in card.parts else replace(card, parts=(*card.parts, part))


def with_vote(card: Card, vote: Vote) -> Card:
    """The card with a person's vote. They have one: for another choice it moves; the same again changes nothing."""
    if any((there.user_id, there.choice) == (vote.user_id, vote.choice) for there in card.votes):
        return card
    others = tuple(there for there in card.votes if there.user_id != vote.user_id)
    return replace(card, votes=(*others, vote), lapsed=0)


def without_votes(card: Card, people: AbstractSet[str]) -> Card:
    """The card without what these people (user ids) voted for."""
    kept = tuple(vote for vote in card.votes if vote.user_id not in people)
    return card if len(kept) == len(card.votes) else replace(card, votes=kept)


def due_at(card: Card) -> int | None:
    """When housekeeping must look at this card if nobody else did (epoch seconds); None: never."""
    if card.status is CardStatus.OPEN:
        times = [time for time in (card.remind_at, card.expires_at) if time is not None]
        at = min(times, default=None)
    else:
        at = card.ended_at + GRACE if card.unfinished else None
    return None if at is None else max(at, card.busy_until)
