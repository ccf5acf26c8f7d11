"""A recipe that left the catalog: what was decided by it is still shown and said, and no message dies of it."""

from dataclasses import replace

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card import CardStatus
from countersign.domain.texts.names import ACTION_HAPPENED, ACTION_NOT_HAPPENED
from tests.support.acting_world import JOSIE
from tests.support.card_world import CardWorld
from tests.support.memory_chat import buttons, words


@pytest.fixture
def world() -> CardWorld:
    """Josie's approval was sent, nobody knows whether it arrived, and then its recipe went."""
    world = CardWorld()
    world.put_card()
    world.connect(JOSIE, "josie")
    world.click(JOSIE)
    action = world.action_of(JOSIE)
    world.cards.save(replace(world.card, status=CardStatus.OPEN, decision=None))
    unknown = {"status": ActionStatus.UNKNOWN, "outcome": Outcome.UNKNOWN, "told": True, "step": 0}
    unknown |= {"decided_at": None, "standing": None}
    world.actions.rows[JOSIE.key, action.id] = replace(action, **unknown)  # type: ignore[arg-type]
    world.slack.told.clear()
    world.slack.updated.clear()
    world.forget_recipe()
    return world


def _say(world: CardWorld, name: str) -> list[object]:
    """Josie's own word; what goes back to the queue."""
    click = world.click(JOSIE, name=name, value=world.action_of(JOSIE).id)
    return world.deliver({"v": 1, "kind": "interaction", "interaction": replace(click, id="again").as_json()})


def test_what_its_person_says_happened_closes_the_card_and_they_are_told(world: CardWorld) -> None:
    assert _say(world, ACTION_HAPPENED) == []

    assert (world.action_of(JOSIE).status, world.action_of(JOSIE).outcome) == (ActionStatus.DONE, Outcome.TOLD)
    assert world.card.decision is not None
    assert (world.card.decision.past, world.card.decision.user_id) == ("Settled", "U0JOSIE")
    assert "*Settled* by" in world.drawn
    assert buttons(world.slack.updated[-1][1]) == []
    assert any("This is done" in words(message) for _, message in world.slack.told)


def test_what_its_person_says_did_not_happen_ends_too(world: CardWorld) -> None:
    assert _say(world, ACTION_NOT_HAPPENED) == []

    assert world.action_of(JOSIE).status is ActionStatus.FAILED
    assert world.card.status is CardStatus.OPEN


def test_a_click_on_its_card_is_told(world: CardWorld) -> None:
    world.click(JOSIE)

    assert "doesn't know this card any more" in words(world.last_to(JOSIE))


def test_housekeeping_finishes_what_was_done_before_the_recipe_went(world: CardWorld) -> None:
    action = world.action_of(JOSIE)
    done = {"status": ActionStatus.DONE, "outcome": Outcome.DONE, "told": False, "ended_at": world.now}
    world.actions.rows[JOSIE.key, action.id] = replace(action, **done)  # type: ignore[arg-type]
    world.now += 120

    world.keep_house()

    assert (world.card.status, world.action_of(JOSIE).told) == (CardStatus.CLOSED, True)
    assert "housekeeping_failed" not in world.journal.names
