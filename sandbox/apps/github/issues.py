"""Issues of acme/website, and the search over them."""

import shlex

from sandbox.apps.github import shapes
from sandbox.apps.rest import Answer, Call, Problem, Record


def create(call: Call) -> Answer:
    """rest/issues/issues, create: for anybody who sees the repository; labels only from those with push access."""
    title, body, labels = call.text("title"), call.text("body", ""), call.body.get("labels", [])
    if not title:
        raise Problem("invalid", "title can't be blank")
    pushes = call.who.login in {"josie", "priya"}
    fields = {"title": title, "body": body, "labels": labels if pushes else []}
    made = shapes.issue(call.store.create(call.caller, "issue", fields))
    return Answer(201, made, {"Location": f"https://api.github.com/repos/acme/website/issues/{made['number']}"})


def listed(call: Call) -> Answer:
    """rest/issues/issues, list repository issues: newest first, of one `creator` if asked; `per_page` of them."""
    creator = call.query.get("creator")
    found = [shapes.issue(one) for one in reversed(call.of("issue")) if creator in {None, one.made_by.login}]
    return Answer(200, found[: int(call.query.get("per_page", "30"))])


def search(call: Call) -> Answer:
    """rest/search/search, issues: all words must occur; of the qualifiers `repo`, `author`, `is`, `type`, `in`."""
    terms = shlex.split(call.query.get("q", ""))
    if not terms:
        raise Problem("invalid", "q is missing")
    found = [shapes.issue(record) for record in call.of("issue") if all(_matches(record, term) for term in terms)]
    return Answer(200, {"total_count": len(found), "incomplete_results": False, "items": found})


def _matches(record: Record, term: str) -> bool:
    name, _, value = term.partition(":")
    match name:
        case "repo":
            return value == "acme/website"
        case "author":
            return value == record.made_by.login
        case "is" | "type":
            return value in {"issue", "open"}
        case "in":
            return True
        case _:
            return term.lower() in f"{record.fields['title']} {record.fields['body']}".lower()
