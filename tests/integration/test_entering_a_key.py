"""Tom's Expensify key: through the entry points, the tables and logs, and the sandbox's Slack and Expensify."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from sandbox.browser import Page
from sandbox.one_process.person import ENTER_KEY, Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE


@pytest.fixture
def stack() -> Iterator[OneProcess]:
    with one_process(SOURCE) as running:
        yield running


@pytest.fixture
def tom(stack: OneProcess) -> Person:
    """He has asked to be connected to Expensify."""
    person = Person(stack, "tom")
    person.type("/countersign connections")
    stack.settle()
    person.click("Connect Expensify")
    stack.settle()
    return person


def form_of(person: Person, monkeypatch: pytest.MonkeyPatch) -> Page:
    """As far as the form that asks for the key."""
    monkeypatch.setattr("sandbox.one_process.person.JOURNEY", ("Continue", "Allow", "Sign in"))
    page = person.connect("Expensify")
    monkeypatch.undo()
    return page


def key_of(stack: OneProcess, person: str) -> tuple[str, str]:
    """A key that this person makes at Expensify."""
    state = stack.sandbox.apps["expensify"].extensions["sandbox-app"]
    made: tuple[str, str] = state.keys.make(next(one for one in state.directory if one.login.startswith(person)))
    return made


def entered(person: Person, page: Page, user_id: str, secret: str) -> Page:
    return person.browser.press(page, ENTER_KEY, key_partner_user_id=user_id, key_partner_user_secret=secret)


def stored() -> str:
    """Every row of every table, as it is stored."""
    client = boto3.client("dynamodb")
    return str([client.scan(TableName=name)["Items"] for name in client.list_tables()["TableNames"]])


def test_a_key_is_checked_confirmed_sealed_used_and_deleted_and_seen_by_nobody(
    stack: OneProcess, tom: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    page = form_of(tom, monkeypatch)
    user_id, secret = key_of(stack, "tom")
    pages = [page, wrong := entered(tom, page, user_id, "wrong-canary-7f3"), entered(tom, wrong, user_id, secret)]
    assert "Tries left: 2." in wrong.text
    assert "<h1>Are both of these you?</h1>" in pages[2].text
    pages.append(tom.browser.press(pages[2], "Yes, connect"))
    assert "<h1>Connected</h1>" in pages[3].text
    stack.settle()
    while_connected = stored()

    tom.type("/countersign connections")
    stack.settle()
    tom.click("Disconnect")
    stack.settle()
    said = json.dumps(tom.screen())
    assert "your key was deleted here" in said

    seen: dict[str, Any] = {"pages": [page.text for page in pages], "rows": while_connected, "logs": caplog.text}
    seen |= {"slack": said, "notes": stack.notes.events}
    for canary in (secret, "wrong-canary-7f3"):
        assert [where for where, text in seen.items() if canary in str(text)] == []
    assert "encrypted_key" in while_connected
    assert "encrypted_key" not in stored(), "nothing sealed is left of it, not even on the sign-in's rows"


def test_three_wrong_keys_end_the_form(stack: OneProcess, tom: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    page = form_of(tom, monkeypatch)
    for left in (2, 1):
        page = entered(tom, page, "aa_tom", "wrong")
        assert f"Tries left: {left}." in page.text
    over = entered(tom, page, "aa_tom", "wrong")
    assert ("did not take the key" in over.text, over.status) == (True, 403)
    assert "did not take the key" in entered(tom, page, *key_of(stack, "tom")).text


def test_josies_browser_is_not_asked_for_toms_key(
    stack: OneProcess, tom: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = form_of(tom, monkeypatch)
    josie = Person(stack, "josie")
    assert "Please start again in one browser" in entered(josie, page, *key_of(stack, "josie")).text
    assert "encrypted_key" not in stored()
