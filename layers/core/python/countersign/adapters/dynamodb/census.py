"""Who is connected to an app, over the ``app-index`` of the connections: keys and states, never tokens."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from countersign.adapters.dynamodb.account_notes import AccountNotes
from countersign.adapters.dynamodb.connection_row import standing
from countersign.adapters.dynamodb.table import Item, Table
from countersign.domain.connection import Status
from countersign.domain.identity import Person
from countersign.domain.tally import COUNTED

APP_INDEX: Final = "app-index"
_LOG: Final = logging.getLogger(__name__)


class DynamoCensus:
    """Implements ``ports.admin.Census``."""

    def __init__(self, table: Table, notes: Table) -> None:
        self._table, self._notes = table, AccountNotes(notes)

    def count(self, app: str, workspace: str) -> Mapping[Status, int]:
        """Counted by DynamoDB, and not beyond ``COUNTED``: one call for each state, however many there are."""
        counts = {
            status: self._table.count_some(
                APP_INDEX,
                "app = :app AND standing = :standing",
                {"app": app, "standing": standing(workspace, status)},
                most=COUNTED + 1,
            )
            for status in Status
        }
        return {status: count for status, count in counts.items() if count}

    def accounts_of_several(self, tenant: str) -> Mapping[str, int]:
        """Counted by app, from notes that were made when those people connected."""
        return Counter(account.partition("#")[0] for account in self._notes.of_several(tenant))

    def page(
        self, app: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[tuple[Person, Status]], str | None]:
        """Those that can be cut, and where the next page begins. Retired ones are on their way out already."""
        condition, values = "app = :app", {"app": app}
        if workspace is not None:
            condition, values = (
                f"{condition} AND begins_with(standing, :there)",
                {**values, "there": standing(workspace)},
            )
        items, following = self._table.page(APP_INDEX, condition, values, after, limit)
        found = [_read(item) for item in items if item["sk"].startswith("app#")]
        return [one for one in found if one is not None and one[1] is not Status.REVOKING], following


def _read(item: Item) -> tuple[Person, Status] | None:
    """None for a row that can't be read: it is logged, and stops nothing of what is done to the others."""
    try:
        return Person.from_key(item["pk"]), Status(item["status"])
    except (KeyError, TypeError, ValueError) as error:
        _LOG.error("unreadable row", extra={"index": APP_INDEX, "detail": type(error).__name__})
        return None
