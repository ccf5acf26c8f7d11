"""The whole product in two workspaces of the sandbox Slack: installed, spoken in, and left."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
import requests

from sandbox.browser import Browser, Page
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE

type Start = Callable[..., OneProcess]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a stack for an allow-list, with a Slack of a test's choice."""
    with ExitStack() as running:

        def begin(allowed: str, admins: str = "", **slack: Any) -> OneProcess:
            given = {"AllowedWorkspaces": allowed, "Admins": admins}
            return running.enter_context(one_process(SOURCE, given=given, slack=slack))

        yield begin


def installed(stack: OneProcess, user: str, where: str = "") -> Page:
    """An admin opens the address to install from, and approves, there if that is said: the last page."""
    browser = Browser()
    browser.get(f"http://slack.localhost:{stack.world.port}/session/switch?person={user}")
    base = stack.hooks["approve_change"]["url"].removesuffix("/hooks/approve_change")
    page = browser.get(f"{base.replace('127.0.0.1', 'api.execute-api.localhost')}/slack/install")
    page.buttons[:] = [button for button in page.buttons if where in ("", button.fields.get("team"))]
    return browser.press(page, "Allow")


def slack(stack: OneProcess, path: str, **asked: Any) -> Any:
    answer = requests.post(f"{stack.world.sandbox_url}/api/{path}", json=asked, timeout=10)
    answer.raise_for_status()
    return answer.json()


def seen(stack: OneProcess, user: str) -> list[str]:
    screen = requests.get(f"{stack.world.sandbox_url}/api/people/{user}/messages", timeout=5).json()
    return [message["text"] for place in screen["conversations"] for message in place["messages"]]


def rows(table: str) -> list[dict[str, Any]]:
    """What is stored."""
    found: list[dict[str, Any]] = boto3.client("dynamodb").scan(TableName=table)["Items"]
    return found


def connected(stack: OneProcess, name: str) -> Person:
    """Somebody connects ServiceNow of their own accord."""
    person = Person(stack, name)
    person.type("/countersign connections")
    stack.settle(seconds=0)
    person.click("Connect ServiceNow")
    stack.settle(seconds=0)
    assert "<h1>Connected</h1>" in person.connect("ServiceNow").text
    stack.settle(seconds=0)
    return person


def test_a_second_workspace_is_installed_answered_by_its_own_bot_and_left(start: Start) -> None:
    stack = start("T0ACME,T1LABS")
    page = installed(stack, "U1JOSIE")
    assert "<h1>Countersign is in Acme Labs</h1>" in page.text

    slack(stack, "people/U1JOSIE/type", channel="D1JOSIE", text="help")
    slack(stack, "people/U0JOSIE/type", channel="D0JOSIE", text="help")
    wait_for(stack, lambda: seen(stack, "U1JOSIE")[1:] and seen(stack, "U0JOSIE")[1:])

    slack(stack, "administration", remove="T1LABS")
    wait_for(stack, lambda: [one for one in rows("WorkspacesTable") if "gone_at" in one])
    assert [one for one in rows("WorkspacesTable") if one["pk"]["S"].startswith("T1LABS/")] == []


def test_a_hook_says_which_workspace_it_means(start: Start) -> None:
    stack = start("T0ACME,T1LABS")
    hook = stack.hooks["approve_deal"]
    headers = {"Authorization": f"Bearer {hook['secret']}"}
    deal = {"opportunity_id": "006Hs00000AbcdeIAB", "name": "Acme", "requested_by": "Priya", "state": "Pending"}

    def posted(**workspace: str) -> requests.Response:
        return requests.post(hook["url"], json={**deal, **workspace}, headers=headers, timeout=10)

    assert posted().status_code == 202
    installed(stack, "U1JOSIE")
    unnamed = posted()
    assert (unnamed.status_code, "workspace must name one" in unnamed.text) == (400, True)
    assert posted(workspace="T0ACME").status_code == 200
    assert (posted(workspace="T9OTHER").status_code, posted(workspace="T1LABS").status_code) == (400, 422)


def test_a_workspace_that_is_not_listed_is_left_at_once(start: Start) -> None:
    stack = start("T0ACME")
    page = installed(stack, "U1JOSIE")
    assert (page.status, "Acme Labs is not on the list" in page.text) == (403, True)
    calls = requests.get(f"{stack.world.sandbox_url}/api/calls", timeout=5).json()
    assert "apps.uninstall" in str(calls)
    assert [one for one in rows("WorkspacesTable") if one["pk"]["S"] == "installations"] == []


