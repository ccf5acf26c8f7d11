"""Tells a person what they did through Countersign."""

from dataclasses import dataclass
from typing import Final

from countersign.domain.action import Action, ActionStatus
from countersign.domain.catalog import Catalog
from countersign.domain.interaction import Interaction
from countersign.domain.recipe_view import Settings, chosen
from countersign.domain.texts import conversation as texts
from countersign.domain.texts.outcomes import why_not
from countersign.ports.chat import Messenger
from countersign.ports.stores import ActionStore, CardStore

ROWS: Final = 10


@dataclass(frozen=True)
class TellHistory:
    """The asker's own last actions, in private. Raises StoreUnavailable, ChatUnavailable."""

    actions: ActionStore
    cards: CardStore
    catalog: Catalog
    settings: Settings
    messenger: Messenger

    def __call__(self, interaction: Interaction) -> None:
        """Answer in private."""
        actions = [action for action in self.actions.recent(interaction.person, ROWS) if not action.forgotten]
        message = texts.history([texts.Past(self._what(action), action, self._why(action)) for action in actions])
        self.messenger.within(interaction.workspace).whisper(interaction.person, interaction.reply_to, message)

    def _why(self, action: Action) -> str | None:
        """Why it was not done, as its person was told; nothing of what was done, waits, or is not known."""
        recipe = self.catalog.recipes.get(action.recipe)
        procedure = recipe.procedures.get(action.procedure) if recipe else None
        if action.status is not ActionStatus.FAILED or action.outcome is None or recipe is None or procedure is None:
            return None
        step = procedure.steps[min(action.step, len(procedure.steps) - 1)]
        app = self.catalog.apps[self.catalog.operation(step.operation).app].name
        known = (action.account_label or "", action.detail or "")
        return why_not(action.outcome, app, *known, shared=not recipe.verify_user_access)

    def _what(self, action: Action) -> str:
        """What was chosen, and about which record; without its card, as its recipe calls it."""
        recipe = self.catalog.recipes.get(action.recipe)
        procedure = recipe.procedures.get(action.procedure) if recipe else None
        if recipe is None or procedure is None:
            return recipe.title if recipe else action.recipe
        card = self.cards.get(action.card) if action.card else None
        if card is not None:
            return chosen(recipe, procedure, card.inputs, self.settings)
        return f"{recipe.title}: {procedure.label}" if len(recipe.procedures) > 1 else recipe.title
