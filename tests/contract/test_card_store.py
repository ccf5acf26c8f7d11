"""One suite for the cards' port: the fake that use-case tests trust, and DynamoDB."""

from dataclasses import replace

import pytest

from countersign.adapters.dynamodb.cards import DynamoCardStore
from countersign.domain.card import Card, CardStatus, Decision, MessageRef, card_id
from countersign.domain.errors import Conflict
from countersign.domain.identity import Workspace
from countersign.ports import CardStore
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


def test_a_hooks_delivery_is_remembered_by_recipe_for_five_days(store: CardStore) -> None:
    assert store.hook_card("approve_change", "msg_1", NOW) is None

    store.remember_hook("approve_change", "msg_1", "card-1", NOW)

    assert store.hook_card("approve_change", "msg_1", NOW + 5 * 86_400) == "card-1"
    assert store.hook_card("approve_change", "msg_1", NOW + 5 * 86_400 + 1) is None
    assert store.hook_card("approve_deal", "msg_1", NOW) is None
