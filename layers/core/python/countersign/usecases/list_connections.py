"""Draws the list of a person's connections; for an admin, with those of the workspace."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from countersign.domain.catalog import ActsAs, Catalog
from countersign.domain.connection import Connection
from countersign.domain.errors import ChatRefused
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.message import Message
from countersign.domain.texts.connections_list import AppEntry, connections_list
from countersign.ports.admin import Pauses
from countersign.ports.chat import People
from countersign.ports.stores import ConnectionStore
from countersign.usecases.recognise_admins import RecogniseAdmins


@dataclass(frozen=True)
class ListConnections:
    """Reads only rows of the asker and, once chat has called them an admin, of their workspace.

    Raises StoreUnavailable, ChatUnavailable.
    """

    connections: ConnectionStore
    catalog: Catalog
    people: People
    pauses: Pauses
    is_admin: RecogniseAdmins

    def __call__(self, person: Person, workspace: Workspace) -> Message:
        """The list: what is connected first, then what a recipe would act in as the person."""
        apps = [app.id for app in self.catalog.apps.values() if app.acts_as is ActsAs.PERSON]
        personal = [app for app in apps if self.catalog.acting(app, shared=False)]
        paused = self.pauses.paused(workspace.id)
        own = _marked(self._entries(personal, self.connections.list(person), shared=False), paused)
        shared = _marked(self._shared(person, workspace), paused)
        return connections_list(own, shared, self._name(person, workspace) if shared else "")

    def needed(self, app: str) -> Sequence[str]:
        """Titles of the recipes that act in an app as the workspace; none: it is not to be connected so."""
        return [recipe.title for recipe in self.catalog.acting(app, shared=True)]

    def _shared(self, person: Person, workspace: Workspace) -> list[AppEntry]:
        needed = [app for app in self.catalog.apps if self.needed(app)]
        there = self.connections.list(shared_owner(workspace))
        if not (needed or there) or not self.is_admin(person, workspace):
            return []
        return self._entries(needed, there, shared=True)

    def _entries(self, apps: Sequence[str], there: Sequence[Connection], *, shared: bool) -> list[AppEntry]:
        """Connected apps in the order of their connections, what left the catalog too; then the others by name."""
        rows = {row.app: row for row in there}
        others = sorted(set(apps) - rows.keys(), key=lambda app: self.catalog.apps[app].name.casefold())
        return [self._entry(app, rows.get(app), shared=shared) for app in [*rows, *others]]

    def _entry(self, app_id: str, row: Connection | None, *, shared: bool) -> AppEntry:
        app = self.catalog.apps.get(app_id)
        recipes = [recipe.title for recipe in self.catalog.acting(app_id, shared=shared)]
        return AppEntry(app_id, app.name if app else app_id, recipes, row, enabled=app is not None)

    def _name(self, person: Person, workspace: Workspace) -> str:
        try:
            return self.people.within(workspace).profile(person).get("workspace_name") or workspace.id
        except ChatRefused:
            return workspace.id


def _marked(entries: Sequence[AppEntry], paused: frozenset[str]) -> list[AppEntry]:
    return [replace(entry, paused=entry.id in paused) for entry in entries]
