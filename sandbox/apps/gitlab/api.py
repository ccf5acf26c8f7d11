"""GitLab's calls: who am I, merge requests and their approvals, notes, issues (doc/api, by page).

What an account may: everybody sees acme/payroll; its merge requests are approved by whom the project names, never by
their author (project setting "Prevent approval by author").
"""

import hashlib

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.description import Json
from sandbox.apps.gitlab import shapes
from sandbox.apps.records import Card
from sandbox.apps.rest import Answer, Api, Call, Page, Problem, Record, Rights, Route, Store, me, person, read

PROJECT = "/api/v4/projects/<path:project>"
MERGE_REQUEST = f"{PROJECT}/merge_requests/<iid>"
MESSAGES = {
    "unauthenticated": "401 Unauthorized",
    "forbidden": "401 Unauthorized",
    "not_found": "404 Not found",
    "invalid": "400 Bad request",
}


def problem(what: Problem) -> Answer:
    """lib/api/helpers.rb, render_api_error: `message`. A bad token or scope is Rack's own (lib/api/api_guard.rb)."""
    if what.reason == "unauthenticated":
        said = "Token is expired. You can either do re-authorization or token refresh."
        return Answer(401, {"error": "invalid_token", "error_description": said})
    if what.reason == "scope":
        said = "The request requires higher privileges than provided by the access token."
        return Answer(403, {"error": "insufficient_scope", "error_description": said, "scope": "api"})
    status = {"forbidden": 401, "invalid": 400, "changed": 409}.get(what.reason, what.status)
    return Answer(status, {"message": what.text or MESSAGES.get(what.reason, str(status))})


def in_project(call: Call, kind: str, record_id: str) -> Record:
    """A record of acme/payroll, which is named by its path or its id."""
    if call.at["project"] not in {shapes.PATH, str(shapes.PROJECT_ID)}:
        raise Problem("not_found", "404 Project Not Found")
    return call.record(kind, record_id)


def approve(call: Call) -> Answer:
    """lib/api/merge_request_approvals.rb: `sha` must be the head; 401 to whoever can't, or has approved already."""
    request = in_project(call, "merge_request", "{iid}")
    sent = call.body if call.json is not None else {}
    if sent.get("sha") not in {None, request.fields["sha"]}:
        raise Problem("changed", f"SHA does not match HEAD of source branch: {request.fields['sha']}")
    if call.who in shapes.approvers(request):
        raise Problem("forbidden")
    call.store.decide(call.caller, request, "approved", again=True)
    return Answer(201, shapes.approvals(request, call.who))


def unapprove(call: Call) -> Answer:
    """The same file: 404 to whoever has not approved."""
    request = in_project(call, "merge_request", "{iid}")
    if call.who not in shapes.approvers(request):
        raise Problem("not_found")
    request.decisions[:] = [one for one in request.decisions if one.by != call.who]
    call.store.change(call.caller, request, {}, "unapproved")
    return Answer(201, shapes.approvals(request, call.who))


def approvals(call: Call) -> Answer:
    """GET …/approvals: the state, and everybody who approved."""
    return Answer(200, shapes.approvals(in_project(call, "merge_request", "{iid}"), call.who))


def comment(call: Call) -> Answer:
    """doc/api/notes.md: a comment on a merge request, as the caller."""
    request = in_project(call, "merge_request", "{iid}")
    body = call.text("body")
    if not body.strip():
        raise Problem("invalid", "400 Bad request - Note can't be blank")
    made = call.store.create(call.caller, "note", {"body": body, "on": request.id})
    return Answer(201, shapes.note(made))


def notes(call: Call) -> Answer:
    """The comments of a merge request: newest first unless `sort=asc`."""
    request = in_project(call, "merge_request", "{iid}")
    found = [shapes.note(record) for record in call.of("note") if record.fields["on"] == request.id]
    return Answer(200, found if call.query.get("sort") == "asc" else found[::-1])


