"""A command recipe from its form to its reply, and the person's own history."""

from typing import Any

import pytest

from countersign.domain.action import ActionStatus
from countersign.domain.connection import Account, Connection, Status, seal_owner
from countersign.domain.errors import AppUnavailable
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.secret import Secret
from countersign.domain.texts.names import FORM_OPEN
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Tokens
from tests.support.acting_world import JOSIE, TOM, WORKSPACE, ActingWorld
from tests.support.memory_chat import words

ANSWERS = {"name": "Northwind: 200 seats", "stage": "Prospecting", "close_date": "2027-01-31"}


@pytest.fixture
def world() -> ActingWorld:
    return ActingWorld()


def submit(world: ActingWorld, **changes: Any) -> list[Any]:
    form = Interaction(
        id="view-1",
        kind=Kind.FORM,
        person=JOSIE,
        workspace=WORKSPACE,
        reply_to=ReplyTo("C0GENERAL"),
        answers=ANSWERS,
        state='{"recipe":"create_opportunity","procedure":"run"}',
    )
    body = {**form.as_json(), **changes}
    return world.deliver({"v": 1, "kind": "interaction", "interaction": body})


def test_what_was_filled_in_waits_sealed_for_the_sign_in(world: ActingWorld) -> None:
    submit(world)

    (action,) = world.actions.rows.values()
    assert (action.status, action.waiting_for) == (ActionStatus.OPEN, "salesforce")
    assert action.inputs is not None
    assert world.slack.said_to(JOSIE) == ["Connect Salesforce to go on"]


def test_a_form_that_is_delivered_twice_is_one_action(world: ActingWorld) -> None:
    submit(world)
    submit(world)

    assert len(world.actions.rows) == 1


def test_answers_are_checked_again_before_anything_is_begun(world: ActingWorld) -> None:
    submit(world, answers={"name": "x"})

    assert world.actions.rows == {}
    assert "Please fill this in" in words(world.slack.told[-1][1])


def test_a_recipe_that_went_meanwhile_is_said(world: ActingWorld) -> None:
    submit(world, state='{"recipe":"gone","procedure":"run"}')

    assert "doesn't know this command" in words(world.slack.told[-1][1])


def test_a_card_recipe_is_not_run_as_a_command(world: ActingWorld) -> None:
    button = Interaction("t", Kind.BUTTON, JOSIE, WORKSPACE, ReplyTo(), name=FORM_OPEN, value="approve_change")
    world.deliver({"v": 1, "kind": "interaction", "interaction": button.as_json()})

    assert world.actions.rows == {}


def test_a_form_of_a_stranger_is_refused(world: ActingWorld) -> None:
    submit(world, foreign=True)

    assert (world.actions.rows, world.sign_ins.intents) == ({}, {})


def test_history_is_the_askers_own(world: ActingWorld) -> None:
    submit(world)
    for person in (JOSIE, TOM):
        asked = Interaction(f"h-{person.user_id}", Kind.TEXT, person, WORKSPACE, ReplyTo("D1"), value="history")
        world.deliver({"v": 1, "kind": "interaction", "interaction": asked.as_json()})

    josies, toms = world.slack.told[-2][1], world.slack.told[-1][1]
    assert "Create an opportunity" in words(josies)
    assert "Nothing yet" in words(toms)


def test_history_names_the_choice_and_the_card_that_it_was_about(world: ActingWorld) -> None:
    world.put_card()
    world.click(JOSIE)
    submit(world)
    asked = Interaction("h", Kind.TEXT, JOSIE, WORKSPACE, ReplyTo("D1"), value="history")
    world.deliver({"v": 1, "kind": "interaction", "interaction": asked.as_json()})

    told = words(world.slack.told[-1][1])
    assert ("*Approve · Change CHG0030001: " in told, "*Create an opportunity*," in told) == (True, True)


def test_history_names_the_choice_alone_where_its_card_is_gone(world: ActingWorld) -> None:
    world.put_card()
    world.click(JOSIE)
    world.cards.rows.clear()
    asked = Interaction("h", Kind.TEXT, JOSIE, WORKSPACE, ReplyTo("D1"), value="history")
    world.deliver({"v": 1, "kind": "interaction", "interaction": asked.as_json()})

    assert "*Approve a change: Approve*" in words(world.slack.told[-1][1])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"v": 2, "kind": "interaction"},
        {"v": 1, "kind": "nonsense"},
        {"v": 1, "kind": "interaction", "interaction": {"id": 1}},
        {"v": 1, "kind": "resume"},
    ],
)
def test_a_message_that_nobody_sends_goes_back_to_the_queue_and_its_neighbours_do_not(
    world: ActingWorld, body: dict[str, Any]
) -> None:
    assert world.deliver(body) == [{"itemIdentifier": "m1"}]


@pytest.mark.parametrize("later", ["timeout", "unreachable", "429", "403"])
def test_an_upsert_whose_answers_are_all_lost_ends_unknown_and_never_not_done(world: ActingWorld, later: str) -> None:
    """It may have been created: saying that nothing was done would make the next try a second opportunity."""
    addresses: list[str] = []

    class Silent:
        def send(self, request: HttpRequest, _hosts: object) -> HttpAnswer:
            addresses.append(request.url)
            if len(addresses) > 1 and later.isdigit():
                return HttpAnswer(int(later), [{"errorCode": "X", "message": "no"}])
            raise AppUnavailable("no answer", sent=len(addresses) == 1 or later == "timeout")

    world.http = Silent()  # type: ignore[assignment]
    owner = seal_owner(JOSIE, WORKSPACE.id, "salesforce", "id-josie", 1)
    tokens = Tokens(Secret("at"), None, "https://acme.my.salesforce.com")
    world.connections.put(
        Connection(
            JOSIE,
            WORKSPACE.id,
            "salesforce",
            Account("id-josie", "josie", "Josie", "josie@acme.com"),
            Status.LIVE,
            1,
            world.opener.seal(pack(tokens), owner),
            (),
            None,
            world.now,
        ),
        replaces=None,
    )

    submit(world)
    for _ in range(15):
        world.now += 21
        world.run_queue()

    (action,) = world.actions.rows.values()
    assert action.status is ActionStatus.UNKNOWN
    assert len(addresses) > 2
    assert len(set(addresses)) == 1  # always the same external id
    assert "don't know whether" in words(world.slack.told[-1][1])
