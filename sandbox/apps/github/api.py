"""GitHub's calls: who am I, reviews, pending deployments, issues (docs.github.com/rest, by section).

What an account may: acme/payments is private and Tom is no member; acme/website is open to all three.
"""

import hashlib

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.description import Json
from sandbox.apps.github import issues, shapes
from sandbox.apps.records import Card
from sandbox.apps.rest import Answer, Api, Call, Page, Problem, Record, Rights, Route, Store, me, person, read

REVIEWS = {"APPROVE": "approved", "REQUEST_CHANGES": "changes_requested", "COMMENT": "commented"}
MESSAGES = {
    "unauthenticated": "Bad credentials",
    "not_found": "Not Found",
    "forbidden": "Resource not accessible by integration",
    "settled": "No pending deployment requests to approve or reject",  # public reports
}
PRIVATE, PUBLIC = "/repos/acme/payments", "/repos/acme/website"
MEMBERS = frozenset({"josie", "priya"})
"""Who sees acme/payments. Everybody sees acme/website."""


def problem(what: Problem) -> Answer:
    """GitHub's error object (using-the-rest-api/troubleshooting); a validation names its errors beside the message."""
    docs = {"documentation_url": "https://docs.github.com/rest"}
    if what.reason in {"invalid", "changed", "settled"}:
        return Answer(422, {"message": "Unprocessable Entity", "errors": [what.text or MESSAGES[what.reason]]} | docs)
    return Answer(what.status, {"message": what.text or MESSAGES[what.reason]} | docs)


def review(call: Call) -> Answer:
    """POST …/pulls/{n}/reviews: for whoever sees it, but its author may not approve; a body is needed but to approve.

    `commit_id` must be one of the pull request's commits, not the last one ([U] the words when it isn't).
    """
    pull = call.record("pull", "{number}")
    event, body = call.text("event"), call.text("body", "")
    if event not in REVIEWS or (event != "APPROVE" and not body):
        raise Problem("invalid", "Review body is needed, and event must be APPROVE, REQUEST_CHANGES or COMMENT")
    if event != "COMMENT" and call.who == pull.made_by:
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise Problem("invalid", f"Can not {verb} your own pull request")
    commit = call.text("commit_id", pull.fields["commits"][-1])
    if commit not in pull.fields["commits"]:
        raise Problem("changed", "commit_id is not part of the pull request")
    made = call.store.decide(call.caller, pull, REVIEWS[event], body, again=True, details={"commit_id": commit})
    return Answer(200, shapes.review(pull, made))


def one_review(call: Call) -> Answer:
    """GET …/pulls/{n}/reviews/{review_id}."""
    found = [one for one in shapes.reviews(call.record("pull", "{number}")) if str(one["id"]) == call.at["review_id"]]
    if not found:
        raise Problem("not_found")
    return Answer(200, found[0])


def waits(run: Record) -> bool:
    """Whether the run's present attempt waits for a decision; the history holds the earlier attempts' too."""
    return all(one.details.get("attempt", 1) != run.fields["attempt"] for one in run.decisions)


def pending(call: Call) -> Answer:
    """GET …/actions/runs/{run_id}/pending_deployments: what waits, and whether this person may decide it."""
    run = call.record("run", "{run_id}")
    return Answer(200, [shapes.pending(run, call.who, list(call.state.directory))] if waits(run) else [])


def decide_deployment(call: Call) -> Answer:
    """POST …/pending_deployments: for a required reviewer, with a comment; others hear what settled ones hear."""
    run = call.record("run", "{run_id}")
    state, comment = call.text("state"), call.text("comment")
    if state not in {"approved", "rejected"} or call.body.get("environment_ids") != [run.fields["environment_id"]]:
        raise Problem("invalid", "state or environment_ids is not right")
    if not (waits(run) and run.rights.may_decide(call.who)):
        raise Problem("settled")
    call.store.decide(call.caller, run, state, comment, again=True, details={"attempt": run.fields["attempt"]})
    return Answer(200, [shapes.deployment(run)])


def approvals(call: Call) -> Answer:
    """GET …/actions/runs/{run_id}/approvals: the history of decisions."""
    run = call.record("run", "{run_id}")
    return Answer(200, [shapes.approval(run, decision) for decision in run.decisions])


