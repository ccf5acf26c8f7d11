"""One suite for the cards' port: the fake that use-case tests trust, and DynamoDB."""

from dataclasses import replace

import pytest

from countersign.adapters.dynamodb.cards import DynamoCardStore
from countersign.domain.card import Card, CardStatus, Decision, MessageRef, Vote, card_id
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person, Workspace
from countersign.domain.standing import Standing
from countersign.ports.stores import CardStore
from tests.support.memory_ledger import MemoryCardStore

NOW = 1_800_000_000
CARD = Card(
    id=card_id("approve_change", "T0ACME", "chg1"),
    recipe="approve_change",
    workspace=Workspace("T0ACME", "E0ACME"),
    inputs={"number": "CHG0030001"},
    record="chg1",
    status=CardStatus.OPEN,
    copies=(),
    created_at=NOW,
    version=1,
)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> CardStore:
    if request.param == "memory":
        return MemoryCardStore()
    return DynamoCardStore(request.getfixturevalue("table"), retention=86_400)


def test_a_card_comes_back_whole(store: CardStore) -> None:
    decided = replace(
        CARD,
        status=CardStatus.CLOSED,
        copies=(MessageRef("C1", "1.1"), MessageRef("D1", "2.2")),
        decision=Decision("approve", "Approved", None, "Josie", NOW, None),
        round=2,
        posting_until=NOW + 20,
        votes=(Vote("approve", "U0TOM", NOW, None), Vote("approve", "U0JOSIE", NOW + 1, "Fine")),
        lapsed=3,
        remind_at=NOW + 60,
        expires_at=NOW + 120,
        unfinished=True,
        busy_until=NOW + 30,
        parts=(Decision("approve", "Approved", "U0TOM", "tom@acme.com in ServiceNow", NOW, "Fine", Standing.WAITS),),
    )

    assert store.create(decided)
    assert (store.get(CARD.id), store.get("nothing")) == (decided, None)


def test_the_same_record_is_the_same_card(store: CardStore) -> None:
    assert [store.create(CARD), store.create(CARD)] == [True, False]


def test_saving_moves_the_version_and_a_second_save_over_the_old_one_loses(store: CardStore) -> None:
    store.create(CARD)

    saved = store.save(replace(CARD, copies=(MessageRef("C1", "1.1"),)))

    assert (saved.version, store.get(CARD.id)) == (2, saved)
    with pytest.raises(Conflict):
        store.save(CARD)


def test_a_hooks_delivery_is_remembered_by_recipe_and_workspace_for_five_days(store: CardStore) -> None:
    assert store.hook_card("approve_change", "T0ACME", "msg_1", NOW) is None

    store.remember_hook("approve_change", "T0ACME", "msg_1", "card-1", NOW)

    assert store.hook_card("approve_change", "T0ACME", "msg_1", NOW + 5 * 86_400) == "card-1"
    assert store.hook_card("approve_change", "T0ACME", "msg_1", NOW + 5 * 86_400 + 1) is None
    assert store.hook_card("approve_deal", "T0ACME", "msg_1", NOW) is None
    assert store.hook_card("approve_change", "T1LABS", "msg_1", NOW) is None


def _due(store: CardStore, now: int) -> list[str]:
    return [card.id for card in store.due(now, 10)]


def test_an_open_card_is_due_when_its_reminder_is_and_when_it_expires(store: CardStore) -> None:
    store.create(replace(CARD, remind_at=NOW + 60, expires_at=NOW + 120))
    assert (_due(store, NOW + 59), _due(store, NOW + 60)) == ([], [CARD.id])

    reminded = store.get(CARD.id)
    assert reminded is not None
    store.save(replace(reminded, remind_at=None))

    assert (_due(store, NOW + 119), _due(store, NOW + 120)) == ([], [CARD.id])


def test_a_decided_card_is_never_due_unless_something_is_left_to_do(store: CardStore) -> None:
    decision = Decision("approve", "Approved", "U0JOSIE", "josie@acme.com", NOW)
    decided = replace(CARD, status=CardStatus.CLOSED, decision=decision, remind_at=NOW, expires_at=NOW)
    store.create(decided)
    assert _due(store, NOW + 86_400) == []

    store.save(replace(decided, unfinished=True))

    assert (_due(store, NOW + 59), _due(store, NOW + 60)) == ([], [CARD.id])


def test_a_card_that_somebody_is_at_is_not_due_before_they_must_be_dead(store: CardStore) -> None:
    store.create(replace(CARD, expires_at=NOW, busy_until=NOW + 30))

    assert (_due(store, NOW + 29), _due(store, NOW + 30)) == ([], [CARD.id])


def test_due_cards_come_oldest_first_and_no_more_than_asked_for(store: CardStore) -> None:
    for number in (3, 1, 2):
        store.create(replace(CARD, id=f"card-{number}", expires_at=NOW + number))

    assert [card.id for card in store.due(NOW + 9, 2)] == ["card-1", "card-2"]


def test_a_postponed_card_comes_later_and_one_that_changed_meanwhile_is_left_alone(store: CardStore) -> None:
    card = replace(CARD, expires_at=NOW)
    store.create(card)
    store.postpone(card, NOW + 600)
    assert (_due(store, NOW + 599), _due(store, NOW + 600)) == ([], [CARD.id])

    store.save(card)
    store.postpone(card, NOW + 900)

    assert _due(store, NOW) == [CARD.id]


def test_who_waits_on_a_card_is_found_by_the_card_once_each(store: CardStore) -> None:
    tom, josie = Person("E0ACME", "U0TOM"), Person("E0ACME", "U0JOSIE")
    for person, action in ((tom, "a#approve#0"), (josie, "a#reject#0"), (tom, "a#approve#0")):
        store.note_waiting(CARD.id, person, action, NOW)
    store.note_waiting("another", tom, "b#approve#0", NOW)

    assert sorted(store.waiting(CARD.id), key=lambda one: one[1]) == [(tom, "a#approve#0"), (josie, "a#reject#0")]
    assert store.waiting("a third") == []


def test_a_channel_that_moved_is_known_by_its_old_id(store: CardStore) -> None:
    store.move_channel("G0OLD", "C0NEW", NOW)

    assert (store.moved_channel("G0OLD"), store.moved_channel("C0NEW")) == ("C0NEW", None)
