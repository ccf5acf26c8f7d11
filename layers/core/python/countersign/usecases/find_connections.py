"""Finds the connections that an action needs, all of them before the first app is touched."""

from dataclasses import dataclass

from countersign.domain.action import Action, ActionStatus
from countersign.domain.catalog import Catalog, Operation, Recipe
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import PermissionNeeded, SignInNeeded
from countersign.domain.step_plan import may_be_taken
from countersign.domain.template import Values
from countersign.ports import ConnectionStore


@dataclass(frozen=True)
class FindConnections:
    """Those of the steps that may still be taken. Raises StoreUnavailable."""

    connections: ConnectionStore
    catalog: Catalog

    def __call__(self, action: Action, recipe: Recipe, values: Values) -> dict[str, Connection]:
        """App id → connection. ``values``: of the recipe's names, to tell which steps are taken.

        Raises SignInNeeded, naming every app that lacks a connection; PermissionNeeded where one is known to lack a
        scope. What was sent already needs no further permission to be asked about.
        """
        upcoming = self._upcoming(action, recipe, values)
        apps = dict.fromkeys(operation.app for _, operation in upcoming)
        owner = recipe.acts_with(action.person, action.workspace)
        found = {app: self.connections.get(owner, app) for app in apps}
        live = {app: there for app, there in found.items() if there is not None and there.status is Status.LIVE}
        if lacking := [app for app in apps if app not in live]:
            raise SignInNeeded(lacking[0], then=lacking[1:])
        if action.status is not ActionStatus.SENT:
            for place, operation in upcoming:
                if not operation.permitted_by(live[operation.app].scopes):
                    raise PermissionNeeded(operation.app, place)
        return live

    def _upcoming(self, action: Action, recipe: Recipe, values: Values) -> list[tuple[int, Operation]]:
        steps = may_be_taken(recipe.procedures[action.procedure].steps, action.step, values)
        return [(place, self.catalog.operation(step.operation)) for place, step in steps]
