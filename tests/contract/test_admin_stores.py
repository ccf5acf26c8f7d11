"""One suite each for what admins look at and change: the fakes, and the template's own tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from countersign.adapters.dynamodb.census import DynamoCensus
from countersign.adapters.dynamodb.connections import DynamoConnectionStore
from countersign.adapters.dynamodb.pauses import DynamoPauses
from countersign.domain.connection import Status
from countersign.domain.identity import Person
from countersign.ports.admin import EVERYWHERE, Census, Pauses
from countersign.ports.stores import ConnectionStore
from tests.contract.tables import template_table
from tests.contract.test_connection_store import LIVE
from tests.support.memory_admin import MemoryCensus, MemoryPauses
from tests.support.memory_sign_in import MemoryConnectionStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = 1_800_000_000


@dataclass
class Stores:
    """Where connections are written, and what counts them."""

    connections: ConnectionStore
    census: Census
    pauses: Pauses

    def connect(self, user: str, app: str = "servicenow", workspace: str = "T0ACME") -> None:
        row = replace(LIVE, person=Person(workspace, user), workspace=workspace, app=app, status=Status.LIVE)
        self.connections.put(row, replaces=None)

    def everybody(self, app: str, workspace: str | None, limit: int) -> list[str]:
        """Page by page, as they are read."""
        found: list[str] = []
        after: str | None = None
        while True:
            people, after = self.census.page(app, workspace, after, limit)
            found += [person.user_id for person, _ in people]
            if after is None:
                return sorted(found)


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        held = MemoryConnectionStore()
        return Stores(held, MemoryCensus(held), MemoryPauses())
    dynamodb = request.getfixturevalue("dynamodb")
    table, sign_ins = (template_table(dynamodb, name) for name in ("ConnectionsTable", "SignInsTable"))
    return Stores(DynamoConnectionStore(table, sign_ins), DynamoCensus(table, sign_ins), DynamoPauses(sign_ins))


def test_connections_are_counted_by_app_workspace_and_state(stores: Stores) -> None:
    for user in ("U1", "U2", "U3"):
        stores.connect(user)
    stores.connect("U1", app="box")
    stores.connect("U9", workspace="T0OTHER")
    cut = stores.connections.get(Person("T0ACME", "U3"), "servicenow")
    assert cut is not None
    stores.connections.set_revoking(cut, now=NOW, due_at=NOW)
    assert dict(stores.census.count("servicenow", "T0ACME")) == {Status.LIVE: 2, Status.REVOKING: 1}
    assert dict(stores.census.count("salesforce", "T0ACME")) == {}


def test_what_came_through_other_workspaces_is_not_even_read(stores: Stores) -> None:
    for number in range(9):
        stores.connect(f"U{number}", workspace="T0AOTHER")
    stores.connect("U1")
    stores.connect("U2", workspace="T0ACMEX")
    assert stores.census.page("servicenow", "T0ACME", None, 1)[0] == [(Person("T0ACME", "U1"), Status.LIVE)]
    assert dict(stores.census.count("servicenow", "T0ACME")) == {Status.LIVE: 1}


def test_a_connection_that_ended_or_was_made_anew_is_counted_where_it_stands_now(stores: Stores) -> None:
    for user in ("U1", "U2"):
        stores.connect(user)
    person = Person("T0ACME", "U1")
    ended = stores.connections.get(person, "servicenow")
    assert ended is not None
    stores.connections.needs_sign_in(ended)
    assert dict(stores.census.count("servicenow", "T0ACME")) == {Status.LIVE: 1, Status.NEEDS_SIGN_IN: 1}
    stores.connections.put(replace(ended, version=ended.version + 1), replaces=ended.version)
    assert dict(stores.census.count("servicenow", "T0ACME")) == {Status.LIVE: 2}


def test_accounts_of_several_people_are_counted_by_app_as_long_as_there_are_several(stores: Stores) -> None:
    josie, tom, priya = (replace(LIVE, person=Person("T0ACME", user)) for user in ("U0JOSIE", "U0TOM", "U0PRIYA"))
    elsewhere = replace(LIVE, person=Person("T0OTHER", "U0TOM"))
    for one in (josie, elsewhere, replace(tom, app="box")):
        stores.connections.hold_account(one)
    assert dict(stores.census.accounts_of_several("T0ACME")) == {}
    for one in (tom, priya, replace(josie, app="box")):
        stores.connections.hold_account(one)
    assert dict(stores.census.accounts_of_several("T0ACME")) == {"servicenow": 1, "box": 1}
    stores.connections.hold_account(replace(priya, account=replace(LIVE.account, id="hers")))
    assert dict(stores.census.accounts_of_several("T0ACME")) == {"servicenow": 1, "box": 1}
    cut = replace(tom, status=Status.REVOKING)
    stores.connections.put(cut, replaces=None)
    assert stores.connections.delete(cut)
    assert dict(stores.census.accounts_of_several("T0ACME")) == {"box": 1}
    assert dict(stores.census.accounts_of_several("T0OTHER")) == {}


def test_nothing_is_counted_further_than_it_is_shown(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("countersign.adapters.dynamodb.census", "tests.support.memory_admin"):
        monkeypatch.setattr(f"{module}.COUNTED", 2)
    for number in range(7):
        stores.connect(f"U{number}")
    assert dict(stores.census.count("servicenow", "T0ACME")) == {Status.LIVE: 3}


@pytest.mark.parametrize(("workspace", "found"), [("T0ACME", ["U1", "U2"]), (None, ["U1", "U2", "U9"]), ("T0NONE", [])])
def test_those_who_can_be_cut_off_are_listed_page_by_page(
    stores: Stores, workspace: str | None, found: Sequence[str]
) -> None:
    for user in ("U1", "U2", "U3"):
        stores.connect(user)
    stores.connect("U1", app="box")
    stores.connect("U9", workspace="T0OTHER")
    cut = stores.connections.get(Person("T0ACME", "U3"), "servicenow")
    assert cut is not None
    stores.connections.set_revoking(cut, now=NOW, due_at=NOW)
    stores.connections.retire(cut, now=NOW, due_at=NOW)
    assert stores.everybody("servicenow", workspace, limit=1) == found


def test_a_pause_counts_where_it_was_made_until_it_is_resumed(stores: Stores) -> None:
    assert stores.pauses.set("box", "T0ACME", NOW, paused=True)
    assert stores.pauses.set("servicenow", EVERYWHERE, NOW, paused=True)
    assert stores.pauses.paused("T0ACME") == {"box", "servicenow"}
    assert stores.pauses.paused("T0OTHER") == {"servicenow"}
    assert stores.pauses.set("box", "T0ACME", NOW, paused=False)
    assert stores.pauses.paused("T0ACME") == {"servicenow"}


def test_what_is_so_already_is_told(stores: Stores) -> None:
    assert not stores.pauses.set("box", "T0ACME", NOW, paused=False)
    assert stores.pauses.changed_at("box", "T0ACME") is None
    assert stores.pauses.set("box", "T0ACME", NOW, paused=True)
    assert not stores.pauses.set("box", "T0ACME", NOW + 1, paused=True)
    assert stores.pauses.changed_at("box", "T0ACME") == NOW
    assert stores.pauses.set("box", "T0ACME", NOW + 2, paused=False)
    assert stores.pauses.changed_at("box", "T0ACME") == NOW + 2
    assert not stores.pauses.set("box", "T0ACME", NOW, paused=False)


def test_a_paused_app_is_nobodys_connection(stores: Stores) -> None:
    stores.pauses.set("servicenow", "T0ACME", NOW, paused=True)
    assert dict(stores.census.count("servicenow", "T0ACME")) == {}


def test_beside_its_connections_their_table_holds_nothing(dynamodb: "DynamoDBClient") -> None:
    """Whoever counts its rows counts connections. What is noted of them goes with them, from where it stands."""
    held, sign_ins = (template_table(dynamodb, name) for name in ("ConnectionsTable", "SignInsTable"))
    store, pauses = DynamoConnectionStore(held, sign_ins), DynamoPauses(sign_ins)
    store.put(LIVE, replaces=None)
    store.hold_account(replace(LIVE, account=replace(LIVE.account, id="before")))
    store.hold_account(LIVE)
    assert (size(dynamodb, "ConnectionsTable"), size(dynamodb, "SignInsTable")) == (1, 2)
    store.set_revoking(LIVE, now=NOW, due_at=NOW)
    cut = store.get(LIVE.person, LIVE.app)
    assert cut is not None
    assert store.delete(cut)
    assert (size(dynamodb, "ConnectionsTable"), size(dynamodb, "SignInsTable")) == (0, 0)
    pauses.set("box", EVERYWHERE, NOW, paused=True)
    assert size(dynamodb, "ConnectionsTable") == 0


def size(dynamodb: "DynamoDBClient", table: str) -> int:
    return int(dynamodb.scan(TableName=table)["Count"])
