"""Tells people of another organisation, who meet us in shared channels, from our own."""

from dataclasses import dataclass

from countersign.domain.interaction import Interaction
from countersign.ports import People


@dataclass(frozen=True)
class RecogniseStrangers:
    """Where the interaction itself does not say whose person it is, chat is asked; doubt counts as foreign.

    docs.slack.dev/apis/slack-connect: whoever can see a button can click it. Raises ChatUnavailable, ChatRefused.
    """

    people: People

    def __call__(self, interaction: Interaction) -> bool:
        """Whether nothing may be done for this person here."""
        if interaction.foreign is not None:
            return interaction.foreign
        return self.people.profile(interaction.person).get("foreign") != "no"
