"""One suite for the installations' port: the fake that use-case tests trust, and DynamoDB."""

from dataclasses import replace

import pytest

from countersign.adapters.dynamodb.installations import DynamoInstallationStore
from countersign.domain.errors import Conflict
from countersign.domain.installation import InstallState
from countersign.ports.stores import InstallationStore
from tests.support.memory_workspaces import ACME, LABS, NOW, SALES, MemoryInstallationStore

STATE = InstallState("a" * 64, "b" * 64, "https://api.example/slack/oauth_redirect", NOW + 600)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> InstallationStore:
    if request.param == "memory":
        return MemoryInstallationStore()
    return DynamoInstallationStore(request.getfixturevalue("table"))


def test_what_was_put_comes_back_whole_and_is_listed(store: InstallationStore) -> None:
    store.put(SALES)
    store.put(ACME)
    assert store.get("T0SALES") == SALES
    assert store.list() == [ACME, SALES]
    assert store.get("T9NOBODY") is None


def test_a_removal_is_noted_whether_or_not_the_installation_is_known(store: InstallationStore) -> None:
    store.put(ACME)
    assert store.mark_gone("T0ACME", None, NOW + 5) == replace(ACME, gone_at=NOW + 5)
    stranger = store.mark_gone("T1LABS", "E0ACME", NOW + 5)
    assert (stranger.workspace.organisation, stranger.gone_at, stranger.live) == ("E0ACME", NOW + 5, False)


def test_the_latest_removal_counts_in_whatever_order_they_come(store: InstallationStore) -> None:
    store.put(ACME)
    store.mark_gone("T0ACME", None, NOW + 9)
    assert store.mark_gone("T0ACME", None, NOW + 5).gone_at == NOW + 9


def test_an_installation_that_was_removed_before_it_was_written_is_not_written(store: InstallationStore) -> None:
    store.mark_gone("T0ACME", None, NOW + 5)
    with pytest.raises(Conflict):
        store.put(ACME)
    with pytest.raises(Conflict):
        store.put(replace(ACME, installed_at=NOW + 5))


def test_one_that_is_made_after_the_removal_is_live_again(store: InstallationStore) -> None:
    store.mark_gone("T0ACME", None, NOW + 5)
    store.put(replace(ACME, installed_at=NOW + 6))
    there = store.get("T0ACME")
    assert there is not None
    assert there.live


def test_a_late_removal_leaves_a_newer_installation_live(store: InstallationStore) -> None:
    store.put(replace(ACME, installed_at=NOW + 6))
    assert store.mark_gone("T0ACME", None, NOW + 5).live


def test_an_older_installation_does_not_replace_a_newer_one(store: InstallationStore) -> None:
    store.put(replace(ACME, installed_at=NOW + 6))
    with pytest.raises(Conflict):
        store.put(ACME)


def test_the_first_one_stays_the_first(store: InstallationStore) -> None:
    assert store.first(LABS.workspace.id) == "T1LABS"
    assert store.first(ACME.workspace.id) == "T1LABS"
    assert store.first(LABS.workspace.id) == "T1LABS"


def test_a_state_comes_back_and_is_spent_once(store: InstallationStore) -> None:
    store.put_state(STATE)
    assert store.get_state(STATE.id_hash) == STATE
    assert [store.consume_state(STATE), store.consume_state(STATE)] == [True, False]
    assert store.get_state(STATE.id_hash) == STATE


def test_an_unknown_state_is_none_and_cannot_be_spent(store: InstallationStore) -> None:
    assert store.get_state("c" * 64) is None
    assert not store.consume_state(replace(STATE, id_hash="c" * 64))


def test_a_state_is_not_written_over(store: InstallationStore) -> None:
    store.put_state(STATE)
    with pytest.raises(Conflict):
        store.put_state(replace(STATE, cookie_hash="d" * 64))
