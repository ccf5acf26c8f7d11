"""Seals what a form's secret questions were answered, before it rides a queue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from countersign.domain.interaction import Interaction
from countersign.domain.message import Field
from countersign.domain.secret_answers import answers_owner, as_texts, secret_answers
from countersign.ports.keys import Sealer


@dataclass(frozen=True)
class SealAnswers:
    """For the function that faces chat: it can seal, and not open what it sealed."""

    sealer: Sealer

    def __call__(self, interaction: Interaction, recipe: str, fields: Sequence[Field]) -> Interaction:
        """The same with its secret answers sealed to its person, and no longer in clear. Raises StoreUnavailable."""
        secret = secret_answers(fields, interaction.answers)
        sealed = self.sealer.seal(secret, answers_owner(interaction, recipe))
        shown = {name: answer for name, answer in interaction.answers.items() if name not in secret}
        return replace(interaction, answers=shown, sealed=as_texts(sealed))
