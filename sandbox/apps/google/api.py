"""Google's calls: userinfo (OpenID Connect) and Calendar v3 (workspace/calendar/api/v3/reference/events)."""

import re

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.description import Json
from sandbox.apps.rest import Answer, Api, Call, Page, Problem, Record, Rights, Route, Store, me, person

EVENTS = "/calendar/v3/calendars/primary/events"
SCOPE = "https://www.googleapis.com/auth/calendar.events"
TEXTS = {
    "unauthenticated": ("authError", "Invalid Credentials"),
    "scope": ("insufficientPermissions", "Request had insufficient authentication scopes."),
    "forbidden": ("forbidden", "Forbidden"),
    "not_found": ("notFound", "Not Found"),
    "settled": ("duplicate", "The requested identifier already exists."),
    "invalid": ("invalid", "Invalid Value"),
}


def problem(what: Problem) -> Answer:
    """Two levels of error (workspace/calendar/api/guides/errors)."""
    status = 400 if what.reason in {"invalid", "changed"} else what.status
    reason, text = TEXTS.get(what.reason, TEXTS["invalid"])
    message = what.text or text
    errors = [{"domain": "global", "reason": reason, "message": message}]
    return Answer(status, {"error": {"errors": errors, "code": status, "message": message}})


def userinfo(account: Account) -> Json:
    """The claims of the scopes openid, email and profile."""
    claims = {"sub": account.account_id, "name": account.name, "email": account.email, "email_verified": True}
    return claims | {"hd": account.email.partition("@")[2]}


def event(record: Record, who: Account) -> Json:
    """An event as its calendar's owner sees it (resource Event)."""
    creator = {"email": record.made_by.email} | ({"self": True} if record.made_by == who else {})
    given = {name: value for name, value in record.fields.items() if name != "id"}
    link = {"htmlLink": f"https://www.google.com/calendar/event?eid={record.id}"}
    shown = {"kind": "calendar#event", "id": record.id, "status": "confirmed", "creator": creator, "organizer": creator}
    return given | shown | link


def insert(call: Call) -> Answer:
    """Events: insert. An id of the caller's own is of letters a-v and digits, 5 to 1024 of them, and is used once."""
    body = call.body
    if not all(isinstance(body.get(name), dict) and body[name].get("dateTime") for name in ("start", "end")):
        raise Problem("invalid", "Missing end time.")
    if body["start"]["dateTime"] >= body["end"]["dateTime"]:
        raise Problem("invalid", "The specified time range is empty.")
    wanted = str(body.get("id", ""))
    if wanted and not re.fullmatch("[a-v0-9]{5,1024}", wanted):
        raise Problem("invalid", "Invalid resource id value.")
    if wanted and call.store.get("event", wanted):
        raise Problem("settled")
    rights = Rights(read=frozenset({person(call.who)}))
    return Answer(200, event(call.store.create(call.caller, "event", body, rights, id=wanted), call.who))


def get(call: Call) -> Answer:
    """Events: get."""
    return Answer(200, event(call.record("event", "{event}"), call.who))


def seed(store: Store, directory: Directory) -> None:
    """A meeting in each calendar."""
    for place, account in enumerate(directory, 1):
        times = {"start": {"dateTime": "2027-03-31T09:00:00+02:00"}, "end": {"dateTime": "2027-03-31T09:30:00+02:00"}}
        rights = Rights(read=frozenset({person(account)}))
        store.add(
            "event", {"summary": "Weekly review"} | times, account, rights, id=f"7cbh8rpc10lrc0ckih9tafss9{place}"
        )


API = Api(
    host="www.googleapis.com",
    problem=problem,
    new_id=lambda _kind, place: f"event{place:010}",
    name=lambda record: str(record.fields.get("summary", record.id)),
    seed=seed,
    routes=(
        Route("GET", "/v1/userinfo", me(userinfo), scope="openid", host="openidconnect.googleapis.com"),
        Route("POST", EVENTS, insert, scope=SCOPE),
        Route("GET", f"{EVENTS}/<event>", get, scope=SCOPE),
    ),
    pages=(
        Page(
            kind="event",
            path="/calendar/event",
            link=lambda record: f"/calendar/event?eid={record.id}",
            title=lambda record: str(record.fields.get("summary", "")),
        ),
    ),
)
