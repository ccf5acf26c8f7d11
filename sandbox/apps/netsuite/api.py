"""NetSuite's calls: records by REST web services, and SuiteQL (REST API browser and help, pages named at each line)."""

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.description import Json
from sandbox.apps.netsuite import suiteql
from sandbox.apps.netsuite.suiteql import APPROVAL, approval_status, entity
from sandbox.apps.records import Card
from sandbox.apps.rest import (
    Action,
    Answer,
    Api,
    Call,
    Decision,
    Page,
    Problem,
    Record,
    Rights,
    Route,
    Store,
    person,
    read,
    upsert,
)

ACCOUNT = "1234567"
SUITETALK = f"{ACCOUNT}.suitetalk.api.netsuite.com"
RECORDS = "/services/rest/record/v1"
FIRST = {"expenseReport": 4011, "vendorBill": 5176, "purchaseOrder": 6200}
TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
CODES = {
    "unauthenticated": ("INVALID_LOGIN", "Invalid login attempt. For more details, see the Login Audit Trail."),
    "scope": ("INSUFFICIENT_PERMISSION", "The token has not the scope of this call."),
    "forbidden": ("INSUFFICIENT_PERMISSION", "Permission Violation: You need the 'Edit' permission for this record."),
    "not_found": ("NONEXISTENT_ID", "The record instance does not exist. Provide a valid record instance ID."),
}
PREFIXES = {"expenseReport": "ER", "vendorBill": "VB"}
WORDS = {"2": "approved", "3": "rejected"}


def problem(what: Problem) -> Answer:
    """RFC 9457 with NetSuite's own details (section_156570709583, error handling)."""
    status = what.status if what.reason in CODES else 400
    code, text = CODES.get(what.reason, ("INVALID_CONTENT", "Error while accessing a resource."))
    details = [{"detail": what.text or text, "o:errorCode": code}]
    kind = "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5"
    return Answer(status, {"type": kind, "title": TITLES[status], "status": status, "o:errorDetails": details})


def reference(record_id: str, name: str) -> Json:
    """A reference to another record."""
    return {"links": [], "id": record_id, "refName": name}


def transaction(record: Record) -> Json:
    """A transaction as GET answers it; a field without a value is left out."""
    fields, status = record.fields, approval_status(record)
    shown: Json = {
        "links": [],
        "id": record.id,
        "tranId": number(record),
        "entity": reference(entity(record.made_by), record.made_by.name),
        "memo": fields["memo"],
        "total": fields["total"],
        "currency": reference("1", fields["currency"]),
        "approvalStatus": reference(status, APPROVAL[status]),
    }
    approver: Account = fields["approver"]
    return shown | ({} if record.decided else {"nextApprover": reference(entity(approver), approver.name)})


def number(record: Record) -> str:
    """What people call it."""
    return f"{PREFIXES[record.kind]}{record.id}"


def edit(kind: str) -> Action:
    """PATCH …/{type}/{id} (article_71141027565, section_0504060412): for whoever may edit, next approver or not."""

    def act(call: Call) -> Answer:
        record = call.record(kind, "{id}")
        wanted = call.body.get("approvalStatus")
        word = WORDS.get(str(wanted.get("id"))) if isinstance(wanted, dict) else None
        if word is None or set(call.body) != {"approvalStatus"}:
            raise Problem("invalid", "Invalid reference key for approvalStatus.")
        call.store.change(call.caller, record, {}, word)
        record.decisions.append(Decision(call.who, word, "", call.store.clock()))
        return Answer(204, None, {"Location": address(record)})

    return act


def address(record: Record) -> str:
    """Where a record is."""
    return f"https://{SUITETALK}{RECORDS}/{record.kind}/{record.id}"


def order(call: Call) -> Json:
    """The body of a purchase order: its vendor and lines are needed."""
    vendor, lines = call.body.get("entity"), (call.body.get("item") or {}).get("items")
    if not isinstance(vendor, dict) or not vendor.get("id") or not lines:
        raise Problem("invalid", "Please enter value(s) for: Vendor, Items")
    return {"vendor": vendor["id"], "lines": lines, "memo": call.body.get("memo", "")}


def waiting(store: Store, purpose: str, requester: Account, approver: Account) -> Record:
    """An expense report of the requester's; everybody may edit it, one is its next approver."""
    fields: Json = {"memo": purpose, "total": 482.5, "currency": "EUR", "approver": approver}
    rights = Rights(decide=frozenset({person(approver)}))
    return store.add("expenseReport", fields | {"next_approver": entity(approver)}, requester, rights)


def seed(store: Store, directory: Directory) -> None:
    """Two expense reports and a bill of Priya's that wait for Josie; Tom may not edit the bill."""
    josie, priya = (next(one for one in directory if person(one) == name) for name in ("josie", "priya"))
    waiting(store, "Customer visit in Hamburg", priya, josie)
    waiting(store, "Team offsite", priya, josie)
    bill: Json = {"memo": "Northwind hosting", "total": 1200.0, "currency": "EUR", "approver": josie}
    rights = Rights(edit=frozenset({"josie", "priya"}), decide=frozenset({"josie"}))
    store.add("vendorBill", bill | {"next_approver": entity(josie)}, priya, rights)


def card(record: Record) -> Card | None:
    """What a workflow posts of an expense report."""
    body = {"key": record.id, "id": record.id, "number": number(record), "requested_by": record.made_by.email}
    body |= {"purpose": record.fields["memo"], "total": f"{record.fields['total']:.2f}"}
    state = record.decided.word if record.decided else "pending"
    return Card("approve_expense", body | {"currency": record.fields["currency"], "state": state})


def page(kind: str, file: str) -> Page:
    """The page of a transaction in NetSuite."""
    return Page(
        kind=kind,
        path=f"/app/accounting/transactions/{file}.nl",
        link=lambda record: f"/app/accounting/transactions/{file}.nl?id={record.id}",
        title=lambda record: str(record.fields["memo"]),
        number=number,
        status=lambda _record: "Pending Approval",
        fields=lambda record: (("Total", f"{record.fields['total']:.2f} {record.fields['currency']}"),),
        card=card if kind == "expenseReport" else lambda _record: None,
    )


API = Api(
    host=SUITETALK,
    problem=problem,
    new_id=lambda kind, place: str(FIRST[kind] + place),
    name=lambda record: str(record.fields["memo"]) or record.id,
    seed=seed,
    add_for_approval=waiting,
    routes=(
        Route("POST", "/services/rest/query/v1/suiteql", suiteql.query, scope="rest_webservices"),
        *(Route("GET", f"{RECORDS}/{kind}/<id>", read(kind, "{id}", transaction)) for kind in PREFIXES),
        *(Route("PATCH", f"{RECORDS}/{kind}/<id>", edit(kind)) for kind in PREFIXES),
        # PUT …/eid:{external id}: 204 with the address, made or changed (REST API browser)
        Route(
            "PUT",
            f"{RECORDS}/purchaseOrder/eid:<external_id>",
            upsert(
                "purchaseOrder",
                "{external_id}",
                order,
                lambda record, _made: Answer(204, None, {"Location": address(record)}),
            ),
        ),
    ),
    pages=(page("expenseReport", "exprept"), page("vendorBill", "vendbill")),
)
