"""One suite for what goes with a workspace: the fake that use-case tests trust, and DynamoDB's index."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from countersign.adapters.dynamodb.belongings import DynamoBelongings
from countersign.adapters.dynamodb.cards import DynamoCardStore
from countersign.adapters.dynamodb.connections import DynamoConnectionStore
from countersign.adapters.dynamodb.sign_ins import DynamoSignInStore
from countersign.domain.card import Card, CardStatus
from countersign.domain.identity import Person, Workspace
from countersign.ports.sign_ins import SignInStore
from countersign.ports.stores import Belongings, CardStore, ConnectionStore
from tests.contract.test_connection_store import LIVE
from tests.contract.test_every_field_is_kept import INTENT
from tests.support.memory_ledger import MemoryCardStore
from tests.support.memory_sign_in import MemoryConnectionStore, MemorySignInStore
from tests.support.memory_workspaces import MemoryBelongings

NOW = 1_800_000_000


@dataclass
class Stores:
    """Where rows are written, and what reads them as belongings."""

    connections: ConnectionStore
    sign_ins: SignInStore
    cards: CardStore
    belongings: Belongings

    def connect(self, tenant: str, workspace: str, user: str) -> Person:
        person = Person(tenant, user)
        self.connections.put(replace(LIVE, person=person, workspace=workspace), replaces=None)
        return person


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        held, sign_ins, posted = MemoryConnectionStore(), MemorySignInStore(), MemoryCardStore()
        return Stores(held, sign_ins, posted, MemoryBelongings(held, sign_ins, posted))
    table = request.getfixturevalue("table")
    return Stores(
        DynamoConnectionStore(table, notes=table),
        DynamoSignInStore(table),
        DynamoCardStore(table, 86_400),
        DynamoBelongings(table, table, table),
    )


def everything[T](page: Callable[[str | None], tuple[Sequence[T], str | None]]) -> list[T]:
    """All pages, one after the other."""
    found, after = page(None)
    rows = list(found)
    while after is not None:
        found, after = page(after)
        rows += found
    return rows


def test_a_tenants_connections_are_found_and_nobody_elses(stores: Stores) -> None:
    ours = {stores.connect("T0ACME", "T0ACME", f"U{n}") for n in range(3)}
    stores.connect("T1LABS", "T1LABS", "U1")
    found = everything(lambda after: stores.belongings.connections("T0ACME", None, after, 10))
    assert set(found) == {(person, "servicenow") for person in ours}


def test_one_workspace_of_an_organisation_is_told_from_its_siblings(stores: Stores) -> None:
    ours = stores.connect("E0ACME", "T0SALES", "U1")
    stores.connect("E0ACME", "T0LEGAL", "U2")
    assert everything(lambda after: stores.belongings.connections("E0ACME", "T0SALES", after, 10)) == [
        (ours, "servicenow")
    ]
    assert len(everything(lambda after: stores.belongings.connections("E0ACME", None, after, 10))) == 2


def test_pages_go_on_where_the_one_before_ended_and_miss_and_repeat_nobody(stores: Stores) -> None:
    people = {stores.connect("T0ACME", "T0ACME", f"U{n:02}") for n in range(7)}
    found = everything(lambda after: stores.belongings.connections("T0ACME", None, after, 3))
    assert len(found) == 7
    assert {person for person, _ in found} == people


def test_retired_connections_are_left_to_housekeeping(stores: Stores) -> None:
    stores.connections.retire(LIVE, now=NOW, due_at=NOW)
    assert everything(lambda after: stores.belongings.connections("T0ACME", None, after, 10)) == []


def test_sign_ins_are_found_by_the_tenant_of_their_person(stores: Stores) -> None:
    stores.sign_ins.put_intent(INTENT)
    stores.sign_ins.put_intent(replace(INTENT, id_hash="b" * 64, person=Person("T1LABS", "U1"), workspace="T1LABS"))
    assert everything(lambda after: stores.belongings.intents("E0ACME", "T0ACME", after, 10)) == [INTENT.id_hash]


def test_cards_are_found_and_forgotten_once(stores: Stores) -> None:
    card = Card("c" * 32, "approve_change", Workspace("T0SALES", "E0ACME"), {}, "1", CardStatus.OPEN, (), NOW, 1)
    stores.cards.create(card)
    assert everything(lambda after: stores.belongings.cards("E0ACME", "T0SALES", after, 10)) == [card.id]
    stores.belongings.forget_card(card.id)
    stores.belongings.forget_card(card.id)
    assert stores.cards.get(card.id) is None
    assert everything(lambda after: stores.belongings.cards("E0ACME", None, after, 10)) == []
