"""Asana's calls: who am I, tasks and their approval (the OpenAPI description, by path).

What an account may: Josie, Tom and Priya are members of one project, and whoever is may edit its tasks, approvals too;
Josie's own project is hers alone.
"""

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.asana import shapes
from sandbox.apps.description import Json
from sandbox.apps.records import Card
from sandbox.apps.rest import Answer, Api, Call, Page, Problem, Record, Rights, Route, Store, person

STATUSES = ("pending", "approved", "rejected", "changes_requested")
FIELDS = ("name", "notes", "due_on", "approval_status", "resource_subtype", "external", "assignee")
"""What a request body may set, of what the twin keeps."""
MESSAGES = {
    "unauthenticated": "Not Authorized",
    "forbidden": "You do not have permission to access this resource",
    "scope": "Your app does not have permission to access this endpoint. Missing scope.",
}


def problem(what: Problem) -> Answer:
    """Schema ErrorResponse: a list of errors with a message."""
    status = 400 if what.reason == "invalid" else what.status
    message = what.text or MESSAGES.get(what.reason, "Not Found")
    return Answer(status, {"errors": [{"message": message, "help": "https://developers.asana.com/docs/errors"}]})


def who_am_i(call: Call) -> Answer:
    """GET /users/me: the caller."""
    return Answer(200, shapes.enveloped(shapes.user(call.who) | {"email": call.who.email}, call))


def task_of(call: Call) -> Record:
    """The task of the path: by gid, or `external:` and an id of the client's own (schema TaskBase)."""
    gid = str(call.at["gid"])
    kind, _, own = gid.rpartition(":")
    if kind == "external":
        found = (task for task in call.of("task") if (task.fields.get("external") or {}).get("gid") == own)
        record = next(found, None)
    else:
        record = next((task for task in call.of("task") if task.id == gid), None)
    if record is None:
        raise Problem("not_found", f"task: Unknown object: {gid}")
    return record


def read_task(call: Call) -> Answer:
    """GET /tasks/{task_gid}: for whoever sees it."""
    return Answer(200, shapes.enveloped(shapes.task(task_of(call)), call))


def data_of(call: Call) -> Json:
    """The body's `data`, with the assignee looked up by gid, e-mail address or `me`."""
    data = call.body.get("data")
    if not isinstance(data, dict):
        raise Problem("invalid", "Request must have a data field")
    fields = {name: data[name] for name in FIELDS if name in data}
    if fields.get("approval_status", "pending") not in STATUSES:
        raise Problem("invalid", f"approval_status: Not a recognized value: {fields['approval_status']}")
    if "assignee" in fields:
        wanted = fields["assignee"]
        known = (one for one in call.state.directory if wanted in {one.account_id, one.email})
        fields["assignee"] = call.who if wanted == "me" else next(known, None)
        if fields["assignee"] is None:
            raise Problem("invalid", f"assignee: Not a user: {wanted}")
    return fields


def write_task(call: Call) -> Answer:
    """PUT /tasks/{task_gid}: for whoever may edit. An answered approval is a completed task, and by whom is kept."""
    task, fields = task_of(call), data_of(call)
    status = fields.get("approval_status")
    if status and task.fields["resource_subtype"] != "approval":
        raise Problem("invalid", "approval_status: Cannot set approval_status on a task that is not an approval")
    done = {"completed_by": None if status == "pending" else call.who} if status else {}
    call.store.change(call.caller, task, fields | done, status or "updated")
    return Answer(200, shapes.enveloped(shapes.task(task), call))


def new_task(call: Call) -> Answer:
    """POST /tasks: in a project that the caller is a member of."""
    fields, projects = data_of(call), call.body["data"].get("projects", [])
    if projects != [shapes.PROJECT]:
        raise Problem("not_found", f"project: Unknown object: {projects}")
    if not fields.get("name"):
        raise Problem("invalid", "name: Missing input")
    made = call.store.create(call.caller, "task", shapes.BLANK | fields)
    return Answer(201, shapes.enveloped(shapes.task(made), call))


def answered(_record: Record, who: Account, approve: bool) -> Json:
    """What answering on the task's page writes."""
    return {"approval_status": "approved" if approve else "rejected", "completed_by": who}


def approval(store: Store, title: str, requester: Account, approver: Account) -> Record:
    """An approval task of the requester's, assigned to the approver."""
    fields = {"name": title, "resource_subtype": "approval", "approval_status": "pending", "assignee": approver}
    return store.add("task", shapes.BLANK | fields, requester)


def seed(store: Store, directory: Directory) -> None:
    """Two approvals of Priya's for Josie, and a task that only Josie sees."""
    josie, priya = (next(one for one in directory if person(one) == name) for name in ("josie", "priya"))
    approval(store, "Approve the launch banner", priya, josie)
    approval(store, "Approve the price list", priya, josie)
    own = Rights(read=frozenset({"josie"}))
    store.add("task", shapes.BLANK | {"name": "Plan the offsite", "assignee": josie}, josie, own)


def card(record: Record) -> Card | None:
    """An approval's card; other tasks have none."""
    fields, decided = record.fields, record.fields["completed_by"]
    if fields["resource_subtype"] != "approval":
        return None
    body = {"key": record.id, "task_gid": record.id, "name": fields["name"], "requested_by": record.made_by.email}
    body |= {"assignee": fields["assignee"].name, "state": fields["approval_status"]}
    return Card("approve_task", body | ({"decided_by": decided.name} if decided else {}))


API = Api(
    problem=problem,
    new_id=lambda _kind, place: str(1_209_000_000_000_000 + place),
    name=lambda record: str(record.fields["name"]),
    seed=seed,
    add_for_approval=approval,
    routes=(
        Route("GET", "/api/1.0/users/me", who_am_i, scope="users:read"),
        Route("GET", "/api/1.0/tasks/<gid>", read_task, scope="tasks:read"),
        Route("PUT", "/api/1.0/tasks/<gid>", write_task, scope="tasks:write"),
        Route("POST", "/api/1.0/tasks", new_task, scope="tasks:write"),
    ),
    pages=(
        Page(
            kind="task",
            path="/0/0/<gid>",
            link=lambda record: f"/0/0/{record.id}",
            title=lambda record: str(record.fields["name"]),
            status=lambda record: str(record.fields["approval_status"] or "open").capitalize(),
            card=card,
            waits=lambda record: bool(record.fields["approval_status"] == "pending"),
            edit=answered,
        ),
    ),
)
