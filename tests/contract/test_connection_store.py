"""One suite for the connections' port: the fake that use-case tests trust, and DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from countersign.adapters.dynamodb.connections import DynamoConnectionStore
from countersign.domain.connection import Account, Connection, CutBy, Status
from countersign.domain.errors import Conflict, LeaseBusy
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.tokens import Sealed
from countersign.ports.stores import ConnectionStore
from tests.support.memory_sign_in import MemoryConnectionStore

JOSIE, TOM = Person("T0ACME", "U0JOSIE"), Person("T0ACME", "U0TOM")
NOW = 1_800_000_000
SEALED = Sealed("arn:key", b"\x00edk", b"nonce", b"\xffct")
LIVE = Connection(
    person=JOSIE,
    workspace="T0ACME",
    app="servicenow",
    account=Account("a1", "josie", "Josie", "josie@acme.com", None),
    status=Status.LIVE,
    version=1,
    sealed=SEALED,
    scopes=("useraccount",),
    expires_at=NOW + 1_800,
    connected_at=NOW,
    own_address=True,
)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> ConnectionStore:
    if request.param == "memory":
        return MemoryConnectionStore()
    table = request.getfixturevalue("table")
    return DynamoConnectionStore(table, notes=table)


def test_what_was_put_comes_back_whole(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)

    assert store.get(JOSIE, "servicenow") == LIVE


def test_nobody_reads_anybody_elses_connection(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)

    assert store.get(TOM, "servicenow") is None
    assert store.list(TOM) == []
    assert store.get(Person("T0OTHER", "U0JOSIE"), "servicenow") is None


def test_a_person_lists_their_own_in_order_of_apps_and_no_retired_ones(store: ConnectionStore) -> None:
    salesforce = replace(LIVE, app="salesforce")
    store.put(LIVE, replaces=None)
    store.put(salesforce, replaces=None)
    store.retire(LIVE, now=NOW, due_at=NOW)

    assert store.list(JOSIE) == [salesforce, LIVE]


def test_where_a_persons_own_came_through_is_said_but_of_those_that_are_being_revoked(store: ConnectionStore) -> None:
    for app, workspace in (("asana", "T0ACME"), ("salesforce", "T1LABS"), ("servicenow", "T0ACME")):
        store.put(replace(LIVE, app=app, workspace=workspace), replaces=None)
    store.put(replace(LIVE, person=TOM), replaces=None)
    store.set_revoking(replace(LIVE, app="asana"), now=NOW, due_at=NOW)

    assert store.places(JOSIE) == [("salesforce", "T1LABS"), ("servicenow", "T0ACME")]


def test_the_first_one_is_put_once(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)

    with pytest.raises(Conflict):
        store.put(replace(LIVE, account=Account("a2", "x", "X")), replaces=None)


def test_it_is_replaced_only_over_the_version_that_was_seen(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    store.put(replace(LIVE, version=2), replaces=1)

    with pytest.raises(Conflict):
        store.put(replace(LIVE, version=2), replaces=1)


def test_it_is_replaced_only_while_it_is_of_the_account_that_was_seen(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)

    with pytest.raises(Conflict):
        store.put(replace(LIVE, version=2), replaces=1, account="another")
    assert store.get(JOSIE, "servicenow") == LIVE

    store.put(replace(LIVE, version=2), replaces=1, account=LIVE.account.id)
    assert store.get(JOSIE, "servicenow") == replace(LIVE, version=2)


def test_a_cut_connection_is_unusable_from_the_next_read_on_and_due(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)

    store.set_revoking(LIVE, now=NOW, due_at=NOW + 60)

    cut = store.get(JOSIE, "servicenow")
    assert cut is not None
    assert (cut.status, cut.revoking_since) == (Status.REVOKING, NOW)
    assert store.due(NOW + 59, 10) == []
    assert store.due(NOW + 60, 10) == [cut]


def test_another_accounts_connection_is_not_cut_by_mistake(store: ConnectionStore) -> None:
    store.put(replace(LIVE, account=Account("a2", "other", "Other")), replaces=None)

    with pytest.raises(Conflict):
        store.set_revoking(LIVE, now=NOW, due_at=NOW)


@pytest.mark.parametrize(("there", "seen"), [("new", "old"), ("new", ""), ("", "old")])
def test_a_newer_sign_in_is_not_cut_by_whoever_saw_the_older_one(store: ConnectionStore, there: str, seen: str) -> None:
    newer = replace(LIVE, sign_in=there, version=2)
    store.put(newer, replaces=None)

    with pytest.raises(Conflict):
        store.set_revoking(replace(LIVE, sign_in=seen), now=NOW, due_at=NOW)

    assert store.get(JOSIE, "servicenow") == newer


def test_a_sign_in_is_cut_though_it_was_refreshed_since(store: ConnectionStore) -> None:
    signed_in = replace(LIVE, sign_in="leg")
    store.put(replace(signed_in, version=7), replaces=None)

    store.set_revoking(signed_in, now=NOW, due_at=NOW)

    there = store.get(JOSIE, "servicenow")
    assert there is not None
    assert (there.status, there.version) == (Status.REVOKING, 7)


def test_cutting_twice_keeps_the_time_of_the_first(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    store.set_revoking(LIVE, now=NOW, due_at=NOW + 60)
    store.set_revoking(LIVE, now=NOW + 9, due_at=NOW + 69)

    there = store.get(JOSIE, "servicenow")
    assert there is not None
    assert there.revoking_since == NOW


def test_one_worker_refreshes_at_a_time(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)

    leased = store.lease(LIVE, "w1", NOW + 25, NOW)

    assert (leased.lease_owner, leased.lease_until, leased.refresh_sent) == ("w1", NOW + 25, True)
    with pytest.raises(LeaseBusy):
        store.lease(LIVE, "w2", NOW + 25, NOW)


def test_a_dead_workers_lease_can_be_taken(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    store.lease(LIVE, "w1", NOW + 25, NOW)

    assert store.lease(LIVE, "w2", NOW + 60, NOW + 26).lease_owner == "w2"


def test_a_lease_on_what_has_moved_conflicts(store: ConnectionStore) -> None:
    store.put(replace(LIVE, version=2), replaces=None)

    with pytest.raises(Conflict):
        store.lease(LIVE, "w1", NOW + 25, NOW)


def test_refreshed_tokens_end_the_lease(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    leased = store.lease(LIVE, "w1", NOW + 25, NOW)
    new = replace(leased, version=2, sealed=replace(SEALED, ciphertext=b"new"), expires_at=NOW + 3_600)

    store.save_refreshed(new, "w1")

    expected = replace(new, lease_owner=None, lease_until=0, refresh_sent=False)
    assert store.get(JOSIE, "servicenow") == expected


def test_refreshed_tokens_without_an_end_forget_the_old_end(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    leased = store.lease(LIVE, "w1", NOW + 25, NOW)

    store.save_refreshed(replace(leased, version=2, expires_at=None), "w1")

    there = store.get(JOSIE, "servicenow")
    assert there is not None
    assert there.expires_at is None


def test_a_refresh_under_way_does_not_bring_a_cut_connection_back(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    leased = store.lease(LIVE, "w1", NOW + 25, NOW)
    store.set_revoking(LIVE, now=NOW, due_at=NOW)

    store.save_refreshed(replace(leased, version=2, sealed=replace(SEALED, ciphertext=b"new")), "w1")

    there = store.get(JOSIE, "servicenow")
    assert there is not None
    assert (there.status, there.sealed.ciphertext) == (Status.REVOKING, b"new")


def test_a_cut_connection_keeps_what_a_refresh_brought_for_its_revocation(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    store.set_revoking(LIVE, now=NOW, due_at=NOW)
    cut = store.get(JOSIE, "servicenow")
    assert cut is not None
    renewed = replace(cut, version=2, sealed=replace(SEALED, ciphertext=b"new"), expires_at=None)

    store.save_cut(renewed)

    assert store.get(JOSIE, "servicenow") == renewed
    assert store.due(NOW, 10) == [renewed]
    with pytest.raises(Conflict):
        store.save_cut(renewed)


def test_what_lives_or_is_gone_is_not_saved_as_cut(store: ConnectionStore) -> None:
    with pytest.raises(Conflict):
        store.save_cut(replace(LIVE, version=2))
    store.put(LIVE, replaces=None)
    with pytest.raises(Conflict):
        store.save_cut(replace(LIVE, version=2))

    assert store.get(JOSIE, "servicenow") == LIVE


def test_only_the_leases_owner_saves(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    store.lease(LIVE, "w1", NOW + 25, NOW)

    with pytest.raises(Conflict):
        store.save_refreshed(replace(LIVE, version=2), "w2")


@pytest.mark.parametrize("in_doubt", [True, False])
def test_a_released_lease_remembers_whether_its_refresh_is_in_doubt(store: ConnectionStore, *, in_doubt: bool) -> None:
    store.put(LIVE, replaces=None)
    store.lease(LIVE, "w1", NOW + 25, NOW)

    store.release(LIVE, "w2", in_doubt=False)
    store.release(LIVE, "w1", in_doubt=in_doubt)

    there = store.get(JOSIE, "servicenow")
    assert there is not None
    assert (there.lease_owner, there.refresh_sent) == (None, in_doubt)


def test_what_ended_at_the_app_needs_a_sign_in_and_holds_no_lease(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    leased = store.lease(LIVE, "w1", NOW + 25, NOW)

    store.needs_sign_in(leased)

    assert store.get(JOSIE, "servicenow") == replace(LIVE, status=Status.NEEDS_SIGN_IN)


def test_what_moved_or_was_cut_is_not_marked_as_ended(store: ConnectionStore) -> None:
    store.put(replace(LIVE, version=2), replaces=None)
    store.needs_sign_in(LIVE)
    assert store.get(JOSIE, "servicenow") == replace(LIVE, version=2)

    store.set_revoking(LIVE, now=NOW, due_at=NOW)
    store.needs_sign_in(replace(LIVE, version=2))

    there = store.get(JOSIE, "servicenow")
    assert there is not None
    assert there.status is Status.REVOKING


def test_while_another_worker_refreshes_nobody_says_that_it_has_ended(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    leased = store.lease(LIVE, "w1", NOW + 25, NOW)

    store.needs_sign_in(LIVE)

    assert store.get(JOSIE, "servicenow") == leased


def test_the_last_use_is_noted_unless_the_row_moved(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    store.touch(LIVE, NOW + 5)
    store.touch(replace(LIVE, version=7), NOW + 9)

    there = store.get(JOSIE, "servicenow")
    assert there is not None
    assert there.last_used_at == NOW + 5


def test_a_retired_one_is_due_in_time_beside_the_new_one(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    for _ in range(2):
        store.retire(LIVE, now=NOW, due_at=NOW + 60)
    store.put(replace(LIVE, version=2), replaces=1)

    assert store.due(NOW + 59, 10) == []
    (retired,) = store.due(NOW + 60, 10)

    assert (retired.retired, retired.status, retired.owner) == (True, Status.REVOKING, LIVE.owner)
    assert [store.delete(retired), store.delete(retired)] == [True, False]
    assert store.due(NOW + 60, 10) == []
    assert store.get(JOSIE, "servicenow") == replace(LIVE, version=2)


def test_only_what_was_cut_is_deleted(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    assert not store.delete(LIVE)
    assert store.get(JOSIE, "servicenow") == LIVE

    store.set_revoking(LIVE, now=NOW, due_at=NOW)

    assert not store.delete(replace(LIVE, version=2))
    assert [store.delete(LIVE), store.delete(LIVE)] == [True, False]
    assert store.get(JOSIE, "servicenow") is None


@pytest.mark.parametrize("retired", [True, False])
@pytest.mark.parametrize("failed", [True, False])
def test_a_revocation_is_tried_again_later(store: ConnectionStore, *, failed: bool, retired: bool) -> None:
    store.put(LIVE, replaces=None)
    if retired:
        store.retire(LIVE, now=NOW, due_at=NOW)
    else:
        store.set_revoking(LIVE, now=NOW, due_at=NOW)
    (due,) = store.due(NOW, 10)

    store.postpone(due, NOW + 600, failed=failed)

    assert store.due(NOW + 599, 10) == []
    assert [row.revocation_failed for row in store.due(NOW + 600, 10)] == [failed]


def test_what_a_refresh_moved_meanwhile_is_not_postponed(store: ConnectionStore) -> None:
    store.put(replace(LIVE, version=2), replaces=None)
    store.set_revoking(LIVE, now=NOW, due_at=NOW)

    store.postpone(LIVE, NOW + 600)

    assert len(store.due(NOW, 10)) == 1


def test_who_cut_it_first_is_who_cut_it(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)

    store.set_revoking(LIVE, now=NOW, due_at=NOW, cut_by=CutBy.ADMIN)
    store.set_revoking(LIVE, now=NOW, due_at=NOW, cut_by=CutBy.OPERATOR)

    assert [row.cut_by for row in store.due(NOW, 10)] == [CutBy.ADMIN]


SHARED = replace(LIVE, person=shared_owner(Workspace("T0ACME")), steward=TOM, upkeep_at=NOW + 900)


def test_a_shared_connection_is_in_nobodys_list_and_names_its_admin(store: ConnectionStore) -> None:
    store.put(SHARED, replaces=None)

    assert store.get(SHARED.person, "servicenow") == SHARED
    assert [*store.list(JOSIE), *store.list(TOM)] == []


def test_whoever_cuts_a_shared_one_is_told_from_then_on(store: ConnectionStore) -> None:
    store.put(SHARED, replaces=None)

    store.set_revoking(SHARED, now=NOW, due_at=NOW + 60, steward=JOSIE)

    (cut,) = store.due(NOW + 60, 10)
    assert (cut.contact, cut.upkeep_at) == (JOSIE, None)
    assert store.upkeep_due(NOW + 9_999, 10) == []


def test_a_shared_one_that_ended_is_due_at_once(store: ConnectionStore) -> None:
    store.put(SHARED, replaces=None)

    store.needs_sign_in(SHARED)

    assert store.upkeep_due(NOW, 10) == [replace(SHARED, status=Status.NEEDS_SIGN_IN, upkeep_at=0)]


def test_a_persons_own_that_ended_is_not_looked_after(store: ConnectionStore) -> None:
    planned = replace(LIVE, upkeep_at=NOW)
    store.put(planned, replaces=None)

    store.needs_sign_in(planned)

    assert store.upkeep_due(NOW, 10) == []


def test_upkeep_is_due_in_time_oldest_first_and_no_revocation_is_among_it(store: ConnectionStore) -> None:
    late, early = replace(LIVE, upkeep_at=NOW + 60), replace(LIVE, person=TOM, upkeep_at=NOW + 30)
    store.put(late, replaces=None)
    store.put(early, replaces=None)
    store.retire(replace(LIVE, app="salesforce"), now=NOW, due_at=NOW)

    assert store.upkeep_due(NOW + 29, 10) == []
    assert store.upkeep_due(NOW + 60, 10) == [early, late]
    assert store.upkeep_due(NOW + 60, 1) == [early]


def test_one_caller_takes_upkeep_up_and_it_comes_again(store: ConnectionStore) -> None:
    planned = replace(LIVE, upkeep_at=NOW)
    store.put(planned, replaces=None)

    claims = [store.claim_upkeep(planned, now=NOW, until=NOW + 600) for _ in range(2)]

    assert claims == [True, False]
    assert store.upkeep_due(NOW + 599, 10) == []
    assert store.upkeep_due(NOW + 600, 10) == [replace(planned, upkeep_at=NOW + 600)]


def test_nobody_takes_up_what_was_refreshed_or_cut_meanwhile(store: ConnectionStore) -> None:
    planned = replace(LIVE, upkeep_at=NOW)
    store.put(replace(planned, version=2), replaces=None)
    assert not store.claim_upkeep(planned, now=NOW, until=NOW + 600)

    store.set_revoking(LIVE, now=NOW, due_at=NOW)

    assert not store.claim_upkeep(replace(planned, version=2), now=NOW, until=NOW + 600)
    assert len(store.due(NOW, 10)) == 1


def test_what_comes_next_is_planned_with_whether_its_person_was_warned(store: ConnectionStore) -> None:
    store.put(replace(LIVE, upkeep_at=NOW), replaces=None)

    store.plan_upkeep(replace(LIVE, upkeep_at=None, warned=True))
    store.plan_upkeep(replace(LIVE, upkeep_at=NOW, version=7))

    assert store.get(JOSIE, "servicenow") == replace(LIVE, warned=True)
    assert store.upkeep_due(NOW + 9_999, 10) == []


def test_planning_does_not_touch_what_was_cut_meanwhile(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    store.set_revoking(LIVE, now=NOW, due_at=NOW)

    store.plan_upkeep(replace(LIVE, upkeep_at=NOW + 60))

    assert len(store.due(NOW, 10)) == 1


def test_a_refresh_plans_the_next_upkeep(store: ConnectionStore) -> None:
    store.put(replace(LIVE, upkeep_at=NOW), replaces=None)
    leased = store.lease(LIVE, "w1", NOW + 25, NOW)

    store.save_refreshed(replace(leased, version=2, refreshed_at=NOW + 3, upkeep_at=NOW + 900), "w1")

    assert store.upkeep_due(NOW + 899, 10) == []
    ((refreshed_at, version),) = [(row.refreshed_at, row.version) for row in store.upkeep_due(NOW + 900, 10)]
    assert (refreshed_at, version) == (NOW + 3, 2)


def test_a_refresh_of_what_was_cut_meanwhile_leaves_its_revocation_due(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    leased = store.lease(LIVE, "w1", NOW + 25, NOW)
    store.set_revoking(LIVE, now=NOW, due_at=NOW + 60)

    store.save_refreshed(replace(leased, version=2, upkeep_at=NOW + 900), "w1")

    assert [row.version for row in store.due(NOW + 60, 10)] == [2]
    assert store.upkeep_due(NOW + 900, 10) == []


def test_everybody_who_is_connected_as_an_account_is_known(store: ConnectionStore) -> None:
    toms = replace(LIVE, person=TOM)
    assert store.hold_account(LIVE) == [JOSIE]
    assert store.hold_account(LIVE) == [JOSIE]
    assert store.hold_account(toms) == [JOSIE, TOM]
    others = (
        replace(toms, account=replace(LIVE.account, id="a2")),
        replace(toms, app="salesforce"),
        replace(toms, person=Person("T0OTHER", "U0TOM")),
    )
    assert [store.hold_account(other) for other in others] == [[TOM], [TOM], [Person("T0OTHER", "U0TOM")]]


def test_who_is_not_connected_any_more_is_not_among_them(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    store.hold_account(LIVE)
    store.set_revoking(LIVE, now=NOW, due_at=NOW)
    cut = store.get(JOSIE, "servicenow")
    assert cut is not None
    assert store.delete(cut)
    assert store.hold_account(replace(LIVE, person=TOM)) == [TOM]


def test_who_is_connected_as_another_account_now_is_noted_for_that_one_alone(store: ConnectionStore) -> None:
    tom = replace(LIVE, person=TOM)
    store.hold_account(LIVE)
    store.hold_account(replace(LIVE, app="salesforce"))
    store.hold_account(replace(LIVE, account=replace(LIVE.account, id="a2")))
    assert store.hold_account(tom) == [TOM]
    assert store.hold_account(replace(tom, app="salesforce")) == [JOSIE, TOM]
    assert store.hold_account(replace(tom, account=replace(LIVE.account, id="a2"))) == [JOSIE, TOM]


def test_what_is_not_deleted_stays_noted(store: ConnectionStore) -> None:
    store.put(LIVE, replaces=None)
    store.hold_account(LIVE)
    assert not store.delete(LIVE), "it was not cut"
    assert store.hold_account(replace(LIVE, person=TOM)) == [JOSIE, TOM]


def test_what_another_sign_in_replaced_takes_no_note_with_it(store: ConnectionStore) -> None:
    store.retire(LIVE, now=NOW, due_at=NOW)
    store.put(replace(LIVE, version=2), replaces=None)
    store.hold_account(replace(LIVE, version=2))
    (retired,) = store.due(NOW, 10)
    assert store.delete(retired)
    assert store.hold_account(replace(LIVE, person=TOM)) == [JOSIE, TOM]


def test_two_who_come_at_once_see_each_other(store: ConnectionStore) -> None:
    people = [Person("T0ACME", f"U0{number}") for number in range(8)]
    with ThreadPoolExecutor(8) as crowd:
        seen = list(crowd.map(lambda person: store.hold_account(replace(LIVE, person=person)), people))
    for one, by_one in zip(people, seen, strict=True):
        for other, by_other in zip(people, seen, strict=True):
            assert other in by_one or one in by_other
