"""Tells admins what a departure took away."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from countersign.chat_ports import Members, Messenger
from countersign.domain.departure import Departure, Purge
from countersign.domain.errors import ChatRefused, ChatUnavailable
from countersign.domain.identity import Person, Workspace
from countersign.domain.texts.departures import report
from countersign.ports import Journal

MOST: Final = 5
"""Admins that are told."""
MOST_PAGES: Final = 5
"""Pages of members that are looked through for admins, where the deployment lists none."""


@dataclass(frozen=True)
class ReportDeparture:
    """By direct message; best effort, because where Countersign was removed nobody can be told anything.

    ``listed``: user ids of the parameter ``Admins``; without any, chat is asked who administers the workspace.
    """

    messenger: Messenger
    members: Members
    listed: AbstractSet[str]
    journal: Journal

    def __call__(self, purge: Purge) -> None:
        """Tell them."""
        departure = purge.departure
        workspace = _still_there(departure)
        speaking = self.messenger.within(workspace)
        try:
            for admin in self._admins(departure, workspace):
                speaking.direct(admin, report(purge))
        except (ChatRefused, ChatUnavailable) as error:
            self.journal("admins_not_told", code=error.code, trace_id=departure.trace_id)

    def _admins(self, departure: Departure, workspace: Workspace) -> list[Person]:
        if self.listed:
            return [Person(workspace.tenant, user) for user in sorted(self.listed) if user != departure.person][:MOST]
        found: list[Person] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            page, cursor = self.members.page(workspace, cursor)
            found += [each.person for each in page if each.admin and not each.gone]
            if len(found) >= MOST or not cursor:
                break
        return found[:MOST]


def _still_there(departure: Departure) -> Workspace:
    """Where somebody can be told: of an organisation, perhaps where its bot still is."""
    if departure.person is None and departure.workspace is not None and departure.organisation is not None:
        return Workspace(departure.organisation, departure.organisation)
    return Workspace(departure.workspace or departure.tenant, departure.organisation)
