"""Ports to the keys: who may seal, and who may open."""

from collections.abc import Mapping
from typing import Any, Protocol

from countersign.domain.tokens import Sealed, SealOwner


class Seal(Protocol):
    """One seal to one owner, made beforehand: closing it asks nobody, and cannot fail."""

    def __call__(self, plaintext: Mapping[str, Any]) -> Sealed: ...


class Sealer(Protocol):
    """Seals to an owner; cannot open. Raises StoreUnavailable."""

    def seal(self, plaintext: Mapping[str, Any], owner: SealOwner) -> Sealed: ...
    def prepare(self, owner: SealOwner) -> Seal:
        """For what must be sealed the moment it is there, and could not be had again."""


class Opener(Sealer, Protocol):
    """Seals and opens. ``open`` raises SealBroken for any other owner, StoreUnavailable when the key can't be asked."""

    def open(self, sealed: Sealed, owner: SealOwner) -> Mapping[str, Any]: ...
