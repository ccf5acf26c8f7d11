"""Opens what a form's secret questions were answered, where it is acted on."""

from dataclasses import dataclass, replace

from countersign.domain.interaction import Interaction
from countersign.domain.secret_answers import answers_owner, from_texts
from countersign.ports.keys import Opener


@dataclass(frozen=True)
class OpenAnswers:
    """For the worker, which seals them again at once, to their action."""

    opener: Opener

    def __call__(self, interaction: Interaction, recipe: str) -> Interaction:
        """The same with all its answers. Raises SealBroken where they are not this form's, StoreUnavailable."""
        if interaction.sealed is None:
            return interaction
        opened = self.opener.open(from_texts(interaction.sealed), answers_owner(interaction, recipe))
        answers = {**interaction.answers, **{name: str(answer) for name, answer in opened.items()}}
        return replace(interaction, answers=answers, sealed=None)
