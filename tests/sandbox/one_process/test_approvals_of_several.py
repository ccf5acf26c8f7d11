"""A change that two people must approve, through the whole product, the first one's answer lost on its way."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from countersign.usecases.set_aside import ASK_AGAIN_SECONDS
from sandbox.apps.faults import Fault
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def stack() -> Iterator[OneProcess]:
    with one_process(SOURCE) as running:
        yield running


def card(person: Person) -> str:
    """All the words of the newest card about a change that they see."""
    return str(next(one for one in reversed(person.messages()) if "CHG" in one["text"] and one["channel"][0] == "C"))


def approve(person: Person) -> None:
    """Click, and connect if that is asked for."""
    person.click("Approve", on="Change")
    person.stack.settle()
    if any("Connect" in message["text"] for message in person.messages()[-2:]):
        person.connect()
        person.stack.settle()


def wait_for(stack: OneProcess, person: Person, words: str) -> str:
    """The card once it says this: a call in doubt rests before the app is asked about it."""
    end = time.monotonic() + 3 * ASK_AGAIN_SECONDS
    while words not in card(person) and time.monotonic() < end:
        stack.settle()
        time.sleep(1)
    return card(person)


def test_each_approval_is_shown_and_only_the_last_one_closes_the_card(stack: OneProcess) -> None:
    app: Any = stack.sandbox.apps["servicenow"]
    records, josie, tom = app.extensions["sandbox-records"], Person(stack, "josie"), Person(stack, "tom")
    change = records.add_for_approval("Replace the core switch", requested_by="priya", approver="josie+tom")
    assert app.extensions["sandbox-cards"].send(change).status == 202
    stack.settle()
    app.extensions["sandbox-app"].faults.add(Fault("/api/sn_chg_rest/*", "act_then_close", method="PATCH"))

    approve(josie)

    shown = wait_for(stack, josie, "still waits for others")
    assert "josie@acme.com in ServiceNow" in shown
    assert "still waits for others" in shown
    assert "'text': 'Approve'" in shown  # its buttons are there for Tom
    state = app.extensions["sandbox-app"]
    acted = [state.directory.by_id(entry.account_id).email for entry in state.audit.entries()]
    assert acted == ["josie@acme.com"]  # once, though its answer was lost

    approve(tom)

    shown = card(tom)
    assert "tom@acme.com in ServiceNow" in shown
    assert "still waits for others" not in shown
    assert "'text': 'Approve'" not in shown
