"""A recipe whose steps are in two apps: conditions, results, connections, and a worker that dies anywhere."""

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.connection import Status
from countersign.domain.http import HttpAnswer
from countersign.domain.texts.names import CONNECTIONS_CONNECT
from tests.support.acting_world import JOSIE
from tests.support.memory_chat import buttons, words
from tests.support.two_apps_world import Fuse, Killed, TwoAppsWorld


@pytest.fixture
def world() -> TwoAppsWorld:
    return TwoAppsWorld()


@pytest.fixture
def ready(world: TwoAppsWorld) -> TwoAppsWorld:
    world.sign_in("tracker", scopes=("read", "write:issues"))
    world.sign_in("wiki")
    return world


def test_a_later_step_uses_what_an_earlier_one_gave(ready: TwoAppsWorld) -> None:
    ready.report()

    assert [issue["summary"] for issue in ready.apps.issues.values()] == ["Login fails"]
    assert [(page["title"], page["about"]) for page in ready.apps.pages] == [("Login fails", "OPS-1")]
    assert (ready.action.status, ready.action.detail) == (ActionStatus.DONE, "OPS-1 is there. Page 7.")
    assert ready.action.results == {
        "issue": {"key": "OPS-1"},
        "page": {"address": "https://wiki.example/pages/7", "id": "7"},
    }


def test_every_app_that_was_acted_in_is_named_with_the_account(ready: TwoAppsWorld) -> None:
    ready.report()

    recorded = (
        "josie@acme.com in Wiki, which Wiki did not confirm; josie@acme.com in Tracker, which Tracker did not confirm"
    )
    assert words(ready.slack.told[-1][1]).startswith(f"OPS-1 is there. Page 7.\nRecorded as {recorded}.")


def test_an_app_that_was_skipped_is_not_named(ready: TwoAppsWorld) -> None:
    ready.report(severity="low")

    said = words(ready.slack.told[-1][1])
    assert ("josie@acme.com in Tracker" in said, "Wiki" in said) == (True, False)


def test_a_step_whose_condition_does_not_hold_is_skipped_and_its_app_is_not_needed(world: TwoAppsWorld) -> None:
    world.sign_in("tracker")
    world.report(severity="low")

    assert (world.action.status, world.action.detail) == (ActionStatus.DONE, "OPS-1 is there. Page .")
    assert (len(world.apps.issues), world.apps.pages) == (1, [])


def test_where_no_step_applies_nothing_is_done_and_that_is_said(world: TwoAppsWorld) -> None:
    world.report("write_page", severity="low")

    assert (world.action.status, world.action.outcome) == (ActionStatus.FAILED, Outcome.NOTHING_APPLIES)
    said = "*Write a page* was not done: there is nothing to do for what you filled in."
    assert (words(world.slack.told[-1][1]), world.apps.calls) == (said, [])


def test_every_connection_is_asked_for_before_the_first_app_is_touched(world: TwoAppsWorld) -> None:
    world.report()

    (prompt,) = [message for _, message in world.slack.told]
    assert "This is done in Tracker and Wiki, as you, so you sign in to each once" in words(prompt)
    assert [button.label for button in buttons(prompt)] == ["Connect Tracker"]
    assert (world.action.status, world.action.waiting_for, world.apps.calls) == (ActionStatus.OPEN, "tracker", [])


def test_after_the_first_sign_in_the_second_is_asked_for_and_then_it_goes_on(world: TwoAppsWorld) -> None:
    world.report()
    world.sign_in("tracker")
    world.resume_actions.after_sign_in(JOSIE, "tracker", "")
    world.run_queue()

    assert [button.label for button in buttons(world.slack.told[-1][1])] == ["Connect Wiki"]
    assert (world.action.waiting_for, world.apps.calls) == ("wiki", [])

    world.sign_in("wiki")
    world.resume_actions.after_sign_in(JOSIE, "wiki", "")
    world.run_queue()
    assert (world.action.status, len(world.apps.issues), len(world.apps.pages)) == (ActionStatus.DONE, 1, 1)


