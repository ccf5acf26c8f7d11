"""Opportunities in an approval process: who may decide a work item, and what a decision leaves behind."""

from datetime import timedelta
from typing import Any

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.audit import AuditTrail, Caller
from sandbox.apps.records import Card, RecordView, RefusedError
from sandbox.apps.salesforce.objects import Org, Record

SAMPLES = (
    ("Northwind: renewal with 12% discount", 48000.0, "tom@acme.com", "josie@acme.com"),
    ("Fabrikam: rollout in three countries", 125000.0, "tom@acme.com", "josie@acme.com"),
    ("Contoso: pilot", 9500.0, "josie@acme.com", "josie@acme.com"),
)
# U: the words of a refusal are those of public reports, not of a documentation page
NOT_YOURS = ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "insufficient access rights on cross-reference id")
NO_WORK_ITEM = ("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
CLOSES_IN = timedelta(days=30)


class Deals:
    """The opportunities of the org (`sandbox.apps.records.Records`)."""

    def __init__(self, org: Org, directory: Directory, audit: AuditTrail) -> None:
        self._org = org
        self._directory = directory
        self._audit = audit
        self._later: dict[str, list[str]] = {}
        """Who is asked after the present approver, by the process's id."""

    def add_samples(self) -> None:
        """Two deals of Tom's that wait for Josie, and one of her own."""
        for name, amount, requester, approver in SAMPLES:
            self._submit(name, amount, requester, approver)

    def add_for_approval(self, title: str, *, requested_by: str, approver: str) -> str:
        """A new opportunity of `requested_by` that waits for `approver`: several (with commas) one by one."""
        return self._submit(title, 10000.0, requested_by, approver)

    def listing(self) -> list[RecordView]:
        """Every opportunity, oldest first."""
        return [self._view(record) for record in self._org.all("Opportunity")]

    def view(self, record_id: str) -> RecordView | None:
        """One opportunity."""
        record = self._org.get("Opportunity", record_id)
        return self._view(record) if record else None

    def may_decide(self, record_id: str, account: Account) -> bool:
        """Whether a work item of this record waits for the account."""
        item = self._work_item(record_id)
        return item is not None and item["ActorId"] == account.account_id

    def decide(self, record_id: str, caller: Caller, *, approve: bool, comments: str) -> None:
        """Decide the record's open work item as the caller."""
        item = self._work_item(record_id)
        self.decide_work_item(item["Id"] if item else "", caller, approve=approve, comments=comments)

    def decide_work_item(self, work_item_id: str, caller: Caller, *, approve: bool, comments: str) -> Record:
        """Approve or reject one pending request; the process instance afterwards.

        "The current user must be an assigned approver": dome_process_approvals_approve. A decided work item is gone;
        the process is Pending while its next step waits.
        """
        with self._org.lock:
            item = self._org.get("ProcessInstanceWorkitem", work_item_id)
            if item is None:
                raise RefusedError(*NO_WORK_ITEM)
            user = caller.account.account_id
            if item["ActorId"] != user:
                raise RefusedError(*NOT_YOURS)
            status, instance_id = ("Approved" if approve else "Rejected"), item["ProcessInstanceId"]
            self._step(instance_id, status, user, comments)
            self._org.delete("ProcessInstanceWorkitem", item["Id"])
            if approve and self._later.get(instance_id):
                self._ask(instance_id, self._later[instance_id].pop(0), by=user)
            else:
                done = {"Status": status, "LastActorId": user, "CompletedDate": self._org.now()}
                self._org.update("ProcessInstance", instance_id, done)
            instance = self._org.get("ProcessInstance", instance_id) or {}
            record = self._org.get("Opportunity", instance["TargetObjectId"]) or {}
        self._audit.add(caller, status.lower(), record=record["Name"], record_id=record["Id"], comments=comments)
        return instance

    def card(self, record_id: str) -> Card | None:
        """What the app sends to the recipe `approve_deal`; people by e-mail. None for what was never submitted."""
        record, instance = self._org.get("Opportunity", record_id), self._instance(record_id)
        if record is None or instance is None:
            return None
        item, submitter = self._work_item(record_id), self._org.get("User", instance["SubmittedById"]) or {}
        body: dict[str, Any] = {"key": record["Id"], "opportunity_id": record["Id"], "name": record["Name"]}
        body |= {"work_item_id": item["Id"] if item else "", "amount": f"{record['Amount']:,.2f} USD"}
        body |= {"requested_by": submitter.get("Email", ""), "state": instance["Status"].lower()}
        if instance["LastActorId"]:
            actor = self._org.get("User", instance["LastActorId"]) or {}
            body["decided_by"] = f"{actor['Name']} ({actor['Email']})"
        return Card("approve_deal", body)

    def _submit(self, name: str, amount: float, requester: str, approver: str) -> str:
        owner, *judges = (self._user(login.strip()) for login in (requester, *approver.split(",")))
        closes = (self._org.today() + CLOSES_IN).date().isoformat()
        fields = {"Name": name, "Amount": amount, "StageName": "Negotiation/Review", "CloseDate": closes}
        deal = self._org.create("Opportunity", fields | {"OwnerId": owner}, by=owner)
        fields = {"TargetObjectId": deal["Id"], "Status": "Pending", "SubmittedById": owner}
        instance = self._org.create("ProcessInstance", fields, by=owner)
        self._step(instance["Id"], "Started", owner, "")
        self._ask(instance["Id"], judges[0], by=owner)
        self._later[instance["Id"]] = judges[1:]
        return str(deal["Id"])

    def _ask(self, instance_id: str, judge: str, *, by: str) -> None:
        fields = {"ProcessInstanceId": instance_id, "ActorId": judge, "OriginalActorId": judge}
        self._org.create("ProcessInstanceWorkitem", fields, by=by)

    def _step(self, instance_id: str, status: str, user: str, comments: str) -> None:
        fields = {"ProcessInstanceId": instance_id, "StepStatus": status, "ActorId": user, "OriginalActorId": user}
        self._org.create("ProcessInstanceStep", fields | {"Comments": comments or None}, by=user)

    def _instance(self, record_id: str) -> Record | None:
        instances = self._org.all("ProcessInstance")
        return next((one for one in instances if one["TargetObjectId"] == record_id), None)

    def _work_item(self, record_id: str) -> Record | None:
        instance = self._instance(record_id)
        items = self._org.all("ProcessInstanceWorkitem")
        return next((item for item in items if instance and item["ProcessInstanceId"] == instance["Id"]), None)

    def _view(self, record: Record) -> RecordView:
        instance = self._instance(record["Id"])
        return RecordView(
            record_id=record["Id"],
            number=record["Id"],
            title=record["Name"],
            url=f"/lightning/r/Opportunity/{record['Id']}/view",
            status=instance["Status"] if instance else record["StageName"],
            fields=(
                ("Amount", f"{record['Amount'] or 0:,.2f}"),
                ("Stage", record["StageName"]),
                ("Close date", record["CloseDate"]),
                ("Owner", self._name(record["OwnerId"])),
                ("Created by", self._name(record["CreatedById"])),
            ),
            approvers=tuple(self._history(instance["Id"]) if instance else ()),
        )

    def _history(self, instance_id: str) -> list[tuple[str, str, str]]:
        rows = [(step, step["StepStatus"]) for step in self._org.all("ProcessInstanceStep")]
        rows += [(item, "Pending") for item in self._org.all("ProcessInstanceWorkitem")]
        own = [(row, state) for row, state in rows if row["ProcessInstanceId"] == instance_id]
        return [(self._name(row["ActorId"]), state, row.get("Comments") or "") for row, state in own]

    def _name(self, user_id: str) -> str:
        return str((self._org.get("User", user_id) or {}).get("Name", ""))

    def _user(self, login: str) -> str:
        account = self._directory.by_login(login)
        if account is None:
            raise KeyError(login)
        return account.account_id
