"""What a form's secret questions were answered, from the queue on: opened for its app alone, and kept nowhere."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pytest

from countersign.domain.action import ActionStatus
from countersign.domain.catalog import Catalog
from countersign.domain.errors import AppUnavailable
from countersign.domain.form_state import FormState
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.message import Field, FieldKind
from countersign.domain.secret_answers import answers_owner, as_texts
from countersign.usecases.seal_answers import SealAnswers
from tests.support.acting_world import CARD, JOSIE, TOM, WORKSPACE, ActingWorld
from tests.support.memory_chat import words
from tests.support.secret_form import secret_form

PASSWORD = "correct horse\nbattery & staple"
ID = "view_submission:V1:h1"


@dataclass
class Quoting:
    """A ServiceNow that says back whatever it was sent: as it made it, or as it refuses it.

    ``lost``: nothing is heard of it any more from the act on.
    """

    refuses: bool = False
    lost: bool = False
    asked: list[HttpRequest] = field(default_factory=list)

    def send(self, request: HttpRequest, _hosts: Sequence[str]) -> HttpAnswer:
        self.asked.append(request)
        if self.lost and any(one.method == "POST" for one in self.asked):
            raise AppUnavailable("no answer")
        if request.method == "GET":
            return HttpAnswer(200, {"result": []})
        assert isinstance(request.json, Mapping)
        if self.refuses:
            quoted = {"message": "Not allowed", "detail": f"{request.json['description']} is too weak"}
            return HttpAnswer(400, {"error": quoted, "status": "failure"})
        result = {"sys_id": "a" * 32, "number": "INC0010001", "description": request.json["description"]}
        return HttpAnswer(201, {"result": result})


class SecretWorld(ActingWorld):
    """Knows the form with a secret in it."""

    catalog: Catalog = cached_property(lambda _: secret_form())  # type: ignore[assignment]


@pytest.fixture
def world() -> SecretWorld:
    made = SecretWorld()
    made.http = Quoting()  # type: ignore[assignment]
    return made


def submitted(world: ActingWorld, recipe: str = "hand_over", **changes: Any) -> Interaction:
    """The form as the Slack function hands it on."""
    state = FormState(recipe, "run", None, ReplyTo()).as_text()
    plain = Interaction(
        ID,
        Kind.FORM,
        JOSIE,
        WORKSPACE,
        ReplyTo("D0JOSIE", None, "https://hooks.slack.com/x"),
        answers={"account": "Payroll", "password": PASSWORD},
        state=state,
        at=world.now,
    )
    asked = replace(plain, **changes)
    return SealAnswers(world.opener)(asked, recipe, secret_form().recipes["hand_over"].procedures["run"].form)


def send(world: ActingWorld, interaction: Interaction) -> list[Any]:
    return world.deliver({"v": 1, "kind": "interaction", "interaction": interaction.as_json()})


@pytest.fixture
def nothing_said(world: SecretWorld, caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], None]]:
    """Looks for every line of the password in all that is left when something is over."""

    def look() -> None:
        left = [
            repr([replace(row, inputs=None) for row in world.actions.rows.values()]),
            repr(world.cards.__dict__),
            repr(world.audit.__dict__),
            repr(world.journal.events),
            repr(world.slack.__dict__),
            repr(world.actions_queue.sent),
            repr([vars(record) for record in caplog.records]),
        ]
        assert [text for text in left for line in PASSWORD.splitlines() if line in text] == []
        assert [text for text in left if "battery &amp; staple" in text] == []

    with caplog.at_level(logging.DEBUG):
        yield look


def test_its_app_gets_it_and_nobody_else_though_the_app_quotes_it(
    world: SecretWorld, nothing_said: Callable[[], None]
) -> None:
    world.connect(JOSIE, "josie")

    assert send(world, submitted(world)) == []

    (action,) = world.actions.rows.values()
    assert action.status is ActionStatus.DONE
    sent = next(request for request in world.http.asked if request.method == "POST")  # type: ignore[attr-defined]
    assert sent.json["description"] == f"{PASSWORD}, "
    assert action.results["incident"]["description"] == "•••, "
    assert "INC0010001 is reported: •••" in words(world.slack.told[-1][1])
    nothing_said()


def test_a_refusal_that_quotes_it_is_told_without_it(world: SecretWorld, nothing_said: Callable[[], None]) -> None:
    world.connect(JOSIE, "josie")
    world.http.refuses = True  # type: ignore[attr-defined]

    send(world, submitted(world))

    assert "Not allowed: •••, is too weak" in words(world.slack.told[-1][1])
    nothing_said()


def test_while_it_waits_for_a_sign_in_it_is_sealed_to_its_action_and_goes_on_with_it(
    world: SecretWorld, nothing_said: Callable[[], None]
) -> None:
    send(world, submitted(world))
    (waiting,) = world.actions.rows.values()
    assert (waiting.status, waiting.waiting_for) == (ActionStatus.OPEN, "servicenow")
    nothing_said()

    world.connect(JOSIE, "josie")
    body = {"v": 1, "kind": "connected", "tenant": "T0ACME", "user_id": "U0JOSIE", "app": "servicenow", "intent": ""}
    world.deliver(body)
    world.run_queue()

    (action,) = world.actions.rows.values()
    assert action.status is ActionStatus.DONE
    sent = next(request for request in world.http.asked if request.method == "POST")  # type: ignore[attr-defined]
    assert sent.json["description"] == f"{PASSWORD}, "
    nothing_said()


def test_an_answer_that_is_lost_leaves_nothing_of_it_in_what_is_asked_again(
    world: SecretWorld, nothing_said: Callable[[], None]
) -> None:
    world.connect(JOSIE, "josie")
    world.http.lost = True  # type: ignore[attr-defined]
    send(world, submitted(world))
    for _ in range(15):
        world.now += 21
        world.run_queue()
    nothing_said()
    (action,) = world.actions.rows.values()
    assert action.status is ActionStatus.UNKNOWN
    assert action.inputs is not None  # it is asked about, and can be sent again


@pytest.mark.parametrize("refuses", [False, True], ids=["done", "refused"])
def test_once_it_is_over_what_was_filled_in_is_kept_no_longer(world: SecretWorld, *, refuses: bool) -> None:
    world.connect(JOSIE, "josie")
    world.http.refuses = refuses  # type: ignore[attr-defined]
    send(world, submitted(world))
    (action,) = world.actions.rows.values()
    assert (action.ended, action.inputs) == (True, None)


def test_a_form_that_is_delivered_twice_is_one_action_still(world: SecretWorld) -> None:
    interaction = submitted(world)
    assert [send(world, interaction) for _ in range(2)] == [[], []]
    assert len(world.actions.rows) == 1


@pytest.mark.parametrize(
    "moved",
    [{"person": TOM}, {"id": "view_submission:V2:h1"}],
    ids=["to another person", "to another form"],
)
def test_an_envelope_that_was_moved_opens_nowhere_and_begins_nothing(world: SecretWorld, moved: dict[str, Any]) -> None:
    there = replace(submitted(world), **moved)

    assert send(world, there) == []

    assert world.actions.rows == {}
    assert world.slack.told[-1][0] == there.person
    assert "What you filled in can't be read, so nothing was done" in words(world.slack.told[-1][1])
    assert "answers_unreadable" in world.journal.names


def test_an_envelope_of_another_recipe_does_not_open(world: SecretWorld) -> None:
    send(world, replace(submitted(world), state=FormState("create_opportunity", "run", None, ReplyTo()).as_text()))
    assert world.actions.rows == {}


@pytest.mark.parametrize(
    "sealed", [{"key_id": "k"}, {"nonce": 1}, {"encrypted_key": "?", "nonce": "", "ciphertext": ""}]
)
def test_what_is_no_envelope_is_said_and_begins_nothing(world: SecretWorld, sealed: dict[str, Any]) -> None:
    assert send(world, replace(submitted(world), sealed=sealed)) == []
    assert world.actions.rows == {}


def test_an_envelope_takes_the_place_of_nothing_that_was_filled_in(world: SecretWorld) -> None:
    """What was not sealed as an answer is checked as one all the same."""
    interaction = submitted(world)
    owner = answers_owner(interaction, "hand_over")
    short = as_texts(world.opener.seal({"password": "short"}, owner))

    send(world, replace(interaction, sealed=short))

    assert world.actions.rows == {}
    assert "Please write at least 8 characters" in words(world.slack.told[-1][1])


def test_a_form_of_a_card_replaces_what_waits_and_is_opened_for_it(world: SecretWorld) -> None:
    recipes = dict(world.catalog.recipes)
    change = recipes["approve_change"]
    code = Field("code", FieldKind.TEXT, "Code", secret=True, min_length=6)
    asking = replace(change.procedures["reject"], form=(*change.procedures["reject"].form, code))
    recipes["approve_change"] = replace(change, procedures={**change.procedures, "reject": asking})
    world.catalog = Catalog(world.catalog.apps, recipes)
    world.put_card()
    for number, secret in enumerate(("first code", "second code")):
        state = FormState("approve_change", "reject", CARD, ReplyTo(), world.button("reject").shown).as_text()
        answers = {"comment": "No", "code": secret}
        form = Interaction(
            f"f{number}", Kind.FORM, JOSIE, WORKSPACE, ReplyTo(), answers=answers, state=state, at=number
        )
        send(world, SealAnswers(world.opener)(form, "approve_change", asking.form))

    action = world.action_of(JOSIE, "reject")
    inputs = world.run_action.inputs(action)
    assert (inputs["comment"], inputs["code"]) == ("No", "second code")
