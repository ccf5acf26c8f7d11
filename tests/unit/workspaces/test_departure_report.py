"""What admins are told of a departure: all that a look cleared up, once, however many messages it took."""

from collections.abc import Callable

import pytest

from countersign.domain.card import MessageRef
from countersign.domain.connection import Status
from countersign.domain.departure import SECOND_LOOK, Departure, Left
from countersign.domain.errors import ChatRefused, ChatUnavailable, StoreUnavailable
from countersign.domain.identity import Person, Workspace
from countersign.domain.message import Message
from countersign.domain.queue_messages import left_message
from countersign.usecases.report_departure import MOST_PAGES
from tests.support.acting_world import JOSIE, TOM
from tests.support.memory_chat import words
from tests.unit.workspaces.test_leaving import LEGAL, SALES, Office, deactivated

PEOPLE = 250


def moved(at: int) -> Departure:
    """Of those that concern everybody the one after which somebody can still be told."""
    return Departure(Left.MIGRATED, "T0ACME", None, "E0ACME", None, at)


@pytest.fixture
def world() -> Office:
    made = Office()
    made.slack.admins = frozenset({("U0PRIYA", "T0ACME")})
    made.__dict__["home"] = lambda: None
    return made


def told(world: Office) -> list[str]:
    return [words(message) for person, message in world.slack.told if person.user_id == "U0PRIYA"]


def crowd(world: Office) -> None:
    for number in range(PEOPLE):
        world.connect(Person("T0ACME", f"U{number:03}"), f"n{number}")


def work_off(world: Office, deliver: Callable[[dict[str, object]], object]) -> int:
    """Deliver every purge, the second look too; how many there were."""
    messages = 0
    while waiting := [each for each in world.actions_queue.sent if each["kind"] == "purge"]:
        world.actions_queue.sent.remove(waiting[0])
        deliver(dict(waiting[0]))
        messages += 1
    return messages


def test_the_counts_of_all_messages_are_in_one_report(world: Office) -> None:
    crowd(world)
    ticks = iter(range(10_000))
    world.deadline = lambda: world.now + (0 if next(ticks) % 2 else 100)  # type: ignore[method-assign]
    world.deliver(dict(left_message(moved(world.now + 1))))
    messages = work_off(world, world.deliver)
    assert messages >= 2 * PEOPLE // 100
    (report,) = told(world)
    assert f"Cleared up: {PEOPLE} connections cut." in report


def test_what_a_second_look_finds_is_told_as_what_it_is(world: Office) -> None:
    world.connect(JOSIE, "josie")
    world.deliver(dict(left_message(moved(world.now + 1))))
    (first,) = world.actions_queue.sent
    world.actions_queue.sent.clear()
    world.deliver(dict(first))
    assert len(told(world)) == 1
    world.now += 300
    world.connect(TOM, "tom")
    world.now += SECOND_LOOK
    work_off(world, world.deliver)
    first_report, second_report = told(world)
    assert "Cleared up: 1 connection cut." in first_report
    assert "A second look, to be sure, cleared up: 1 connection cut." in second_report


@pytest.mark.parametrize("page", [0, 1], ids=["in the first page", "in another page"])
def test_what_was_done_before_the_store_failed_is_counted_too(world: Office, page: int) -> None:
    crowd(world)
    plain, calls = world.connections.set_revoking, iter(range(10_000))

    def failing(*given: object, **named: object) -> None:
        if next(calls) == 100 * page + 42:
            raise StoreUnavailable("down")
        plain(*given, **named)  # type: ignore[arg-type]

    world.connections.set_revoking = failing  # type: ignore[method-assign]
    world.deliver(dict(left_message(moved(world.now + 1))))
    work_off(world, world.deliver)
    assert {row.status for row in world.connections.rows.values()} == {Status.REVOKING}
    assert len(world.connections.rows) == PEOPLE
    (report,) = told(world)
    assert f"{PEOPLE} connections cut." in report


