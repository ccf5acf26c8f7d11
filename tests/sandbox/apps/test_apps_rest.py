"""The REST layer of the twins: rights, decisions, idempotency and the audit, on records without any vendor."""

import pytest

from sandbox.apps.accounts import Account
from sandbox.apps.audit import AuditTrail, Caller
from sandbox.apps.rest import Problem, Record, Rights, Store

JOSIE, TOM = (Account(name, name, name.title(), f"{name}@acme.com", name, "x") for name in ("josie", "tom"))
AS_JOSIE, AS_TOM = (Caller(account, "countersign") for account in (JOSIE, TOM))


@pytest.fixture
def audit() -> AuditTrail:
    return AuditTrail(lambda: 100.0)


@pytest.fixture
def store(audit: AuditTrail) -> Store:
    return Store(audit, lambda: 100.0, lambda kind, place: f"{kind}-{place}", lambda record: record.id)


def waiting(store: Store) -> Record:
    josies = frozenset({"josie"})
    return store.add("order", {"total": 5}, TOM, Rights(edit=josies, decide=josies))


def acts(audit: AuditTrail) -> list[tuple[str, str]]:
    return [(entry.login, entry.act) for entry in audit.entries()]


def test_only_an_approver_decides_and_only_once(store: Store, audit: AuditTrail) -> None:
    order = waiting(store)
    with pytest.raises(Problem) as forbidden:
        store.decide(AS_TOM, order, "approved")
    decision = store.decide(AS_JOSIE, order, "approved", "Fine")
    with pytest.raises(Problem) as settled:
        store.decide(AS_JOSIE, order, "rejected")
    assert (forbidden.value.reason, settled.value.reason) == ("forbidden", "settled")
    assert (order.decided, decision.by, decision.comments) == (decision, JOSIE, "Fine")
    assert acts(audit) == [("josie", "approved")]


def test_an_edit_needs_the_right_to_edit(store: Store, audit: AuditTrail) -> None:
    order = waiting(store)
    with pytest.raises(Problem, match="forbidden"):
        store.change(AS_TOM, order, {"total": 6})
    store.change(AS_JOSIE, order, {"total": 7})
    assert (order.fields, order.changed_by, acts(audit)) == ({"total": 7}, JOSIE, [("josie", "updated")])


def test_what_may_not_be_read_is_not_there(store: Store) -> None:
    secret = store.add("order", {}, JOSIE, Rights(read=frozenset({"josie"})))
    assert store.read("order", secret.id, JOSIE) is secret
    with pytest.raises(Problem, match="not_found"):
        store.read("order", secret.id, TOM)
    with pytest.raises(Problem, match="not_found"):
        store.read("order", "order-9", JOSIE)


def test_the_same_key_of_the_same_person_makes_one_record(store: Store, audit: AuditTrail) -> None:
    first, again, other = (store.create(who, "order", {}, once="k1") for who in (AS_JOSIE, AS_JOSIE, AS_TOM))
    assert (first is again, first is other) == (True, False)
    assert acts(audit) == [("josie", "created"), ("tom", "created")]


def test_records_are_numbered_by_their_kind(store: Store) -> None:
    made = [store.add(kind, {}, TOM).id for kind in ("order", "note", "order")]
    assert made == ["order-1", "note-1", "order-2"]
    assert [record.id for record in store.all("order")] == ["order-1", "order-2"]
