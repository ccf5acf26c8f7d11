"""Concur's calls: Identity v4.1 and Expense Reports v4 (developer.concur.com, pages named at each line)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from flask import request

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.records import Card
from sandbox.apps.rest import Action, Answer, Api, Call, Page, Problem, Record, Rights, Route, Store, person

COMPANY = "aa076ada-80a9-4f57-8e98-9300b1c3171d"
HOST = "eu2.api.concursolutions.com"
GEOLOCATION = f"https://{HOST}"
NOT_SUBMITTED = {"approvers": [], "afterwards": "A_PEND"}
"""A report that nobody has submitted."""
USERS = "/expensereports/v4/users/<user>/context"
TEXTS = {
    "unauthenticated": "Unauthorized",
    "scope": "Forbidden: the token lacks the required scope",
    "forbidden": "User does not have access to this report",
    "not_found": "Report not found",
    "settled": "The report is not pending the approval of this user",
    "invalid": "Invalid request",
}
PHRASES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
SHOWN = {
    "A_PEND": "Submitted & Pending Approval",
    "A_PECO": "Pending Cost Object Approval",
    "A_APPR": "Approved",
    "A_RESU": "Sent Back to Employee",
}
"""event-topics/expense/v4.expense-events."""


def problem(what: Problem) -> Answer:
    """The schema Error (v4.workflows)."""
    status = 400 if what.reason in {"settled", "invalid", "changed"} else what.status
    text = what.text or TEXTS.get(what.reason, "Invalid request")
    body = {"errorId": "c0ncur", "errorMessage": text, "httpStatus": f"{status} {PHRASES[status]}"}
    return Answer(status, body | {"path": request.path, "timestamp": moment(0), "validationErrors": []})


def moment(seconds: float) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def identity(call: Call) -> Answer:
    """GET /profile/identity/v4.1/Users/{id}, of oneself (v4.1.identity)."""
    account = call.who
    if call.at["id"] != account.account_id:
        raise Problem("forbidden", "You do not have access to this user")
    first, _, last = account.name.partition(" ")
    enterprise = {"companyId": COMPANY, "employeeNumber": None}
    body = {
        "id": account.account_id,
        "active": True,
        "displayName": account.name,
        "name": {"givenName": first, "familyName": last},
        "userName": account.login,
        "emails": [{"verified": True, "type": "work", "value": account.email, "notifications": True}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": enterprise,
    }
    return Answer(200, body)


def in_context(context: Literal["MANAGER", "TRAVELER"], act: Action) -> Action:
    """A call at the long address: `user` must be the caller; the manager's context is for those who approve."""

    def checked(call: Call) -> Answer:
        if call.at["user"].lower() != call.who.account_id:
            raise Problem("forbidden", "The user in the address is not the user of the token")
        if context == "MANAGER" and not call.record("report", "{report}").rights.may_decide(call.who):
            raise Problem("forbidden")
        return act(call)

    return checked


def approver(record: Record) -> str | None:
    """Whose approval the report waits for, by short name: its managers come one after another."""
    decided = record.decided
    if decided and decided.word == "rejected":
        return None
    names: list[str] = record.fields["approvers"]
    return names[len(record.decisions)] if len(record.decisions) < len(names) else None


def status(record: Record) -> str:
    """The approval status's code: what follows the managers is A_APPR, unless the report has further steps."""
    if record.decided and record.decided.word == "rejected":
        return "A_RESU"
    return "A_PEND" if approver(record) else str(record.fields["afterwards"])


def report(call: Call) -> Answer:
    """GET …/reports/{reportId} (v4.reports): no word of who decided."""
    record = call.record("report", "{report}")
    code = status(record)
    amount = {"value": record.fields["total"], "currencyCode": "EUR"}
    body = {
        "reportId": record.id,
        "name": record.fields["name"],
        "businessPurpose": record.fields["purpose"],
        "approvalStatus": SHOWN[code],
        "approvalStatusId": code,
        "isSubmitted": code != "A_RESU",
        "isSentBack": code == "A_RESU",
        "reportTotal": amount,
        "claimedAmount": amount,
        "currencyCode": "EUR",
        "userId": record.made_by.account_id,
        "creationDate": moment(record.made_at),
    }
    return Answer(200, body)


