"""Whether somebody may act here with a workspace's shared connection."""

from dataclasses import dataclass

from countersign.domain.card import Card
from countersign.domain.catalog import Recipe
from countersign.domain.errors import ChatRefused
from countersign.domain.interaction import Interaction
from countersign.domain.message import Text
from countersign.domain.texts.shared import NO_GUESTS, OTHER_WORKSPACE
from countersign.ports.chat import People
from countersign.ports.records import AuditLog


@dataclass(frozen=True)
class MayShare:
    """The app checks one account, whoever clicks: so who may is told by chat alone, and doubt counts as no.

    Raises ChatUnavailable.
    """

    people: People
    audit: AuditLog

    def refusal(self, interaction: Interaction, recipe: Recipe, card: Card | None) -> Text | None:
        """Why not; None where they may, and where the recipe acts as the person themselves.

        ``card``: which they would decide. Workspaces of one organisation have people in common and connections of their
        own: a card is decided with that of its own workspace, or not at all.
        """
        if recipe.verify_user_access:
            return None
        why = OTHER_WORKSPACE if card is not None and card.workspace.id != interaction.workspace.id else None
        if why is None and not recipe.guests and self._is_guest(interaction):
            why = NO_GUESTS
        if why is not None:
            facts = {"workspace": interaction.workspace.id, "recipe": recipe.id, "trace_id": interaction.trace_id}
            facts |= {"card": card.id if card else ""}
            self.audit.record("shared_refused", interaction.person, facts, once=interaction.id, at=interaction.at)
        return why

    def _is_guest(self, interaction: Interaction) -> bool:
        try:
            return self.people.within(interaction.workspace).profile(interaction.person).get("guest") == "yes"
        except ChatRefused:
            return True
