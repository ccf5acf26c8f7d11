"""Which workspace a business system means."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from countersign.domain.errors import Unverified
from countersign.domain.hook_call import wrong
from countersign.domain.identity import Workspace
from countersign.domain.webhook import EVERYWHERE, THE_ONLY_ONE
from countersign.ports.chat import People
from countersign.ports.stores import InstallationStore


@dataclass(frozen=True)
class FindWorkspace:
    """The only one there is, or the one that is named, by its own id or its organisation's.

    Attributes:
        several: whether the deployment serves more than the one workspace that its bot is in.
        home: the workspace of the bot that an operator gave the deployment; None where there is none.
        allowed: workspaces and organisations of the deployment's parameter; empty: those that are installed. Whatever
            was taken off the list is as if Countersign were not installed there.
    """

    people: People
    installations: InstallationStore
    several: Callable[[], bool]
    home: Callable[[], Workspace | None]
    allowed: AbstractSet[str]

    def __call__(self, named: object, proved: AbstractSet[str]) -> Workspace:
        """The workspace.

        ``proved``: which ones the caller's secret is for. Raises Unverified for any other, Malformed naming the field,
        ChatUnavailable, StoreUnavailable.
        """
        there = self._installed() if self.several() else [self.people.workspace()]
        everywhere = [each for each in there if not self.allowed or self.allowed & {each.id, each.organisation}]
        found = self._meant(named, everywhere)
        its_own = THE_ONLY_ONE in proved and len(everywhere) == 1
        if not (its_own or proved & {EVERYWHERE, found.id, found.organisation}):
            raise Unverified("the hook's secret is not for this workspace")
        return found

    @staticmethod
    def _meant(named: object, everywhere: Sequence[Workspace]) -> Workspace:
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
