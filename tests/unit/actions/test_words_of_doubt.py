"""What is told while nobody knows: that an app was silent, that it answered oddly, that nobody can ask it."""

from dataclasses import replace

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.catalog import Idempotency
from countersign.domain.errors import AppUnavailable
from countersign.domain.http import HttpAnswer
from tests.support.memory_chat import words
from tests.support.two_apps_world import TwoAppsWorld

ODD = HttpAnswer(204, None, {})
"""What the wiki's file does not know: it says that a page that was made is answered with 201."""


@pytest.fixture
def world() -> TwoAppsWorld:
    """Both apps are connected."""
    world = TwoAppsWorld()
    world.sign_in("tracker", scopes=("read", "write:issues"))
    world.sign_in("wiki")
    return world


def forget_check(world: TwoAppsWorld) -> None:
    """The wiki can't be asked whether a page is there."""
    wiki = world.catalog.apps["wiki"]
    blind = replace(wiki.operations["add_page"], check=None, idempotency=Idempotency.NONE)
    apps = {"tracker": world.catalog.apps["tracker"], "wiki": replace(wiki, operations={"add_page": blind})}
    world.catalog = replace(world.catalog, apps=apps)


def told(world: TwoAppsWorld) -> str:
    return words(world.slack.told[-1][1])


def test_an_answer_that_the_app_file_does_not_know_is_said_to_be_one(world: TwoAppsWorld) -> None:
    """A person who reads that the app did not answer does it again; the builder would look for a broken network."""
    forget_check(world)
    world.apps.answers = [ODD]
    world.report("write_page")

    assert (world.action.status, world.action.outcome) == (ActionStatus.UNKNOWN, Outcome.NOT_UNDERSTOOD)
    assert (
        "Wiki answered, but not as its app file expects, and Countersign has no way to ask it afterwards. Please look "
        "there before you do it again, and tell the person who runs Countersign: the file may have to be mended."
    ) in told(world)


def test_silence_of_an_app_that_can_not_be_asked_promises_no_asking(world: TwoAppsWorld) -> None:
    forget_check(world)
    world.apps.answers = [AppUnavailable("the answer was lost")]
    world.report("write_page")

    assert (world.action.status, world.action.outcome) == (ActionStatus.UNKNOWN, Outcome.UNKNOWN)
    assert (
        "Wiki did not answer, and Countersign has no way to ask it afterwards. "
        "Please look there before you do it again."
    ) in told(world)
    calls = list(world.apps.calls)
    world.now += 3_600
    world.run_queue()
    assert world.apps.calls == calls


def test_silence_of_an_app_that_can_be_asked_is_asked_about_again(world: TwoAppsWorld) -> None:
    nothing = HttpAnswer(500, None, {})
    world.apps.answers = [HttpAnswer(200, {"values": []}, {}), AppUnavailable("the answer was lost")]
    world.report("write_page")
    for _ in range(15):
        world.now += 21
        world.apps.answers = [nothing, nothing]
        world.run_queue()

    assert world.action.status is ActionStatus.UNKNOWN
    said = "Wiki gave no answer that tells, and does not say when asked. Please look there; we go on asking."
    assert said in told(world)
