"""Expensify's one endpoint: the job in `requestJobDescription` says what is wanted, and whose keys ask for it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.audit import Caller
from sandbox.apps.description import Json
from sandbox.apps.records import Card
from sandbox.apps.rest import Answer, Api, Call, Page, Problem, Record, Rights, Route, Store, person

POLICIES = (("E40D9B8DF456E233", "Acme"), ("B7F1C2A3D4E5F607", "Acme Travel"))
NEEDED = {
    "expenses": ("merchant", "created", "amount", "currency"),
    "report": ("merchant", "date", "amount", "currency"),
}


def problem(what: Problem) -> Answer:
    """HTTP 200, whatever is wrong: the reason is in the body ([U] which code says what)."""
    if what.reason == "unauthenticated":
        return Answer(200, {"responseMessage": "Authentication error", "responseCode": 401})
    if what.reason == "forbidden":
        return Answer(200, {"responseMessage": what.text or "Not authorized", "responseCode": 403})
    if what.reason == "not_found":
        return Answer(404)
    return Answer(200, {"responseMessage": what.text or "Invalid request", "responseCode": 410})


def run(call: Call) -> Answer:
    """Run the job, as whoever's keys are in it."""
    try:
        job = json.loads(call.form["requestJobDescription"])
    except (KeyError, ValueError):
        raise Problem("invalid", "No jobDescription in request.") from None
    if not isinstance(job, dict):
        raise Problem("invalid", "The jobDescription is not a JSON object.")
    settings = job.get("inputSettings") or {}
    do = JOBS.get((job.get("type"), settings.get("type")))
    account = _owner(call, job.get("credentials") or {})
    if do is None:
        raise Problem("invalid", f"Unknown job type {job.get('type')}/{settings.get('type')}")
    return Answer(200, do(replace(call, known_caller=Caller(account, None)), settings) | {"responseCode": 200})


def _owner(call: Call, credentials: Json) -> Account:
    owner = call.state.keys.owner(*(str(credentials.get(f"partnerUser{name}", "")) for name in ("ID", "Secret")))
    if owner is None:
        raise Problem("unauthenticated")
    return owner


def policies(_call: Call, _settings: Json) -> Json:
    """Policy list getter."""
    shown = [{"id": policy, "name": name, "role": "user", "type": "corporate"} for policy, name in POLICIES]
    return {"policyList": [one | {"owner": "josie@acme.com", "outputCurrency": "USD"} for one in shown]}


def expenses(call: Call, settings: Json) -> Json:
    """Expense creator: into the account of `employeeEmail`, which only an admin may do for somebody else."""
    listed = _complete("expenses", settings.get("transactionList"))
    _own(call, settings)
    made = [call.store.create(call.caller, "expense", one) for one in listed]
    return {"transactionList": [one.fields | {"transactionID": one.id} for one in made]}


def report(call: Call, settings: Json) -> Json:
    """Report creator."""
    listed = _complete("report", settings.get("expenses"))
    if settings.get("policyID") not in dict(POLICIES):
        raise Problem("invalid", "Policy not found")
    _own(call, settings)
    title = str((settings.get("report") or {}).get("title", ""))
    made = call.store.create(call.caller, "report", {"title": title, "expenses": listed, "approver": None})
    return {"reportName": title, "reportID": made.id}


def _complete(kind: str, listed: object) -> list[Json]:
    lines = listed if isinstance(listed, list) else []
    if not lines or any(name not in line for line in lines for name in NEEDED[kind]):
        raise Problem("invalid", f"Each expense needs {', '.join(NEEDED[kind])}")
    return lines


def _own(call: Call, settings: Json) -> None:
    if settings.get("employeeEmail") != call.who.email and person(call.who) != "josie":
        raise Problem("forbidden", "Not authorized to create in this account")


JOBS: Mapping[tuple[object, object], Callable[[Call, Json], Json]] = {
    ("get", "policyList"): policies,
    ("create", "expenses"): expenses,
    ("create", "report"): report,
}


def waiting(store: Store, title: str, requester: Account, approver: Account) -> Record:
    """A report of the requester's that waits for the approver, on Expensify's own page."""
    fields: Json = {"title": title, "expenses": [], "approver": approver}
    return store.add("report", fields, requester, Rights(decide=frozenset({person(approver)})))


def seed(store: Store, directory: Directory) -> None:
    """A report of Priya's that waits for Josie."""
    josie, priya = (next(one for one in directory if person(one) == name) for name in ("josie", "priya"))
    waiting(store, "Conference in Lisbon", priya, josie)


def card(record: Record) -> Card | None:
    """What is posted of a report that waits; there is nothing for a person's own drafts."""
    approver: Account | None = record.fields["approver"]
    if approver is None:
        return None
    body = {"key": record.id, "report_id": record.id, "name": record.fields["title"], "total": "1,204.00 EUR"}
    body |= {"requested_by": record.made_by.email, "approver": approver.email}
    state = {"approved": "APPROVED", "rejected": "REJECTED"}[record.decided.word] if record.decided else "SUBMITTED"
    return Card("expensify_expense", body | {"state": state})


API = Api(
    host="integrations.expensify.com",
    problem=problem,
    new_id=lambda kind, place: {"expense": f"69701395027{place:05}", "report": f"R00bCluvcO4{place}"}[kind],
    name=lambda record: str(record.fields.get("title") or record.fields.get("merchant")),
    seed=seed,
    add_for_approval=waiting,
    routes=(Route("POST", "/Integration-Server/ExpensifyIntegrations", run, public=True),),
    pages=(
        Page(
            kind="report",
            path="/r/<report>",
            link=lambda record: f"/r/{record.id}",
            title=lambda record: str(record.fields["title"]),
            status=lambda _record: "Outstanding",
            card=card,
        ),
    ),
)
