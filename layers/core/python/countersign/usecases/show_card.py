"""Draws a card as it stands: everywhere it was posted."""

from dataclasses import dataclass

from countersign.domain.card import Card, MessageRef
from countersign.domain.card_button import CardButton, fingerprint
from countersign.domain.catalog import Catalog
from countersign.domain.errors import ChatRefused
from countersign.domain.message import Button, Message
from countersign.domain.recipe_view import Settings, card_view
from countersign.domain.texts import cards as texts
from countersign.domain.texts.names import CARD_CHOOSE, CARD_OPEN
from countersign.ports import Journal, LinkResolver, Messenger


@dataclass(frozen=True)
class ShowCard:
    """Renders a card, posts it, or rewrites all of its copies. Raises ChatUnavailable (then call again)."""

    messenger: Messenger
    catalog: Catalog
    settings: Settings
    link: LinkResolver
    journal: Journal

    def post(self, card: Card, channel: str) -> MessageRef:
        """A new copy in a channel."""
        return self.messenger.post(channel, self._message(card))

    def rewrite(self, card: Card) -> bool:
        """Every copy as the card stands now; False when no copy could be rewritten any more."""
        message = self._message(card)
        rewritten = [self._rewrite(card, copy, message) for copy in card.copies]
        return any(rewritten)

    def _rewrite(self, card: Card, copy: MessageRef, message: Message) -> bool:
        try:
            self.messenger.update(copy, message)
        except ChatRefused as error:
            # Deleted, archived, left: the decision stands all the same.
            self.journal("card_copy_lost", card=card.id, reason=error.reason)
            return False
        return True

    def _message(self, card: Card) -> Message:
        recipe = self.catalog.recipes[card.recipe]
        view = card_view(recipe, card.inputs, self.settings)
        link = Button(view.link.label, CARD_OPEN, url=self.link(view.link.url)) if view.link else None
        buttons = [
            Button(
                procedure.label,
                CARD_CHOOSE,
                CardButton(recipe.id, card.id, procedure.id, fingerprint(card.inputs)).as_value(),
                style=procedure.style,
                confirmation=procedure.confirmation,
            )
            for procedure in recipe.procedures.values()
        ]
        return texts.card(card, view.title, view.text, view.facts, link=link, buttons=buttons)
