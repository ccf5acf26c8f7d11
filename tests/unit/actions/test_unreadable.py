"""A stored row that can't be read stands in somebody's way: they are told once, and the operator's alarm gets it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.connection import Connection, Status
from countersign.domain.cut_app import CutApp
from countersign.domain.errors import Unreadable
from countersign.domain.identity import Person
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.queue_messages import cut_app_message
from countersign.entrypoints.queues import handle_actions, handle_connections
from tests.support.acting_world import JOSIE, TOM, WORKSPACE, ActingWorld
from tests.support.queue_events import INTENT

WORDS = (
    "Countersign can't read something that it stored for this, so it stopped there. "
    "Please tell the person who runs Countersign."
)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ActingWorld:
    made = ActingWorld()
    made.put_card()

    def unreadable(*_: object) -> None:
        raise Unreadable("connection: KeyError")

    monkeypatch.setattr(made.connections, "get", unreadable)
    monkeypatch.setattr(made.connections, "list", unreadable)
    return made


def record(world: ActingWorld, times: str, **changes: Any) -> dict[str, Any]:
    asked = Interaction("Ev1", Kind.TEXT, JOSIE, WORKSPACE, ReplyTo("D1"), value="connections", at=world.now, **changes)
    message = {"v": 1, "kind": "interaction", "interaction": asked.as_json()}
    return {"messageId": "m", "body": json.dumps(message), "attributes": {"ApproximateReceiveCount": times}}


def test_whoever_asked_is_told_at_the_first_delivery_and_the_message_goes_back(world: ActingWorld) -> None:
    for times in ("1", "2"):
        failed = handle_connections({"Records": [record(world, times)]}, world)["batchItemFailures"]
        assert failed == [{"itemIdentifier": "m"}]
    assert world.slack.said_to(JOSIE) == [WORDS]


def test_a_click_does_nothing_and_its_person_is_told(world: ActingWorld) -> None:
    world.click(JOSIE)
    assert world.servicenow.acts == 0
    assert world.slack.said_to(JOSIE) == [WORDS]


def test_that_it_can_not_be_said_changes_nothing(world: ActingWorld) -> None:
    world.slack.down = True
    failed = handle_connections({"Records": [record(world, "1")]}, world)["batchItemFailures"]
    assert failed == [{"itemIdentifier": "m"}]


def test_a_message_that_nobody_asked_for_just_goes_back(world: ActingWorld) -> None:
    body = {"v": 1, "kind": "renew", "app": "servicenow", "tenant": "T0ACME", "user_id": "U0JOSIE"}
    failed = handle_actions({"Records": [{"messageId": "m", "body": json.dumps(body)}]}, world)["batchItemFailures"]
    assert (failed, world.slack.told) == ([{"itemIdentifier": "m"}], [])


@pytest.mark.parametrize("kind", ["revoke", None, 7, ["interaction"]])
def test_the_queue_of_conversations_takes_nothing_else(kind: object) -> None:
    world = ActingWorld()
    message = json.loads(record(world, "1")["body"]) | {"kind": kind}
    event = {"Records": [{"messageId": "m", "body": json.dumps(message)}]}
    assert handle_connections(event, world)["batchItemFailures"] == [{"itemIdentifier": "m"}]
    assert world.slack.told == []


def test_one_persons_row_does_not_stop_the_cutting_of_everybody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    world = ActingWorld()
    for person, name in ((JOSIE, "josie"), (TOM, "tom")):
        world.connect(person, name)
    plain = world.connections.get

    def of_others(person: Person, app: str) -> Connection | None:
        if person == JOSIE:
            raise Unreadable("connection: KeyError")
        return plain(person, app)

    monkeypatch.setattr(world.connections, "get", of_others)
    assert world.deliver(dict(cut_app_message(CutApp("servicenow", "T0ACME", JOSIE.key, world.now, "trace")))) == []
    states = {person: world.connections.rows[person.key, "servicenow"].status for person in (JOSIE, TOM)}
    assert states == {JOSIE: Status.LIVE, TOM: Status.REVOKING}
    assert "unreadable_row" in world.journal.names


@pytest.mark.parametrize("kind", ["new_link", "sign_in_burnt"])
def test_a_link_to_an_app_that_went_from_the_catalog_is_nothing_to_speak_of(kind: str) -> None:
    world = ActingWorld()
    world.sign_ins.put_intent(replace(INTENT, app="gone"))
    assert world.deliver({"v": 1, "kind": kind, "intent": INTENT.id_hash}) == []
    assert world.slack.told == []
