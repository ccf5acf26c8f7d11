"""How Asana shows things: in `data`, and no more than `opt_fields` asks for (docs/inputoutput-options)."""

from datetime import UTC, datetime
from typing import Any

from sandbox.apps.accounts import Account
from sandbox.apps.description import Json
from sandbox.apps.rest import Call, Record

PROJECT = "1208000000000001"
BLANK: Json = {
    "name": "",
    "notes": "",
    "due_on": None,
    "resource_subtype": "default_task",
    "approval_status": None,
    "external": None,
    "assignee": None,
    "completed_by": None,
}
"""A task's fields before anybody sets one."""
ON_REQUEST = frozenset({"created_by", "completed_by", "external"})
"""What an answer without `opt_fields` leaves out (schema TaskResponse, "Opt In")."""


def user(account: Account) -> Json:
    """Schema UserCompact."""
    return {"gid": account.account_id, "resource_type": "user", "name": account.name}


def task(record: Record) -> Json:
    """Schema TaskResponse, everything."""
    fields = record.fields
    people = {name: user(fields[name]) if fields[name] else None for name in ("assignee", "completed_by")}
    return (
        {name: fields[name] for name in BLANK}
        | people
        | {
            "gid": record.id,
            "resource_type": "task",
            "completed": fields["completed_by"] is not None,
            "created_by": user(record.made_by),
            "modified_at": datetime.fromtimestamp(record.changed_at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "permalink_url": f"https://app.asana.com/0/0/{record.id}",
        }
    )


def enveloped(found: Json, call: Call) -> Json:
    """The object in `data`: with `opt_fields` its gid and what was named, else all but what has to be asked for."""
    asked = [name.strip() for name in call.query.get("opt_fields", "").split(",") if name.strip()]
    if not asked:
        return {"data": {name: value for name, value in found.items() if name not in ON_REQUEST}}
    return {"data": _chosen(found, [name.split(".") for name in asked])}


def _chosen(found: Json, paths: list[list[str]]) -> Json:
    """An object's gid and the members that the paths name, each with its own gid."""
    chosen: Json = {"gid": found["gid"]} if "gid" in found else {}
    for name in dict.fromkeys(path[0] for path in paths if path[0] in found):
        below = [path[1:] for path in paths if path[0] == name and path[1:]]
        value: Any = found[name]
        compact = isinstance(value, dict) and "gid" in value and "resource_type" in value
        chosen[name] = _chosen(value, below or [["resource_type"]]) if compact else value
    return chosen
