"""Jira's calls: who am I and where, requests and their approvals, issues, projects (REST v3 and Service Management)."""

from typing import Any

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.description import Json
from sandbox.apps.jira import issues
from sandbox.apps.jira.shapes import approval, comment, date, final, may_answer, problem, user
from sandbox.apps.records import Card
from sandbox.apps.rest import Answer, Api, Call, Page, Problem, Record, Rights, Route, Store, me, person

CLOUD = "1324a887-45db-1bf4-1e99-ef0ff456d421"
SITE = f"/ex/jira/{CLOUD}"
DESK = f"{SITE}/rest/servicedeskapi/request/<key>"
DECISIONS = {"approve": "approved", "decline": "declined"}
READ, WRITE = "read:servicedesk-request", "write:servicedesk-request"


def resources(call: Call) -> Answer:
    """GET /oauth/token/accessible-resources (3LO, Make calls to the API)."""
    scopes = sorted(set(call.state.description.scopes) - {"offline_access", "read:me"})
    site = {"id": CLOUD, "name": "Acme", "url": "https://acme.atlassian.net", "scopes": scopes}
    return Answer(
        200, [site | {"avatarUrl": "https://site-admin-avatar-cdn.prod.public.atl-paas.net/avatars/240/rocket.png"}]
    )


def myself(account: Account) -> Json:
    """GET /me (User identity API)."""
    shown = {"account_type": "atlassian", "account_id": account.account_id, "email": account.email}
    return shown | {"name": account.name, "nickname": account.login, "account_status": "active"}


def found(call: Call) -> tuple[Record, Record]:
    """A request and its approval, as the caller sees them."""
    request = call.record("request", "{key}")
    asked = call.record("approval", "{approval}")
    if asked.fields["request"] is not request:
        raise Problem("not_found")
    return request, asked


def read_request(call: Call) -> Answer:
    """GET …/request/{issueIdOrKey}."""
    record = call.record("request", "{key}")
    fields = [{"fieldId": "summary", "label": "Summary", "value": record.fields["summary"]}]
    body: Json = {"issueId": str(10_000 + record.number), "issueKey": record.id, "requestFieldValues": fields}
    body |= {"reporter": user(record.made_by), "createdDate": date(record.made_at)}
    return Answer(200, body | {"currentStatus": {"status": "Waiting for approval", "statusCategory": "INDETERMINATE"}})


def read_approval(call: Call) -> Answer:
    """GET …/approval/{approvalId}."""
    return Answer(200, approval(found(call)[1], call.who))


def answer_approval(call: Call) -> Answer:
    """POST …/approval/{approvalId}: "User is assigned to the approval request"; [U] the answer when it is settled."""
    _, asked = found(call)
    word = DECISIONS.get(call.text("decision"))
    if word is None:
        raise Problem("invalid", "decision must be approve or decline")
    if asked.rights.may_decide(call.who) and not may_answer(asked, call.who):
        raise Problem("settled")
    call.store.decide(call.caller, asked, word, again=True)
    return Answer(200, approval(asked, call.who))


def comments(call: Call) -> Answer:
    """GET …/comment: at most `limit` of them, oldest first."""
    record = call.record("request", "{key}")
    mine = [one for one in call.of("comment") if one.fields["request"] is record]
    limit = int(call.query.get("limit", "50"))
    page: Json = {"size": len(mine[:limit]), "start": 0, "limit": limit, "isLastPage": len(mine) <= limit}
    return Answer(200, page | {"values": [comment(one) for one in mine[:limit]]})


def add_comment(call: Call) -> Answer:
    """POST …/comment."""
    record = call.record("request", "{key}")
    fields = {"request": record, "body": call.text("body"), "public": bool(call.body.get("public", False))}
    return Answer(201, comment(call.store.create(call.caller, "comment", fields)))


def waiting(store: Store, summary: str, requester: Account, *approvers: Account) -> Record:
    """A request of the requester's that waits for all approvers. Its approval is the record that people decide."""
    number = len(store.all("request")) + 42
    request = store.add("request", {"summary": summary}, requester, id=f"IT-{number}")
    fields = {"request": request, "approvers": approvers}
    return store.add("approval", fields, requester, Rights(decide=frozenset(map(person, approvers))))


def seed(store: Store, directory: Directory) -> None:
    """Two requests of Priya's that wait for Josie, and three projects; nobody but Josie may create in Payroll."""
    people: dict[str, Account] = {person(account): account for account in directory}
    waiting(store, "A laptop for the new colleague", people["priya"], people["josie"])
    waiting(store, "Access to the data warehouse", people["priya"], people["josie"])
    for key, name, editors in (("WEB", "Website", None), ("APP", "Mobile app", None), ("PAY", "Payroll", {"josie"})):
        rights = Rights(edit=frozenset(editors) if editors else None)
        store.add("project", {"name": name}, people["josie"], rights, id=key)


def card(record: Record) -> Card:
    """What an automation rule posts."""
    request: Record = record.fields["request"]
    body: dict[str, Any] = {"key": f"{request.id}/{record.id}", "issue_key": request.id, "approval_id": record.id}
    body |= {"summary": request.fields["summary"], "requested_by": request.made_by.email}
    return Card("approve_service_request", body | {"request_type": "Get IT help", "state": final(record)})


API = Api(
    host="api.atlassian.com",
    problem=problem,
    new_id=lambda kind, place: str({"approval": 10_049, "comment": 20_000, "issue": 30_000}[kind] + place),
    name=lambda record: str(record.fields["request"].id if "request" in record.fields else record.id),
    seed=seed,
    add_for_approval=waiting,
    routes=(
        Route("GET", "/oauth/token/accessible-resources", resources),
        Route("GET", "/me", me(myself), scope="read:me"),
        Route("GET", DESK, read_request, scope=READ),
        Route("GET", f"{DESK}/approval/<approval>", read_approval, scope=READ),
        Route("POST", f"{DESK}/approval/<approval>", answer_approval, scope=WRITE),
        Route("GET", f"{DESK}/comment", comments, scope=READ),
        Route("POST", f"{DESK}/comment", add_comment, scope=WRITE),
        Route("GET", f"{SITE}/rest/api/3/project/search", issues.projects, scope="read:jira-work"),
        Route("POST", f"{SITE}/rest/api/3/issue", issues.create, scope="write:jira-work"),
        Route("GET", f"{SITE}/rest/api/3/issue/<key>", issues.read, scope="read:jira-work"),
    ),
    pages=(
        Page(
            kind="approval",
            path="/browse/<key>",
            link=lambda record: f"/browse/{record.fields['request'].id}",
            title=lambda record: str(record.fields["request"].fields["summary"]),
            number=lambda record: str(record.fields["request"].id),
            status=lambda _record: "Waiting for approval",
            words=("approved", "declined"),
            waits=lambda record: final(record) == "pending",
            card=card,
        ),
    ),
)
