"""Paused apps on DynamoDB: a few rows beside the sign-ins, read in one go."""

from typing import Final

from countersign.adapters.dynamodb.table import Table
from countersign.domain.errors import Conflict
from countersign.ports.admin import EVERYWHERE

_ALL: Final = "pauses"
_MOST: Final = 10_000
"""Rows: apps times workspaces. What was resumed keeps its row, because no role may delete one for this."""


class DynamoPauses:
    """Implements ``ports.admin.Pauses``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def paused(self, workspace: str) -> frozenset[str]:
        """Ids of the apps that are paused there, or everywhere."""
        found = set()
        # Whatever doesn't say clearly that it was resumed is paused.
        for item in self._table.query(_ALL, limit=_MOST):
            place, _, app = item["sk"].partition("#")
            if item.get("paused") is not False and place in (workspace, EVERYWHERE):
                found.add(app)
        return frozenset(found)

    def places(self, app: str) -> frozenset[str]:
        """The workspaces where an app is paused, and EVERYWHERE if it is: for whoever looks after all of them."""
        rows = self._table.query(_ALL, limit=_MOST)
        named = [item["sk"].partition("#") for item in rows if item.get("paused") is not False]
        return frozenset(place for place, _, paused in named if paused == app)

    def set(self, app: str, workspace: str, now: int, *, paused: bool) -> bool:
        """Pause or resume. False where it was so already."""
        values = {"paused": paused, "was": not paused, "now": now}
        was = "(attribute_not_exists(paused) OR paused = :was)" if paused else "paused = :was"
        try:
            self._table.update(_ALL, f"{workspace}#{app}", "SET paused = :paused, changed_at = :now", was, values)
        except Conflict:
            return False
        return True

    def changed_at(self, app: str, workspace: str) -> int | None:
        """When it was paused or resumed there last."""
        there = self._table.get(_ALL, f"{workspace}#{app}")
        return None if there is None else int(there["changed_at"])
