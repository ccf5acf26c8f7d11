"""How GitHub shows things: the members of each object that clients read."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sandbox.apps.accounts import Account
from sandbox.apps.description import Json
from sandbox.apps.rest import Decision, Record


def user(account: Account) -> Json:
    """A simple user."""
    return {"login": account.login, "id": int(account.account_id), "type": "User", "site_admin": False}


def me(account: Account) -> Json:
    """rest/users/users, get the authenticated user: the e-mail address is null unless the person made it public."""
    return user(account) | {"name": account.name, "email": None}


def emails(account: Account) -> list[Json]:
    """rest/users/emails."""
    private = {"email": f"{account.account_id}+{account.login}@users.noreply.github.com", "primary": False}
    own = {"email": account.email, "primary": True, "verified": True, "visibility": "private"}
    return [private | {"verified": True, "visibility": None}, own]


def pull(record: Record) -> Json:
    """rest/pulls/pulls, get a pull request."""
    return {
        "number": int(record.id),
        "state": "open",
        "title": record.fields["title"],
        "user": user(record.made_by),
        "head": {"sha": record.fields["commits"][-1]},
        "requested_reviewers": [] if record.decided else [user(record.fields["reviewer"])],
        "html_url": f"https://github.com/acme/payments/pull/{record.id}",
    }


def review(record: Record, decision: Decision) -> Json:
    """rest/pulls/reviews, one review."""
    return {
        "id": 80_000_000 + int(record.id) * 100 + record.decisions.index(decision),
        "user": user(decision.by),
        "body": decision.comments,
        "state": decision.word.upper(),
        "commit_id": decision.details.get("commit_id", record.fields["commits"][-1]),
        "submitted_at": moment(decision.at),
        "html_url": f"https://github.com/acme/payments/pull/{record.id}",
    }


def reviews(record: Record) -> list[Json]:
    """All of them, oldest first."""
    return [review(record, decision) for decision in record.decisions]


def pending(record: Record, who: Account, directory: Iterable[Account]) -> Json:
    """rest/actions/workflow-runs, one pending deployment."""
    reviewers = [{"type": "User", "reviewer": user(one)} for one in directory if record.rights.may_decide(one)]
    return {
        "environment": environment(record),
        "wait_timer": 0,
        "wait_timer_started_at": None,
        "current_user_can_approve": record.rights.may_decide(who),
        "reviewers": reviewers,
    }


def environment(record: Record) -> Json:
    """An environment of the repository."""
    return {"id": record.fields["environment_id"], "name": record.fields["environment"]}


def deployment(record: Record) -> Json:
    """rest/deployments, one deployment."""
    return {
        "id": 1_000 + record.number,
        "url": f"https://api.github.com/repos/acme/website/deployments/{1_000 + record.number}",
        "environment": record.fields["environment"],
        "task": "deploy",
        "creator": user(record.made_by),
        "created_at": moment(record.made_at),
    }


def approval(record: Record, decision: Decision) -> Json:
    """rest/actions/workflow-runs, one entry of the review history."""
    return {
        "state": decision.word,
        "comment": decision.comments,
        "environments": [environment(record)],
        "user": user(decision.by),
    }


def issue(record: Record) -> Json:
    """rest/issues/issues."""
    return {
        "id": 9_000_000 + int(record.id),
        "number": int(record.id),
        "state": "open",
        "title": record.fields["title"],
        "body": record.fields["body"],
        "labels": [{"name": name} for name in record.fields["labels"]],
        "user": user(record.made_by),
        "created_at": moment(record.made_at),
        "html_url": f"https://github.com/acme/website/issues/{record.id}",
    }


def moment(seconds: float) -> str:
    """UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
