"""Zendesk's calls: who am I, tickets and their audits (api-reference/ticketing, by page).

What an account may: Josie and Tom are agents, Priya is an end user, whom the Tickets API refuses; the tickets of the
group Security are Josie's alone.
"""

import json
import zlib

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.description import Json
from sandbox.apps.rest import Answer, Api, Call, Page, Problem, Record, Rights, Route, Store, person
from sandbox.apps.zendesk import shapes

AGENTS = frozenset({"josie", "tom"})
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = (None, "urgent", "high", "normal", "low")
KEYS = "idempotency_key"


def problem(what: Problem) -> Answer:
    """The error objects of each page; a collision and a key that is used again have names of their own."""
    match what.reason:
        case "unauthenticated":
            return Answer(401, {"error": "invalid_token", "error_description": "The access token provided is expired."})
        case "forbidden" | "scope":
            said = "You do not have access to this page. Please contact the account owner of this help desk."
            return Answer(403, {"error": {"title": "Forbidden", "message": said}})
        case "not_found":
            return Answer(404, {"error": "RecordNotFound", "description": "Not found"})
        case "changed":
            return Answer(409, {"error": "UpdateConflict", "description": shapes.COLLISION})
        case "settled":
            said = "Request parameters don't match the given idempotency key"
            return Answer(400, {"error": "IdempotentRequestError", "description": said})
        case _:
            name, _, said = what.text.partition(": ")
            details = {name: [{"description": f"{name.capitalize()}: {said}"}]}
            return Answer(
                422, {"error": "RecordInvalid", "description": "Record validation errors", "details": details}
            )


def who_am_i(call: Call) -> Answer:
    """Users, Show Self: nobody in particular for whoever shows no good token."""
    if call.known_caller is None:
        return Answer(200, {"user": {"id": None, "name": "Anonymous user", "email": "invalid@example.com"}})
    return Answer(200, {"user": shapes.user(call.who, "agent" if person(call.who) in AGENTS else "end-user")})


def current_token(call: Call) -> Answer:
    """oauth_tokens, Show Token, of the one that makes the request."""
    return Answer(200, {"token": {"id": token_id(_bearer(call)), "user_id": int(call.who.account_id)}})


def end_current(call: Call) -> Answer:
    """Public reports of 2022 and 2023: 204 to whoever has a token, and the token works on."""
    return Answer(204 if call.known_caller else 401)


def end_token(call: Call) -> Answer:
    """oauth_tokens, Revoke Token: 204; of one's own, by its id."""
    if call.at["id"] != str(token_id(_bearer(call))):
        raise Problem("not_found")
    if grant := call.state.grants.by_access_token(_bearer(call)):
        call.state.grants.end(grant)
    return Answer(204)


def token_id(token: str) -> int:
    """The id of a token: the same as long as it lives."""
    return zlib.crc32(token.encode())


def _bearer(call: Call) -> str:
    return call.headers["Authorization"].removeprefix("Bearer ")


def as_agent(call: Call) -> Account:
    """The caller, who must be an agent."""
    if person(call.who) not in AGENTS:
        raise Problem("forbidden")
    return call.who


def sent_ticket(call: Call) -> Json:
    """The body's `ticket`, whose values make sense."""
    ticket = call.body.get("ticket")
    if not isinstance(ticket, dict):
        raise Problem("invalid", "ticket: is missing")
    if ticket.get("status", "new") not in STATUSES:
        raise Problem("invalid", "status: is not valid")
    if ticket.get("priority") not in PRIORITIES:
        raise Problem("invalid", "priority: is not valid")
    return ticket


