"""A card whose channel got another id is found there; one whose channel is gone still does what it is for."""

from dataclasses import replace

import pytest

from countersign.domain.card import CardStatus, MessageRef
from tests.support.acting_world import JOSIE, WORKSPACE
from tests.support.card_world import CardWorld
from tests.support.memory_chat import words

OLD, NEW = "G0APPROVALS", "C0SHARED"


@pytest.fixture
def world() -> CardWorld:
    world = CardWorld()
    world.put_card(copies=(MessageRef(OLD, "100.1"), MessageRef("C0BOARD", "7.7")))
    world.connect(JOSIE, "josie")
    return world


def _move(world: CardWorld) -> None:
    """Slack says so, and the old id is of no use any more (docs.slack.dev/reference/events/channel_id_changed)."""
    world.slack.lost_channels = {OLD: "channel_not_found"}
    world.deliver({"v": 1, "kind": "channel_moved", "trace_id": "t", "old": OLD, "new": NEW})


def test_a_decision_is_drawn_in_the_channel_under_its_new_id_and_the_copies_move(world: CardWorld) -> None:
    _move(world)

    world.click(JOSIE, message=(NEW, "100.1"))

    assert [ref for ref, _ in world.slack.updated] == [MessageRef(NEW, "100.1"), MessageRef("C0BOARD", "7.7")]
    assert world.card.copies == (MessageRef(NEW, "100.1"), MessageRef("C0BOARD", "7.7"))
    assert world.card.status is CardStatus.CLOSED


def test_a_click_in_the_channels_new_id_is_a_click_on_the_card(world: CardWorld) -> None:
    _move(world)

    world.click(JOSIE, message=(NEW, "100.2"))
    assert world.servicenow.calls == []
    world.click(JOSIE, message=(NEW, "100.1"))

    assert world.servicenow.state == "approved"


def test_the_reminder_goes_to_the_channels_new_id(world: CardWorld) -> None:
    world.cards.save(replace(world.card, remind_at=world.now))
    _move(world)

    world.keep_house()

    assert [ref.channel for ref, _ in world.slack.replied] == [NEW, "C0BOARD"]


def test_a_new_card_for_a_channel_that_moved_is_posted_where_it_is_now(world: CardWorld) -> None:
    _move(world)

    ref = world.show_card.post(world.card, OLD)

    assert ref.channel == NEW


def test_the_news_may_come_twice(world: CardWorld) -> None:
    _move(world)
    _move(world)

    world.click(JOSIE, message=(NEW, "100.1"))

    assert world.card.status is CardStatus.CLOSED


@pytest.mark.parametrize("why", ["channel_not_found", "is_archived", "message_not_found", "not_in_channel"])
def test_a_decision_on_a_card_that_is_gone_is_told_to_whoever_made_it(world: CardWorld, why: str) -> None:
    world.cards.save(replace(world.card, copies=(MessageRef(OLD, "100.1"),)))
    world.slack.lost_channels = {OLD: why}

    world.click(JOSIE, message=(OLD, "100.1"))

    assert (world.servicenow.recorded, world.card.status) == ("josie", CardStatus.CLOSED)
    assert "done, as josie@acme.com" in words(world.last_to(JOSIE))
    lost = {"card": world.card.id, "reason": why, "channel": OLD}
    assert ("card_copy_lost", lost) in world.journal.events


def test_one_copy_that_is_gone_does_not_hide_the_others(world: CardWorld) -> None:
    world.slack.lost_channels = {OLD: "is_archived"}

    world.click(JOSIE, message=("C0BOARD", "7.7"))

    assert [ref.channel for ref, _ in world.slack.updated] == ["C0BOARD"]
    assert world.slack.told == []


def test_a_card_is_drawn_by_the_bot_of_its_own_workspace(world: CardWorld) -> None:
    world.click(JOSIE, message=("C0BOARD", "7.7"))

    assert WORKSPACE in world.slack.spoke_in
