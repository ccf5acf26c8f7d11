"""How GitLab shows things: the members of each object that clients read (doc/api, by page)."""

from datetime import UTC, datetime

from sandbox.apps.accounts import Account
from sandbox.apps.description import Json
from sandbox.apps.rest import Record

WEB = "https://gitlab.acme.com"
PATH = "acme/payroll"
PROJECT_ID = 7
PROJECT: Json = {
    "id": PROJECT_ID,
    "name": "payroll",
    "name_with_namespace": "Acme / payroll",
    "path_with_namespace": PATH,
    "web_url": f"{WEB}/{PATH}",
}


def user(account: Account) -> Json:
    """A user, short."""
    web = {"state": "active", "web_url": f"{WEB}/{account.login}"}
    return {"id": int(account.account_id), "username": account.login, "name": account.name} | web


def me(account: Account) -> Json:
    """doc/api/users.md, the current user."""
    return user(account) | {"email": account.email, "bot": False}


def merge_request(record: Record) -> Json:
    """doc/api/merge_requests.md, a single merge request."""
    return {
        "id": 900 + record.number,
        "iid": int(record.id),
        "project_id": PROJECT_ID,
        "title": record.fields["title"],
        "state": "opened",
        "author": user(record.made_by),
        "sha": record.fields["sha"],
        "web_url": f"{WEB}/{PATH}/-/merge_requests/{record.id}",
        "updated_at": moment(record.changed_at),
    }


def approvers(record: Record) -> list[Account]:
    """Who has approved and not taken it back, in order."""
    return [decision.by for decision in record.decisions]


def approved(record: Record) -> bool:
    """Whether it has what it needs: as many approvals as its rules ask for; in Community Edition, one."""
    needed = 1 if record.fields["edition"] == "community" else record.fields["approvals_required"]
    return len(record.decisions) >= needed


def approvals(record: Record, who: Account) -> Json:
    """doc/api/merge_request_approvals.md: the answer of approve, unapprove and approvals.

    Community Edition knows neither rules nor more than these fields (lib/api/entities/merge_request_approvals.rb); the
    merge request's own beside them are Enterprise Edition's (ee/lib/ee/api/entities/merge_request_approvals.rb).
    """
    by = approvers(record)
    own = {"user_has_approved": who in by, "user_can_approve": record.rights.may_decide(who) and who not in by}
    named = {"approved_by": [{"user": user(account)} for account in by]}
    if record.fields["edition"] == "community":
        return own | named | {"approved": approved(record)}
    required = record.fields["approvals_required"]
    counted = {"approvals_required": required, "approvals_left": max(required - len(by), 0)}
    return merge_request(record) | own | counted | named | {"approved": approved(record)}


def note(record: Record) -> Json:
    """doc/api/notes.md, a comment."""
    return {
        "id": int(record.id),
        "body": record.fields["body"],
        "author": user(record.made_by),
        "created_at": moment(record.made_at),
        "system": False,
        "noteable_type": "MergeRequest",
        "noteable_iid": int(record.fields["on"]),
    }


def issue(record: Record) -> Json:
    """doc/api/issues.md, an issue."""
    return {
        "id": 3_000 + record.number,
        "iid": int(record.id),
        "project_id": PROJECT_ID,
        "title": record.fields["title"],
        "description": record.fields["description"],
        "due_date": record.fields["due_date"],
        "state": "opened",
        "author": user(record.made_by),
        "created_at": moment(record.made_at),
        "web_url": f"{WEB}/{PATH}/-/issues/{record.id}",
    }


def moment(seconds: float) -> str:
    """UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
