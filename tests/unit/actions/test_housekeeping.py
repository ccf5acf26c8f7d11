"""What housekeeping finds, and that one bad row does not stop the others."""

from dataclasses import replace
from typing import Final

import pytest

from countersign.domain.action import ActionStatus
from countersign.domain.connection import Account, Status, seal_owner
from countersign.domain.errors import AppUnavailable
from countersign.domain.secret import Secret
from countersign.domain.sign_in import Leg, LegStep
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Tokens
from tests.support.acting_world import CARD, JOSIE, TOM, WORKSPACE, ActingWorld
from tests.support.memory_chat import words


@pytest.fixture
def world() -> ActingWorld:
    world = ActingWorld()
    world.put_card()
    return world


def test_an_action_whose_sign_in_never_came_ends_and_is_told_once(world: ActingWorld) -> None:
    world.click(JOSIE)
    world.now += 1_800

    world.keep_house()
    world.keep_house()

    assert world.action_of(JOSIE).outcome == "expired"
    told = [message for person, message in world.slack.told if "within half an hour" in words(message)]
    assert len(told) == 1


def test_an_action_whose_worker_died_before_sending_is_taken_up(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.click(TOM)
    toms = world.action_of(TOM)
    dead = replace(toms, status=ActionStatus.CLAIMED, owner="dead", owned_until=world.now, waiting_for=None)
    world.actions.save(dead)
    world.connect(TOM, "tom")
    world.now += 61

    world.keep_house()

    assert world.actions_queue.kinds == ["resume"]
    world.run_queue()
    assert world.action_of(TOM).outcome == "refused"


def test_an_action_left_alone_is_queued_once_in_ten_minutes(world: ActingWorld) -> None:
    world.click(TOM)
    gone = {"status": ActionStatus.CLAIMED, "owner": "dead", "owned_until": world.now, "waiting_for": None}
    world.actions.save(replace(world.action_of(TOM), **gone))
    world.now += 61

    assert _queued_by_rounds(world) == [1, 1, 2]


def test_an_action_whose_sign_in_came_and_was_not_told_of_is_queued_once_in_ten_minutes(world: ActingWorld) -> None:
    world.click(TOM)
    world.connect(TOM, "tom")
    world.now += 1_800

    assert _queued_by_rounds(world) == [1, 1, 2]
    assert world.action_of(TOM).status is ActionStatus.OPEN


def _queued_by_rounds(world: ActingWorld) -> list[int]:
    """How many messages there are after a round, another right after it, and one more ten minutes later."""
    found = []
    for later in (0, 1, 600):
        world.now += later
        world.keep_house()
        found.append(len(world.actions_queue.sent))
    return found


def test_a_living_workers_action_is_left_alone(world: ActingWorld) -> None:
    world.click(TOM)
    alive = replace(
        world.action_of(TOM), status=ActionStatus.CLAIMED, owner="alive", owned_until=world.now + 25, waiting_for=None
    )
    world.actions.save(alive)

    world.keep_house()

    assert world.actions_queue.sent == []


def test_a_lost_person_is_helped_once(world: ActingWorld) -> None:
    world.click(TOM)
    (intent,) = world.sign_ins.intents.values()
    world.sign_ins.save_intent(replace(intent, opened_at=world.now), was=intent)
    world.now += 180

    world.keep_house()
    world.keep_house()

    assert [s for s in world.slack.said_to(TOM) if s.startswith("Did connecting")] != []
    assert len([s for s in world.slack.said_to(TOM) if s.startswith("Did connecting")]) == 1


def _lost(world: ActingWorld) -> None:
    """Another link of Tom's for the same app is opened, and nothing comes of it."""
    world.sign_ins.intents.clear()
    world.click(TOM)
    (intent,) = world.sign_ins.intents.values()
    world.sign_ins.save_intent(replace(intent, opened_at=world.now), was=intent)


def _asked_if_stuck(world: ActingWorld) -> int:
    world.now += 180
    world.keep_house()
    return len([said for said in world.slack.said_to(TOM) if said.startswith("Did connecting")])


def test_who_got_lost_twice_on_the_way_to_one_app_is_helped_once(world: ActingWorld) -> None:
    _lost(world)
    assert _asked_if_stuck(world) == 1
    world.now += 600
    _lost(world)
    assert _asked_if_stuck(world) == 1


def test_who_got_lost_and_is_connected_by_another_link_since_is_not_asked(world: ActingWorld) -> None:
    _lost(world)
    world.now += 60
    world.connect(TOM, "tom")
    assert _asked_if_stuck(world) == 0


def test_a_connection_from_before_does_not_stand_in_the_way_of_help(world: ActingWorld) -> None:
    world.connect(TOM, "tom", status=Status.NEEDS_SIGN_IN)
    _lost(world)
    assert _asked_if_stuck(world) == 1


TOMS: Final = Account("id-tom", "tom", "Tom")


def _unconfirmed(world: ActingWorld, *, refresh_token: str = "rt-x", account: Account | None = TOMS) -> Leg:
    world.click(JOSIE)
    (intent,) = world.sign_ins.intents.values()
    owner = seal_owner(JOSIE, WORKSPACE.id, "servicenow", account.id if account else "", 1)
    leg = Leg(
        id_hash="f" * 64,
        intent_hash=intent.id_hash,
        app="servicenow",
        cookie_hash="c" * 64,
        step=LegStep.CONFIRM,
        expires_at=world.now + 600,
        account=account,
        sealed=world.opener.seal(pack(Tokens(Secret("at-x"), Secret(refresh_token))), owner),
        version=1,
    )
    world.sign_ins.put_leg(leg)
    world.now += 600
    return leg


def test_tokens_that_nobody_confirmed_are_revoked(world: ActingWorld) -> None:
    _unconfirmed(world)

    world.keep_house()
    world.keep_house()

    assert world.authorization.revoked == ["rt-x"]
    assert world.connections.rows == {}


def test_they_stay_due_until_the_app_answers(world: ActingWorld) -> None:
    _unconfirmed(world)
    world.authorization.revoke_fails = AppUnavailable("down")
    world.keep_house()
    world.authorization.revoke_fails = None
    world.now += 600

    world.keep_house()

    assert world.authorization.revoked == ["rt-x"]


def test_tokens_that_became_the_connection_are_left_alone(world: ActingWorld) -> None:
    leg = _unconfirmed(world)
    world.connect(JOSIE, "josie", sign_in=leg.id_hash)

    world.keep_house()

    assert world.authorization.revoked == []
    assert world.sign_ins.due(world.now, 10) == []


def test_a_confirmation_at_the_last_moment_is_waited_for(world: ActingWorld) -> None:
    leg = _unconfirmed(world)
    world.sign_ins.consume_leg(leg)  # pressed in time; the connection is being stored this very moment

    world.keep_house()
    assert world.authorization.revoked == []

    world.now += 60
    world.keep_house()
    assert world.authorization.revoked == ["rt-x"]


def test_the_refresh_token_of_the_present_connection_is_never_ended(world: ActingWorld) -> None:
    """ServiceNow gives the same refresh token again at the next sign-in."""
    _unconfirmed(world, refresh_token="rt-josie")
    world.connect(JOSIE, "josie")

    world.keep_house()

    assert world.authorization.revoked == []


def test_tokens_whose_account_the_app_never_named_are_ended_too(world: ActingWorld) -> None:
    _unconfirmed(world, account=None)

    world.keep_house()

    assert world.authorization.revoked == ["rt-x"]


def test_a_replaced_connection_is_ended_without_a_word(world: ActingWorld) -> None:
    toms = world.connect(TOM, "tom")
    world.connections.retire(toms, now=world.now, due_at=world.now)
    world.connections.rows.clear()  # another one came in its place, and went

    world.keep_house()

    assert (world.authorization.revoked, world.connections.retired, world.slack.told) == (["rt-tom"], [], [])


@pytest.mark.parametrize("refreshed", [True, False])
def test_a_connection_that_was_to_be_replaced_and_stays_is_never_ended(world: ActingWorld, *, refreshed: bool) -> None:
    """Another sign-in set it aside, and then was not stored."""
    toms = world.connect(TOM, "tom", sign_in="leg")
    world.connections.retire(toms, now=world.now, due_at=world.now)
    if refreshed:
        owner = seal_owner(TOM, WORKSPACE.id, "servicenow", toms.account.id, 2)
        rotated = world.opener.seal(pack(Tokens(Secret("at-2"), Secret("rt-2"))), owner)
        world.connections.put(replace(toms, version=2, sealed=rotated), replaces=1)

    world.keep_house()

    assert (world.authorization.revoked, world.connections.retired) == ([], [])


def test_declined_tokens_are_ended_at_once(world: ActingWorld) -> None:
    leg = _unconfirmed(world)
    world.now -= 600
    world.sign_ins.decline_leg(leg, world.now)

    world.keep_house()

    assert world.authorization.revoked == ["rt-x"]


def test_one_bad_row_does_not_stop_the_others(world: ActingWorld) -> None:
    world.click(JOSIE)
    world.click(TOM)
    world.now += 1_800
    josies = world.action_of(JOSIE)
    world.actions.rows[JOSIE.key, josies.id] = replace(josies, recipe="approve_change", version=99)
    broken = world.messenger.direct
    calls = []

    def fail_first(person: object, message: object) -> object:
        calls.append(person)
        if len(calls) == 1:
            raise AppUnavailable("chat trouble")
        return broken(person, message)  # type: ignore[arg-type]

    world.messenger.direct = fail_first  # type: ignore[method-assign, assignment]
    world.keep_house()

    assert {world.action_of(JOSIE).outcome, world.action_of(TOM).outcome} == {"expired"}
    assert "housekeeping_failed" in world.journal.names


def test_near_its_own_end_a_round_takes_up_nothing_more(world: ActingWorld) -> None:
    world.click(JOSIE)
    world.now += 1_800
    world.lifetime = 4

    world.keep_house()

    assert world.action_of(JOSIE).status is ActionStatus.OPEN
    assert world.cards.get(CARD) is not None
