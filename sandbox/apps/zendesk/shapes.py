"""How Zendesk shows things: users, tickets and audits (api-reference/ticketing, by page)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.apps.accounts import Account
from sandbox.apps.description import Json
from sandbox.apps.rest import Record, Store

COLLISION = (
    "Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try again."
)


def user(account: Account, role: str) -> Json:
    """users, JSON format."""
    own = {"id": int(account.account_id), "name": account.name, "email": account.email}
    return own | {"role": role, "active": True, "verified": True}


def ticket(record: Record) -> Json:
    """tickets, JSON format: an agent's own ticket is submitted and requested by them."""
    by = int(record.made_by.account_id)
    return {name: record.fields[name] for name in ("subject", "status", "priority", "type")} | {
        "id": int(record.id),
        "url": f"https://acme.zendesk.com/api/v2/tickets/{record.id}.json",
        "requester_id": by,
        "submitter_id": by,
        "created_at": moment(record.made_at),
        "updated_at": moment(record.changed_at),
    }


def created(record: Record) -> Json:
    """The answer of Create Ticket."""
    return {"ticket": ticket(record)}


def audit(store: Store, on: Record, by: Account, comment: Mapping[str, Any]) -> Record:
    """Keep what `by` did to a ticket."""
    fields = {"on": on.id, "body": comment.get("body", ""), "public": comment.get("public", True)}
    return store.add("audit", fields, by)


def shown_audit(record: Record) -> Json:
    """tickets/ticket_audits, JSON format."""
    said = {"type": "Comment", "body": record.fields["body"], "public": record.fields["public"]}
    return {
        "id": int(record.id),
        "ticket_id": int(record.fields["on"]),
        "author_id": int(record.made_by.account_id),
        "created_at": moment(record.made_at),
        "events": [said | {"id": int(record.id) + 1}] if record.fields["body"] else [],
        "metadata": {"system": {}, "custom": {}},
    }


def moment(seconds: float) -> str:
    """UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
