"""Draws a card as it stands: everywhere it was posted."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.card import Card, MessageRef
from countersign.domain.card_button import CardButton, fingerprint
from countersign.domain.catalog import Catalog, Procedure, Recipe
from countersign.domain.errors import ChatRefused, Conflict
from countersign.domain.message import Button, Message
from countersign.domain.recipe_view import Settings, card_view
from countersign.domain.texts import cards as texts
from countersign.domain.texts.names import CARD_CHOOSE, CARD_OPEN
from countersign.ports.apps import LinkResolver
from countersign.ports.chat import Messenger
from countersign.ports.stores import CardStore
from countersign.ports.system import Journal

GONE: Final = frozenset({"channel_not_found", "is_archived", "not_in_channel"})
"""Why nothing can be said in a channel any more, or not under this id."""


@dataclass(frozen=True)
class ShowCard:
    """Renders a card, posts it, or rewrites all of its copies. Raises ChatUnavailable (then call again).

    A channel may get another id (docs.slack.dev/reference/events/channel_id_changed): the old one is tried first, and
    the new one looked up only when that is gone.
    """

    messenger: Messenger
    cards: CardStore
    catalog: Catalog
    settings: Settings
    link: LinkResolver
    journal: Journal

    def post(self, card: Card, channel: str) -> MessageRef:
        """A new copy in a channel. Raises ChatRefused."""
        speak = self.messenger.within(card.workspace)
        message = self._message(card)
        return self._where_it_is(card, channel, lambda there: speak.post(there, message))

    def rewrite(self, card: Card) -> bool:
        """Every copy as the card stands now; False when no copy could be rewritten any more."""
        message = self._message(card)
        copies = [self._rewritten(card, copy, message) for copy in card.copies]
        if any(there is not None and there != copy for there, copy in zip(copies, card.copies, strict=True)):
            self._move(card, copies)
        return any(copies)

    def reply(self, card: Card, message: Message) -> bool:
        """Say something in the thread of every copy; False when nobody could be told there."""
        speak = self.messenger.within(card.workspace)

        def at(copy: MessageRef) -> bool:
            try:
                self._where_it_is(card, copy.channel, lambda there: speak.reply(MessageRef(there, copy.ts), message))
            except ChatRefused as error:
                self.journal("card_copy_lost", card=card.id, reason=error.reason, channel=copy.channel)
                return False
            return True

        told = [at(copy) for copy in card.copies]  # each of them, whatever became of the others
        return any(told)

    def choice(self, recipe: Recipe, card: Card, procedure: Procedure) -> Button:
        """The button that chooses this, about what the card shows now."""
        return Button(
            procedure.label,
            CARD_CHOOSE,
            CardButton(recipe.id, card.id, procedure.id, fingerprint(card.inputs)).as_value(),
            style=procedure.style,
            confirmation=procedure.confirmation,
        )

    def _rewritten(self, card: Card, copy: MessageRef, message: Message) -> MessageRef | None:
        """Where the copy is now; None when it is gone."""
        speak = self.messenger.within(card.workspace)

        def update(channel: str) -> MessageRef:
            there = MessageRef(channel, copy.ts)
            speak.update(there, message)
            return there

        try:
            return self._where_it_is(card, copy.channel, update)
        except ChatRefused as error:
            # Deleted, archived, left: the decision stands all the same.
            self.journal("card_copy_lost", card=card.id, reason=error.reason, channel=copy.channel)
            return None

    def _where_it_is[R](self, card: Card, channel: str, say: Callable[[str], R]) -> R:
        try:
            return say(channel)
        except ChatRefused as error:
            moved = self.cards.moved_channel(channel) if error.reason in GONE else None
            if moved is None:
                raise
            self.journal("card_channel_moved", card=card.id, channel=moved)
            return say(moved)

    def _move(self, card: Card, copies: list[MessageRef | None]) -> None:
        """Note where the copies are now. Best effort: their old place leads there as well."""
        there = self.cards.get(card.id)
        moved = {old: new for old, new in zip(card.copies, copies, strict=True) if new is not None}
        if there is not None:
            with suppress(Conflict):
                self.cards.save(replace(there, copies=tuple(moved.get(copy, copy) for copy in there.copies)))

    def _message(self, card: Card) -> Message:
        recipe = self.catalog.recipes.get(card.recipe)
        if recipe is None or recipe.card is None:
            return texts.card_of_nothing(card)
        view = card_view(recipe, card.inputs, self.settings)
        link = Button(view.link.label, CARD_OPEN, url=self.link(view.link.url)) if view.link else None
        needed = {one.id: (one.label, one.votes) for one in recipe.procedures.values() if one.votes > 1}
        buttons = [self.choice(recipe, card, procedure) for procedure in recipe.procedures.values()]
        return texts.card(card, view.title, view.text, view.facts, link=link, buttons=buttons, needed=needed)
