from typing import Any

import pytest

from countersign.domain.errors import ChatRefused, ChatUnavailable, Malformed
from countersign.domain.form_state import FormState
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.message import Buttons, Form
from countersign.domain.routing import Destination, OpenForm, route
from tests.support.slack_ingress import Ingress
from tests.support.small_catalog import APPROVE_CHANGE, CATALOG, CREATE, CREATE_OPPORTUNITY, REJECT

PERSON, REPLY_TO = Person("T1", "U1"), ReplyTo("C1", None, "https://hooks.slack.com/actions/1")
ACTIONS, CONNECTIONS, NOWHERE = Destination.ACTIONS, Destination.CONNECTIONS, Destination.NOWHERE
CREATE_FORM, REJECT_FORM = (
    OpenForm(CREATE_OPPORTUNITY, CREATE),
    OpenForm(APPROVE_CHANGE, REJECT, "card1", "0123456789abcdef"),
)


def interaction(kind: Kind, name: str = "", value: str = "", **more: Any) -> Interaction:
    return Interaction("id1", kind, PERSON, Workspace("T1"), REPLY_TO, name, value, **more)


@pytest.mark.parametrize(
    ("kind", "name", "value", "expected"),
    [
        (Kind.BUTTON, "card.choose", "approve_change|card1|approve", ACTIONS),
        (Kind.BUTTON, "card.choose", "approve_change|card1|reject|0123456789abcdef", REJECT_FORM),
        (Kind.BUTTON, "card.choose", "gone|card1|approve", ACTIONS),
        (Kind.BUTTON, "card.choose", "approve_change|card1|gone", ACTIONS),
        (Kind.BUTTON, "card.choose", "", ACTIONS),
        (Kind.BUTTON, "card.open", "", NOWHERE),
        (Kind.BUTTON, "connect.open", "hash", ACTIONS),
        (Kind.BUTTON, "action.retry", "a1", ACTIONS),
        (Kind.BUTTON, "action.happened", "a1", ACTIONS),
        (Kind.BUTTON, "action.not_happened", "a1", ACTIONS),
        (Kind.BUTTON, "form.open", "create_opportunity", CREATE_FORM),
        (Kind.BUTTON, "form.open", "my_approvals", ACTIONS),
        (Kind.BUTTON, "form.open", "gone", CONNECTIONS),
        (Kind.BUTTON, "form.open", "approve_change", CONNECTIONS),
        (Kind.BUTTON, "connections.show", "", CONNECTIONS),
        (Kind.BUTTON, "connections.disconnect", "servicenow", CONNECTIONS),
        (Kind.BUTTON, "connections.connect", "servicenow", CONNECTIONS),
        (Kind.BUTTON, "somebody.elses", "", NOWHERE),
        (Kind.COMMAND, "", "", CONNECTIONS),
        (Kind.COMMAND, "", "connections", CONNECTIONS),
        (Kind.COMMAND, "", "create opportunity", CREATE_FORM),
        (Kind.COMMAND, "", "my approvals", ACTIONS),
        (Kind.COMMAND, "", "make coffee", CONNECTIONS),
        (Kind.TEXT, "", "", CONNECTIONS),
        (Kind.TEXT, "", "help", CONNECTIONS),
        (Kind.TEXT, "", "create opportunity", CONNECTIONS),
        (Kind.TEXT, "", "my approvals", ACTIONS),
        (Kind.TEXT, "", "make coffee", CONNECTIONS),
        (Kind.SHORTCUT, "recipe.create_opportunity", "", CREATE_FORM),
        (Kind.SHORTCUT, "recipe.my_approvals", "", ACTIONS),
        (Kind.SHORTCUT, "recipe.gone", "", CONNECTIONS),
        (Kind.HOME, "", "", CONNECTIONS),
    ],
)
def test_where_each_interaction_goes(kind: Kind, name: str, value: str, expected: object) -> None:
    assert route(interaction(kind, name, value), CATALOG) == expected


def test_no_form_is_opened_for_a_stranger() -> None:
    click = interaction(Kind.BUTTON, "card.choose", "approve_change|card1|reject|0123456789abcdef", foreign=True)
    assert route(click, CATALOG) is ACTIONS


def test_a_form_is_opened_with_what_it_must_remember() -> None:
    ingress = Ingress()
    click = interaction(Kind.BUTTON, "card.choose", "approve_change|card1|reject|0123456789abcdef")
    assert ingress.receive_interaction(click, "trigger1") == {}
    state = FormState("approve_change", "reject", "card1", REPLY_TO, "0123456789abcdef")
    form = Form("Approve a change", "Reject", REJECT.form, state.as_text())
    assert ingress.messenger.forms == [("trigger1", form)]
    assert FormState.from_text(form.state) == state
    assert not ingress.actions.sent


@pytest.mark.parametrize("error", [ChatRefused("expired_trigger_id"), ChatUnavailable("timeout")])
def test_a_form_that_does_not_open_is_said_in_private(error: ChatRefused) -> None:
    ingress = Ingress()
    ingress.messenger.open_error = error
    assert ingress.receive_interaction(interaction(Kind.COMMAND, value="create opportunity"), "trigger1") == {}
    [(person, reply_to, message)] = ingress.messenger.whispers
    assert (person, reply_to) == (PERSON, REPLY_TO)
    assert [b.buttons[0].value for b in message.blocks if isinstance(b, Buttons)] == ["create_opportunity"]


def test_when_even_that_can_not_be_said_the_request_is_still_taken() -> None:
    ingress = Ingress()
    ingress.messenger.open_error = ingress.messenger.whisper_error = ChatUnavailable("down")
    assert ingress.receive_interaction(interaction(Kind.COMMAND, value="create opportunity"), "trigger1") == {}


def submission(procedure: str, answers: dict[str, str]) -> Interaction:
    state = FormState("approve_change", procedure, "card1", REPLY_TO).as_text()
    return Interaction("id1", Kind.FORM, PERSON, Workspace("T1"), ReplyTo(), answers=answers, state=state)


def test_wrong_answers_are_said_at_once_and_nothing_is_queued() -> None:
    ingress = Ingress()
    assert list(ingress.receive_interaction(submission("reject", {"comment": "  "}))) == ["comment"]
    assert ingress.untouched


def test_good_answers_are_queued_with_where_the_form_came_from() -> None:
    ingress = Ingress()
    assert ingress.receive_interaction(submission("reject", {"comment": " no ", "more": "x"})) == {}
    [message] = ingress.actions.sent
    assert (message["v"], message["kind"]) == (1, "interaction")
    queued = Interaction.from_json(message["interaction"])
    assert (queued.answers, queued.reply_to) == ({"comment": "no"}, REPLY_TO)


def test_a_form_whose_recipe_is_gone_goes_to_the_worker_which_says_so() -> None:
    ingress = Ingress()
    assert ingress.receive_interaction(submission("gone", {"comment": "x"})) == {}
    assert len(ingress.actions.sent) == 1


@pytest.mark.parametrize("state", ["", "null", "[]", "{}", "7", '{"recipe":"x"}', "{" * 5000])
def test_a_state_that_is_not_ours_is_malformed(state: str) -> None:
    form = Interaction("id1", Kind.FORM, PERSON, Workspace("T1"), ReplyTo(), state=state)
    with pytest.raises(Malformed):
        Ingress().receive_interaction(form)
