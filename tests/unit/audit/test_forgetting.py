"""*Forget me*: what ends, what is emptied, what stays and why; and that nobody can do it to somebody else."""

from dataclasses import replace

import pytest

from countersign.domain.action import Action, ActionStatus, Outcome
from countersign.domain.connection import Status
from countersign.domain.identity import Person
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.standing import Standing
from countersign.domain.texts.names import CONNECTIONS_FORGET
from tests.support.acting_world import CARD, JOSIE, TOM, WORKSPACE, ActingWorld
from tests.support.memory_chat import buttons


@pytest.fixture
def world() -> ActingWorld:
    made = ActingWorld()
    made.put_card()
    made.connect(JOSIE, "josie")
    return made


def forget(world: ActingWorld, person: Person, value: str = "") -> None:
    pressed = Interaction(
        f"i{world.randomness()}", Kind.BUTTON, person, WORKSPACE, ReplyTo(), CONNECTIONS_FORGET, value
    )
    world.now += 1
    assert world.deliver({"v": 1, "kind": "interaction", "interaction": pressed.as_json()}, queue="connections") == []
    for _ in range(3):
        world.run_queue()


def typed(world: ActingWorld, person: Person, text: str) -> Interaction:
    interaction = Interaction(f"i{world.randomness()}", Kind.TEXT, person, WORKSPACE, ReplyTo(), value=text)
    queue = "actions" if text == "history" else "connections"
    world.deliver({"v": 1, "kind": "interaction", "interaction": interaction.as_json()}, queue=queue)
    return interaction


def test_it_is_asked_once_more_before_anything_is_done(world: ActingWorld) -> None:
    typed(world, JOSIE, "Forget  me")
    (button,) = buttons(world.slack.told[-1][1])
    assert (button.action, button.confirmation is not None) == (CONNECTIONS_FORGET, True)
    assert world.actions_queue.sent == []


def test_connections_are_revoked_and_the_person_told_what_went_and_what_stays(world: ActingWorld) -> None:
    world.click(JOSIE)
    forget(world, JOSIE)
    assert world.connections.get(JOSIE, "servicenow") is None
    assert world.authorization.revoked == ["rt-josie"]
    (told,) = [said for said in world.slack.said_to(JOSIE) if "What stays" in said]
    assert "1 connection is being revoked, 1 entry of your history was emptied" in told


def test_history_is_emptied_and_nothing_is_done_twice_for_it(world: ActingWorld) -> None:
    clicked = world.click(JOSIE)
    before = world.action_of(JOSIE)
    forget(world, JOSIE)
    after = world.action_of(JOSIE)
    assert after == Action(
        before.id, JOSIE, WORKSPACE, "approve_change", "approve", CARD, before.subject, ActionStatus.DONE,
        before.created_at, after.version, "trace", ReplyTo(), sent_at=before.sent_at, ended_at=before.ended_at,
        step=before.step, outcome=Outcome.DONE, clicks=before.clicks, clicked_at=before.clicked_at,
        shown=before.shown, told=True, forgotten=True, decided_at=before.decided_at, standing=Standing.SETTLED,
    )  # fmt: skip
    typed(world, JOSIE, "history")
    assert "Nothing yet." in str(world.slack.told[-1][1])
    world.connect(JOSIE, "josie")
    world.deliver({"v": 1, "kind": "interaction", "interaction": clicked.as_json()})
    assert world.servicenow.acts == 1


def test_links_are_burnt_and_what_waits_ends(world: ActingWorld) -> None:
    world.click(TOM)
    forget(world, TOM)
    assert [intent.status for intent in world.sign_ins.intents.values()] == ["burnt"]
    assert world.action_of(TOM).outcome is Outcome.OFF_BOARDED
    assert world.action_of(TOM).forgotten


def test_nobody_else_loses_anything_whatever_the_button_says(world: ActingWorld) -> None:
    world.connect(TOM, "tom")
    forget(world, TOM, value="U0JOSIE")
    kept = world.connections.get(JOSIE, "servicenow")
    assert kept is not None
    assert kept.status is Status.LIVE
    assert world.connections.get(TOM, "servicenow") is None


def test_no_admin_is_told(world: ActingWorld) -> None:
    world.slack.admins = frozenset({("U0PRIYA", "T0ACME")})
    forget(world, JOSIE)
    assert world.slack.said_to(Person("T0ACME", "U0PRIYA")) == []


def test_who_has_nothing_is_told_so(world: ActingWorld) -> None:
    forget(world, TOM)
    assert "Countersign had nothing of yours" in world.slack.said_to(TOM)[-1]


def test_the_audit_keeps_that_it_happened_and_ids_alone(world: ActingWorld) -> None:
    world.click(JOSIE)
    forget(world, JOSIE)
    assert world.audit.names == ["action_ended", "left.forgotten", "revocation"]
    assert not [word for word in ("josie@acme.com", "Josie") if word in repr(world.audit.events)]


def test_who_connects_again_afterwards_is_not_forgotten_a_second_time(world: ActingWorld) -> None:
    pressed = Interaction("i1", Kind.BUTTON, JOSIE, WORKSPACE, ReplyTo(), CONNECTIONS_FORGET)
    world.deliver({"v": 1, "kind": "interaction", "interaction": pressed.as_json()}, queue="connections")
    world.run_queue()
    world.now += 60
    world.connect(JOSIE, "josie")
    world.run_queue()  # the second look
    kept = world.connections.get(JOSIE, "servicenow")
    assert kept is not None
    assert kept.status is Status.LIVE


def test_an_action_that_nobody_knows_the_end_of_is_emptied_and_asked_about_no_more(world: ActingWorld) -> None:
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)
    action = replace(world.action_of(JOSIE), status=ActionStatus.UNKNOWN, ended_at=world.now, told=True, detail="x")
    world.actions.rows[JOSIE.key, action.id] = action
    world.actions_queue.sent.clear()
    forget(world, JOSIE)
    assert world.action_of(JOSIE).forgotten
    world.now += 8 * 86_400
    assert world.actions.due(world.now, 10) == []
