"""What time does to a card: it reminds, it expires, and what its end left undone is done."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.action import Action, ActionStatus, Outcome
from countersign.domain.card import Card, CardStatus
from countersign.domain.card_life import due_at
from countersign.domain.catalog import Catalog, Recipe
from countersign.domain.errors import ChatRefused, ChatUnavailable, Conflict
from countersign.domain.identity import Person
from countersign.domain.recipe_view import Settings, card_view
from countersign.domain.texts import cards as texts
from countersign.ports.chat import People
from countersign.ports.stores import ActionStore, CardStore
from countersign.ports.system import Clock, Journal
from countersign.usecases.end_action import EndAction
from countersign.usecases.show_card import ShowCard
from countersign.usecases.tell_requester import TellRequester

MOST_MENTIONED: Final = 10


@dataclass(frozen=True)
class KeepCards:
    """One card that is due. The row is taken before anything is said, so that two rounds at once say it once.

    Raises ChatUnavailable, StoreUnavailable: the card is due again. Conflict: somebody else is at it.
    """

    cards: CardStore
    actions: ActionStore
    show: ShowCard
    tell: TellRequester
    end: EndAction
    people: People
    catalog: Catalog
    settings: Settings
    journal: Journal
    clock: Clock

    def __call__(self, found: Card) -> None:
        """Do what is due about the card as it stands now; the index may lag."""
        card, now = self.cards.get(found.id), self.clock()
        due = due_at(card) if card is not None else None
        if card is None or due is None or due > now:
            return
        if card.status is not CardStatus.OPEN:
            self._follow_up(card)
        elif card.expires_at is not None and card.expires_at <= now:
            expired = replace(card, status=CardStatus.EXPIRED, expires_at=now, unfinished=True, busy_until=0)
            self.journal("card_expired", card=card.id, recipe=card.recipe)
            self._follow_up(self.cards.save(expired))
        else:
            self._remind(card)

    def _follow_up(self, card: Card) -> None:
        """Everything after an end can be done again; telling the requester comes last, and ends it."""
        if card.status is CardStatus.EXPIRED:
            self.show.rewrite(card)
            for person, action_id in self.cards.waiting(card.id):
                self._end(self.actions.get(person, action_id), card)
        self.tell(card.id)

    def _end(self, action: Action | None, card: Card) -> None:
        """What waits for a sign-in ends; what was sent is its worker's."""
        if action is None or action.status is not ActionStatus.OPEN or action.subject is None:
            return
        if action.subject == card.subject(action.subject.partition("#")[0]):
            with suppress(Conflict):  # its person goes on this very moment, and finds the card expired
                self.end(action, ActionStatus.FAILED, Outcome.CARD_EXPIRED, reply_to=None)

    def _remind(self, card: Card) -> None:
        taken = self.cards.save(replace(card, remind_at=None))
        recipe = self.catalog.recipes.get(card.recipe)
        if recipe is None or recipe.card is None:
            return
        view = card_view(recipe, card.inputs, self.settings)
        needed = [
            (one.label, len(card.chosen(one.id)), one.votes) for one in recipe.procedures.values() if one.votes > 1
        ]
        try:
            told = self.show.reply(card, texts.reminder(view.title, self._named(recipe, card), needed))
        except ChatUnavailable:
            with suppress(Conflict):
                self.cards.save(replace(taken, remind_at=card.remind_at))
            raise
        self.journal("card_reminded" if told else "card_not_reminded", card=card.id, recipe=card.recipe)

    def _named(self, recipe: Recipe, card: Card) -> list[str]:
        """User ids of the people whom the recipe names one by one: they are mentioned."""
        named = recipe.card.who.people if recipe.card and recipe.card.who else ()
        found = [self._person(each, card) for each in named[:MOST_MENTIONED]]
        return [person for person in found if person]

    def _person(self, named: str, card: Card) -> str | None:
        if "@" not in named:
            return named
        with suppress(ChatRefused, ChatUnavailable):  # for show: the reminder is what counts
            person: Person | None = self.people.within(card.workspace).find_by_email(named)
            return person.user_id if person else None
        return None
