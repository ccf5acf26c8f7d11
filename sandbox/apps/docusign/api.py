"""DocuSign's calls: user info, envelopes and their audit events (OpenAPI file, by path)."""

import uuid
from datetime import UTC, datetime

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.description import Json
from sandbox.apps.rest import Answer, Api, Call, Decision, Page, Problem, Record, Rights, Route, Store, person

HOST = "eu.docusign.net"
ACME, PARTNERS = (
    ("7c2b8d7e-51c3-4b0a-9a52-cda8a50dd73f", "Acme"),
    ("19f4ad3c-8c1e-4a39-a6d5-0b3f3c1d2e4f", "Acme Partners"),
)
ENVELOPES = "/restapi/v2.1/accounts/<account>/envelopes"
TEMPLATES = "/restapi/v2.1/accounts/<account>/templates"
CODES = {
    "unauthenticated": ("AUTHORIZATION_INVALID_TOKEN", "The access token provided is expired, revoked or malformed."),
    "forbidden": ("USER_LACKS_PERMISSIONS", "This user lacks sufficient permissions to access this resource."),
    "not_found": ("ENVELOPE_DOES_NOT_EXIST", "The envelope specified does not exist."),
    "settled": ("ENVELOPE_INVALID_STATUS", "Invalid envelope status. Envelope status is not one of the allowed."),
}
NEXT = {"sent": {"created"}, "voided": {"sent", "delivered"}}
"""PUT status: from which it may come (Envelopes: update)."""


def problem(what: Problem) -> Answer:
    """errorDetails: everything but a bad token is a 400."""
    code, text = CODES.get(what.reason, ("INVALID_REQUEST_PARAMETER", "The request contained an invalid parameter."))
    return Answer(401 if what.reason == "unauthenticated" else 400, {"errorCode": code, "message": what.text or text})


def userinfo(call: Call) -> Answer:
    """GET /oauth/userinfo (platform/auth/reference/user-info): Josie is in two accounts."""
    who = call.who
    of = (PARTNERS, ACME) if person(who) == "josie" else (ACME,)
    accounts = [
        {"account_id": one, "is_default": one == ACME[0], "account_name": name, "base_uri": f"https://{HOST}"}
        for one, name in of
    ]
    first, _, last = who.name.partition(" ")
    names = {"sub": who.account_id, "name": who.name, "given_name": first, "family_name": last, "email": who.email}
    return Answer(200, names | {"created": "2015-08-13T22:03:03.45", "accounts": accounts})


def sender(account: Account) -> Json:
    """A user (userInfo)."""
    return {"userId": account.account_id, "userName": account.name, "email": account.email, "accountId": ACME[0]}


def envelope(record: Record) -> Json:
    """An envelope (envelope)."""
    shown: Json = {
        "envelopeId": record.id,
        "status": record.fields["status"],
        "emailSubject": record.fields["subject"],
        "sender": sender(record.made_by),
        "createdDateTime": moment(record.made_at),
    }
    times = {f"{one.word}DateTime": moment(one.at) for one in record.decisions}
    reason = record.fields.get("reason")
    return shown | times | ({"voidedReason": reason} if reason else {})


def moment(seconds: float) -> str:
    """ISO 8601 with seven digits, as DocuSign writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def found(call: Call) -> Record:
    """The envelope, in the account of the address."""
    record = call.record("envelope", "{envelope}")
    if call.at["account"] != ACME[0]:
        raise Problem("not_found")
    return record


def get(call: Call) -> Answer:
    """GET …/envelopes/{envelopeId}: its sender's."""
    return Answer(200, envelope(found(call)))


def update(call: Call) -> Answer:
    """PUT …/envelopes/{envelopeId}: send a draft, or void what was sent, with a reason."""
    record, status = found(call), call.text("status")
    if status not in NEXT:
        raise Problem("invalid", f"Invalid value specified for status: {status}")
    reason = call.text("voidedReason", "")
    if status == "voided" and not reason:
        raise Problem("invalid", "The voidedReason is required to void an envelope.")
    if record.fields["status"] not in NEXT[status]:
        raise Problem("settled")
    call.store.change(call.caller, record, {"status": status, "reason": reason}, status, reason)
    record.decisions.append(Decision(call.who, status, reason, call.store.clock()))
    return Answer(200, {"envelopeId": record.id})


