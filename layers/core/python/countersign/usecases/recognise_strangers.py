"""Tells people of another organisation, who meet us in shared channels, from our own."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from countersign.domain.errors import ChatRefused
from countersign.domain.interaction import Interaction
from countersign.ports.chat import People


@dataclass(frozen=True)
class RecogniseStrangers:
    """Where the interaction itself does not say whose person it is, chat is asked; doubt counts as foreign.

    docs.slack.dev/apis/slack-connect: whoever can see a button can click it. Raises ChatUnavailable.

    Attributes:
        allowed: the workspaces and organisations that the door lets in.
        several: whether there can be several bots. Then, and where the door lets anybody in, only a workspace that a
            bot is in counts; everybody of another is a stranger, also of one that it was in.
    """

    people: People
    allowed: AbstractSet[str]
    several: Callable[[], bool]

    def __call__(self, interaction: Interaction) -> bool:
        """Whether nothing may be done for this person here."""
        here = self.people.within(interaction.workspace)
        try:
            anybody = not self.allowed or self.several()
            if anybody and interaction.workspace.tenant != here.workspace().tenant:
                return True
            if interaction.foreign is not None:
                return interaction.foreign
            return here.profile(interaction.person).get("foreign") != "no"
        except ChatRefused:
            return True
