"""SuiteQL over the twin's records: an SQL engine answers, so that a query that is no SQL is refused as such.

Facts: section_157909186990 (the call), section_156257770590 (SQL-92), section_1500043125 (system notes; who is no
administrator sees their own). Table and column names: the Records Catalog, as public code uses it.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.description import Json
from sandbox.apps.rest import Answer, Call, Problem, Record

APPROVAL = {"1": "Pending Approval", "2": "Approved", "3": "Rejected"}
TYPES = {"expenseReport": "ExpRept", "vendorBill": "VendBill", "purchaseOrder": "PurchOrd"}
TRANSACTION = -30
SHOWN = re.compile(r"BUILTIN\.DF\(\s*((?:\w+\.)?(\w+))\s*\)", re.IGNORECASE)
TABLES = """
CREATE TABLE employee (id INTEGER, firstname TEXT, lastname TEXT, email TEXT);
CREATE TABLE "transaction" (id INTEGER, type TEXT, externalid TEXT, approvalstatus TEXT, nextapprover INTEGER,
    createdby INTEGER);
CREATE TABLE systemnote (id INTEGER PRIMARY KEY, recordid INTEGER, recordtypeid INTEGER, name INTEGER, role INTEGER,
    newvalue TEXT);
"""


def entity(account: Account) -> str:
    """The employee's internal id."""
    return account.account_id.partition(";")[2]


def approval_status(record: Record) -> str:
    """1 pending, 2 approved, 3 rejected."""
    return {"approved": "2", "rejected": "3"}[record.decided.word] if record.decided else "1"


def query(call: Call) -> Answer:
    """POST /services/rest/query/v1/suiteql: needs `Prefer: transient`; empty columns are left out of the rows."""
    if call.headers.get("Prefer") != "transient":
        raise Problem("invalid", "The required header Prefer is missing, or its value is not transient.")
    rows = list(_rows(call, call.text("q")))
    page = {"links": [], "count": len(rows), "hasMore": False, "offset": 0, "totalResults": len(rows)}
    return Answer(200, page | {"items": rows})


def _rows(call: Call, sql: str) -> Iterator[Json]:
    shown = SHOWN.sub(lambda found: f"df('{found[2].lower()}', {found[1]})", sql)
    quoted = re.sub(r"\b(FROM|JOIN)\s+transaction\b", r'\1 "transaction"', shown, flags=re.IGNORECASE)
    with closing(sqlite3.connect(":memory:")) as database:
        _fill(database, call)
        database.execute("PRAGMA query_only = 1")
        try:
            cursor = database.execute(quoted)
        except sqlite3.Error as error:
            raise Problem(
                "invalid", f"Invalid search query. Detailed unprocessed description follows. {error}."
            ) from error
        names = [column[0].lower() for column in cursor.description]
        for row in cursor:
            values = zip(names, row, strict=True)
            yield {"links": []} | {name: str(value) for name, value in values if value is not None}


def _fill(database: sqlite3.Connection, call: Call) -> None:
    directory = call.state.directory
    database.executescript(TABLES)
    database.create_function("df", 2, lambda column, value: _display(directory, column, value))
    people = [(entity(one), one.name, "", one.email) for one in directory]
    database.executemany("INSERT INTO employee VALUES (?, ?, NULLIF(?, ''), ?)", people)
    for kind, kind_of_transaction in TYPES.items():
        for record in call.of(kind):
            waits = record.fields.get("next_approver") if not record.decided else None
            row = (record.id, kind_of_transaction, record.fields.get("external_id"), approval_status(record), waits)
            database.execute('INSERT INTO "transaction" VALUES (?, ?, ?, ?, ?, ?)', (*row, entity(record.made_by)))
            for by, value in _notes(record):
                if by == call.who:
                    role, _, name = by.account_id.partition(";")
                    note = (record.id, TRANSACTION, name, role, value)
                    columns = "recordid, recordtypeid, name, role, newvalue"
                    database.execute(f"INSERT INTO systemnote ({columns}) VALUES (?, ?, ?, ?, ?)", note)  # noqa: S608 - constants


def _notes(record: Record) -> Iterator[tuple[Account, str]]:
    """Who gave the record which approval status, oldest first."""
    yield record.made_by, APPROVAL["1"]
    for decision in record.decisions:
        yield decision.by, APPROVAL["2" if decision.word == "approved" else "3"]


def _display(directory: Directory, column: str, value: object) -> str | None:
    if value is None:
        return None
    if column == "approvalstatus":
        return APPROVAL[str(value)]
    return next((one.name for one in directory if entity(one) == str(value)), None)
