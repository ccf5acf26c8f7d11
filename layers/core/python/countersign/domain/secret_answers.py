"""Answers of a form that nobody else may see: how they ride a queue, and to whom they are sealed meanwhile."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from countersign.domain.errors import SealBroken
from countersign.domain.interaction import Interaction
from countersign.domain.message import Field
from countersign.domain.tokens import Sealed, SealOwner

_BYTES: Final = ("encrypted_key", "nonce", "ciphertext")


def secret_answers(fields: Sequence[Field], answers: Mapping[str, str]) -> dict[str, str]:
    """Those of the answers that their questions mark secret, by name."""
    return {field.name: answers[field.name] for field in fields if field.secret and field.name in answers}


def answers_owner(interaction: Interaction, recipe: str) -> SealOwner:
    """To whom they are sealed on their way: the person who sent the form, its recipe, and this very submission."""
    return SealOwner(interaction.person, interaction.workspace.id, f"recipe.{recipe}", "answers", interaction.id, 1)


def as_texts(sealed: Sealed) -> dict[str, Any]:
    """An envelope as plain JSON."""
    return asdict(sealed) | {name: base64.b64encode(getattr(sealed, name)).decode() for name in _BYTES}


def from_texts(body: Mapping[str, Any]) -> Sealed:
    """Read back what ``as_texts`` wrote. Raises SealBroken for anything else."""
    try:
        parts = {name: base64.b64decode(body[name], validate=True) for name in _BYTES}
        return Sealed(key_id=str(body["key_id"]), schema=int(body["schema"]), **parts)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise SealBroken("what should be an envelope is none") from error
