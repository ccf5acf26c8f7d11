"""Box's calls: who am I, files, tasks and their assignments (box-openapi, by path)."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.description import Json
from sandbox.apps.records import Card
from sandbox.apps.rest import Answer, Api, Call, Page, Problem, Record, Rights, Route, Store, create, person, read

DECISIONS = {"approved", "rejected", "incomplete"}
CODES = {"unauthenticated": "unauthorized", "forbidden": "access_denied_insufficient_permissions"}
MESSAGES = {"not_found": "Not Found", "invalid": "Bad Request", "forbidden": "Access denied - insufficient permission"}


def problem(what: Problem) -> Answer:
    """Box's error object (resources/client-error); an expired token is told in a header alone."""
    if what.reason == "unauthenticated":
        challenge = 'Bearer realm="Service", error="invalid_token", error_description="The access token is invalid."'
        return Answer(401, None, {"WWW-Authenticate": challenge})
    status = 400 if what.reason in {"invalid", "settled"} else what.status
    code = CODES.get(what.reason, "bad_request" if status == 400 else what.reason)  # noqa: PLR2004 - an HTTP status
    message = what.text or MESSAGES.get(what.reason, "Bad Request")
    body = {"type": "error", "status": status, "code": code, "message": message, "request_id": "b1x0sandbox"}
    return Answer(status, body)


def user(account: Account) -> Json:
    """A user, short (resources/user--mini)."""
    return {"type": "user", "id": account.account_id, "name": account.name, "login": account.email}


def myself(call: Call) -> Answer:
    """GET /users/me: the enterprise only for who asks for it with `fields` (get_users_me)."""
    asked = [name for name in call.query.get("fields", "").split(",") if name]
    enterprise = {"enterprise": {"type": "enterprise", "id": "9901", "name": "Acme"}}
    full = user(call.who) | {"status": "active", "language": "en"} | enterprise
    wanted = {"type", "id", *asked} if asked else full.keys() - {"enterprise"}
    return Answer(200, {name: value for name, value in full.items() if name in wanted})


def file(record: Record) -> Json:
    """A file (resources/file)."""
    return {
        "type": "file",
        "id": record.id,
        "etag": "1",
        "name": record.fields["name"],
        "sha1": sha1(record),
        "size": record.fields["size"],
        "description": record.fields["description"],
        "owned_by": user(record.made_by),
        "modified_by": user(record.changed_by or record.made_by),
        "modified_at": moment(record.changed_at),
    }


def mini(record: Record) -> Json:
    """A file, short, as tasks and their assignments hold it (schemas File--Mini)."""
    about = record.fields["file"]
    return {"type": "file", "id": about.id, "etag": "1", "name": about.fields["name"], "sha1": sha1(about)}


def sha1(record: Record) -> str:
    """The hash of a file's content."""
    return hashlib.sha1(str(record.fields["content"]).encode()).hexdigest()  # noqa: S324 - Box's own


def task(record: Record) -> Json:
    """A task on a file (resources/task)."""
    return {
        "type": "task",
        "id": record.id,
        "item": mini(record),
        "action": record.fields["action"],
        "message": record.fields["message"],
        "completion_rule": record.fields["completion_rule"],
        "due_at": record.fields["due_at"],
        "created_by": user(record.made_by),
        "created_at": moment(record.made_at),
        "is_completed": False,
    }


def assignment(record: Record) -> Json:
    """A task assignment (resources/task-assignment)."""
    decided = record.decided
    return {
        "type": "task_assignment",
        "id": record.id,
        "item": mini(record.fields["task"]),
        "assigned_to": user(record.fields["assigned_to"]),
        "assigned_by": user(record.made_by),
        "assigned_at": moment(record.made_at),
        "message": decided.comments if decided else "",
        "completed_at": moment(decided.at) if decided else None,
        "resolution_state": decided.word if decided else "incomplete",
    }


def title(record: Record) -> str:
    """The name of the file that an assignment is about."""
    return str(record.fields["task"].fields["file"].fields["name"])


