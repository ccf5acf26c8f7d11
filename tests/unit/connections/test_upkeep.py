"""Connections that nobody uses are kept alive where that can be done, and their people are told in time where not."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.connection import Connection, Status
from countersign.domain.errors import AppUnavailable, InvalidGrant, StoreUnavailable
from countersign.domain.identity import Person, shared_owner
from countersign.domain.oauth import TokenAnswer
from countersign.domain.secret import Secret
from countersign.domain.upkeep import DAY, renew_at, upkeep_at, warn_at
from tests.support.acting_world import JOSIE, WORKSPACE, ActingWorld
from tests.support.memory_chat import buttons, words
from tests.support.shared_catalog import two_apps, with_app

OWNER = shared_owner(WORKSPACE)
PRIYA = Person("T0ACME", "U0PRIYA")


def world_with(idle: int | None, longest: int | None) -> ActingWorld:
    """A world whose ServiceNow lets refresh tokens rest for ``idle`` days, and live for ``longest``."""
    world = ActingWorld()
    catalog = two_apps(world.catalog)
    oauth = replace(catalog.apps["servicenow"].server, refresh_idle_days=idle, refresh_max_days=longest)
    world.catalog = with_app(catalog, "servicenow", oauth=oauth)
    return world


def connect(world: ActingWorld, owner: Person = JOSIE, **changes: Any) -> Connection:
    """A connection as a sign-in stores it."""
    connection = world.connect(owner, "josie", **changes)
    planned = replace(connection, upkeep_at=upkeep_at(connection, world.catalog.apps["servicenow"].oauth))
    world.connections.plan_upkeep(planned)
    return planned


def wait(world: ActingWorld, seconds: float) -> None:
    """Housekeeping has been round, and the queue was worked off."""
    world.now += int(seconds)
    world.keep_house()
    world.run_queue()


def there(world: ActingWorld, owner: Person = JOSIE) -> Connection:
    found = world.connections.get(owner, "servicenow")
    assert found is not None
    return found


def answer(world: ActingWorld) -> None:
    world.authorization.answers.append(TokenAnswer(Secret("at-josie"), Secret("rt-2"), 1_800, None))


# --- renewed in time


def test_it_is_renewed_at_three_quarters_of_its_rest_and_not_before() -> None:
    world = world_with(idle=8, longest=None)
    connect(world)
    answer(world)

    wait(world, 6 * DAY - 1)
    assert world.authorization.refreshed == []
    wait(world, 1)

    assert world.authorization.refreshed == ["rt-josie"]
    assert (there(world).refreshed_at, there(world).upkeep_at) == (world.now, world.now + 6 * DAY)
    assert world.slack.told == []


def test_it_goes_on_for_as_long_as_nobody_uses_it() -> None:
    world = world_with(idle=4, longest=None)
    connect(world)
    for _ in range(5):
        answer(world)

    for _ in range(5):
        wait(world, 3 * DAY)

    assert world.authorization.refreshed == ["rt-josie", "rt-2", "rt-2", "rt-2", "rt-2"]


def test_whoever_uses_it_renews_it_and_housekeeping_waits_from_then_on() -> None:
    world = world_with(idle=8, longest=None)
    connect(world, expires_in=10)
    world.put_card()
    world.now += 5 * DAY
    answer(world)
    world.click(JOSIE)

    wait(world, 2 * DAY)

    assert world.authorization.refreshed == ["rt-josie"]
    assert there(world).upkeep_at == there(world).connected_at + 11 * DAY


def test_an_access_token_that_is_still_good_does_not_spare_the_refresh_token() -> None:
    world = world_with(idle=8, longest=None)
    connect(world, expires_in=None)
    answer(world)

    wait(world, 6 * DAY)

    assert world.authorization.refreshed == ["rt-josie"]


def test_an_app_that_is_down_is_tried_again_in_an_hour() -> None:
    world = world_with(idle=8, longest=None)
    connect(world)
    world.authorization.answers += [AppUnavailable("down", sent=False)]

    wait(world, 6 * DAY)
    assert there(world).version == 1
    answer(world)
    wait(world, 3_599)
    assert len(world.authorization.refreshed) == 1
    wait(world, 1)

    assert there(world).version == 2


def test_a_round_that_comes_twice_sends_one_message() -> None:
    world = world_with(idle=8, longest=None)
    connect(world)
    world.now += 6 * DAY

    world.keep_house()
    world.keep_house()

    assert [message["kind"] for message in world.actions_queue.sent] == ["renew"]


def test_a_message_that_comes_late_finds_that_nothing_is_to_be_done() -> None:
    world = world_with(idle=8, longest=None)
    connect(world)
    message = {"v": 1, "kind": "renew", "trace_id": "", "tenant": "T0ACME", "user_id": "U0JOSIE", "app": "servicenow"}

    assert world.deliver(message) == []
    assert world.deliver({**message, "app": "nosuch"}) == []
    assert world.deliver({**message, "user_id": "U0NOBODY"}) == []

    assert world.authorization.refreshed == []


def test_what_ended_at_the_app_is_marked_so_and_looked_after_no_more() -> None:
    world = world_with(idle=8, longest=None)
    connect(world)
    world.authorization.answers.append(InvalidGrant("gone"))

    wait(world, 6 * DAY)

    assert (there(world).status, there(world).upkeep_at) == (Status.NEEDS_SIGN_IN, None)
    assert world.slack.told == []  # they are asked when they next act


def test_what_was_cut_is_left_to_its_revocation() -> None:
    world = world_with(idle=8, longest=None)
    connection = connect(world)
    world.now += 6 * DAY
    world.connections.set_revoking(connection, now=world.now, due_at=world.now + 60)

    wait(world, 0)

    assert world.authorization.refreshed == []


def test_an_app_that_was_switched_off_costs_nothing_and_stops_nothing() -> None:
    world = world_with(idle=8, longest=None)
    connect(world)
    world.catalog = type(world.catalog)({}, {})

    wait(world, 6 * DAY)

    assert world.actions_queue.sent == []
    assert "housekeeping_failed" not in world.journal.names


# --- warned in time


def test_its_person_is_told_once_a_tenth_of_its_life_before_the_end() -> None:
    world = world_with(idle=None, longest=100)
    connect(world)

    wait(world, 90 * DAY - 1)
    assert world.slack.told == []
    for _ in range(3):
        wait(world, DAY)

    ((person, message),) = world.slack.told
    assert person == JOSIE
    assert "Your sign-in to *ServiceNow* ends" in words(message)
    assert [(button.label, button.action, button.value) for button in buttons(message)] == [
        ("Reconnect ServiceNow", "connections.connect", "servicenow")
    ]
    assert there(world).upkeep_at is None


def test_a_short_life_is_told_of_at_least_a_day_before() -> None:
    world = world_with(idle=None, longest=7)
    connect(world)

    wait(world, 6 * DAY)

    assert len(world.slack.told) == 1


def test_one_that_may_neither_rest_nor_live_long_is_renewed_and_its_person_told() -> None:
    """NetSuite: seven days of rest at most, and seven days in all."""
    world = world_with(idle=6, longest=7)
    connect(world)
    for _ in range(3):
        answer(world)

    for _ in range(7):
        wait(world, DAY)

    assert world.authorization.refreshed == ["rt-josie"]
    assert len(world.slack.told) == 1


def test_a_slack_that_is_down_is_told_again_in_an_hour() -> None:
    world = world_with(idle=None, longest=100)
    connect(world)
    world.slack.down = True
    wait(world, 90 * DAY)
    world.slack.down = False

    wait(world, 3_600)
    wait(world, 3_600)

    assert len(world.slack.told) == 1


def test_a_person_whom_slack_does_not_know_any_more_is_not_tried_for_ever() -> None:
    world = world_with(idle=None, longest=100)
    connect(world)
    world.slack.refuses = "user_not_found"

    wait(world, 90 * DAY)

    assert there(world).warned
    assert world.connections.upkeep_due(world.now + 100 * DAY, 10) == []


def test_a_house_that_was_shut_past_the_end_says_nothing_of_soon() -> None:
    world = world_with(idle=None, longest=100)
    connect(world)

    wait(world, 101 * DAY)

    assert world.slack.told == []


def test_a_new_sign_in_is_warned_of_anew() -> None:
    world = world_with(idle=None, longest=100)
    connection = connect(world)
    wait(world, 90 * DAY)
    anew = replace(connection, version=2, connected_at=world.now, warned=False)
    planned = replace(anew, upkeep_at=upkeep_at(anew, world.catalog.apps["servicenow"].oauth))
    world.connections.put(planned, replaces=1)

    wait(world, 90 * DAY)

    assert len(world.slack.told) == 2


# --- shared connections


def test_the_admin_of_a_shared_one_is_told_that_it_will_end() -> None:
    world = world_with(idle=None, longest=100)
    connect(world, OWNER, steward=PRIYA)

    wait(world, 90 * DAY)

    ((person, message),) = world.slack.told
    assert person == PRIYA
    assert "The shared connection to *ServiceNow* as josie@acme.com ends" in words(message)
    assert [button.action for button in buttons(message)] == ["connections.connect_shared"]


def test_the_admin_of_a_shared_one_is_told_once_that_it_has_ended() -> None:
    world = world_with(idle=8, longest=None)
    connect(world, OWNER, steward=PRIYA)
    world.authorization.answers.append(InvalidGrant("gone"))

    for _ in range(3):
        wait(world, 6 * DAY)

    ((person, message),) = world.slack.told
    assert person == PRIYA
    assert "has ended there" in words(message)


# --- the rules, as a table


@pytest.mark.parametrize(
    ("idle", "longest", "renewal", "warning"),
    [
        (None, None, None, None),
        (60, None, 45, None),
        (90, 365, 67.5, 328.5),
        (7, 7, 5.25, 6),
        (100, 7, None, 6),
        (None, 365, None, 328.5),
        (None, 1, None, 0),
    ],
)
def test_when_what_is_due(idle: int | None, longest: int | None, renewal: float | None, warning: float | None) -> None:
    world = world_with(idle, longest)
    connection, oauth = connect(world), world.catalog.apps["servicenow"].oauth

    def days(at: int | None) -> float | None:
        return None if at is None else (at - connection.connected_at) / DAY

    assert (days(renew_at(connection, oauth)), days(warn_at(connection, oauth))) == (renewal, warning)
    assert warn_at(replace(connection, warned=True), oauth) is None


# --- whatever dies on the way


def test_a_worker_that_died_before_it_told_is_made_good_in_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with(idle=None, longest=100)
    connect(world)
    world.now += 90 * DAY
    with monkeypatch.context() as dying:
        dying.setattr(world.slack, "direct", _die)
        world.keep_house()
    assert world.slack.told == []

    wait(world, 3_600)

    assert len(world.slack.told) == 1


def test_a_worker_that_died_after_it_told_tells_again_rather_than_never(monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with(idle=None, longest=100)
    connect(world)
    world.now += 90 * DAY
    with monkeypatch.context() as dying:
        dying.setattr(world.connections, "plan_upkeep", _die)
        world.keep_house()
    assert len(world.slack.told) == 1

    for _ in range(3):
        wait(world, 3_600)

    assert len(world.slack.told) == 2
    assert there(world).warned


def test_a_renewal_whose_message_was_lost_is_queued_again_in_an_hour() -> None:
    world = world_with(idle=8, longest=None)
    connect(world)
    world.now += 6 * DAY
    world.keep_house()
    world.actions_queue.sent.clear()
    answer(world)

    wait(world, 3_600)

    assert there(world).version == 2


def _die(*_args: Any, **_kwargs: Any) -> None:
    raise StoreUnavailable("the process is gone")
