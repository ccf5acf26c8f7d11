"""Finds the connections that an action needs, all of them before the first app is touched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from countersign.domain.action import Action, ActionStatus
from countersign.domain.catalog import Catalog, Operation, Recipe
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import AppPaused, PermissionNeeded, SignInNeeded
from countersign.domain.identity import Workspace
from countersign.domain.step_plan import may_be_taken
from countersign.domain.template import Values
from countersign.ports.admin import Pauses
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock
from countersign.usecases.hold_in_use import HoldInUse


@dataclass(frozen=True)
class FindConnections:
    """Those of the steps that may still be taken. Raises StoreUnavailable."""

    connections: ConnectionStore
    catalog: Catalog
    pauses: Pauses
    hold_in_use: HoldInUse
    clock: Clock

    def __call__(self, action: Action, recipe: Recipe, values: Values) -> dict[str, Connection]:
        """App id → connection. ``values``: of the recipe's names, to tell which steps are taken.

        Raises SignInNeeded, naming every app that lacks a connection, or one that is new enough, or the first one whose
        account may not be used in the action's workspace; PermissionNeeded where one is known to lack a scope;
        AppPaused. What was sent already needs no further permission to be asked about.
        """
        upcoming = self._upcoming(action, recipe, values)
        apps = dict.fromkeys(operation.app for _, operation in upcoming)
        if action.status is not ActionStatus.SENT:
            self._require_unpaused(apps, action.workspace)
        owner = recipe.acts_with(action.person, action.workspace)
        found = {app: self.connections.get(owner, app) for app in apps}
        live = {app: there for app, there in found.items() if there is not None and there.status is Status.LIVE}
        if lacking := [app for app in apps if app not in live]:
            raise SignInNeeded(lacking[0], then=lacking[1:])
        if action.status is not ActionStatus.SENT:
            for connection in live.values():
                self.hold_in_use.of_action(connection, action)
            self._require_fresh(live, recipe)
            for place, operation in upcoming:
                if not operation.permitted_by(live[operation.app].scopes):
                    raise PermissionNeeded(operation.app, place)
        return live

    def _require_unpaused(self, apps: Iterable[str], workspace: Workspace) -> None:
        """An app that is paused for one step pauses the whole: no half of it is done."""
        paused = self.pauses.paused(workspace.id)
        for app in apps:
            if app in paused:
                raise AppPaused(app)

    def _require_fresh(self, live: Mapping[str, Connection], recipe: Recipe) -> None:
        """Step-up: what is to be done asks for a sign-in that is not older than so."""
        if recipe.max_sign_in_age is None:
            return
        since = self.clock() - recipe.max_sign_in_age
        if old := [app for app, connection in live.items() if connection.connected_at < since]:
            raise SignInNeeded(old[0], f"{old[0]}: the sign-in is too old", then=old[1:], since=since)

    def _upcoming(self, action: Action, recipe: Recipe, values: Values) -> list[tuple[int, Operation]]:
        steps = may_be_taken(recipe.procedures[action.procedure].steps, action.step, values)
        return [(place, self.catalog.operation(step.operation)) for place, step in steps]
