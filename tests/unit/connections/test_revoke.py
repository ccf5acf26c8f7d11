"""The end of a connection beside a refresh, a newer sign-in and a twin: nothing lives on that was said to be gone."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.connection import Connection, Status, seal_owner
from countersign.domain.errors import AppUnavailable
from countersign.domain.queue_messages import revoke_message
from countersign.domain.secret import Secret
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Tokens
from countersign.usecases.disconnect import Disconnect
from tests.support.acting_world import JOSIE, ActingWorld
from tests.support.memory_chat import words


@pytest.fixture
def world() -> ActingWorld:
    return ActingWorld()


def _cut(world: ActingWorld, **changes: Any) -> Connection:
    world.connections.set_revoking(world.connect(JOSIE, "josie", **changes), now=world.now, due_at=world.now + 60)
    return _row(world)


def _row(world: ActingWorld) -> Connection:
    found = world.connections.get(JOSIE, "servicenow")
    assert found is not None
    return found


def _save_refreshed(world: ActingWorld) -> None:
    """What the worker that holds the lease does when its answer comes."""
    row = _row(world)
    owner = seal_owner(JOSIE, row.workspace, row.app, row.account.id, row.version + 1)
    sealed = world.opener.seal(pack(Tokens(Secret("at-2"), Secret("rt-2"))), owner)
    world.connections.save_refreshed(replace(row, version=row.version + 1, sealed=sealed), row.lease_owner or "")


def _said(world: ActingWorld) -> list[str]:
    return [words(message) for _, message in world.slack.told]


def test_while_a_refresh_is_under_way_nothing_is_revoked_or_said(world: ActingWorld) -> None:
    cut = _cut(world, lease_owner="w1", lease_until=world.now + 25)

    world.revoke.of_person(JOSIE, "servicenow")

    assert (world.authorization.revoked, world.slack.told, _row(world)) == ([], [], cut)
    assert world.connections.due(world.now + 25, 10) == []
    assert world.connections.due(world.now + 26, 10) == [cut]


def test_afterwards_what_the_refresh_brought_is_revoked(world: ActingWorld) -> None:
    _cut(world, lease_owner="w1", lease_until=world.now + 25)
    world.revoke.of_person(JOSIE, "servicenow")
    _save_refreshed(world)
    world.now += 60

    world.keep_house()

    assert world.authorization.revoked == ["rt-2"]
    assert _said(world) == ["*ServiceNow*: removed here, and revoked at ServiceNow."]
    assert world.connections.get(JOSIE, "servicenow") is None


def test_nobody_is_told_that_it_is_revoked_while_newer_tokens_live(
    world: ActingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = _cut(world)
    revoke = world.authorization.revoke

    def refreshed_meanwhile(app: Any, tokens: Tokens) -> bool:
        monkeypatch.undo()
        world.connections.rows[JOSIE.key, "servicenow"] = replace(cut, lease_owner="w1", lease_until=world.now)
        _save_refreshed(world)
        return revoke(app, tokens)

    monkeypatch.setattr(world.authorization, "revoke", refreshed_meanwhile)
    world.revoke(cut)
    assert (world.slack.told, _row(world).status) == ([], Status.REVOKING)

    world.now += 60
    world.keep_house()

    assert world.authorization.revoked == ["rt-josie", "rt-2"]
    assert _said(world) == ["*ServiceNow*: removed here, and revoked at ServiceNow."]


def test_two_workers_that_revoke_the_same_say_it_once(world: ActingWorld) -> None:
    cut = _cut(world)

    world.revoke(cut)
    world.revoke(cut)

    assert len(world.slack.told) == 1
    assert world.audit.names == ["revocation"]


def test_who_could_not_be_told_is_told_when_chat_is_back(world: ActingWorld) -> None:
    _cut(world)
    revoke = dict(revoke_message(JOSIE, "servicenow", "t"))
    world.slack.down = True
    assert world.deliver(revoke) != []
    world.slack.down = False

    assert world.deliver(revoke) == world.deliver(revoke) == []
    assert _said(world) == ["*ServiceNow*: removed here, and revoked at ServiceNow."]
    assert (world.audit.names, world.connections.get(JOSIE, "servicenow")) == (["revocation"], None)


def test_who_left_keeps_nothing_because_they_cannot_be_told(world: ActingWorld) -> None:
    _cut(world)
    world.slack.refuses = "user_disabled"

    assert world.deliver(dict(revoke_message(JOSIE, "servicenow", "t"))) == []
    assert (world.audit.names, world.connections.get(JOSIE, "servicenow")) == (["revocation"], None)


def test_that_the_app_did_not_answer_is_said_once_however_late_it_was_asked(world: ActingWorld) -> None:
    _cut(world, lease_owner="w1", lease_until=world.now + 25)
    world.authorization.revoke_fails = AppUnavailable("down")
    for _ in range(5):
        world.now += 60
        world.keep_house()

    (said,) = _said(world)
    assert "we keep trying until" in said


def test_a_disconnection_never_cuts_a_sign_in_that_came_after_it_looked(world: ActingWorld) -> None:
    seen = world.connect(JOSIE, "josie", sign_in="old")
    newer = replace(seen, version=2, sign_in="new")

    class Stale:
        """Reads what was there before."""

        def get(self, *_: object) -> Connection:
            world.connections.rows[JOSIE.key, "servicenow"] = newer
            return seen

        def __getattr__(self, name: str) -> Any:
            return getattr(world.connections, name)

    disconnect = Disconnect(Stale(), world.actions_queue, world.catalog, world.audit, world.clock)  # type: ignore[arg-type]

    said = words(disconnect(JOSIE, "servicenow", "trace"))

    assert _row(world) == newer
    assert "Nothing was disconnected" in said
    assert world.actions_queue.sent == []


@pytest.mark.parametrize("kind", ["revoke", "renew"])
@pytest.mark.parametrize("missing", ["tenant", "user_id"])
def test_a_message_that_does_not_say_whose_is_malformed_and_goes_where_an_alarm_waits(
    world: ActingWorld, caplog: pytest.LogCaptureFixture, kind: str, missing: str
) -> None:
    body = {"v": 1, "kind": kind, "app": "servicenow", "tenant": "T0ACME", "user_id": "U0JOSIE", "trace_id": "t"}
    del body[missing]

    assert world.deliver(body) == [{"itemIdentifier": "m1"}]
    assert [getattr(line, "code", None) for line in caplog.records] == ["malformed"]