def new_issue(call: Call) -> Answer:
    """doc/api/issues.md, new issue: `title` is required."""
    title = call.text("title", "")
    if not title:
        raise Problem("invalid", "400 Bad request - title is missing")
    fields = {"title": title, "description": call.text("description", ""), "due_date": call.body.get("due_date")}
    return Answer(201, shapes.issue(call.store.create(call.caller, "issue", fields)))


def issues(call: Call) -> Answer:
    """doc/api/issues.md, list project issues: of `author_id`, newest first."""
    author, size = call.query.get("author_id"), int(call.query.get("per_page", "20"))
    found = [record for record in call.of("issue") if author in {None, record.made_by.account_id}]
    return Answer(200, [shapes.issue(record) for record in found[::-1][:size]])


def open_request(
    store: Store, title: str, requester: Account, *approvers: Account, edition: str = "enterprise"
) -> Record:
    """A merge request of the requester's that needs the approval of all these; `edition`: enterprise or community."""
    sha = hashlib.sha1(title.encode()).hexdigest()  # noqa: S324 - git's own
    rights = Rights(decide=frozenset(map(person, approvers)))
    fields: Json = {"title": title, "sha": sha, "approvals_required": len(approvers), "edition": edition}
    return store.add("merge_request", fields, requester, rights)


def seed(store: Store, directory: Directory) -> None:
    """A merge request of Priya's for Josie, and one of Josie's own."""
    josie, priya = (next(one for one in directory if person(one) == name) for name in ("josie", "priya"))
    open_request(store, "Encrypt payslips at rest", priya, josie)
    open_request(store, "Drop the old export", josie, priya)


def card(record: Record) -> Card:
    """The merge request's card."""
    group, project = shapes.PATH.split("/")
    body = {"key": f"{shapes.PATH}!{record.id}", "group": group, "project": project, "number": record.id}
    body |= {"title": record.fields["title"], "author": record.made_by.login, "sha": record.fields["sha"]}
    return Card("approve_merge_request", body | {"state": "approved" if shapes.approved(record) else "opened"})


def project_list(call: Call) -> Answer:
    """doc/api/projects.md: the caller's projects."""
    return Answer(200, [shapes.PROJECT] if call.query.get("membership") == "true" else [])


def details(record: Record) -> Json:
    """The merge request's own members."""
    return shapes.merge_request(record)


API = Api(
    problem=problem,
    new_id=lambda kind, place: str({"merge_request": 0, "note": 5_000, "issue": 200}[kind] + place),
    name=lambda record: str(record.fields.get("title") or record.fields.get("body", "")[:40]),
    seed=seed,
    add_for_approval=open_request,
    routes=(
        Route("GET", "/api/v4/user", me(shapes.me), scope="read_user"),
        Route("GET", "/api/v4/projects", project_list),
        Route("GET", MERGE_REQUEST, read("merge_request", "{iid}", details)),
        Route("GET", f"{MERGE_REQUEST}/approvals", approvals),
        Route("POST", f"{MERGE_REQUEST}/approve", approve, scope="api"),
        Route("POST", f"{MERGE_REQUEST}/unapprove", unapprove, scope="api"),
        Route("POST", f"{MERGE_REQUEST}/notes", comment, scope="api"),
        Route("GET", f"{MERGE_REQUEST}/notes", notes),
        Route("POST", f"{PROJECT}/issues", new_issue, scope="api"),
        Route("GET", f"{PROJECT}/issues", issues),
    ),
    pages=(
        Page(
            kind="merge_request",
            path=f"/{shapes.PATH}/-/merge_requests/<iid>",
            link=lambda record: f"/{shapes.PATH}/-/merge_requests/{record.id}",
            title=lambda record: str(record.fields["title"]),
            number=lambda record: f"!{record.id}",
            waits=lambda record: not shapes.approved(record),
            card=card,
        ),
    ),
)
