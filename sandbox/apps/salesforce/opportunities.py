"""Creating and changing opportunities: what the REST API demands of the fields."""

from datetime import date
from typing import Any, NoReturn

from sandbox.apps.audit import Caller
from sandbox.apps.salesforce.answers import refuse
from sandbox.apps.salesforce.objects import OBJECTS, Org, Record

OPPORTUNITY = OBJECTS["Opportunity"]
EXTERNAL_ID = "Countersign_Id__c"
NAME_LENGTH = 120


def create(org: Org, caller: Caller, body: dict[str, Any]) -> Record:
    """A new opportunity owned and made by the caller; ends the request with Salesforce's refusal."""
    fields = _checked(body)
    missing = [name for name in OPPORTUNITY.required if not fields.get(name)]
    if missing:
        refuse(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)
    with org.lock:
        taken = find(org, fields.get(EXTERNAL_ID))
        if taken:
            message = f"duplicate value found: {EXTERNAL_ID} duplicates value on record with id: {taken['Id']}"
            refuse(400, "DUPLICATE_VALUE", message, [])
        user = caller.account.account_id
        return org.create("Opportunity", {"OwnerId": user} | fields, by=user)


def update(org: Org, caller: Caller, record: Record, body: dict[str, Any]) -> None:
    """Change an opportunity as the caller."""
    fields = _checked(body)
    stamps = {"LastModifiedDate": org.now(), "LastModifiedById": caller.account.account_id}
    org.update("Opportunity", record["Id"], fields | stamps)


def find(org: Org, external_id: str | None) -> Record | None:
    """The opportunity with this external id."""
    if not external_id:
        return None
    return next((record for record in org.all("Opportunity") if record[EXTERNAL_ID] == external_id), None)


def _checked(body: dict[str, Any]) -> Record:
    for name in body:
        if name not in OPPORTUNITY.fields:
            refuse(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type Opportunity")
        if name not in OPPORTUNITY.writable:
            message = f"Unable to create/update fields: {name}. Please check the security settings of this field."
            refuse(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, [name])
    return {name: _typed(name, value) for name, value in body.items()}


def _typed(name: str, value: Any) -> Any:
    kind = OPPORTUNITY.fields[name]
    if value is None:
        return None
    if kind == "currency":
        return (
            float(value) if isinstance(value, int | float) and not isinstance(value, bool) else _bad(name, kind, value)
        )
    if not isinstance(value, str):
        return _bad(name, kind, value)
    if kind == "date":
        return _date(value) or _bad(name, kind, value)
    if name == "Name" and len(value) > NAME_LENGTH:
        refuse(400, "STRING_TOO_LONG", f"Name: data value too large: {value} (max length={NAME_LENGTH})", [name])
    return value


def _date(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _bad(name: str, kind: str, value: Any) -> NoReturn:
    refuse(400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of {kind} from VALUE_STRING value {value} ({name})")
