"""Tells admins what a departure took away."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from countersign.domain.departure import ON_WISH, Departure, Left, Purge
from countersign.domain.errors import ChatRefused, ChatUnavailable
from countersign.domain.identity import Person, Workspace
from countersign.domain.texts.departures import report
from countersign.domain.texts.forget import forgotten
from countersign.ports.chat import Members, Messenger
from countersign.ports.system import Journal

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
        if departure.left in ON_WISH:
            return self._surely(departure, lambda: self._on_wish(purge))
        return self._surely(departure, lambda: self._report(purge))

    def _surely(self, departure: Departure, tell: Callable[[], object]) -> None:
        """Whoever can't be told stands in nobody's way."""
        try:
            tell()
        except (ChatRefused, ChatUnavailable) as error:
            self.journal("admins_not_told", code=error.code, trace_id=departure.trace_id)

    def _report(self, purge: Purge) -> None:
        departure = purge.departure
        workspace = _still_there(departure)
        speaking = self.messenger.within(workspace)
        for admin in self._admins(departure, workspace):
            self._surely(departure, partial(speaking.direct, admin, report(purge)))

    def _on_wish(self, purge: Purge) -> None:
        """Whoever wished it, and nobody else: no admin is told that a person wants to be forgotten."""
        departure = purge.departure
        if departure.left is Left.FORGOTTEN and departure.someone is not None:
            self.messenger.direct(departure.someone, forgotten(purge.counts))
        elif departure.by and not departure.by.startswith("arn:"):
            self.messenger.direct(Person(departure.tenant, departure.by), report(purge))

    def _admins(self, departure: Departure, workspace: Workspace) -> list[Person]:
        if self.listed:
            return [Person(workspace.tenant, user) for user in sorted(self.listed) if user != departure.person][:MOST]
        found: dict[Person, None] = {}
        for page in islice(self._pages(departure, workspace), MOST_PAGES):
            found |= dict.fromkeys(page)
            if len(found) >= MOST:
                break
        return list(found)[:MOST]

    def _pages(self, departure: Departure, workspace: Workspace) -> Iterator[list[Person]]:
        """Admins, page by page of members; of an organisation workspace by workspace, for chat lists no other way."""
        whole = workspace.id == workspace.organisation
        for place in self.members.workspaces(workspace) if whole else [workspace]:
            if whole and place.id == departure.workspace:
                continue
            cursor = ""
            while True:
                page, cursor = self.members.page(place, cursor)
                yield [each.person for each in page if each.admin and not each.gone]
                if not cursor:
                    break


def _still_there(departure: Departure) -> Workspace:
    """Where somebody can be told: of an organisation, perhaps where its bot still is."""
    if departure.person is None and departure.workspace is not None and departure.organisation is not None:
        return Workspace(departure.organisation, departure.organisation)
    return Workspace(departure.workspace or departure.tenant, departure.organisation)
