"""Who is connected to an app, over the ``app-index`` of the connections: keys and states, never tokens."""

from collections.abc import Mapping, Sequence
from typing import Final

from countersign.adapters.dynamodb.table import Table
from countersign.domain.connection import Status
from countersign.domain.identity import Person

APP_INDEX: Final = "app-index"


class DynamoCensus:
    """Implements ``admin_ports.Census``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def count(self, app: str, workspace: str) -> Mapping[Status, int]:
        """Counted by DynamoDB, a megabyte of the index at a time: some ten calls for a hundred thousand."""
        counts = {
            status: self._table.count(
                APP_INDEX,
                "app = :app AND #status = :status",
                {"app": app, "status": status.value, "workspace": workspace},
                only="workspace = :workspace",
            )
            for status in Status
        }
        return {status: count for status, count in counts.items() if count}

    def page(
        self, app: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[tuple[Person, Status]], str | None]:
        """Those that can be cut, and where the next page begins. Retired ones are on their way out already."""
        items, following = self._table.page(APP_INDEX, "app = :app", {"app": app}, after, limit)
        found = [
            (Person.from_key(item["pk"]), Status(item["status"]))
            for item in items
            if item["sk"].startswith("app#")
            and item["status"] != Status.REVOKING
            and workspace in (None, item["workspace"])
        ]
        return found, following
