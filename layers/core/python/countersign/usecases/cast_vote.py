"""Counts a person's choice on a card that needs several people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from countersign.domain.action import Action, Outcome
from countersign.domain.card import Card, CardStatus, Vote
from countersign.domain.card_button import fingerprint
from countersign.domain.card_life import with_vote, without_votes
from countersign.domain.catalog import Procedure
from countersign.domain.errors import ChatUnavailable, Conflict, LeaseBusy
from countersign.ports.stores import CardStore
from countersign.ports.system import Clock, Journal
from countersign.usecases.show_card import ShowCard
from countersign.usecases.stopped import Stopped, no_longer_asked

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

    def __call__(
        self, action: Action, procedure: Procedure, inputs: Mapping[str, str], counts: Callable[[Card, Vote], bool]
    ) -> Stopped | None:
        """Why the action ends here; None when enough people have chosen this, and its person is to act.

        ``counts``: whether an earlier vote still does; asked of all of them when there would be enough.
        """
        comment = _comment(procedure, inputs)

        def voted(card: Card) -> Card:
            card = with_vote(card, Vote(procedure.id, action.person.user_id, self.clock(), comment))
            return self._still_counting(card, action, procedure, counts)

        card = self._written(action, voted)
        return card if isinstance(card, Stopped) else self._counted(card, action, procedure)

    def withdraw(self, action: Action) -> Stopped | None:
        """A choice that needs nobody else: what its person voted for before counts no more, whatever comes of this."""
        before: list[Card] = []

        def withdrawn(card: Card) -> Card:
            before[:] = [card]
            return without_votes(card, {action.person.user_id})

        card = self._written(action, withdrawn)
        if isinstance(card, Stopped):
            return card
        if card.votes != before[0].votes:
            self._draw(card)
        return None

    def _written(self, action: Action, change: Callable[[Card], Card]) -> Card | Stopped:
        for _ in range(TRIES):
            card = self.cards.get(action.card or "")
            if card is None or card.status is not CardStatus.OPEN:
                return no_longer_asked(card)
            if not card.is_about(action.subject) or fingerprint(card.inputs) != action.shown:
                return Stopped(Outcome.CHANGED)
            changed = change(card)
            try:
                return card if changed is card else self.cards.save(changed)
            except Conflict:
                continue
        raise LeaseBusy("others write this card all the time")

    def _still_counting(
        self, card: Card, action: Action, procedure: Procedure, counts: Callable[[Card, Vote], bool]
    ) -> Card:
        """Without the votes of people who left, or may not decide any more, since."""
        votes = card.chosen(procedure.id)
        if len(votes) < procedure.votes:
            return card
        earlier = [vote for vote in votes if vote.user_id != action.person.user_id]
        gone = {vote.user_id for vote in earlier if not counts(card, vote)}
        if gone:
            self.journal("votes_dropped", card=card.id, choice=procedure.id, votes=len(gone))
        return without_votes(card, gone)

    def _counted(self, card: Card, action: Action, procedure: Procedure) -> Stopped | None:
        votes = card.chosen(procedure.id)
        mine = next(vote for vote in votes if vote.user_id == action.person.user_id)
        new = mine.at >= action.created_at
        self.journal("vote_counted", card=card.id, choice=procedure.id, votes=len(votes), needed=procedure.votes)
        if len(votes) < procedure.votes:
            return Stopped(Outcome.VOTED if new else Outcome.VOTED_BEFORE)
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
