"""What an ended action does to its card: closes it, or shows what else is new on it."""

from dataclasses import dataclass, replace

from countersign.domain.action import Action, Outcome
from countersign.domain.card import Card, CardStatus, Decision
from countersign.domain.catalog import Catalog
from countersign.domain.errors import Conflict
from countersign.domain.texts import cards as texts
from countersign.domain.texts.accounts import on_card
from countersign.ports import CardStore
from countersign.usecases.show_card import ShowCard
from countersign.usecases.tell_requester import TellRequester


@dataclass(frozen=True)
class CloseCard:
    """Done from the rows alone, and may be done again. Raises ChatUnavailable, StoreUnavailable, Conflict."""

    cards: CardStore
    catalog: Catalog
    show: ShowCard
    tell: TellRequester

    def __call__(self, action: Action) -> bool:
        """Whether everybody can see on the card how the action ended. A card that is settled is closed."""
        if action.card is None:
            return False
        if action.decides or action.outcome is Outcome.ALREADY:
            return self._close(action.card, action)
        if action.outcome in (Outcome.VOTED, Outcome.CHANGED) or self._shows_votes(action):
            card = self.cards.get(action.card)
            return card is not None and self.show.rewrite(card)
        return False

    def decision(self, action: Action) -> Decision:
        """Who settled the record, as whom, how and when."""
        at = action.ended_at or 0
        if action.outcome is Outcome.ALREADY:
            return Decision("", action.detail or "Settled", None, action.recorded_label or "somebody", at)
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
        )

    def _close(self, card_id: str, action: Action) -> bool:
        card = self.cards.get(card_id)
        if card is None or not _of_this_round(card, action):
            return False
        if card.status is not CardStatus.CLOSED:
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
            if there is None or there.status is CardStatus.CLOSED:
                return there or card
            return self.cards.save(self._with_decision(there, action))

    def _with_decision(self, card: Card, action: Action) -> Card:
        recipe = self.catalog.recipes.get(card.recipe)
        told = recipe is not None and recipe.card is not None and recipe.card.tell is not None
        return replace(card, status=CardStatus.CLOSED, decision=self.decision(action), unfinished=told, busy_until=0)

    def _shows_votes(self, action: Action) -> bool:
        """A last vote whose act failed stays, and is to be seen."""
        recipe = self.catalog.recipes.get(action.recipe)
        procedure = recipe.procedures.get(action.procedure) if recipe else None
        return procedure is not None and procedure.votes > 1


def _of_this_round(card: Card, action: Action) -> bool:
    """A late end of an earlier round must not close the present one."""
    app = (action.subject or "").partition("#")[0]
    return action.subject == card.subject(app)
