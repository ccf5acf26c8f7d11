"""The product in one process: whole journeys through its own entry points, the sandbox's Slack and apps."""

import os
from collections.abc import Iterator

import boto3
import pytest
import requests

from sandbox.one_process.person import NotSeen, Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE


@pytest.fixture
def stack() -> Iterator[OneProcess]:
    with one_process(SOURCE) as running:
        yield running


def texts(person: Person) -> list[str]:
    return [message["text"] for message in person.messages()]


def test_an_approval_goes_on_by_itself_after_the_sign_in(stack: OneProcess) -> None:
    stack.sandbox.send_sample_cards()
    josie = Person(stack, "josie")
    josie.click("Approve", on="Deal")
    stack.settle()
    assert "Connect Salesforce to go on" in texts(josie)
    page = josie.connect()
    assert "<h1>Connected</h1>" in page.text
    stack.settle()
    assert any(text.startswith("Approved: Deal") for text in texts(josie))
    ended = [facts for event, facts in stack.notes.events if event == "action_ended"]
    assert [(one["person"], one["status"]) for one in ended] == [("U0JOSIE", "done")]


def test_a_typed_command_asks_its_form_and_acts_as_whoever_typed(stack: OneProcess) -> None:
    tom = Person(stack, "tom")
    tom.type(
        "/countersign create opportunity",
        fields={"name": "Acme: 10 seats", "stage": "Qualification", "close_date": "2027-01-01"},
    )
    stack.settle()
    tom.connect()
    stack.settle()
    assert "Create an opportunity: done" in texts(tom)


def test_what_is_not_there_is_said_with_what_is(stack: OneProcess) -> None:
    stack.sandbox.send_sample_cards()
    with pytest.raises(NotSeen, match=r"Approve, Re.*Reject"):
        Person(stack, "tom").click("Fly")
    with pytest.raises(NotSeen, match="no connect link"):
        Person(stack, "tom").connect()


def test_a_request_that_slack_did_not_sign_is_refused(stack: OneProcess) -> None:
    url = stack.hooks["approve_change"]["url"].replace("/hooks/approve_change", "/slack/interactions")
    assert requests.post(url, data={"payload": "{}"}, timeout=10).status_code == 401
    assert requests.get(url.replace("/slack/interactions", "/nothing"), timeout=10).status_code == 404


def test_it_leaves_no_account_of_the_caller_and_nothing_of_its_own_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    with one_process(SOURCE):
        assert "AWS_PROFILE" not in os.environ
        assert boto3.client("dynamodb").list_tables()["TableNames"]
    assert os.environ["AWS_PROFILE"] == "production"