def create(call: Call) -> Answer:
    """tickets, Create Ticket; introduction#idempotency: the first answer again, unless the body is another one."""
    as_agent(call)
    key, body = call.headers.get("Idempotency-Key"), json.dumps(call.json, sort_keys=True)
    known = next((one for one in call.store.all("ticket") if key and one.fields.get(KEYS) == key), None)
    if known and known.fields["sent"] != body:
        raise Problem("settled")
    if known:
        return Answer(201, shapes.created(known), {"x-idempotency-lookup": "hit"})
    ticket = sent_ticket(call)
    comment = ticket.get("comment")
    if not isinstance(comment, dict) or not comment.get("body"):
        raise Problem("invalid", "base: Description: cannot be blank")
    fields = {name: ticket.get(name) for name in ("subject", "priority", "type")} | {KEYS: key, "sent": body}
    made = call.store.create(call.caller, "ticket", fields | {"status": "new"}, Rights(read=AGENTS))
    shapes.audit(call.store, made, call.who, comment)
    return Answer(201, shapes.created(made), {"x-idempotency-lookup": "miss"})


def show(call: Call) -> Answer:
    """tickets, Show Ticket."""
    as_agent(call)
    return Answer(200, {"ticket": shapes.ticket(call.record("ticket", "{id}"))})


def update(call: Call) -> Answer:
    """tickets, Update Ticket; with `safe_update` only while the ticket is as it was at `updated_stamp`."""
    who, record, ticket = as_agent(call), call.record("ticket", "{id}"), sent_ticket(call)
    safe = ticket.get("safe_update") in {True, "true"}
    if safe and ticket.get("updated_stamp") != shapes.moment(record.changed_at):
        raise Problem("changed")
    changes: Json = {name: ticket[name] for name in ("status", "priority", "subject") if name in ticket}
    comment = ticket.get("comment")
    call.store.change(call.caller, record, changes, "updated" if changes else "commented")
    made = shapes.audit(call.store, record, who, comment if isinstance(comment, dict) else {})
    return Answer(200, {"ticket": shapes.ticket(record), "audit": shapes.shown_audit(made)})


def show_audit(call: Call) -> Answer:
    """tickets/ticket_audits, Show Audit."""
    as_agent(call)
    record, audit = call.record("ticket", "{id}"), call.record("audit", "{audit}")
    if audit.fields["on"] != record.id:
        raise Problem("not_found")
    return Answer(200, {"audit": shapes.shown_audit(audit)})


def waiting(store: Store, title: str, requester: Account, _approver: Account) -> Record:
    """A ticket of the requester's."""
    fields = {"subject": title, "priority": "normal", "type": "incident", "status": "open"}
    return store.add("ticket", fields, requester, Rights(read=AGENTS))


def seed(store: Store, directory: Directory) -> None:
    """A ticket of Priya's, and one that only Josie sees."""
    josie, priya = (next(one for one in directory if person(one) == name) for name in ("josie", "priya"))
    waiting(store, "The invoice has the wrong address", priya, josie)
    secret = {"subject": "A suspicious sign-in", "priority": "urgent", "type": "incident", "status": "open"}
    store.add("ticket", secret, priya, Rights(read=frozenset({"josie"})))


API = Api(
    problem=problem,
    new_id=lambda kind, place: str({"ticket": 0, "audit": 2_127_301_000}[kind] + place),
    name=lambda record: str(record.fields.get("subject", record.id)),
    seed=seed,
    add_for_approval=waiting,
    routes=(
        Route("GET", "/api/v2/users/me.json", who_am_i, public=True),
        Route("GET", "/api/v2/oauth/tokens/current.json", current_token, scope="read"),
        Route("DELETE", "/api/v2/oauth/tokens/current.json", end_current, scope="write"),
        Route("DELETE", "/api/v2/oauth/tokens/<id>.json", end_token, scope="write"),
        Route("POST", "/api/v2/tickets.json", create, scope="write"),
        Route("GET", "/api/v2/tickets/<id>.json", show, scope="read"),
        Route("PUT", "/api/v2/tickets/<id>.json", update, scope="write"),
        Route("GET", "/api/v2/tickets/<id>/audits/<audit>.json", show_audit, scope="read"),
    ),
    pages=(
        Page(
            kind="ticket",
            path="/agent/tickets/<id>",
            link=lambda record: f"/agent/tickets/{record.id}",
            title=lambda record: str(record.fields["subject"]),
            status=lambda record: str(record.fields["status"]).capitalize(),
            number=lambda record: f"#{record.id}",
        ),
    ),
)