def decide(word: str) -> Action:
    """PATCH …/approve and …/sendBack (v4.workflows): 204; a comment is needed to send back."""

    def act(call: Call) -> Answer:
        comment = call.text("comment", "")
        if word == "rejected" and not comment:
            raise Problem("invalid", "comment is required")
        if unknown := set(call.body) - {"comment", "expenseRejectedComment", "statusId", "expectedStepCode"}:
            raise Problem("invalid", f"unknown field {min(unknown)}")
        record = call.record("report", "{report}")
        if approver(record) != person(call.who):
            raise Problem("settled")
        call.store.decide(call.caller, record, word, comment, again=True)
        return Answer(204)

    return act


def comments(call: Call) -> Answer:
    """GET …/comments (v4.comments): the requester's and the approvers', each with its author."""
    record = call.record("report", "{report}")
    said: list[tuple[Account, str, float]] = [(record.made_by, record.fields["purpose"], record.made_at)]
    said += [(one.by, one.comments, one.at) for one in record.decisions if one.comments]
    shown = [
        {
            "comment": text,
            "author": {"employeeId": person(author), "employeeUuid": author.account_id},
            "creationDate": moment(at),
            "expenseId": None,
            "isAuditorComment": False,
            "isLatest": place == len(said),
            "stepInstanceId": "54279E6A6D940741A9CEEDEE2240C5D3",
        }
        for place, (author, text, at) in enumerate(said, 1)
    ]
    return Answer(200, shown)


def create(call: Call) -> Answer:
    """POST …/context/TRAVELER/reports: once per `idempotency-id` (OpenAPI file, postNewReport)."""
    fields = {"name": call.text("name"), "purpose": call.text("businessPurpose", ""), "total": 0.0} | NOT_SUBMITTED
    call.text("policyId")
    made = call.store.create(call.caller, "report", fields, once=call.headers.get("idempotency-id"))
    return Answer(201, {"uri": f"{GEOLOCATION}{request.path}/{made.id}"})


def waiting(store: Store, name: str, requester: Account, *approvers: Account, afterwards: str = "A_APPR") -> Record:
    """A submitted report of the requester's that the approvers must approve one after another, and what it is then."""
    names = [person(one) for one in approvers]
    fields = {"name": name, "purpose": f"{name}, on site", "total": 525.0, "approvers": names, "afterwards": afterwards}
    return store.add("report", fields, requester, Rights(decide=frozenset(names)))


def seed(store: Store, directory: Directory) -> None:
    """Two reports of Priya's that wait for Josie."""
    josie, priya = (next(one for one in directory if person(one) == name) for name in ("josie", "priya"))
    waiting(store, "March travel", priya, josie)
    waiting(store, "Trade fair", priya, josie)


def card(record: Record) -> Card:
    """What a listener to Concur's events posts."""
    body = {"key": record.id, "report_id": record.id, "name": record.fields["name"]}
    body |= {"purpose": record.fields["purpose"], "total": f"{record.fields['total']:.2f}", "currency": "EUR"}
    body |= {"requested_by": record.made_by.email}
    return Card("approve_expense_concur", body | {"state": status(record)})


def routes(context: Literal["MANAGER", "TRAVELER"]) -> Callable[[str, str, Action, str], Route]:
    """Makes the routes of a context."""

    def route(method: str, path: str, act: Action, scope: str) -> Route:
        return Route(method, f"{USERS}/{context}/reports{path}", in_context(context, act), scope=scope)

    return route


MANAGER, TRAVELER = routes("MANAGER"), routes("TRAVELER")
API = Api(
    host=HOST,
    problem=problem,
    new_id=lambda _kind, place: f"764428DD6A664AF0B{place:03X}",
    name=lambda record: str(record.fields["name"]),
    seed=seed,
    add_for_approval=waiting,
    routes=(
        Route("GET", "/profile/identity/v4.1/Users/<id>", identity, scope="identity.user.core.read"),
        MANAGER("GET", "/<report>", report, "expense.report.read"),
        MANAGER("GET", "/<report>/comments", comments, "expense.report.read"),
        MANAGER("PATCH", "/<report>/approve", decide("approved"), "expense.report.workflowstatus.write"),
        MANAGER("PATCH", "/<report>/sendBack", decide("rejected"), "expense.report.workflowstatus.write"),
        TRAVELER("POST", "", create, "expense.report.readwrite"),
    ),
    pages=(
        Page(
            kind="report",
            path="/nui/expense/report/<report>",
            link=lambda record: f"/nui/expense/report/{record.id}",
            title=lambda record: str(record.fields["name"]),
            status=lambda _record: SHOWN["A_PEND"],
            waits=lambda record: approver(record) is not None,
            fields=lambda record: (("Total", f"{record.fields['total']:.2f} EUR"),),
            card=card,
        ),
    ),
)
