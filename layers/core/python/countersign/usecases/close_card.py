"""What an ended action does to its card: closes it, or shows what else is new on it."""

from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.action import VOTES, Action, Outcome
from countersign.domain.card import Card, CardStatus, Decision
from countersign.domain.card_life import with_part
from countersign.domain.catalog import Catalog
from countersign.domain.errors import Conflict
from countersign.domain.standing import Standing
from countersign.domain.texts import cards as texts
from countersign.domain.texts.accounts import on_card
from countersign.ports.stores import CardStore
from countersign.usecases.show_card import ShowCard
from countersign.usecases.tell_requester import TellRequester

_SEEN_ON_CARD: Final = frozenset({*VOTES, Outcome.CHANGED})
PATIENCE: Final = 10
SETTLED_THERE: Final = frozenset({Outcome.ALREADY, Outcome.SETTLED})
"""The app's own record says that it is settled, and not, or not for certain, by this action."""


@dataclass(frozen=True)
class CloseCard:
    """Done from the rows alone, and may be done again. Raises ChatUnavailable, StoreUnavailable, Conflict."""

    cards: CardStore
    catalog: Catalog
    show: ShowCard
    tell: TellRequester

    def __call__(self, action: Action) -> bool:
        """Whether everybody can see on the card how the action ended.

        A card that is settled is closed; one whose app waits for others shows who decided, and stays open for them.
        """
        if action.card is None:
            return False
        if action.settles or action.outcome in SETTLED_THERE:
            return self._close(action.card, action)
        if action.decides:
            return self._show_part(action.card, action)
        if action.outcome in _SEEN_ON_CARD or self._counts_votes(action):
            card = self.cards.get(action.card)
            return card is not None and _is_news(card, action) and self.show.rewrite(card)
        return False

    def decision(self, action: Action) -> Decision:
        """Who settled the record, as whom, how and when."""
        at = action.decided_at or action.ended_at or 0
        if action.outcome in SETTLED_THERE:
            nobody = "somebody" if action.outcome is Outcome.ALREADY else ""  # it may have been this person's click
            return Decision("", action.detail or "Settled", None, action.recorded_label or nobody, at)
        recipe = self.catalog.recipes.get(action.recipe)
        procedure = recipe.procedures.get(action.procedure) if recipe else None
        by_word = action.outcome is Outcome.TOLD
        as_whom = action.recorded_label or action.account_label or ""
        shared = recipe is not None and not recipe.verify_user_access
        return Decision(
            action.procedure,
            procedure.past if procedure else "Settled",
            action.person.user_id,
            texts.by_word(action.account_label) if by_word else on_card(as_whom, shared=shared),
            at,
            action.detail,
            action.standing or Standing.SETTLED,
        )

    def _show_part(self, card_id: str, action: Action) -> bool:
        """One of several: the card says so, its buttons stay, and who asked for it is told nothing yet."""
        for _ in range(PATIENCE):
            card = self.cards.get(card_id)
            if card is None or not card.is_about(action.subject):
                return False
            shown = with_part(card, self.decision(action))
            try:
                return self.show.rewrite(shown if shown is card else self.cards.save(shown))
            except Conflict:
                continue
        raise Conflict("others write this card all the time")

    def _close(self, card_id: str, action: Action) -> bool:
        card = self.cards.get(card_id)
        if card is None or not card.is_about(action.subject):
            return False
        if card.status is not CardStatus.CLOSED or _told_by_its_app(card, action):
            card = self._closed(card, action)
        shown = self.show.rewrite(card)
        if card.unfinished:
            self.tell(card.id)
        return shown

    def _closed(self, card: Card, action: Action) -> Card:
        try:
            return self.cards.save(self._with_decision(card, action))
        except Conflict:
            there = self.cards.get(card.id)
            if there is None or (there.status is CardStatus.CLOSED and not _told_by_its_app(there, action)):
                return there or card
            return self.cards.save(self._with_decision(there, action))

    def _with_decision(self, card: Card, action: Action) -> Card:
        decided = replace(card, status=CardStatus.CLOSED, decision=self.decision(action))
        if card.status is CardStatus.CLOSED:
            return decided  # who is told of it has been, or is being
        recipe = self.catalog.recipes.get(card.recipe)
        told = recipe is not None and recipe.card is not None and recipe.card.tell is not None
        return replace(decided, unfinished=told, busy_until=0)

    def _counts_votes(self, action: Action) -> bool:
        recipe = self.catalog.recipes.get(action.recipe)
        procedure = recipe.procedures.get(action.procedure) if recipe else None
        return procedure is not None and procedure.votes > 1


def _is_news(card: Card, action: Action) -> bool:
    """Where the act itself failed, a vote that stays is all there is to be seen."""
    return action.outcome in _SEEN_ON_CARD or any(vote.user_id == action.person.user_id for vote in card.votes)


def _told_by_its_app(card: Card, action: Action) -> bool:
    """The app's own hook told of this very act before its worker could: the worker knows who clicked."""
    there, sent = card.decision, action.sent_at
    return action.decides and there is not None and there.user_id is None and sent is not None and there.at >= sent
