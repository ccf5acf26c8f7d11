"""Ports for those who look after a deployment: what is paused, who is connected to an app, what went wrong."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from countersign.domain.connection import Status
from countersign.domain.identity import Person

EVERYWHERE: Final = "*"
"""In the place of a workspace's id: all of them, as only an operator can ask for."""


class Pauses(Protocol):
    """Apps that nothing is to be done in for a while. Reads are consistent. Raises StoreUnavailable."""

    def paused(self, workspace: str) -> frozenset[str]:
        """Ids of the apps that are paused in a workspace, or everywhere."""

    def set(self, app: str, workspace: str, now: int, *, paused: bool) -> bool:
        """Pause an app in a workspace (or EVERYWHERE), or resume it. False where it was so already."""

    def changed_at(self, app: str, workspace: str) -> int | None:
        """When it was paused or resumed there last, in epoch seconds; None: never."""


class Census(Protocol):
    """Who is connected to an app, by an index that may lag by a moment. Raises StoreUnavailable."""

    def count(self, app: str, workspace: str) -> Mapping[Status, int]:
        """How many connections that came through a workspace are in which state; states with none are absent.

        What is larger than ``domain.tally.COUNTED`` is one more than that.
        """

    def accounts_of_several(self, tenant: str) -> Mapping[str, int]:
        """How many accounts of each app are such that several people of a tenant are connected as them."""

    def page(
        self, app: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[tuple[Person, Status]], str | None]:
        """Some of those whose connection can be cut, and where the next page begins; None: that was all.

        ``workspace`` None: through whichever it came. ``after`` is what the page before gave, None for the first.
        A page may be empty and not be the last.
        """


class Failures(Protocol):
    """What went wrong lately, as the audit trail has it. Raises StoreUnavailable."""

    def failures(self, app: str, workspace: str, since: int) -> int:
        """How many failures of ``app`` came through ``workspace`` since then (epoch seconds)."""
