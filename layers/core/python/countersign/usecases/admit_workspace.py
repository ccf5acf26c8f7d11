"""Decides which workspaces may have Countersign."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from countersign.domain.installation import Installation
from countersign.ports.chat import People
from countersign.ports.stores import InstallationStore


@dataclass(frozen=True)
class AdmitWorkspace:
    """Those on the list; without a list, the first one installed, for good.

    Attributes:
        allowed: workspaces and organisations of the deployment's parameter.
        given: whether the deployment was given a bot's token: then that bot's workspace was the first.
        people: asked for that workspace. Raises ChatUnavailable, ChatRefused.
    """

    allowed: AbstractSet[str]
    installations: InstallationStore
    given: Callable[[], bool]
    people: People

    def __call__(self, installation: Installation) -> bool:
        """Whether it may stay. Raises StoreUnavailable, ConfigurationError."""
        if self.allowed:
            return bool(self.allowed & installation.known_by)
        if self.given():
            return self.people.workspace().id in installation.known_by
        return self.installations.first(installation.workspace.id) == installation.workspace.id