def create(call: Call) -> Answer:
    """POST …/envelopes from a template."""
    if call.at["account"] != ACME[0]:
        raise Problem("not_found")
    roles = call.body.get("templateRoles") or []
    if (
        not call.text("templateId")
        or not all({"roleName", "name", "email"} <= set(role) for role in roles)
        or not roles
    ):
        raise Problem("invalid", "A template and the signers of its roles are needed.")
    fields = {"status": call.text("status", "created"), "transaction": call.text("transactionId", "")}
    made = call.store.create(
        call.caller, "envelope", fields | {"subject": call.text("emailSubject", "Please sign")}, own(call.who)
    )
    shown = envelope(made)
    answer = {name: shown[name] for name in ("envelopeId", "status")}
    return Answer(201, answer | {"uri": f"/envelopes/{made.id}", "statusDateTime": moment(made.made_at)})


def listed(call: Call) -> Answer:
    """GET …/envelopes (listStatusChanges): by `transaction_ids`."""
    wanted = set(call.query.get("transaction_ids", "").split(",")) - {""}
    if not wanted:
        raise Problem("invalid", "from_date, envelope_ids or transaction_ids is needed.")
    mine = [envelope(one) for one in call.of("envelope") if one.fields.get("transaction") in wanted]
    return Answer(200, {"resultSetSize": str(len(mine)), "totalSetSize": str(len(mine)), "envelopes": mine})


def templates(call: Call) -> Answer:
    """GET …/templates: those of the account, which everybody there may use."""
    found = [{"templateId": one.id, "name": one.fields["subject"]} for one in call.of("template")]
    shown = found if call.at["account"] == ACME[0] else []
    return Answer(200, {"resultSetSize": str(len(shown)), "totalSetSize": str(len(shown)), "envelopeTemplates": shown})


def audit_events(call: Call) -> Answer:
    """GET …/audit_events: the fields of each event by name ([P] which there are)."""
    record = found(call)
    acts = [("Registered", record.made_by, "created", record.made_at)]
    acts += [
        ({"sent": "Sent Invitations"}.get(one.word, "Voided"), one.by, one.word, one.at) for one in record.decisions
    ]
    events = [
        {"eventFields": [{"name": name, "value": value} for name, value in fields.items()]}
        for fields in (
            {
                "logTime": moment(at),
                "Source": "API",
                "UserName": by.name,
                "UserId": by.account_id,
                "Action": action,
                "EnvelopeStatus": status,
            }
            for action, by, status, at in acts
        )
    ]
    return Answer(200, {"auditEvents": events})


def own(account: Account) -> Rights:
    """An envelope is its sender's."""
    only = frozenset({person(account)})
    return Rights(read=only, edit=only)


def seed(store: Store, directory: Directory) -> None:
    """A draft and a sent envelope of Josie's, and a template."""
    josie = next(one for one in directory if person(one) == "josie")
    for subject, status in (("Northwind: order form", "created"), ("Supplier agreement", "sent")):
        store.add("envelope", {"subject": subject, "status": status}, josie, own(josie))
    store.add("template", {"subject": "Non-disclosure agreement"}, josie, id="0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f")


API = Api(
    host=HOST,
    problem=problem,
    new_id=lambda _kind, place: str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://{HOST}/envelopes/{place}")),
    name=lambda record: str(record.fields["subject"]),
    seed=seed,
    routes=(
        Route("GET", "/oauth/userinfo", userinfo, host="account.docusign.com"),
        Route("POST", ENVELOPES, create, scope="signature"),
        Route("GET", ENVELOPES, listed, scope="signature"),
        Route("GET", TEMPLATES, templates, scope="signature"),
        Route("GET", f"{ENVELOPES}/<envelope>", get, scope="signature"),
        Route("PUT", f"{ENVELOPES}/<envelope>", update, scope="signature"),
        Route("GET", f"{ENVELOPES}/<envelope>/audit_events", audit_events, scope="signature"),
    ),
    pages=(
        Page(
            kind="envelope",
            path="/send/documents/details/<envelope>",
            link=lambda record: f"/send/documents/details/{record.id}",
            title=lambda record: str(record.fields["subject"]),
            status=lambda record: str(record.fields["status"]).capitalize(),
        ),
    ),
)