def open_pull(store: Store, title: str, requester: Account, approver: Account) -> Record:
    """A pull request in acme/payments that waits for the approver's review."""
    rights = Rights(read=MEMBERS | {person(approver)}, decide=MEMBERS | {person(approver)})
    commits = [hashlib.sha1(f"{title} {place}".encode()).hexdigest() for place in (1, 2)]  # noqa: S324 - git's own
    return store.add("pull", {"title": title, "commits": commits, "reviewer": approver}, requester, rights)


def seed(store: Store, directory: Directory) -> None:
    """A pull request of Priya's, one of Josie's own, and a deployment that Josie must let through."""
    josie, priya = (next(one for one in directory if person(one) == name) for name in ("josie", "priya"))
    open_pull(store, "Retry failed card payments", priya, josie)
    open_pull(store, "Round amounts to cents", josie, priya)
    run: Json = {"title": "Deploy the website", "environment_id": 161_088_068, "environment": "production"}
    run |= {"attempt": 1}
    store.add("run", run, priya, Rights(decide=frozenset({"josie"})))


def pull_card(record: Record) -> Card:
    """The pull request's card."""
    decided = record.decided
    body = {"key": f"acme/payments#{record.id}", "owner": "acme", "repo": "payments", "number": record.id}
    body |= {"title": record.fields["title"], "head_sha": record.fields["commits"][-1]}
    body |= {"author": record.made_by.login}
    return Card("review_pull_request", body | {"state": decided.word if decided else "open"})


def run_card(record: Record) -> Card:
    """The deployment's card."""
    decided, waits_for = record.decided, record.fields
    body = {"key": f"acme/website/{record.id}", "owner": "acme", "repo": "website", "run_id": record.id}
    body |= {"environment_id": str(waits_for["environment_id"]), "environment": waits_for["environment"]}
    body |= {"workflow": waits_for["title"], "requested_by": record.made_by.login}
    return Card("approve_deployment", body | {"state": decided.word if decided else "waiting"})


API = Api(
    host="api.github.com",
    problem=problem,
    new_id=lambda kind, place: str({"pull": 41, "run": 8_123_000, "issue": 100}[kind] + place),
    name=lambda record: str(record.fields["title"]),
    seed=seed,
    add_for_approval=open_pull,
    routes=(
        Route("GET", "/user", me(shapes.me)),
        Route("GET", "/user/emails", me(shapes.emails)),
        Route("GET", f"{PRIVATE}/pulls/<number>", read("pull", "{number}", shapes.pull)),
        Route("GET", f"{PRIVATE}/pulls/<number>/reviews", read("pull", "{number}", shapes.reviews)),
        Route("POST", f"{PRIVATE}/pulls/<number>/reviews", review),
        Route("GET", f"{PRIVATE}/pulls/<number>/reviews/<review_id>", one_review),
        Route("GET", f"{PUBLIC}/actions/runs/<run_id>/pending_deployments", pending),
        Route("POST", f"{PUBLIC}/actions/runs/<run_id>/pending_deployments", decide_deployment),
        Route("GET", f"{PUBLIC}/actions/runs/<run_id>/approvals", approvals),
        Route("GET", f"{PUBLIC}/issues", issues.listed),
        Route("POST", f"{PUBLIC}/issues", issues.create),
        Route("GET", f"{PUBLIC}/issues/<number>", read("issue", "{number}", shapes.issue)),
        Route("GET", "/search/issues", issues.search),
    ),
    pages=(
        Page(
            kind="pull",
            path="/acme/payments/pull/<number>",
            link=lambda record: f"/acme/payments/pull/{record.id}",
            title=lambda record: str(record.fields["title"]),
            number=lambda record: f"#{record.id}",
            words=("approved", "changes_requested"),
            card=pull_card,
        ),
        Page(
            kind="run",
            path="/acme/website/actions/runs/<run_id>",
            link=lambda record: f"/acme/website/actions/runs/{record.id}",
            title=lambda record: str(record.fields["title"]),
            status=lambda _record: "Waiting",
            card=run_card,
        ),
    ),
)
