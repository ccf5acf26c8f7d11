"""Which workspace a business system means."""

from collections.abc import Callable
from dataclasses import dataclass

from countersign.chat_ports import InstallationStore, People
from countersign.domain.hook_call import wrong
from countersign.domain.identity import Workspace


@dataclass(frozen=True)
class FindWorkspace:
    """The only one there is, or the one that is named, by its own id or its organisation's.

    Attributes:
        several: whether the deployment serves more than the one workspace that its bot is in.
        home: the workspace of the bot that an operator gave the deployment; None where there is none.
    """

    people: People
    installations: InstallationStore
    several: Callable[[], bool]
    home: Callable[[], Workspace | None]

    def __call__(self, named: object) -> Workspace:
        """The workspace. Raises Malformed naming the field, ChatUnavailable, StoreUnavailable."""
        everywhere = self._installed() if self.several() else [self.people.workspace()]
        meant = [each for each in everywhere if named is None or named in (each.id, each.organisation)]
        own = [each for each in meant if each.id == named]
        if len(own or meant) == 1:
            return (own or meant)[0]
        if not meant:
            raise wrong("workspace is not one that Countersign is installed in")
        raise wrong("workspace must name one: Countersign is installed in several")

    def _installed(self) -> list[Workspace]:
        installed = [each.workspace for each in self.installations.list() if each.live]
        home = self.home()
        return installed if home is None or home.id in {each.id for each in installed} else [*installed, home]
