"""The audit trail on DynamoDB: appended under its day, never changed."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from countersign.adapters.dynamodb.rows import without_nothing
from countersign.adapters.dynamodb.table import Table
from countersign.domain.identity import Person
from countersign.ports import Clock


class DynamoAuditLog:
    """Implements ``ports.AuditLog``. ``retention`` in seconds."""

    def __init__(self, table: Table, clock: Clock, retention: int) -> None:
        self._table = table
        self._clock = clock
        self._retention = retention

    def record(self, event: str, person: Person | None, facts: Mapping[str, str]) -> None:
        """Append one event. Raises StoreUnavailable."""
        now = self._clock()
        day = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
        row = {
            "pk": f"day#{day}",
            "sk": f"{now:012d}#{secrets.token_hex(8)}",
            "event": event,
            "person": person.key if person else None,
            "facts": dict(facts),
            "at": now,
            "ttl": now + self._retention,
        }
        self._table.put(without_nothing(row))
