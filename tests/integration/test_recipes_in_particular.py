"""What is particular about shipped recipes: expenses, service requests, bugs from messages, a way to Expensify."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.one_process.person import LOAD_CHOICES, Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def stack() -> Iterator[OneProcess]:
    with one_process(SOURCE) as running:
        yield running


def send_card(stack: OneProcess, app: str, place: int = 0) -> str:
    """Post the card of a record of the app, by its place; its key."""
    extensions = stack.sandbox.apps[app].extensions
    record = extensions["sandbox-records"].listing()[place].record_id
    assert extensions["sandbox-cards"].send(record).status == 202
    stack.settle()
    return str(record)


def decide(person: Person, label: str, **fields: str) -> str:
    """Press the newest button, connecting if that is asked for; how it ended."""
    person.stack.notes.events.clear()
    person.click(label, fields=fields or None)
    person.stack.settle()
    if not ended(person.stack):
        person.connect()
        person.stack.settle()
    return ended(person.stack)[-1]


def ended(stack: OneProcess) -> list[str]:
    """The outcomes of the actions that ended, in order."""
    return [str(facts["outcome"]) for event, facts in stack.notes.events if event == "action_ended"]


def recorded(stack: OneProcess, app: str) -> list[tuple[str, str]]:
    """(login, act) of everything that the app recorded."""
    return [(one.login, one.act) for one in stack.sandbox.apps[app].extensions["sandbox-app"].audit.entries()]


def seen(person: Person) -> str:
    """The words of every message that the person sees."""
    return "\n".join(str(message["text"]) + str(message["blocks"]) for message in person.messages())


def test_tom_is_turned_away_from_a_report_that_netsuite_would_let_him_edit(stack: OneProcess) -> None:
    send_card(stack, "netsuite")
    assert decide(Person(stack, "tom"), "Approve") == "not_named"
    assert recorded(stack, "netsuite") == []
    assert decide(Person(stack, "josie"), "Approve") == "done"
    assert recorded(stack, "netsuite") == [("josie@acme.com", "approved")]


def test_a_report_whose_total_moved_is_shown_again_before_it_is_approved(stack: OneProcess) -> None:
    send_card(stack, "netsuite")
    stack.sandbox.apps["netsuite"].extensions["sandbox-store"].all("expenseReport")[0].fields["total"] = 9_482.5
    josie = Person(stack, "josie")
    assert decide(josie, "Approve") == "changed"
    assert recorded(stack, "netsuite") == []
    assert "9482.5 EUR" in seen(Person(stack, "priya"))
    assert decide(josie, "Approve") == "done"


def test_nobody_approves_their_own_report(stack: OneProcess) -> None:
    records = stack.sandbox.apps["netsuite"].extensions["sandbox-records"]
    both = {"requested_by": "josie@acme.com", "approver": "josie@acme.com"}
    key = records.add_for_approval("Lunch with myself", **both)
    place = [one.record_id for one in records.listing()].index(key)
    send_card(stack, "netsuite", place)
    assert decide(Person(stack, "josie"), "Approve") == "own_request"
    assert recorded(stack, "netsuite") == []


def test_the_requester_is_told_of_the_report_that_was_sent_back(stack: OneProcess) -> None:
    send_card(stack, "concur")
    assert decide(Person(stack, "josie"), "Send back", comment="The hotel's bill is missing") == "done"
    assert recorded(stack, "concur") == [("josie@acme.com", "rejected")]
    direct = [one for one in Person(stack, "priya").screen()["conversations"] if one["kind"] == "dm"]
    assert "Sent back" in str(direct)


def test_a_service_request_is_declined_with_a_comment_of_the_same_person(stack: OneProcess) -> None:
    send_card(stack, "jira")
    assert decide(Person(stack, "josie"), "Decline", comment="Which model?") == "done"
    assert recorded(stack, "jira") == [("josie@acme.com", "declined"), ("josie@acme.com", "created")]
    (comment,) = stack.sandbox.apps["jira"].extensions["sandbox-store"].all("comment")
    assert comment.fields["body"].startswith("Which model?\n")  # and a reference, by which it is found again


def test_a_message_becomes_a_bug_of_whoever_reported_it(stack: OneProcess) -> None:
    tom = Person(stack, "tom")
    tom.type("The page is slow <today>")
    message = next(one for one in tom.messages() if one["text"].startswith("The page is slow"))
    tom.shortcut("recipe.report_bug", on=message)
    stack.settle()
    assert "Connect Jira" in str(tom.form())
    tom.connect()
    stack.settle()
    tom.click(LOAD_CHOICES)
    stack.settle()
    form = tom.form()
    assert form is not None
    asked = {block["block_id"]: block["element"] for block in form["blocks"] if block["type"] == "input"}
    assert [option["value"] for option in asked["project"]["options"]] == ["APP", "WEB"]
    assert "The page is slow" in asked["description"]["initial_value"]
    given = {"project": "WEB", "summary": "Slow page", "description": asked["description"]["initial_value"]}
    tom.submit(given | {"link": asked["link"]["initial_value"]})
    stack.settle()
    assert recorded(stack, "jira") == [("tom@acme.com", "created")]
    (issue,) = stack.sandbox.apps["jira"].extensions["sandbox-store"].all("issue")
    text = issue.fields["description"]["content"][0]["content"][0]["text"]
    assert text.startswith("The page is slow")
    assert asked["link"]["initial_value"] in text
    assert "WEB-1" in seen(tom)


def test_expensifys_reports_are_decided_in_expensify_and_the_card_follows(stack: OneProcess) -> None:
    key = send_card(stack, "expensify")
    josie, tom = Person(stack, "josie"), Person(stack, "tom")
    assert "Conference in Lisbon" in seen(josie)
    assert "Conference in Lisbon" not in seen(tom)
    (button,) = buttons(josie)
    assert button["text"]["text"] == "Open in Expensify"
    assert button["url"].endswith("/r/R00bCluvcO41")
    hook = stack.hooks["expensify_expense"]
    body = dict(stack.sandbox.apps["expensify"].extensions["sandbox-records"].card(key).body)
    body |= {"state": "APPROVED", "decided_by": "Josie"}
    answer = requests.post(hook["url"], json=body, headers={"Authorization": f"Bearer {hook['secret']}"}, timeout=10)
    assert answer.status_code == 200
    stack.settle()
    assert "Approved" in seen(josie)
    assert "Josie" in seen(josie)


def buttons(person: Person) -> list[dict[str, Any]]:
    """Every button in the person's messages."""
    blocks = [block for message in person.messages() for block in message["blocks"]]
    found = [element for block in blocks for element in block.get("elements", ())]
    return [element for element in found if element.get("type") == "button"]
