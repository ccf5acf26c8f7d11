"""Tells who asked how it ended, once, when a card is over."""

from contextlib import suppress
from dataclasses import dataclass, replace

from countersign.domain.card import Card
from countersign.domain.catalog import Catalog, Recipe
from countersign.domain.errors import ChatRefused, ChatUnavailable, Conflict
from countersign.domain.message import Button
from countersign.domain.recipe_view import Settings, card_view, told_at_the_end
from countersign.domain.texts import cards as texts
from countersign.domain.texts.names import CARD_OPEN
from countersign.ports.apps import LinkResolver
from countersign.ports.chat import Messenger, People
from countersign.ports.stores import CardStore
from countersign.ports.system import Clock, Deadline, Journal
from countersign.usecases.fresh_token import LEASE_MARGIN


@dataclass(frozen=True)
class TellRequester:
    """A direct message to the address that the recipe names; nobody of that address is written down.

    Whoever tells takes the card first (``Card.busy_until``), so that two never do; a worker that dies in between is
    followed up by housekeeping, which may then tell again: better twice than never.

    Where chat does not answer, housekeeping tries again: nothing else waits for it. Raises StoreUnavailable.
    """

    cards: CardStore
    people: People
    messenger: Messenger
    catalog: Catalog
    settings: Settings
    link: LinkResolver
    journal: Journal
    clock: Clock
    deadline: Deadline

    def __call__(self, card_id: str) -> None:
        """Tell, if the card is over and that is still to be done."""
        card = self._taken(card_id)
        if card is None:
            return
        recipe = self.catalog.recipes.get(card.recipe)
        email = told_at_the_end(recipe, card.inputs, self.settings) if recipe else None
        if recipe is not None and email:
            try:
                self._tell(card, recipe, email)
            except ChatUnavailable as error:
                self.journal("requester_told_later", card=card.id, reason=str(error))
                return
        with suppress(Conflict):  # the record asks again already: its next end is another one
            self.cards.save(replace(card, unfinished=False, busy_until=0))

    def _taken(self, card_id: str) -> Card | None:
        """The card, its telling ours; None where nothing is to be done, or somebody else is at it."""
        card = self.cards.get(card_id)
        if card is None or not card.unfinished or card.busy_until >= self.clock():
            return None
        try:
            return self.cards.save(replace(card, busy_until=self.deadline() + LEASE_MARGIN))
        except Conflict:
            return None

    def _tell(self, card: Card, recipe: Recipe, email: str) -> None:
        view = card_view(recipe, card.inputs, self.settings)
        link = Button(view.link.label, CARD_OPEN, url=self.link(view.link.url)) if view.link else None
        message = texts.outcome_for_requester(view.title, card.decision, link)
        try:
            person = self.people.within(card.workspace).find_by_email(email)
            if person is not None:
                self.messenger.within(card.workspace).direct(person, message)
        except ChatRefused as error:
            self.journal("requester_not_told", card=card.id, reason=error.reason)
            return
        if person is None:
            self.journal("requester_not_found", card=card.id)
