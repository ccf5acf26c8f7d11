"""Calls about one record at once, late, in the wrong order, and half done: one card, and the newest word on it."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.card import Card, CardStatus, Decision, MessageRef
from countersign.domain.errors import Conflict
from countersign.domain.message import Message
from countersign.entrypoints.guard import guard
from tests.support.acting_world import JOSIE
from tests.support.memory_chat import buttons
from tests.unit.hooks.test_hook_route import BODY, HookWorld, call

APPROVED = {**BODY, "state": "approved", "decided_by": "Josie"}
OTHER = {**BODY, "short_description": "Upgrade two databases"}


@pytest.fixture
def world() -> HookWorld:
    return HookWorld()


def _card(world: HookWorld) -> Card:
    (card,) = world.cards.rows.values()
    return card


def _decide(world: HookWorld) -> None:
    """Josie clicks *Approve* on the card as it is, and it is done."""
    if world.connections.get(JOSIE, "servicenow") is None:
        world.connect(JOSIE, "josie")
    copy = _card(world).copies[-1]
    approve = buttons(world.slack.posted[-1][1])[0]
    world.click(JOSIE, value=approve.value, message=(copy.channel, copy.ts))
    assert _card(world).status is CardStatus.CLOSED


def _close(world: HookWorld) -> Card:
    """A worker closes the card, and has drawn it."""
    decision = Decision("approve", "Approved", JOSIE.user_id, "josie@acme.com", world.now)
    card = world.cards.save(replace(_card(world), status=CardStatus.CLOSED, decision=decision))
    world.show_card.rewrite(card)
    return card


def _labels(message: Message) -> list[str]:
    return [button.label for button in buttons(message)]


def test_two_calls_at_once_are_one_message_and_the_newer_word_is_on_it(
    world: HookWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, release = threading.Event(), threading.Event()
    post, answers = world.slack.post, []

    def slow_post(channel: str, message: Message) -> MessageRef:
        entered.set()
        assert release.wait(20)
        return post(channel, message)

    first = threading.Thread(target=lambda: answers.append(call(world)))

    def while_waiting(_seconds: int) -> None:
        release.set()
        first.join(20)

    monkeypatch.setattr(world.slack, "post", slow_post)
    monkeypatch.setattr(world, "pause", while_waiting)
    first.start()
    assert entered.wait(20)
    answers.append(call(world, OTHER))

    assert [status for status, _ in answers] == [202, 200]
    assert len(world.slack.posted) == 1
    assert _card(world).copies == (MessageRef("#approvals", "1.0"),)
    assert "two databases" in str(world.slack.updated[-1][1].summary.values["title"])


def test_a_call_that_dies_while_posting_is_waited_for_and_then_taken_over(
    world: HookWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> MessageRef:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(world.slack, "post", killed)
        with pytest.raises(KeyboardInterrupt):
            call(world)

    assert call(world)[0] == 503
    world.now += world.lifetime + 5
    assert call(world)[0] == 200
    assert (len(world.slack.posted), len(_card(world).copies)) == (1, 1)


def test_a_card_that_chat_refused_is_posted_once_it_takes_it(world: HookWorld) -> None:
    world.slack.down = True
    assert [call(world)[0], call(world)[0]] == [503, 503]
    world.slack.down = False

    assert call(world)[0] == 200
    assert len(world.slack.posted) == 1


def test_a_decision_that_comes_while_the_card_is_posted_closes_what_was_posted(
    world: HookWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = world.slack.post

    def closed_meanwhile(channel: str, message: Message) -> MessageRef:
        _close(world)
        return post(channel, message)

    monkeypatch.setattr(world.slack, "post", closed_meanwhile)

    assert call(world)[0] == 202
    card = _card(world)
    assert (card.status, len(card.copies), card.posting_until) == (CardStatus.CLOSED, 1, 0)
    ref, drawn = world.slack.updated[-1]
    assert (ref, _labels(drawn)) == (card.copies[0], ["Open in ServiceNow"])


def test_a_decision_that_comes_before_an_update_is_saved_is_kept(
    world: HookWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(world)
    save = world.cards.save

    def decided_first(card: Card) -> Card:
        monkeypatch.undo()
        _close(world)
        return save(card)

    monkeypatch.setattr(world.cards, "save", decided_first)

    assert call(world, {**BODY, "state": "requested"})[0] == 200
    decision = _card(world).decision
    assert decision is not None
    assert (decision.user_id, _labels(world.slack.updated[-1][1])) == (JOSIE.user_id, ["Open in ServiceNow"])


def test_an_update_that_is_drawn_late_never_stays_over_a_decision(
    world: HookWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(world)
    update = world.slack.update

    def overtaken(ref: MessageRef, message: Message) -> None:
        monkeypatch.undo()
        _close(world)
        update(ref, message)

    monkeypatch.setattr(world.slack, "update", overtaken)
    call(world, OTHER)

    assert [_labels(message) for _, message in world.slack.updated] == [
        ["Open in ServiceNow"],
        ["Approve", "Reject", "Open in ServiceNow"],
        ["Open in ServiceNow"],
    ]


def test_a_key_belongs_to_its_first_record(world: HookWorld) -> None:
    call(world)
    before = _card(world)

    status, answer = call(world, {**BODY, "sys_id": "f" * 32})

    assert (status, answer["message"]) == (400, "key: it belongs to another record already")
    assert (_card(world), len(world.slack.posted), world.slack.updated) == (before, 1, [])


def test_a_delivery_that_failed_half_way_is_carried_out_when_it_comes_again(world: HookWorld) -> None:
    call(world)
    headers = {"Webhook-Id": "msg_2"}
    world.slack.down = True
    assert call(world, OTHER, headers=headers)[0] == 503
    world.slack.down = False

    assert call(world, OTHER, headers=headers)[0] == 200

    assert "two databases" in str(world.slack.updated[-1][1].summary.values["title"])


@pytest.mark.parametrize("by", ["here", "in the app"])
@pytest.mark.parametrize(
    ("body", "later", "new_round"),
    [
        (BODY, 299, False),
        ({**BODY, "state": "requested"}, 299, False),
        ({**BODY, "state": "requested"}, 300, True),
        (BODY, 300, True),
        ({**OTHER, "state": "requested"}, 1, True),
        (OTHER, 1, True),
    ],
)
def test_a_record_that_asks_again_begins_a_new_round_unless_its_call_was_only_late(
    world: HookWorld, by: str, body: dict[str, Any], later: int, *, new_round: bool
) -> None:
    call(world)
    if by == "here":
        _decide(world)
    else:
        call(world, APPROVED)
    closed = _card(world)
    drawn = len(world.slack.updated)
    world.now += later

    assert call(world, body)[0] == 200

    card = _card(world)
    assert [_labels(message) for ref, message in world.slack.updated[drawn:]] in ([], [["Open in ServiceNow"]])
    if new_round:
        assert (card.status, card.round, card.decision) == (CardStatus.OPEN, 1, None)
        assert (card.copies, len(world.slack.posted)) == ((MessageRef("#approvals", "2.0"),), 2)
        assert _labels(world.slack.posted[-1][1])[:2] == ["Approve", "Reject"]
    else:
        assert (card, len(world.slack.posted)) == (closed, 1)


def test_our_own_decision_told_back_changes_nothing_however_late(world: HookWorld) -> None:
    call(world)
    _decide(world)
    closed = _card(world)
    world.now += 86_400

    assert call(world, APPROVED)[0] == 200
    assert (_card(world), len(world.slack.posted)) == (closed, 1)


def test_a_new_round_that_chat_refused_is_posted_when_the_call_comes_again(world: HookWorld) -> None:
    call(world)
    call(world, APPROVED)
    world.slack.down = True
    assert call(world, OTHER)[0] == 503
    world.slack.down = False

    assert call(world, OTHER)[0] == 200
    assert (_card(world).round, len(world.slack.posted), len(_card(world).copies)) == (1, 2, 1)


def test_a_conflict_that_is_left_says_come_again() -> None:
    def lost() -> dict[str, Any]:
        raise Conflict("the row moved")

    assert guard(lost, {"headers": {}})["statusCode"] == 503
