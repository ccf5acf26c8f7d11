"""Counts a person's choice on a card that needs several people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from countersign.domain.action import Action, Outcome
from countersign.domain.card import Card, CardStatus, Vote
from countersign.domain.card_button import fingerprint
from countersign.domain.card_life import with_vote
from countersign.domain.catalog import Procedure
from countersign.domain.errors import ChatUnavailable, Conflict, LeaseBusy
from countersign.ports import CardStore, Clock, Journal
from countersign.usecases.show_card import ShowCard

TRIES: Final = 20
"""Times that a card which others vote on too is read and written again."""


@dataclass(frozen=True)
class CastVote:
    """A vote is written on the card's row, if that is still as it was read: two at once are two.

    Raises StoreUnavailable, and LeaseBusy when others write all the time.
    """

    cards: CardStore
    show: ShowCard
    journal: Journal
    clock: Clock

    def __call__(self, action: Action, procedure: Procedure, inputs: Mapping[str, str]) -> Outcome | None:
        """Why the action ends here; None when enough people have chosen this, and its person is to act."""
        comment = _comment(procedure, inputs)
        for _ in range(TRIES):
            card = self.cards.get(action.card or "")
            if card is None or card.status is not CardStatus.OPEN:
                return None  # its record says what became of it
            if fingerprint(card.inputs) != action.shown:
                return Outcome.CHANGED
            try:
                voted = self._with_vote(card, Vote(procedure.id, action.person.user_id, self.clock(), comment))
            except Conflict:
                continue
            return self._counted(voted, action, procedure)
        raise LeaseBusy("others write this card all the time")

    def _with_vote(self, card: Card, vote: Vote) -> Card:
        voted = with_vote(card, vote)
        return card if voted is card else self.cards.save(voted)

    def _counted(self, card: Card, action: Action, procedure: Procedure) -> Outcome | None:
        votes = card.chosen(procedure.id)
        mine = next(vote for vote in votes if vote.user_id == action.person.user_id)
        new = mine.at >= action.created_at
        self.journal("vote_counted", card=card.id, choice=procedure.id, votes=len(votes), needed=procedure.votes)
        if len(votes) < procedure.votes:
            return Outcome.VOTED if new else Outcome.VOTED_BEFORE
        if new:
            self._draw(card)
        return None

    def _draw(self, card: Card) -> None:
        """Everybody sees the last vote even while its person is still asked to sign in."""
        try:
            self.show.rewrite(card)
        except ChatUnavailable as error:
            self.journal("vote_not_drawn", card=card.id, reason=str(error))  # drawn again when the action ends


def _comment(procedure: Procedure, inputs: Mapping[str, str]) -> str | None:
    """What was said with the choice: the form's field of that name, as a decision shows it."""
    asked = any(field.name == "comment" and not field.secret for field in procedure.form)
    return inputs.get("comment") or None if asked else None