def test_a_message_that_can_do_nothing_goes_back_to_the_queue_and_not_round_and_round(world: Office) -> None:
    """As far as it comes it goes on; where it comes no further, the queue counts its tries."""
    crowd(world)

    def failing(*_given: object, **_named: object) -> None:
        raise StoreUnavailable("down")

    world.connections.set_revoking = failing  # type: ignore[method-assign]
    world.deliver(dict(left_message(moved(world.now + 1))))
    (first,) = world.actions_queue.sent
    world.actions_queue.sent.clear()
    assert world.deliver(dict(first)) == []
    (onward,) = world.actions_queue.sent
    assert onward["purge"]["stage"] == "connections"
    world.actions_queue.sent.clear()
    for _ in range(3):
        assert world.deliver(dict(onward)) == [{"itemIdentifier": "m1"}]
    assert world.actions_queue.sent == []


def test_messages_and_events_that_come_twice_are_told_once(world: Office) -> None:
    world.connect(TOM, "tom")
    event = dict(left_message(deactivated("U0TOM", world.now + 1)))
    for _ in range(2):
        world.deliver(dict(event))

    def twice(message: dict[str, object]) -> None:
        for _ in range(2):
            if len(world.actions_queue.sent) < 20:
                world.deliver(dict(message))

    work_off(world, twice)
    (report,) = told(world)
    assert "1 connection cut." in report


def test_who_wished_it_is_told_at_once_and_not_again(world: Office) -> None:
    world.connect(TOM, "tom")
    cut_off = Departure(Left.CUT_OFF, "T0ACME", "T0ACME", None, "U0TOM", world.now + 1, by="U0PRIYA")
    world.deliver(dict(left_message(cut_off)))
    (first,) = world.actions_queue.sent
    world.actions_queue.sent.clear()
    world.deliver(dict(first))
    (report,) = told(world)
    assert "is cut off, and can connect again. Cleared up: 1 connection cut." in report
    work_off(world, world.deliver)
    assert len(told(world)) == 1


def withdrawn(world: Office) -> None:
    """SALES lost the app that its organisation has; Josie had something there."""
    world.connect(Person("E0ACME", "U0JOSIE"), "josie", workspace=SALES)
    world.leaves(Departure(Left.WITHDRAWN, "E0ACME", SALES, "E0ACME", None, world.now + 60))


def test_of_an_organisation_admins_of_the_workspaces_that_still_have_the_app_are_told(world: Office) -> None:
    """A list of a whole organisation's people is refused, and where the app is gone nobody reads what it says."""
    world.slack.admins = frozenset({("U0SALES", SALES), ("U0PRIYA", LEGAL), ("U0BOTH", LEGAL), ("U0BOTH", "T0OTHER")})
    world.members.teams = [Workspace(name, "E0ACME") for name in (SALES, LEGAL, "T0OTHER")]
    withdrawn(world)
    assert [person.user_id for person, _ in world.slack.told] == ["U0BOTH", "U0PRIYA"]
    assert {workspace.id for workspace, _ in world.members.asked} == {LEGAL, "T0OTHER"}
    assert world.slack.spoke_in[-1] == Workspace("E0ACME", "E0ACME")


def test_no_more_pages_of_people_are_read_than_a_report_is_worth(world: Office) -> None:
    world.members.teams = [Workspace(f"T{number}", "E0ACME") for number in range(40)]
    withdrawn(world)
    assert len(world.members.asked) == MOST_PAGES


@pytest.mark.parametrize("failure", [ChatRefused("user_not_found"), ChatUnavailable("down")])
def test_one_admin_who_can_not_be_told_stands_in_no_others_way(world: Office, failure: Exception) -> None:
    world.slack.admins = frozenset({("U0JOSIE", "T0ACME"), ("U0PRIYA", "T0ACME")})
    plain = world.slack.direct

    def direct(person: Person, message: Message) -> MessageRef:
        if person.user_id == "U0JOSIE":
            raise failure
        return plain(person, message)

    world.slack.direct = direct  # type: ignore[method-assign]
    world.connect(TOM, "tom")
    world.leaves(deactivated("U0TOM", world.now + 60))
    assert len(told(world)) == 1
    assert world.journal.names.count("admins_not_told") == 1
