"""HubSpot's calls about deals (CRM/Deals v3, by path). Who let the app in makes no difference to what may be done."""

from typing import Any

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.description import Json
from sandbox.apps.hubspot import shapes
from sandbox.apps.rest import Answer, Api, Call, Page, Problem, Record, Route, Store, person

HUB_ID = 1_234_567
STAGES = frozenset(
    {"appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "decisionmakerboughtin", "contractsent"}
)
UNIQUE = "countersign_id"
"""The property that the account's admin made, with unique values."""
CATEGORIES = {"not_found": "OBJECT_NOT_FOUND", "scope": "MISSING_SCOPES", "unauthenticated": "EXPIRED_AUTHENTICATION"}
MESSAGES = {
    "not_found": "Object not found.  objectId are usually numeric.",
    "scope": "This app hasn't been granted all required scopes to make this call.",
    "unauthenticated": "The OAuth token used to make this call expired.",
}


def problem(what: Problem) -> Answer:
    """Schema Error."""
    status = 400 if what.reason == "invalid" else what.status
    message, category = what.text or MESSAGES.get(what.reason, ""), CATEGORIES.get(what.reason, "VALIDATION_ERROR")
    own = {"status": "error", "message": message, "category": category}
    return Answer(status, own | {"correlationId": "aeb5f871-7f07-4993-9211-075dc63e7cbf"})


def checked(properties: Any) -> Json:
    """Properties that this account knows: all are texts."""
    if not isinstance(properties, dict) or not all(isinstance(value, str) for value in properties.values()):
        raise Problem("invalid", "Invalid input JSON: properties must be texts")
    unknown = properties.keys() - shapes.PROPERTIES
    if unknown:
        raise Problem("invalid", f'Property "{min(unknown)}" does not exist')
    if properties.get("dealstage", min(STAGES)) not in STAGES:
        raise Problem("invalid", f"{properties['dealstage']} was not one of the allowed options: dealstage")
    return dict(properties)


def upsert(call: Call) -> Answer:
    """POST …/batch/upsert: by a property with unique values. What can't be taken stands in `errors`, with 207."""
    inputs, results, errors = call.body.get("inputs"), [], []
    if not isinstance(inputs, list) or not inputs:
        raise Problem("invalid", "inputs must not be empty")
    for one in inputs:
        if one.get("idProperty") != UNIQUE:
            raise Problem("invalid", f"{one.get('idProperty')} is not a unique property of deals")
        try:
            results.append(_one(call, str(one.get("id")), checked(one.get("properties"))))
        except Problem as refused:
            errors.append({"status": "error", "category": "VALIDATION_ERROR", "message": refused.text})
    now = shapes.moment(call.store.clock())
    answer: Json = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if errors:
        return Answer(207, answer | {"numErrors": len(errors), "errors": errors})
    return Answer(200, answer)


def _one(call: Call, unique: str, properties: Json) -> Json:
    found = next((one for one in call.of("deal") if one.fields.get(UNIQUE) == unique), None)
    if found is None:
        made = call.store.create(call.caller, "deal", properties | {UNIQUE: unique})
        return shapes.deal(made, made.fields) | {"new": True}
    call.store.change(call.caller, found, properties)
    return shapes.deal(found, found.fields) | {"new": False}


def read_deal(call: Call) -> Answer:
    """GET …/{dealId}: the properties that were asked for, and those that always come."""
    record = call.record("deal", "{id}")
    asked = call.query.get("properties", "").split(",")
    return Answer(200, shapes.deal(record, asked))


def waiting(store: Store, title: str, requester: Account, _approver: Account) -> Record:
    """A deal in its first stage."""
    return store.add("deal", {"dealname": title, "dealstage": "appointmentscheduled"}, requester)


def seed(store: Store, directory: Directory) -> None:
    """One deal."""
    josie, priya = (next(one for one in directory if person(one) == name) for name in ("josie", "priya"))
    waiting(store, "Northwind: 50 seats", priya, josie)


DEALS = "/crm/v3/objects/deals"
API = Api(
    host="api.hubapi.com",
    problem=problem,
    new_id=lambda _kind, place: str(31_000_000_000 + place),
    name=lambda record: str(record.fields["dealname"]),
    seed=seed,
    add_for_approval=waiting,
    routes=(
        Route("POST", f"{DEALS}/batch/upsert", upsert, scope="crm.objects.deals.write"),
        Route("GET", f"{DEALS}/<id>", read_deal, scope="crm.objects.deals.read"),
    ),
    pages=(
        Page(
            kind="deal",
            path=f"/contacts/{HUB_ID}/record/0-3/<id>",
            link=lambda record: f"/contacts/{HUB_ID}/record/0-3/{record.id}",
            title=lambda record: str(record.fields["dealname"]),
            status=lambda record: str(record.fields["dealstage"]),
        ),
    ),
)