def test_without_a_list_the_given_bots_workspace_is_the_only_one(start: Start) -> None:
    stack = start("")
    assert installed(stack, "U1JOSIE").status == 403
    assert "<h1>Countersign is in Acme</h1>" in installed(stack, "U0JOSIE").text


def test_a_deactivated_person_is_cut_off_at_the_app_and_admins_are_told(start: Start) -> None:
    stack = start("T0ACME")
    connected(stack, "tom")
    connected(stack, "josie")
    assert len(rows("ConnectionsTable")) == 2

    slack(stack, "people/U0TOM/deactivate")

    wait_for(stack, lambda: len(rows("ConnectionsTable")) == 1)
    assert [one["pk"]["S"] for one in rows("ConnectionsTable")] == ["T0ACME/U0JOSIE"]
    outcomes = [facts["outcome"] for event, facts in stack.notes.events if event == "revocation"]
    assert outcomes == ["revoked"]
    assert any("account was deactivated" in text for text in seen(stack, "U0JOSIE"))


def test_a_removed_app_leaves_no_connection_behind(start: Start) -> None:
    stack = start("T0ACME")
    connected(stack, "tom")
    connected(stack, "josie")
    slack(stack, "administration", remove="T0ACME")
    wait_for(stack, lambda: not rows("ConnectionsTable"))
    assert [facts["outcome"] for event, facts in stack.notes.events if event == "revocation"] == ["revoked", "revoked"]


def test_a_whole_organisation_is_installed_and_speaks_where_it_was_added(start: Start) -> None:
    stack = start("E0ACME", enterprise_id="E0ACME")
    done = installed(stack, "U0JOSIE", "E0ACME")
    assert "<h1>One more step for Acme Group</h1>" in done.text
    assert "/manage/E0ACME/integrations/profile/A0COUNTERSIGN/workspaces/add" in done.text

    slack(stack, "administration", add_to=["T0ACME"])
    slack(stack, "people/U0TOM/type", channel="D0TOM", text="help")
    wait_for(stack, lambda: seen(stack, "U0TOM")[1:])


def test_a_workspace_that_an_organisations_app_is_taken_from_leaves_nothing_behind(start: Start) -> None:
    """The organisation's bot stays, tells whom it still can, and speaks there again once the app is back."""
    stack = start("E0ACME", admins="U0PRIYA", enterprise_id="E0ACME")
    installed(stack, "U0JOSIE", "E0ACME")
    slack(stack, "administration", add_to=["T0ACME"])
    connected(stack, "tom")
    connected(stack, "josie")
    assert {one["pk"]["S"] for one in rows("ConnectionsTable")} == {"E0ACME/U0TOM", "E0ACME/U0JOSIE"}

    slack(stack, "administration", take_from=["T0ACME"])

    wait_for(stack, lambda: not rows("ConnectionsTable"))
    assert [facts["outcome"] for event, facts in stack.notes.events if event == "revocation"] == ["revoked", "revoked"]
    told = [text for text in seen(stack, "U0PRIYA") if "taken from the workspace T0ACME" in text]
    assert ["2 connections cut" in text for text in told] == [True]

    slack(stack, "administration", add_to=["T0ACME"])
    before = len(seen(stack, "U0TOM"))
    slack(stack, "people/U0TOM/type", channel="D0TOM", text="help")
    wait_for(stack, lambda: len(seen(stack, "U0TOM")) > before + 1)


def test_whoever_is_deactivated_where_an_organisations_bot_is_loses_what_they_had(start: Start) -> None:
    """Slack tells the organisation's installation, which has no workspace of its own."""
    stack = start("E0ACME", admins="U0PRIYA", enterprise_id="E0ACME")
    installed(stack, "U0JOSIE", "E0ACME")
    slack(stack, "administration", add_to=["T0ACME"])
    connected(stack, "tom")
    connected(stack, "josie")
    slack(stack, "people/U0TOM/deactivate")
    wait_for(stack, lambda: len(rows("ConnectionsTable")) == 1)
    assert [one["pk"]["S"] for one in rows("ConnectionsTable")] == ["E0ACME/U0JOSIE"]
    assert any("account was deactivated" in text for text in seen(stack, "U0PRIYA"))


def wait_for(stack: OneProcess, happens: Callable[[], Any]) -> None:
    """Events are delivered in the background, and what they queue is worked off here."""
    until = time.monotonic() + 20
    while not happens():
        stack.settle(seconds=0)
        assert time.monotonic() < until
        time.sleep(0.05)
