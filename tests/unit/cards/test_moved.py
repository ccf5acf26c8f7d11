"""A decision that the app refuses because its record moved: nothing is done, and the person is asked again."""

from dataclasses import replace

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card import CardStatus
from countersign.domain.catalog import Catalog
from tests.support.acting_world import CARD, JOSIE, ActingWorld
from tests.support.memory_chat import buttons, words


@pytest.fixture
def world() -> ActingWorld:
    """A ServiceNow that says of every refusal that the record moved."""
    world = ActingWorld()
    app = world.catalog.apps["servicenow"]
    moving = replace(app.operations["approve_change"], changed="error", already=None)
    apps = {**world.catalog.apps, "servicenow": replace(app, operations={**app.operations, "approve_change": moving})}
    world.catalog = Catalog(apps, world.catalog.recipes)
    world.put_card()
    world.connect(JOSIE, "josie")
    world.servicenow.before_act = lambda: setattr(world.servicenow, "state", "not requested")
    return world


def test_the_person_is_asked_again_with_the_button_that_they_pressed(world: ActingWorld) -> None:
    world.click(JOSIE)

    action, card = world.action_of(JOSIE), world.cards.get(CARD)
    assert (action.status, action.outcome) == (ActionStatus.FAILED, Outcome.MOVED)
    assert card is not None
    assert card.status is CardStatus.OPEN
    message = world.slack.told[-1][1]
    assert "it has changed in ServiceNow since you saw it. Please look at it again there. Do you still" in words(
        message
    )
    assert [button.label for button in buttons(message)] == ["Approve"]


def test_pressing_it_again_is_a_new_attempt(world: ActingWorld) -> None:
    world.click(JOSIE)
    world.servicenow.before_act, world.servicenow.state = None, "requested"
    world.click(JOSIE)

    assert world.action_of(JOSIE, attempt=1).status is ActionStatus.DONE
