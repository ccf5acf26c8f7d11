"""Says to the person who asked that a stored row stood in the way; the operator is told by the queue's alarm."""

from contextlib import suppress
from dataclasses import dataclass

from countersign.domain.errors import CountersignError
from countersign.domain.interaction import Interaction
from countersign.domain.texts.conversation import unreadable
from countersign.ports.chat import Messenger


@dataclass(frozen=True)
class TellUnreadable:
    """Says it in private. That it can't be said is no further error: the message goes back to the queue anyway."""

    messenger: Messenger

    def __call__(self, interaction: Interaction) -> None:
        """Say it."""
        with suppress(CountersignError):
            speak = self.messenger.within(interaction.workspace)
            speak.whisper(interaction.person, interaction.reply_to, unreadable())
