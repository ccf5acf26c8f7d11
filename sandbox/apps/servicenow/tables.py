"""The instance's tables: rows of strings, references between them, and labels for choice values."""

import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.apps.accounts import Account

type Row = dict[str, str]

REFERENCES = {
    ("change_request", "requested_by"): "sys_user",
    ("change_request", "opened_by"): "sys_user",
    ("incident", "caller_id"): "sys_user",
    ("incident", "opened_by"): "sys_user",
    ("sysapproval_approver", "approver"): "sys_user",
    ("sc_req_item", "requested_for"): "sys_user",
    ("sysapproval_approver", "sysapproval"): "task",
}
TASKS = ("change_request", "sc_req_item")
"""Tables that extend `task`: a reference to a task may point into any of them."""
LABELS = {
    ("change_request", "state"): {"-5": "New", "-4": "Assess", "-3": "Authorize", "-2": "Scheduled", "4": "Canceled"},
    ("change_request", "approval"): {
        "not requested": "Not Yet Requested",
        "requested": "Requested",
        "approved": "Approved",
        "rejected": "Rejected",
    },
    ("change_request", "risk"): {"2": "High", "3": "Moderate", "4": "Low"},
    ("change_request", "type"): {"normal": "Normal", "emergency": "Emergency", "standard": "Standard"},
    ("sysapproval_approver", "state"): {
        "requested": "Requested",
        "approved": "Approved",
        "rejected": "Rejected",
        "not_required": "No Longer Required",
    },
    ("incident", "state"): {"1": "New"},
}
LABELS["sc_req_item", "approval"] = LABELS["change_request", "approval"]
NAMED_BY = {
    "sys_user": "name",
    "change_request": "number",
    "incident": "number",
    "sc_req_item": "number",
    "sysapproval_approver": "sys_id",
}
NUMBERED = {"change_request": ("CHG", 30001), "incident": ("INC", 10001), "sc_req_item": ("RITM", 10001)}
AUTOMATIC = ("sys_id", "sys_created_by", "sys_created_on", "sys_updated_by", "sys_updated_on", "sys_mod_count")


@dataclass(frozen=True)
class Value:
    """A field's value: as stored, as shown, and the table it points to when it is a reference."""

    stored: str
    shown: str
    table: str | None = None


class Tables:
    """All rows of the instance, in memory; `lock` makes a decision one step."""

    def __init__(self, instance: str, accounts: Iterable[Account], clock: Callable[[], float]) -> None:
        self.instance = instance
        self.lock = threading.RLock()
        self._clock = clock
        self._rows: dict[str, dict[str, Row]] = {table: {} for table in NAMED_BY}
        for account in accounts:
            self._rows["sys_user"][account.account_id] = {
                "sys_id": account.account_id,
                "user_name": account.login,
                "name": account.name,
                "email": account.email,
                "active": "true",
            }

    def knows(self, table: str) -> bool:
        """Whether there is such a table."""
        return table in self._rows

    def rows(self, table: str) -> list[Row]:
        """The rows, oldest first."""
        with self.lock:
            return [dict(row) for row in self._rows[table].values()]

    def row(self, table: str, sys_id: str) -> Row | None:
        """One row, or None."""
        with self.lock:
            found = next((self._rows[one][sys_id] for one in _of(table) if sys_id in self._rows[one]), None)
            return dict(found) if found else None

    def insert(self, table: str, fields: Row, *, by: str) -> Row:
        """A new row made by the login `by`, numbered where the table is."""
        with self.lock:
            row = dict(fields)
            if table in NUMBERED:
                prefix, first = NUMBERED[table]
                row["number"] = f"{prefix}{first + len(self._rows[table]):07d}"
            name = row.get("number") or f"{fields['sysapproval']}/{fields['approver']}"
            row["sys_id"] = uuid.uuid5(uuid.NAMESPACE_URL, f"{self.instance}/{table}/{name}").hex
            row |= {"sys_created_by": by, "sys_created_on": self.now(), "sys_mod_count": "0"}
            row |= {"sys_updated_by": by, "sys_updated_on": self.now()}
            self._rows[table][row["sys_id"]] = row
            return dict(row)

    def update(self, table: str, sys_id: str, fields: Row, *, by: str) -> None:
        """Change a row as the login `by`."""
        with self.lock:
            row = self._rows[table][sys_id]
            row |= fields | {"sys_updated_by": by, "sys_updated_on": self.now()}
            row["sys_mod_count"] = str(int(row["sys_mod_count"]) + 1)

    def value(self, table: str, row: Row, path: str) -> Value | None:
        """A field, also through references (`requested_by.email`); None where the table has no such field."""
        field, _, rest = path.partition(".")
        if field not in row:
            return None
        stored, target = row[field], REFERENCES.get((table, field))
        if target is None:
            return None if rest else Value(stored, LABELS.get((table, field), {}).get(stored, stored))
        referred = self.row(target, stored) or {}
        actual = next((one for one in _of(target) if stored in self._rows[one]), _of(target)[0])
        if rest:
            return self.value(actual, referred, rest)
        return Value(stored, referred.get(NAMED_BY[actual], ""), target)

    def now(self) -> str:
        """The time as ServiceNow writes it: UTC, to the second."""
        return at(self._clock())

    def seconds(self) -> float:
        """Seconds since the epoch."""
        return self._clock()


def _of(table: str) -> tuple[str, ...]:
    """The tables that hold a table's rows."""
    return TASKS if table == "task" else (table,)


def at(seconds: float) -> str:
    """`2026-11-22 10:02:03`, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
