"""One account at an app, connected by two people: both are told, once, and the audit trail says so."""

from dataclasses import replace

import pytest

from countersign.domain.catalog import ActsAs, Catalog
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import ChatRefused
from countersign.domain.identity import Person
from countersign.domain.message import Mention, Message, Paragraph
from countersign.domain.queue_messages import connected_message
from tests.support.acting_world import JOSIE, TOM, WORKSPACE, ActingWorld
from tests.support.memory_chat import words


@pytest.fixture
def world() -> ActingWorld:
    return ActingWorld()


def come_back(world: ActingWorld, person: Person, connection: Connection) -> None:
    """Housekeeping aside, this is what follows when a connection was stored."""
    begun = world.ask_to_connect.link(person, WORKSPACE, connection.app, trace_id="t")
    assert world.deliver(dict(connected_message(begun.intent))) == []


def connect(world: ActingWorld, person: Person, name: str = "josie") -> Connection:
    connection = world.connect(person, name, sign_in=f"{person.user_id}#{world.randomness()}")
    come_back(world, person, connection)
    return connection


def flagged(world: ActingWorld) -> list[tuple[Person, str]]:
    """Who was told, and of whom."""
    told = []
    for person, message in world.slack.told:
        for block in message.blocks:
            if isinstance(block, Paragraph) and "two people" in block.text.template:
                other = block.text.values["other"]
                assert isinstance(other, Mention)
                told.append((person, other.user_id))
    return told


def events(world: ActingWorld) -> list[tuple[str | None, str]]:
    return [
        (person.user_id if person else None, facts["other_person"])
        for name, person, facts in world.audit.events
        if name == "sign_in.account_of_two"
    ]


def test_both_are_told_of_each_other(world: ActingWorld) -> None:
    connect(world, JOSIE)
    assert flagged(world) == []
    connect(world, TOM)
    assert flagged(world) == [(TOM, "U0JOSIE"), (JOSIE, "U0TOM")]
    assert events(world) == [("U0TOM", "U0JOSIE")]
    said = next(words(message) for _, message in world.slack.told if "two people" in words(message))
    assert "josie@acme.com" in said


def test_the_same_person_may_connect_the_same_account_again(world: ActingWorld) -> None:
    connection = connect(world, JOSIE)
    come_back(world, JOSIE, connection)
    assert (flagged(world), events(world)) == ([], [])


def test_two_accounts_are_none_of_anybodys_business(world: ActingWorld) -> None:
    connect(world, JOSIE, "josie")
    connect(world, TOM, "tom")
    assert flagged(world) == []


def test_who_has_gone_or_changed_accounts_is_not_told(world: ActingWorld) -> None:
    first = connect(world, JOSIE)
    world.connections.rows[JOSIE.key, "servicenow"] = replace(first, status=Status.REVOKING)
    connect(world, TOM)
    assert flagged(world) == []
    other = replace(first.account, id="id-other")
    world.connections.rows[JOSIE.key, "servicenow"] = replace(first, account=other)
    del world.connections.rows[TOM.key, "servicenow"]
    connect(world, TOM)
    assert flagged(world) == []


def test_a_pair_is_told_once_a_day(world: ActingWorld) -> None:
    connect(world, JOSIE)
    connect(world, TOM)
    told = len(flagged(world))
    del world.connections.rows[TOM.key, "servicenow"]
    connect(world, TOM)
    assert len(flagged(world)) == told
    world.now += 27 * 3_600
    del world.connections.rows[TOM.key, "servicenow"]
    connect(world, TOM)
    assert len(flagged(world)) == 2 * told


@pytest.mark.parametrize("refuses", [JOSIE, TOM])
def test_whoever_cant_be_told_keeps_nobody_from_it(
    world: ActingWorld, monkeypatch: pytest.MonkeyPatch, refuses: Person
) -> None:
    connect(world, JOSIE)
    direct = world.slack.direct

    def refused(person: Person, message: Message) -> None:
        if person == refuses:
            raise ChatRefused("messages_tab_disabled")
        direct(person, message)

    monkeypatch.setattr(world.slack, "direct", refused)
    connect(world, TOM)
    told, other = (TOM, "U0JOSIE") if refuses == JOSIE else (JOSIE, "U0TOM")
    assert flagged(world) == [(told, other)]
    assert events(world) == [("U0TOM", "U0JOSIE")]


def test_an_app_whose_tokens_are_nobodys_is_left_alone(world: ActingWorld) -> None:
    apps = world.catalog.apps
    world.catalog = Catalog({**apps, "servicenow": replace(apps["servicenow"], acts_as=ActsAs.APP)}, {})
    for person in (JOSIE, TOM):
        connect(world, person)
    assert flagged(world) == []
