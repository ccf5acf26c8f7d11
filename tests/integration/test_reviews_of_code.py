"""Reviews of code: of what the card showed, and never of one's own."""

from collections.abc import Iterator

import pytest

from countersign_cli.trying.starting import Start
from sandbox.apps.rest import Record
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE, shipped

PUSHED = "e" * 40
CASES = [
    pytest.param("review_pull_request", "github", "pull", id="GitHub takes an older commit without a word"),
    pytest.param("approve_merge_request", "gitlab", "merge_request", id="GitLab would refuse it"),
]


@pytest.fixture
def stack() -> Iterator[OneProcess]:
    with one_process(SOURCE) as running:
        yield running


def push(stack: OneProcess, app: str, kind: str) -> Record:
    """Somebody pushes a commit to what waits for Josie."""
    record: Record = stack.sandbox.apps[app].extensions["sandbox-store"].all(kind)[0]
    if app == "github":
        record.fields["commits"].append(PUSHED)
    else:
        record.fields["sha"] = PUSHED
    return record


@pytest.mark.parametrize(("recipe", "app", "kind"), CASES)
def test_a_push_after_the_card_is_looked_at_before_it_is_approved(
    stack: OneProcess, recipe: str, app: str, kind: str
) -> None:
    josie, chosen = Person(stack, "josie"), shipped().recipes[recipe]
    Start(stack, josie, chosen, chosen.procedures["approve"], {})()
    record = push(stack, app, kind)
    stack.settle()
    josie.connect()
    stack.settle()
    assert ended(stack) == ("failed", "changed")
    assert record.decisions == []
    assert PUSHED in card(stack)

    josie.click("Approve")
    stack.settle()
    assert ended(stack) == ("done", "done")
    assert [one.by.email for one in record.decisions] == ["josie@acme.com"]
    if app == "github":
        assert record.decisions[0].details == {"commit_id": PUSHED}


def test_nobody_reviews_their_own_pull_request(stack: OneProcess) -> None:
    github, josie = stack.sandbox.apps["github"], Person(stack, "josie")
    own = github.extensions["sandbox-store"].all("pull")[1]
    github.extensions["sandbox-cards"].send(own.key)
    josie.click("Approve")
    stack.settle()
    josie.connect()
    stack.settle()
    assert ended(stack) == ("failed", "own_request")
    assert own.decisions == []


def ended(stack: OneProcess) -> tuple[object, object]:
    """How the last action ended."""
    facts = [facts for event, facts in stack.notes.events if event == "action_ended"][-1]
    return facts["status"], facts["outcome"]


def card(stack: OneProcess) -> str:
    """The card in the channel, all of it."""
    screen = Person(stack, "priya").screen()["conversations"]
    return str([message["blocks"] for one in screen if one["kind"] == "channel" for message in one["messages"]])
