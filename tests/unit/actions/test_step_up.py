"""Step-up: a recipe with ``max_sign_in_age`` acts only with a sign-in that is young enough, whoever waits for it."""

from dataclasses import replace

import pytest

from countersign.domain.action import WAITING_SECONDS, ActionStatus
from countersign.domain.catalog import Catalog
from countersign.domain.connection import Connection
from countersign.domain.queue_messages import connected_message
from tests.support.acting_world import JOSIE, ActingWorld
from tests.support.memory_chat import words
from tests.support.shipped_catalog import shipped

AGE = 900


@pytest.fixture
def world() -> ActingWorld:
    """Approving a change asks for a sign-in of the last quarter of an hour."""
    world = ActingWorld()
    recipe = replace(shipped().recipes["approve_change"], max_sign_in_age=AGE)
    world.catalog = Catalog(shipped().apps, {**shipped().recipes, recipe.id: recipe})
    world.put_card()
    return world


def sign_in_again(world: ActingWorld, connection: Connection) -> None:
    """What the browser's legs end with."""
    intent = next(iter(world.sign_ins.intents.values()))
    world.connections.put(
        replace(connection, connected_at=world.now, expires_at=world.now + 1_800), replaces=connection.version
    )
    world.deliver(dict(connected_message(intent)))
    world.run_queue()


@pytest.mark.parametrize("age", [0, AGE])
def test_a_young_sign_in_acts_at_once(world: ActingWorld, age: int) -> None:
    world.connect(JOSIE, "josie", connected_at=world.now - age)
    world.click(JOSIE)
    assert (world.servicenow.state, world.slack.told) == ("approved", [])


def test_an_older_one_does_nothing_before_its_person_signed_in_again(world: ActingWorld) -> None:
    connection = world.connect(JOSIE, "josie", connected_at=world.now - AGE - 1)
    world.click(JOSIE)
    assert (world.servicenow.calls, world.action_of(JOSIE).waiting_for) == ([], "servicenow")
    said = words(world.slack.told[-1][1])
    assert "This approval needs a fresh sign-in, and yours to ServiceNow is older than that." in said
    (intent,) = world.sign_ins.intents.values()
    assert intent.step_up
    world.now += 60
    sign_in_again(world, connection)
    assert (world.servicenow.state, world.servicenow.recorded) == ("approved", "josie")


def test_the_old_connection_does_not_take_it_up_again_by_itself(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", connected_at=world.now - AGE - 1)
    world.click(JOSIE)
    prompts = len(world.slack.told)
    world.run_queue()
    for _ in range(3):
        world.now += WAITING_SECONDS // 2
        world.keep_house()
        world.run_queue()
    action = world.action_of(JOSIE)
    assert (action.status, action.outcome, world.servicenow.calls) == (ActionStatus.FAILED, "expired", [])
    assert len(world.slack.told) == prompts + 1, "asked once, and told once that it is over"


def test_a_sign_in_whose_message_got_lost_is_found_all_the_same(world: ActingWorld) -> None:
    connection = world.connect(JOSIE, "josie", connected_at=world.now - AGE - 1)
    world.click(JOSIE)
    world.now += WAITING_SECONDS - 60
    world.connections.put(replace(connection, connected_at=world.now, expires_at=world.now + 1_800), replaces=1)
    world.now += 61
    world.keep_house()
    world.run_queue()
    assert world.action_of(JOSIE).status is not ActionStatus.FAILED


def test_what_was_sent_is_asked_about_however_old_the_sign_in_is_by_then(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", connected_at=world.now - AGE + 10)
    world.servicenow.faults = ["lost"]
    world.click(JOSIE)
    assert world.action_of(JOSIE).status is ActionStatus.SENT
    world.now += 30
    world.run_queue()
    assert world.action_of(JOSIE).status is ActionStatus.DONE


def test_a_recipe_that_asks_for_nothing_of_the_kind_acts_with_any(world: ActingWorld) -> None:
    world.catalog = shipped()
    world.connect(JOSIE, "josie", connected_at=world.now - 400 * 86_400)
    world.click(JOSIE)
    assert world.servicenow.state == "approved"
