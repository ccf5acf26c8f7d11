"""Requested items of the service catalog and their approvals (rows of sysapproval_approver, as for every task)."""

from collections.abc import Sequence

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.audit import AuditTrail, Caller
from sandbox.apps.records import Card, Records, RecordView, RefusedError
from sandbox.apps.servicenow.tables import Row, Tables

APPROVALS = "sysapproval_approver"
ITEMS = "sc_req_item"
SAMPLES = (
    ("A second screen for the support desk", "priya", "josie", "249.00"),
    ("Access to the payroll reports", "priya", "josie", "0.00"),
)
WRITABLE = ("state", "comments")


class Requests:
    """The approvals of requested items (`sandbox.apps.records.Records`); a record is one approval."""

    def __init__(self, tables: Tables, directory: Directory, audit: AuditTrail) -> None:
        self._tables = tables
        self._directory = directory
        self._audit = audit

    def add_samples(self) -> None:
        """Two items of Priya's that wait for Josie."""
        for title, requested_by, approver, price in SAMPLES:
            self._add(title, requested_by, approver, price)

    def add_for_approval(self, title: str, *, requested_by: str, approver: str) -> str:
        """A new item that waits for `approver` (logins)."""
        return self._add(title, requested_by, approver, "0.00")

    def listing(self) -> list[RecordView]:
        """Every approval of an item, oldest first."""
        return [self._view(row) for row in self._tables.rows(APPROVALS) if self._item(row)]

    def view(self, record_id: str) -> RecordView | None:
        """One approval of an item."""
        row = self._tables.row(APPROVALS, record_id)
        return self._view(row) if row and self._item(row) else None

    def may_decide(self, record_id: str, account: Account) -> bool:
        """Whether the account is the approver, and still asked."""
        row = self._tables.row(APPROVALS, record_id)
        return row is not None and row["state"] == "requested" and row["approver"] == account.account_id

    def decide(self, record_id: str, caller: Caller, *, approve: bool, comments: str) -> None:
        """Decide on the instance's own pages, which are for the approver."""
        if not self.may_decide(record_id, caller.account):
            raise RefusedError("Invalid update", "Only the approver can approve or reject this.")
        self.edit(record_id, caller, {"state": "approved" if approve else "rejected", "comments": comments})

    def edit(self, record_id: str, caller: Caller, fields: Row) -> None:
        """Change an approval's row as the Table API does: for anybody who may write to the table, approver or not."""
        login = caller.account.login
        with self._tables.lock:
            self._tables.update(APPROVALS, record_id, fields, by=login)
            row = self._tables.row(APPROVALS, record_id) or {}
            item = self._item(row)
            if item and fields.get("state") in {"approved", "rejected"}:
                self._tables.update(ITEMS, item["sys_id"], {"approval": fields["state"]}, by=login)
                comments = row["comments"]
                self._audit.add(
                    caller, fields["state"], record=item["number"], record_id=row["sys_id"], comments=comments
                )

    def card(self, record_id: str) -> Card | None:
        """What a flow sends to the recipe `approve_it_request`."""
        row = self._tables.row(APPROVALS, record_id)
        item = self._item(row) if row else None
        if row is None or item is None:
            return None
        requester = self._directory.by_id(item["requested_for"])
        body = {"key": record_id, "approval_id": record_id, "price": item["price"], "state": row["state"]}
        body |= {"number": item["number"], "short_description": item["short_description"]}
        body |= {"requested_by": requester.email if requester else ""}
        decider = self._directory.by_login(row["sys_updated_by"]) if row["state"] != "requested" else None
        return Card(
            "approve_it_request", body | ({"decided_by": f"{decider.name} ({decider.email})"} if decider else {})
        )

    def _add(self, title: str, requested_by: str, approver: str, price: str) -> str:
        requester, judge = self._account(requested_by), self._account(approver)
        fields = {"short_description": title, "approval": "requested", "price": price}
        item = self._tables.insert(ITEMS, fields | {"requested_for": requester.account_id}, by=requester.login)
        row = {"sysapproval": item["sys_id"], "approver": judge.account_id, "state": "requested", "comments": ""}
        return self._tables.insert(APPROVALS, row, by=requester.login)["sys_id"]

    def _item(self, row: Row) -> Row | None:
        return self._tables.row(ITEMS, row.get("sysapproval", ""))

    def _view(self, row: Row) -> RecordView:
        return RecordView(
            record_id=row["sys_id"],
            number=self._shown(row, "sysapproval.number"),
            title=self._shown(row, "sysapproval.short_description"),
            url=f"/nav_to.do?uri=sysapproval_approver.do?sys_id={row['sys_id']}",
            status=self._shown(row, "state"),
            fields=(
                ("Requested for", self._shown(row, "sysapproval.requested_for")),
                ("Price", self._shown(row, "sysapproval.price")),
                ("Last updated by", row["sys_updated_by"]),
            ),
            approvers=((self._shown(row, "approver"), self._shown(row, "state"), row["comments"]),),
        )

    def _shown(self, row: Row, path: str) -> str:
        value = self._tables.value(APPROVALS, row, path)
        return value.shown if value else ""

    def _account(self, login: str) -> Account:
        account = self._directory.by_login(login)
        if account is None:
            raise KeyError(login)
        return account


class Desk:
    """All that waits at the instance (`sandbox.apps.records.Records`): several kinds of records, in order."""

    def __init__(self, kinds: Sequence[Records]) -> None:
        self._kinds = kinds

    def listing(self) -> list[RecordView]:
        """Every record."""
        return [record for kind in self._kinds for record in kind.listing()]

    def view(self, record_id: str) -> RecordView | None:
        """One record, of whichever kind."""
        return next((view for kind in self._kinds if (view := kind.view(record_id))), None)

    def may_decide(self, record_id: str, account: Account) -> bool:
        """Whether this account has an open approval on the record."""
        return any(kind.view(record_id) and kind.may_decide(record_id, account) for kind in self._kinds)

    def decide(self, record_id: str, caller: Caller, *, approve: bool, comments: str) -> None:
        """Approve or reject as the caller."""
        self._of(record_id).decide(record_id, caller, approve=approve, comments=comments)

    def card(self, record_id: str) -> Card | None:
        """The record's card."""
        return self._of(record_id).card(record_id)

    def add_for_approval(self, title: str, *, requested_by: str, approver: str) -> str:
        """A new record of the first kind."""
        return self._kinds[0].add_for_approval(title, requested_by=requested_by, approver=approver)

    def _of(self, record_id: str) -> Records:
        return next((kind for kind in self._kinds if kind.view(record_id)), self._kinds[0])
