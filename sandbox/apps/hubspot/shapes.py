"""How HubSpot shows a deal (CRM/Deals v3, schema SimplePublicObject)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sandbox.apps.description import Json
from sandbox.apps.rest import Record

PROPERTIES = frozenset(
    {"dealname", "dealstage", "pipeline", "amount", "closedate", "description", "countersign_id"},
)
ALWAYS = ("createdate", "hs_lastmodifieddate", "hs_object_id")


def deal(record: Record, asked: Iterable[str]) -> Json:
    """The object, with the asked properties that it has."""
    made, changed = moment(record.made_at), moment(record.changed_at)
    always = dict(zip(ALWAYS, (made, changed, record.id), strict=True))
    own = {name: record.fields.get(name) for name in asked if name in PROPERTIES}
    return {
        "id": record.id,
        "properties": own | always,
        "createdAt": made,
        "updatedAt": changed,
        "archived": False,
        "url": f"https://app.hubspot.com/contacts/1234567/record/0-3/{record.id}",
    }


def moment(seconds: float) -> str:
    """UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
