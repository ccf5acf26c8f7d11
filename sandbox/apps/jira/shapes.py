"""How Jira shows things: users, approvals, comments, dates, errors."""

from datetime import UTC, datetime

from sandbox.apps.accounts import Account
from sandbox.apps.description import Json
from sandbox.apps.rest import Answer, Problem, Record

TEXTS = {
    "forbidden": "You do not have permission to answer this approval.",
    "not_found": "The request or approval does not exist, or you do not have permission to see it.",
    "settled": "This approval has already been answered.",
    "invalid": "The request is not valid.",
}


def problem(what: Problem) -> Answer:
    """The gateway's answer about tokens ([U] its words about scopes are public reports'), else the vendor's errors."""
    if what.reason == "unauthenticated":
        return Answer(401, {"code": 401, "message": "Unauthorized"})
    if what.reason == "scope":
        return Answer(401, {"code": 401, "message": "Unauthorized; scope does not match"})
    status = 400 if what.reason == "invalid" else what.status
    text = what.text or TEXTS[what.reason]
    return Answer(status, {"errorMessage": text, "errorMessages": [text], "errors": {}})


def user(account: Account) -> Json:
    """A user (REST v3, User)."""
    shown = {"accountId": account.account_id, "emailAddress": account.email, "displayName": account.name}
    return shown | {"active": True}


def date(seconds: float) -> Json:
    """A date in four ways (Service Management, DateDTO)."""
    moment = datetime.fromtimestamp(seconds, UTC)
    iso = moment.strftime("%Y-%m-%dT%H:%M:%S+0000")
    return {"iso8601": iso, "jira": iso, "friendly": "Today", "epochMillis": int(seconds * 1000)}


def final(record: Record) -> str:
    """An approval's finalDecision: declined by one, approved by all, else pending (ApprovalDTO)."""
    words = [one.word for one in record.decisions]
    if "declined" in words:
        return "declined"
    return "approved" if len(words) == len(record.fields["approvers"]) else "pending"


def may_answer(record: Record, who: Account) -> bool:
    """Whether the account is one of the approvers and has not answered yet."""
    answered = [one.by for one in record.decisions]
    return final(record) == "pending" and record.rights.may_decide(who) and who not in answered


def approval(record: Record, who: Account) -> Json:
    """An approval, as `who` sees it (ApprovalDTO)."""
    words = {one.by.account_id: one.word for one in record.decisions}
    approvers = [
        {"approver": user(one), "approverDecision": words.get(one.account_id, "pending")}
        for one in record.fields["approvers"]
    ]
    shown: Json = {
        "id": record.id,
        "name": "Waiting for approval",
        "finalDecision": final(record),
        "canAnswerApproval": may_answer(record, who),
        "approvers": approvers,
        "createdDate": date(record.made_at),
    }
    ended = record.decided if final(record) != "pending" else None
    return shown | ({"completedDate": date(ended.at)} if ended else {})


def comment(record: Record) -> Json:
    """A comment (CommentDTO)."""
    shown = {"id": record.id, "body": record.fields["body"], "public": record.fields["public"]}
    return shown | {"author": user(record.made_by), "created": date(record.made_at)}
