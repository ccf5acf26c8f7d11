"""Tells a person what they did through Countersign."""

from dataclasses import dataclass
from typing import Final

from countersign.domain.catalog import Catalog
from countersign.domain.interaction import Interaction
from countersign.domain.texts import conversation as texts
from countersign.ports import ActionStore, Messenger

ROWS: Final = 10


@dataclass(frozen=True)
class TellHistory:
    """The asker's own last actions, in private. Raises StoreUnavailable, ChatUnavailable."""

    actions: ActionStore
    catalog: Catalog
    messenger: Messenger

    def __call__(self, interaction: Interaction) -> None:
        """Answer in private."""
        actions = [action for action in self.actions.recent(interaction.person, ROWS) if not action.forgotten]
        message = texts.history(actions, self.catalog.recipes)
        self.messenger.within(interaction.workspace).whisper(interaction.person, interaction.reply_to, message)
