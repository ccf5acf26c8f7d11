"""Change requests and their approvals: who may decide, and what a decision changes."""

from datetime import UTC, datetime

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.audit import AuditTrail, Caller
from sandbox.apps.records import Card, RecordView, RefusedError
from sandbox.apps.servicenow.tables import Row, Tables, at

APPROVALS = "sysapproval_approver"
NOT_POSSIBLE = "Unable to approve or reject the change request"
SAMPLES = (
    ("Upgrade the payroll database", "priya", "josie", "3"),
    ("Open the firewall for the new office", "tom", "josie,priya", "4"),
    ("Move the intranet to the new storage", "josie", "josie", "2"),
    ("Renew the mail server's certificate", "priya", "tom", "4"),
)
HOUR = 3600
LEAD_SECONDS = 3 * 24 * HOUR


class Changes:
    """The change requests of the instance (`sandbox.apps.records.Records`)."""

    def __init__(self, tables: Tables, directory: Directory, audit: AuditTrail) -> None:
        self._tables = tables
        self._directory = directory
        self._audit = audit
        self._unanimous: set[str] = set()
        """Changes that are approved once everybody did (`sysapproval_group`: "Everyone must approve")."""

    def add_samples(self) -> None:
        """The changes that wait at the start: CHG0030001 for Josie, one for two people, one of her own, one for Tom."""
        for title, requested_by, approvers, risk in SAMPLES:
            self._add(title, requested_by, approvers.split(","), risk)

    def add_for_approval(self, title: str, *, requested_by: str, approver: str) -> str:
        """A new change that waits for `approver` (logins: with commas the first one decides, with + all must)."""
        added = self._add(title, requested_by, approver.replace("+", ",").split(","), "3")
        if "+" in approver:
            self._unanimous.add(added)
        return added

    def listing(self) -> list[RecordView]:
        """Every change, oldest first."""
        return [self._view(row) for row in self._tables.rows("change_request")]

    def view(self, record_id: str) -> RecordView | None:
        """One change."""
        row = self._tables.row("change_request", record_id)
        return self._view(row) if row else None

    def may_decide(self, record_id: str, account: Account) -> bool:
        """Whether the account has an approval that is still requested."""
        return any(row["state"] == "requested" for row in self._approvals(record_id, account))

    def decide(self, record_id: str, caller: Caller, *, approve: bool, comments: str) -> None:
        """Decide as the caller (change-management-api.md, PATCH …/approvals): the first word counts, or everybody's."""
        if not approve and not comments:
            raise RefusedError("Comments are required", "Comments are required when rejecting a change request.")
        with self._tables.lock:
            change = self._tables.row("change_request", record_id)
            if change is None:
                raise RefusedError("No Record found", "Record doesn't exist or ACL restricts the record retrieval")
            mine = self._approvals(record_id, caller.account)
            if not mine:
                raise RefusedError(NOT_POSSIBLE, f"You are not an approver of {change['number']}.")
            if mine[0]["state"] != "requested":
                raise RefusedError(NOT_POSSIBLE, f"{change['number']} is already {change['approval']}.")
            self._write(change, mine[0], caller, "approved" if approve else "rejected", comments)

    def card(self, record_id: str) -> Card | None:
        """What the business rule sends to the recipe `approve_change`; people by e-mail, times in ISO 8601."""
        row = self._tables.row("change_request", record_id)
        if row is None:
            return None
        text = {name: self._shown(row, name) for name in ("requested_by.email", "risk")}
        start = datetime.strptime(row["start_date"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        body = {name: row[name] for name in ("sys_id", "number", "short_description")}
        body |= {"key": record_id, "requested_by": text["requested_by.email"], "risk": text["risk"]}
        body |= {"planned_start": start.isoformat().replace("+00:00", "Z"), "state": row["approval"]}
        return Card("approve_change", body | self._decided_by(row))

    def _add(self, title: str, requested_by: str, approvers: list[str], risk: str) -> str:
        requester, judges = self._account(requested_by), [self._account(login) for login in approvers]
        start = self._tables.seconds() // HOUR * HOUR + LEAD_SECONDS
        change = self._tables.insert(
            "change_request",
            {
                "short_description": title,
                "description": "",
                "type": "normal",
                "state": "-3",
                "approval": "requested",
                "risk": risk,
                "requested_by": requester.account_id,
                "opened_by": requester.account_id,
                "start_date": at(start),
            },
            by=requester.login,
        )
        for judge in judges:
            row = {"sysapproval": change["sys_id"], "approver": judge.account_id, "state": "requested", "comments": ""}
            self._tables.insert(APPROVALS, row, by=requester.login)
        return change["sys_id"]

    def _decided_by(self, change: Row) -> dict[str, str]:
        """Who decided, once somebody did."""
        deciding = [row for row in self._approvals(change["sys_id"]) if row["state"] in {"approved", "rejected"}]
        approver = self._directory.by_id(deciding[0]["approver"]) if deciding else None
        return {"decided_by": f"{approver.name} ({approver.email})"} if approver else {}

    def _write(self, change: Row, mine: Row, caller: Caller, decision: str, comments: str) -> None:
        login = caller.account.login
        fields = {"state": decision, "comments": comments}
        self._tables.update(APPROVALS, mine["sys_id"], fields, by=login)
        self._audit.add(caller, decision, record=change["number"], record_id=change["sys_id"], comments=comments)
        waiting = any(row["state"] == "requested" for row in self._approvals(change["sys_id"]))
        if decision == "approved" and waiting and change["sys_id"] in self._unanimous:
            return
        for other in self._approvals(change["sys_id"]):
            if other["state"] == "requested":
                self._tables.update(APPROVALS, other["sys_id"], {"state": "not_required"}, by=login)
        after = {"approval": decision, "state": "-2" if decision == "approved" else "-5"}
        self._tables.update("change_request", change["sys_id"], after, by=login)

    def _approvals(self, change_id: str, account: Account | None = None) -> list[Row]:
        rows = [row for row in self._tables.rows(APPROVALS) if row["sysapproval"] == change_id]
        return [row for row in rows if account is None or row["approver"] == account.account_id]

    def _view(self, row: Row) -> RecordView:
        return RecordView(
            record_id=row["sys_id"],
            number=row["number"],
            title=row["short_description"],
            url=f"/nav_to.do?uri=change_request.do?sys_id={row['sys_id']}",
            status=self._shown(row, "approval"),
            fields=tuple(
                (label, self._shown(row, name))
                for label, name in (
                    ("Requested by", "requested_by"),
                    ("Risk", "risk"),
                    ("State", "state"),
                    ("Planned start (UTC)", "start_date"),
                    ("Last updated by", "sys_updated_by"),
                )
            ),
            approvers=tuple(
                (self._shown(mine, "approver", APPROVALS), self._shown(mine, "state", APPROVALS), mine["comments"])
                for mine in self._approvals(row["sys_id"])
            ),
        )

    def _shown(self, row: Row, path: str, table: str = "change_request") -> str:
        value = self._tables.value(table, row, path)
        return value.shown if value else ""

    def _account(self, login: str) -> Account:
        account = self._directory.by_login(login.strip())
        if account is None:
            raise KeyError(login)
        return account
