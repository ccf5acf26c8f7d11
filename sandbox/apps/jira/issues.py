"""Issues and projects (REST v3)."""

from sandbox.apps.description import Json
from sandbox.apps.jira.shapes import user
from sandbox.apps.rest import Answer, Call, Problem, Record

TYPES = {"Bug", "Task", "Story"}


def projects(call: Call) -> Answer:
    """GET /rest/api/3/project/search: with `action=create` those in which the caller may create issues."""
    creating = call.query.get("action") == "create"
    seen = [one for one in call.of("project") if not creating or one.rights.may_edit(call.who)]
    seen.sort(key=lambda one: str(one.fields["name"]))
    values = [{"id": str(10_000 + one.number), "key": one.id, "name": one.fields["name"]} for one in seen]
    page = {"maxResults": int(call.query.get("maxResults", "50")), "startAt": 0, "total": len(values)}
    return Answer(200, page | {"isLast": True, "values": values})


def create(call: Call) -> Answer:
    """POST /rest/api/3/issue: the description in Atlassian Document Format."""
    fields = call.body.get("fields")
    if not isinstance(fields, dict):
        raise Problem("invalid", "fields is missing")
    project = call.store.get("project", str((fields.get("project") or {}).get("key")))
    if project is None or not project.rights.may_edit(call.who):
        raise Problem("invalid", "You do not have permission to create issues in this project.")
    if (fields.get("issuetype") or {}).get("name") not in TYPES:
        raise Problem("invalid", "Specify a valid issue type")
    if not fields.get("summary"):
        raise Problem("invalid", "You must specify a summary of the issue.")
    if "description" in fields and not _is_document(fields["description"]):
        raise Problem("invalid", "Operation value must be an Atlassian Document")
    number = sum(one.id.startswith(f"{project.id}-") for one in call.store.all("issue")) + 1
    made = call.store.create(call.caller, "issue", fields, id=f"{project.id}-{number}")
    return Answer(201, {"id": str(30_000 + made.number), "key": made.id})


def read(call: Call) -> Answer:
    """GET /rest/api/3/issue/{issueIdOrKey}: the fields that are asked for."""
    record = call.record("issue", "{key}")
    shown: Json = {
        "summary": record.fields["summary"],
        "status": {"name": "To Do"},
        "assignee": None,
        "reporter": user(record.made_by),
        "creator": user(record.made_by),
    }
    asked = call.query.get("fields", ",".join(shown)).split(",")
    fields = {name: shown[name] for name in asked if name in shown}
    return Answer(200, {"id": _number(record), "key": record.id, "fields": fields})


def _number(record: Record) -> str:
    return str(30_000 + record.number)


def _is_document(value: object) -> bool:
    """Whether it is a document of nodes of which none is an empty text."""
    return isinstance(value, dict) and (value.get("type"), value.get("version")) == ("doc", 1) and _sound(value)


def _sound(node: Json) -> bool:
    return bool(node.get("text", True)) and all(map(_sound, node.get("content", ())))