def moment(seconds: float) -> str:
    """RFC 3339, to the second."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def decide(call: Call) -> Answer:
    """PUT /task_assignments/{id}; a review can be decided anew (guides/tasks/update).

    It is not said that only the assignee may: so here everybody may who sees the file, and the client has to look.
    """
    record = call.record("task_assignment", "{id}")
    word = call.text("resolution_state")
    if word not in DECISIONS:
        raise Problem("invalid", "Invalid value for resolution_state")
    call.store.note(call.caller, record, word, call.text("message", ""))
    return Answer(200, assignment(record))


def assignments(call: Call) -> Answer:
    """GET /tasks/{id}/assignments."""
    of = call.record("task", "{id}")
    entries = [assignment(one) for one in call.of("task_assignment") if one.fields["task"] is of]
    return Answer(200, {"total_count": len(entries), "entries": entries})


def new_task(call: Call) -> Json:
    """What POST /tasks says, about a file that the caller sees."""
    item = call.body.get("item")
    if not isinstance(item, dict) or item.get("type") != "file":
        raise Problem("invalid", "item must be a file")
    return {
        "file": call.store.read("file", str(item.get("id")), call.who),
        "action": call.text("action", "review"),
        "message": call.text("message", ""),
        "completion_rule": call.text("completion_rule", "all_assignees"),
        "due_at": call.body.get("due_at"),
    }


def assign(call: Call) -> Answer:
    """POST /task_assignments: whose task it is may assign it, to a user by id or login."""
    about, to = call.body.get("task"), call.body.get("assign_to")
    if not isinstance(about, dict) or not isinstance(to, dict):
        raise Problem("invalid", "task and assign_to are needed")
    of = call.store.read("task", str(about.get("id")), call.who)
    wanted = {to.get("id"), to.get("login")} - {None}
    account = next((one for one in call.state.directory if wanted & {one.account_id, one.email}), None)
    if account is None:
        raise Problem("not_found", "No such user")
    rights = Rights(decide=frozenset({person(account)}))
    fields = {"task": of, "assigned_to": account}
    return Answer(201, assignment(call.store.create(call.caller, "task_assignment", fields, rights)))


def waiting(store: Store, name: str, requester: Account, approver: Account) -> Record:
    """A file of the requester's that the approver shall review."""
    about = store.add("file", {"name": name, "size": 48_213, "description": "", "content": name}, requester)
    fields: Json = {"file": about, "action": "review", "message": "Please review", "due_at": None}
    of = store.add("task", fields | {"completion_rule": "all_assignees"}, requester)
    rights = Rights(decide=frozenset({person(approver)}))
    return store.add("task_assignment", {"task": of, "assigned_to": approver}, requester, rights)


def seed(store: Store, directory: Directory) -> None:
    """Two files of Priya's that wait for Josie."""
    by_name: dict[str, Any] = {person(account): account for account in directory}
    for name in ("Northwind contract.pdf", "Data processing agreement.pdf"):
        waiting(store, name, by_name["priya"], by_name["josie"])


def card(record: Record) -> Card:
    """The review's card."""
    decided = record.decided
    about, asked = record.fields["task"].fields["file"], record.fields["task"].fields
    body = {"key": record.id, "assignment_id": record.id, "reviewer": record.fields["assigned_to"].email}
    body |= {"file_id": about.id, "file_name": title(record), "file_sha1": sha1(about)}
    body |= {"requested_by": record.made_by.email, "message": asked["message"]}
    return Card("review_file", body | {"state": decided.word if decided else "incomplete"})


API = Api(
    host="api.box.com",
    problem=problem,
    new_id=lambda kind, place: str({"file": 11_000, "task": 22_000, "task_assignment": 33_000}[kind] + place),
    name=lambda record: title(record) if record.kind == "task_assignment" else record.id,
    seed=seed,
    add_for_approval=waiting,
    routes=(
        Route("GET", "/2.0/users/me", myself),
        Route("GET", "/2.0/files/<id>", read("file", "{id}", file)),
        Route("GET", "/2.0/tasks/<id>", read("task", "{id}", task)),
        Route("GET", "/2.0/tasks/<id>/assignments", assignments),
        Route("POST", "/2.0/tasks", create("task", new_task, lambda made: Answer(201, task(made)))),
        Route("GET", "/2.0/task_assignments/<id>", read("task_assignment", "{id}", assignment)),
        Route("POST", "/2.0/task_assignments", assign),
        Route("PUT", "/2.0/task_assignments/<id>", decide),
    ),
    pages=(
        Page(
            kind="task_assignment",
            path="/file/<id>",
            link=lambda record: f"/file/{record.fields['task'].fields['file'].id}",
            title=title,
            status=lambda _record: "Waits for review",
            card=card,
        ),
    ),
)
