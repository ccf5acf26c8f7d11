"""Microsoft Graph v1.0: me, events, task lists (learn.microsoft.com/graph/api, by operation)."""

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.description import Json
from sandbox.apps.rest import Answer, Api, Call, Page, Problem, Record, Rights, Route, Store, person

ME = "/v1.0/me"
CALENDARS, TASKS = "Calendars.ReadWrite", "Tasks.ReadWrite"
IDS = {"event": "AAMkAGI1", "list": "AQMkADAw", "task": "AlMKXwbQ"}
CODES = {
    "unauthenticated": ("InvalidAuthenticationToken", "Access token has expired or is not yet valid."),
    "scope": ("ErrorAccessDenied", "Access is denied. Check credentials and try again."),
    "forbidden": ("ErrorAccessDenied", "Access is denied. Check credentials and try again."),
    "not_found": ("ErrorItemNotFound", "The specified object was not found in the store."),
    "invalid": ("RequestBodyRead", "The request is malformed."),
}


def problem(what: Problem) -> Answer:
    """Graph's error object (graph/errors)."""
    status = 400 if what.reason in {"invalid", "changed", "settled"} else what.status
    code, text = CODES.get(what.reason, CODES["invalid"])
    return Answer(status, {"error": {"code": code, "message": what.text or text, "innerError": {}}})


def selected(call: Call, shown: Json) -> Answer:
    """What `$select` asks for, with the id always there."""
    names = set(call.query.get("$select", ",".join(shown)).split(",")) | {"id"}
    return Answer(200, {name: value for name, value in shown.items() if name in names})


def myself(call: Call) -> Answer:
    """GET /me (user-get)."""
    account = call.who
    shown = {"id": account.account_id, "displayName": account.name, "mail": account.email}
    return selected(call, shown | {"userPrincipalName": account.login})


def event(record: Record, who: Account) -> Json:
    """An event in the calendar of `who` (resources/event)."""
    organizer = {"emailAddress": {"name": record.made_by.name, "address": record.made_by.email}}
    link = f"https://outlook.office365.com/owa/?itemid={record.id}&exvsurl=1&path=/calendar/item"
    mine = {"id": record.id, "organizer": organizer, "isOrganizer": record.made_by == who, "webLink": link}
    return record.fields | mine


def create_event(call: Call) -> Answer:
    """POST /me/events (user-post-events): the same transactionId makes no second event; [P] it answers the first."""
    body = call.body
    if not all(isinstance(body.get(name), dict) and body[name].get("timeZone") for name in ("start", "end")):
        raise Problem("invalid", "start and end are needed, each with a dateTime and a timeZone.")
    rights = Rights(read=frozenset({person(call.who)}))
    made = call.store.create(call.caller, "event", body, rights, once=call.text("transactionId", "") or None)
    return Answer(201, event(made, call.who))


def get_event(call: Call) -> Answer:
    """GET /me/events/{id} (event-get)."""
    return selected(call, event(call.record("event", "{event}"), call.who))


def task_lists(call: Call) -> Answer:
    """GET /me/todo/lists (todo-list-lists)."""
    shown = [{"id": one.id, "displayName": one.fields["name"], "isOwner": True} for one in call.of("list")]
    return Answer(200, {"value": shown})


def create_task(call: Call) -> Answer:
    """POST /me/todo/lists/{id}/tasks (todotasklist-post-tasks)."""
    of = call.record("list", "{list}")
    fields = {"title": call.text("title"), "body": call.body.get("body"), "status": "notStarted"}
    made = call.store.create(call.caller, "task", fields | {"list": of.id}, of.rights)
    return Answer(201, {"id": made.id, "title": made.fields["title"], "status": "notStarted"})


def seed(store: Store, directory: Directory) -> None:
    """A meeting and a task list for everyone."""
    for account in directory:
        own = Rights(read=frozenset({person(account)}))
        start, end = ({"dateTime": f"2027-03-31T{time}:00", "timeZone": "Europe/Berlin"} for time in ("09:00", "09:30"))
        store.add("event", {"subject": "Weekly review", "start": start, "end": end}, account, own)
        store.add("list", {"name": "Tasks"}, account, own)


API = Api(
    host="graph.microsoft.com",
    problem=problem,
    new_id=lambda kind, place: f"{IDS[kind]}{place:06}AAA=",
    name=lambda record: str(record.fields.get("subject") or record.fields.get("title") or record.id),
    seed=seed,
    routes=(
        Route("GET", ME, myself, scope="User.Read"),
        Route("POST", f"{ME}/events", create_event, scope=CALENDARS),
        Route("GET", f"{ME}/events/<event>", get_event, scope=CALENDARS),
        Route("GET", f"{ME}/todo/lists", task_lists, scope=TASKS),
        Route("POST", f"{ME}/todo/lists/<list>/tasks", create_task, scope=TASKS),
    ),
    pages=(
        Page(
            kind="event",
            path="/calendar/item/<event>",
            link=lambda record: f"/calendar/item/{record.id}",
            title=lambda record: str(record.fields.get("subject", "")),
        ),
    ),
)