def test_one_that_ended_at_its_app_is_named_with_the_other_that_is_needed(world: TwoAppsWorld) -> None:
    world.sign_in("tracker", status=Status.NEEDS_SIGN_IN)
    world.report()

    said = words(world.slack.told[-1][1])
    assert "Your sign-in to Tracker has ended there. This is done in Tracker and Wiki" in said


def test_a_connection_that_lacks_a_permission_is_said_with_a_way_to_give_it(world: TwoAppsWorld) -> None:
    world.sign_in("tracker", scopes=("read",))
    world.sign_in("wiki")
    world.report()

    assert (world.action.status, world.action.outcome) == (ActionStatus.FAILED, Outcome.NOT_PERMITTED)
    message = world.slack.told[-1][1]
    assert "when you signed in to Tracker, you did not give a permission that this needs" in words(message)
    reconnect = ("Reconnect Tracker", CONNECTIONS_CONNECT, "tracker")
    assert [(button.label, button.action, button.value) for button in buttons(message)] == [reconnect]
    assert world.apps.calls == []


def test_a_refusal_of_the_second_step_says_which_app_and_what_stays(ready: TwoAppsWorld) -> None:
    ready.apps.refused = "POST wiki.example"
    ready.report()

    said = words(ready.slack.told[-1][1])
    assert "Wiki did not allow this: Report a bug." in said
    assert "what came before it stays done" in said
    assert (ready.action.outcome, len(ready.apps.issues)) == (Outcome.REFUSED, 1)


def test_a_record_that_moved_is_no_refusal_of_the_person(ready: TwoAppsWorld) -> None:
    ready.apps.answers = [HttpAnswer(409, {"moved": True, "message": "The project was closed"})]
    ready.report()

    assert ready.action.outcome is Outcome.MOVED
    assert words(ready.slack.told[-1][1]) == (
        "*Report a bug* was not done: it has changed in Tracker since you saw it. Please look at it again there."
    )


def test_an_answer_that_the_operation_does_not_take_is_refused_before_it_is_sent(ready: TwoAppsWorld) -> None:
    ready.report(project="../admin")

    assert (ready.action.outcome, ready.apps.calls) == (Outcome.UNUSABLE, [])
    assert "Project is not of the right form" in words(ready.slack.told[-1][1])


def calls_of_a_whole_run() -> int:
    world = TwoAppsWorld()
    world.sign_in("tracker")
    world.sign_in("wiki")
    fuse = Fuse()
    world.fuse(fuse)
    world.report()
    return fuse.calls


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("place", range(1, calls_of_a_whole_run() + 1))
def test_a_worker_that_dies_at_any_call_costs_nothing_and_repeats_nothing(
    ready: TwoAppsWorld, place: int, after: bool
) -> None:
    ready.fuse(Fuse(place, after))
    with pytest.raises(Killed):
        ready.report()
    ready.mend()
    ready.now += 120
    ready.report()  # the queue delivers it again
    ready.now += 120
    ready.run_queue()

    assert (ready.action.status, ready.action.told) == (ActionStatus.DONE, True)
    assert (len(ready.apps.issues), len(ready.apps.pages)) == (1, 1)
    assert "OPS-1 is there. Page 7." in words(ready.slack.told[-1][1])


@pytest.mark.parametrize(
    ("lost", "outcome", "pages"),
    [
        (1, Outcome.DONE, 1),  # taken once by its id, so it is sent again
        (2, Outcome.NO_ANSWER, 0),  # the check before the second act
        (3, Outcome.DONE, 1),  # found there by the check
    ],
)
def test_an_answer_that_is_lost_is_asked_about(ready: TwoAppsWorld, lost: int, outcome: Outcome, pages: int) -> None:
    ready.apps.lost = lost
    ready.report()
    ready.now += 30
    ready.run_queue()

    assert (ready.action.outcome, len(ready.apps.issues), len(ready.apps.pages)) == (outcome, 1, pages)
