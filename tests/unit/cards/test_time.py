"""A card that nobody decides reminds once and expires once, never after a decision, and says so to whom it concerns."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card import CardStatus, Decision, MessageRef
from countersign.domain.card_template import Who
from countersign.domain.message import Mention
from tests.support.acting_world import CARD, COPY, JOSIE, TOM
from tests.support.card_world import INPUTS, PRIYA, CardWorld, everything
from tests.support.memory_chat import buttons, words

HOUR, DAY = 3_600, 86_400


def _world(**card: Any) -> CardWorld:
    world = CardWorld(remind_after=DAY, expires_after=7 * DAY, **card)
    world.put_card(inputs=INPUTS, remind_at=world.now + DAY, expires_at=world.now + 7 * DAY)
    return world


@pytest.fixture
def world() -> CardWorld:
    return _world()


def _later(world: CardWorld, seconds: int) -> None:
    world.now += seconds
    world.keep_house()


# --- the reminder


def test_a_card_that_waits_reminds_in_its_thread_once(world: CardWorld) -> None:
    _later(world, DAY - 1)
    assert world.slack.replied == []

    _later(world, 1)
    for _ in range(3):
        _later(world, HOUR)

    ((ref, message),) = world.slack.replied
    assert ref == COPY
    assert "*Change CHG0030001: Upgrade the payroll database* still waits" in words(message)


def test_every_copy_is_reminded_of(world: CardWorld) -> None:
    world.cards.save(replace(world.card, copies=(COPY, MessageRef("C0BOARD", "7.7"))))

    _later(world, DAY)

    assert [ref.channel for ref, _ in world.slack.replied] == ["C0APPROVALS", "C0BOARD"]


def test_whom_the_recipe_names_is_mentioned() -> None:
    world = _world(who=Who(people=("josie@acme.com", "U0TOM", "nobody@acme.com")))

    _later(world, DAY)

    said = words(world.slack.replied[-1][1])
    assert (str(Mention("U0JOSIE")) in said, str(Mention("U0TOM")) in said, "nobody" in said) == (True, True, False)


def test_a_reminder_says_how_many_votes_there_are() -> None:
    world = _world(votes={"approve": 2})
    world.click(TOM)

    _later(world, DAY)

    assert "Approve: 1 of 2." in words(world.slack.replied[-1][1])


def test_a_decided_card_never_reminds_nor_expires(world: CardWorld) -> None:
    world.connect(JOSIE, "josie")
    world.click(JOSIE)

    _later(world, 8 * DAY)

    assert (world.slack.replied, world.card.status) == ([], CardStatus.CLOSED)


def test_while_slack_does_not_answer_the_reminder_waits(world: CardWorld) -> None:
    world.slack.down = True
    _later(world, DAY)
    world.slack.down = False
    _later(world, HOUR)
    _later(world, HOUR)

    assert len(world.slack.replied) == 1


def test_a_card_whose_copies_are_gone_is_not_reminded_of_and_written_down(world: CardWorld) -> None:
    world.slack.lost_channels = {"C0APPROVALS": "is_archived"}

    _later(world, DAY)
    _later(world, HOUR)

    assert world.journal.names.count("card_not_reminded") == 1


def test_two_rounds_at_once_remind_once(world: CardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.now += DAY
    (found,) = world.cards.due(world.now, 10)
    reply = world.slack.reply

    def another_round(*said: Any) -> None:
        monkeypatch.setattr(world.slack, "reply", reply)
        world.keep_cards(found)
        reply(*said)

    monkeypatch.setattr(world.slack, "reply", another_round)
    world.keep_cards(found)

    assert len(world.slack.replied) == 1


# --- the end


def test_a_card_that_nobody_decided_closes_and_says_so(world: CardWorld) -> None:
    _later(world, 7 * DAY)

    assert world.card.status is CardStatus.EXPIRED
    assert "*Expired:* nobody decided in time here" in world.drawn
    assert [button.label for button in buttons(world.slack.updated[-1][1])] == ["Open in ServiceNow"]


def test_a_card_expires_once(world: CardWorld) -> None:
    for _ in range(3):
        _later(world, 7 * DAY)

    assert len(world.slack.updated) == 1
    assert world.journal.names.count("card_expired") == 1


def test_a_click_on_an_expired_card_is_told_and_does_nothing(world: CardWorld) -> None:
    world.connect(JOSIE, "josie")
    _later(world, 7 * DAY)

    world.click(JOSIE)

    assert "This card expired" in words(world.last_to(JOSIE))
    assert (world.servicenow.calls, world.actions.of_card(JOSIE, CARD)) == ([], [])


def test_what_waits_on_an_expired_card_ends_and_its_person_is_told(world: CardWorld) -> None:
    world.now += 7 * DAY - 60
    world.click(TOM)
    assert world.action_of(TOM).waiting_for == "servicenow"

    _later(world, 60)

    action = world.action_of(TOM)
    assert (action.status, action.outcome) == (ActionStatus.FAILED, Outcome.CARD_EXPIRED)
    assert "its card has expired" in words(world.last_to(TOM))


def test_a_sign_in_that_comes_after_the_end_does_not_act(world: CardWorld) -> None:
    world.now += 7 * DAY - 60
    world.click(JOSIE)
    (intent,) = world.sign_ins.intents
    world.cards.save(replace(world.card, status=CardStatus.EXPIRED))
    world.connect(JOSIE, "josie")

    connected = {"kind": "connected", "tenant": "T0ACME", "user_id": "U0JOSIE", "app": "servicenow", "intent": intent}
    world.deliver({"v": 1, **connected})
    world.run_queue()

    assert (world.servicenow.calls, world.action_of(JOSIE).outcome) == ([], Outcome.CARD_EXPIRED)


def test_what_was_sent_before_the_end_still_counts(world: CardWorld) -> None:
    world.now += 7 * DAY - 30
    world.connect(JOSIE, "josie")
    world.servicenow.faults = ["lost"]
    world.click(JOSIE)
    _later(world, 30)
    expired = world.card

    world.run_queue()

    assert [expired.status, world.card.status] == [CardStatus.EXPIRED, CardStatus.CLOSED]
    assert "*Approved* by" in world.drawn


def test_the_requester_is_told_of_the_end_once() -> None:
    world = _world(tell="${input.requester_email}")

    _later(world, 7 * DAY)
    _later(world, 7 * DAY)

    (said,) = [everything(message) for person, message in world.slack.told if person == PRIYA]
    assert "it was not settled in time, and its card expired" in said


def test_an_end_that_slack_did_not_take_is_drawn_later(world: CardWorld) -> None:
    world.slack.down = True
    _later(world, 7 * DAY)
    assert world.card.status is CardStatus.EXPIRED
    world.slack.down = False
    _later(world, 601)

    assert "*Expired:*" in world.drawn
    assert not world.card.unfinished


def test_a_worker_that_dies_after_the_end_is_followed_up(world: CardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(world.slack, "update", killed)
        with pytest.raises(KeyboardInterrupt):
            _later(world, 7 * DAY)
    assert (world.card.status, world.slack.updated) == (CardStatus.EXPIRED, [])

    _later(world, 120)

    assert "*Expired:*" in world.drawn


def test_a_decision_between_the_look_and_the_end_wins(world: CardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    save = world.cards.save
    decision = Decision("approve", "Approved", "U0JOSIE", "josie@acme.com", world.now)

    def decided_first(card: Any) -> Any:
        monkeypatch.setattr(world.cards, "save", save)
        save(replace(world.card, status=CardStatus.CLOSED, decision=decision))
        return save(card)

    monkeypatch.setattr(world.cards, "save", decided_first)
    _later(world, 7 * DAY)

    assert (world.card.status, world.card.decision) == (CardStatus.CLOSED, decision)
    assert "*Expired:*" not in "".join(everything(message) for _, message in world.slack.updated)


def test_a_recipe_that_went_does_not_keep_its_card_from_ending(world: CardWorld) -> None:
    world.forget_recipe()

    _later(world, DAY)
    _later(world, 7 * DAY)

    assert (world.card.status, world.slack.replied) == (CardStatus.EXPIRED, [])
    assert "Countersign doesn't know the recipe of this card any more" in world.drawn
