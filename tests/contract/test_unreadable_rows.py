"""Rows that somebody's hand, a backup or another version left behind: never used, and said to be unreadable."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from countersign.adapters.dynamodb.actions import DynamoActionStore
from countersign.adapters.dynamodb.cards import DynamoCardStore
from countersign.adapters.dynamodb.census import DynamoCensus
from countersign.adapters.dynamodb.connection_row import connection_item
from countersign.adapters.dynamodb.connections import DynamoConnectionStore
from countersign.adapters.dynamodb.pauses import DynamoPauses
from countersign.adapters.dynamodb.sign_in_rows import intent_item, leg_item
from countersign.adapters.dynamodb.sign_ins import DynamoSignInStore
from countersign.adapters.dynamodb.table import Table
from countersign.domain.connection import Status
from countersign.domain.errors import Unreadable
from countersign.domain.identity import Person
from tests.contract.tables import template_table
from tests.contract.test_every_field_is_kept import CONNECTION, INTENT, JOSIE, LEG
from tests.support.queue_events import ACTION

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

GONE = object()


def changed(item: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    left = {key: one for key, one in item.items() if key != name}
    return left if value is GONE else {**left, name: value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account", GONE),
        ("account", {"id": "a1"}),
        ("account", {"id": 7, "login": "josie", "name": "Josie"}),
        ("sealed", GONE),
        ("sealed", {"key_id": "k", "encrypted_key": "text", "nonce": b"n", "ciphertext": b"c"}),
        ("status", "dance"),
        ("version", "3"),
        ("version", True),
        ("scopes", "useraccount"),
        ("scopes", [1]),
        ("expires_at", "tomorrow"),
        ("steward", "nobody"),
        ("proof", "word of honour"),
    ],
)
def test_a_connection_with_an_attribute_gone_or_of_another_type_is_unreadable(
    table: Table, name: str, value: Any
) -> None:
    table.put(changed(connection_item(CONNECTION), name, value))
    store = DynamoConnectionStore(table, table)
    with pytest.raises(Unreadable):
        store.get(JOSIE, "servicenow")
    with pytest.raises(Unreadable):
        store.list(JOSIE)


@pytest.mark.parametrize(("workspace", "said"), [("T0ACME", "T0ACME"), (GONE, "")])
def test_where_a_connection_stands_is_said_though_it_can_not_be_read(table: Table, workspace: Any, said: str) -> None:
    table.put(changed(changed(connection_item(CONNECTION), "status", "dance"), "workspace", workspace))
    assert DynamoConnectionStore(table, table).places(JOSIE) == [("servicenow", said)]


def test_what_waits_is_found_beside_an_action_that_can_not_be_read(table: Table) -> None:
    store = DynamoActionStore(table, 9)
    store.create(replace(ACTION, person=JOSIE, waiting_for="servicenow"))
    table.put({"pk": JOSIE.key, "sk": "action#a", "waiting": "servicenow#000000000001", "status": "x"})
    found, following = store.all_waiting(JOSIE, None, 9)
    assert ([each.id for each in found], following) == ([ACTION.id], None)


def test_what_came_later_may_be_missing_and_what_nobody_knows_may_be_there(table: Table) -> None:
    item = {key: one for key, one in connection_item(CONNECTION).items() if key not in {"proof", "warned", "steward"}}
    table.put({**item, "of_the_next_version": 1})
    assert DynamoConnectionStore(table, table).get(JOSIE, "servicenow") is not None


@pytest.mark.parametrize(
    ("name", "value"), [("person", "U0JOSIE"), ("expires_at", "soon"), ("status", "dance"), ("helped", GONE)]
)
def test_a_link_with_an_attribute_gone_or_of_another_type_is_unreadable(table: Table, name: str, value: Any) -> None:
    table.put(changed(intent_item(INTENT), name, value))
    with pytest.raises(Unreadable):
        DynamoSignInStore(table).get_intent(INTENT.id_hash)


@pytest.mark.parametrize(
    ("name", "value"), [("cookie", GONE), ("step", "dance"), ("sites", [{"id": "x"}]), ("sites", "x"), ("version", "1")]
)
def test_a_leg_with_an_attribute_gone_or_of_another_type_is_unreadable(table: Table, name: str, value: Any) -> None:
    table.put(changed(leg_item(LEG), name, value))
    with pytest.raises(Unreadable):
        DynamoSignInStore(table).get_leg(LEG.id_hash)


@pytest.mark.parametrize(
    ("read", "item"),
    [
        (lambda table: DynamoActionStore(table, 9).get(JOSIE, "a"), {"pk": JOSIE.key, "sk": "action#a", "status": "x"}),
        (lambda table: DynamoCardStore(table, 9).get("c"), {"pk": "card#c", "sk": "card", "copies": "x"}),
        (lambda table: DynamoCardStore(table, 9).moved_channel("C0"), {"pk": "channel#C0", "sk": "channel"}),
        (lambda table: DynamoCardStore(table, 9).waiting("c"), {"pk": "card#c", "sk": "waits#x", "person": "nobody"}),
        (
            lambda table: DynamoCardStore(table, 9).hook_card("r", "T0", "w", 5),
            {"pk": "hook#r#T0#w", "sk": "hook", "card": "c", "until": {"x"}},
        ),
    ],
)
def test_so_is_every_other_row(table: Table, read: Callable[[Table], object], item: dict[str, Any]) -> None:
    table.put(item)
    with pytest.raises(Unreadable):
        read(table)


@pytest.mark.parametrize(("value", "paused"), [(False, False), (True, True), ("no", True), (GONE, True), (0, True)])
def test_what_does_not_say_clearly_that_it_was_resumed_is_paused(table: Table, value: Any, *, paused: bool) -> None:
    table.put(changed({"pk": "pauses", "sk": "T0ACME#servicenow"}, "paused", value))
    assert DynamoPauses(table).paused("T0ACME") == (frozenset({"servicenow"}) if paused else frozenset())


@pytest.mark.parametrize("key", ["", "/", "T0ACME/", "/U0JOSIE", "U0JOSIE"])
def test_half_a_key_is_nobody(key: str) -> None:
    with pytest.raises(ValueError, match="no person"):
        Person.from_key(key)


@pytest.mark.parametrize("status", [GONE, "dance", {}, 7])
def test_in_a_census_a_row_without_a_state_is_passed_over(dynamodb: "DynamoDBClient", status: Any) -> None:
    table, notes = (template_table(dynamodb, name) for name in ("ConnectionsTable", "SignInsTable"))
    tom = Person("E0ACME", "U0TOM")
    row = connection_item(replace(CONNECTION, person=tom, status=Status.LIVE))
    table.put(row)
    table.put(changed({**row, "pk": JOSIE.key}, "status", status))
    assert DynamoCensus(table, notes).page("servicenow", "T0ACME", None, 9) == ([(tom, Status.LIVE)], None)
