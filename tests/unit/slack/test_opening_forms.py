"""Forms that begin with a message, and forms whose choices are read: what the Slack function does within its 3 s."""

from typing import Any

import pytest

from countersign.adapters.slack.form_view import form_json
from countersign.domain.errors import ChatUnavailable, StoreUnavailable
from countersign.domain.form_state import STATE_CHARACTERS, FormState
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import FormRef, Interaction, Kind, Quoted, ReplyTo
from countersign.domain.message import Field, FieldKind, Form, Note, Paragraph
from countersign.domain.recipe_form import recipe_form
from countersign.domain.texts.names import FORM_LOAD
from sandbox.slack.block_kit import check_view
from tests.support.memory_chat import filled
from tests.support.slack_ingress import Ingress
from tests.support.two_apps_world import two_apps

REPORT = two_apps().recipes["report_bug"]
REPLY_TO = ReplyTo("C0GENERAL", reply_url="https://hooks.slack.com/app/T0ACME/3/c")
QUOTED = Quoted("Login fails", "https://acme.slack.com/archives/C1/p1", "U0TOM")


def shortcut(name: str = "message.report_bug") -> Interaction:
    josie, acme = Person("T0ACME", "U0JOSIE"), Workspace("T0ACME")
    return Interaction("shortcut:1", Kind.SHORTCUT, josie, acme, REPLY_TO, name=name, foreign=False, at=7)


@pytest.mark.parametrize("name", ["message.report_bug", "recipe.report_bug"])
def test_a_form_whose_choices_are_read_opens_at_once_and_says_so(name: str) -> None:
    ingress = Ingress()
    assert ingress.receive_interaction(shortcut(name), "trigger1", QUOTED) == {}

    ((trigger, form),) = ingress.messenger.forms
    assert (trigger, form.title, form.submit, form.fields) == ("trigger1", "Report a bug", None, ())
    above, note = form.blocks
    assert isinstance(above, Paragraph)
    assert filled(above.text) == "Loading choices from *Tracker*…"
    assert isinstance(note, Note)
    assert FormState.from_text(form.state) == FormState("report_bug", "run", None, REPLY_TO, None, QUOTED)


def test_the_open_form_goes_to_the_worker_which_has_the_persons_token() -> None:
    ingress = Ingress()
    ingress.receive_interaction(shortcut(), "trigger1", QUOTED)

    (message,) = ingress.actions.sent
    queued = Interaction.from_json(message["interaction"])
    assert (queued.kind, queued.name, queued.form) == (Kind.BUTTON, FORM_LOAD, FormRef("V0FORM", "1.hash"))
    assert (queued.person.user_id, queued.reply_to, queued.at) == ("U0JOSIE", REPLY_TO, 7)
    assert queued.state == ingress.messenger.forms[0][1].state


def test_trying_again_goes_to_the_worker_too() -> None:
    ingress = Ingress()
    state = FormState("report_bug", "run", None, REPLY_TO).as_text()
    person, workspace = Person("T0ACME", "U0JOSIE"), Workspace("T0ACME")
    again = Interaction(
        "t2", Kind.BUTTON, person, workspace, ReplyTo(), name=FORM_LOAD, state=state, form=FormRef("V1", "h2")
    )
    assert ingress.receive_interaction(again, "trigger2") == {}
    assert [Interaction.from_json(sent["interaction"]) for sent in ingress.actions.sent] == [again]
    assert ingress.messenger.forms == []


def test_a_form_that_did_not_open_is_not_read_for() -> None:
    ingress = Ingress()
    ingress.messenger.open_error = ChatUnavailable("timeout")
    ingress.receive_interaction(shortcut(), "trigger1", QUOTED)
    assert (ingress.actions.sent, len(ingress.messenger.whispers)) == ([], 1)


def test_a_queue_that_is_broken_fails_the_request_so_that_slack_says_so() -> None:
    ingress = Ingress()
    ingress.actions.broken = True
    with pytest.raises(StoreUnavailable):
        ingress.receive_interaction(shortcut(), "trigger1", QUOTED)


def test_a_choice_that_was_read_is_taken_as_it_is_and_checked_by_the_operation() -> None:
    answers = {"project": "NEW", "summary": "x", "severity": "low"}
    state = FormState("report_bug", "run", None, REPLY_TO).as_text()
    form = Interaction(
        "v1", Kind.FORM, Person("T0ACME", "U0JOSIE"), Workspace("T0ACME"), ReplyTo(), answers=answers, state=state
    )
    assert Ingress().receive_interaction(form) == {}


@pytest.mark.parametrize("text", ["x" * 3000, "\n" * 3000, "ü😀" * 1500, '"' * 3000])
def test_a_long_message_fits_what_chat_keeps_with_a_form(text: str) -> None:
    state = FormState("report_bug", "run", "c" * 32, REPLY_TO, "0" * 16, Quoted(text, QUOTED.link, "U0TOM"))
    written = state.as_text()
    assert len(written.encode("utf-16-le")) // 2 <= STATE_CHARACTERS
    read = FormState.from_text(written)
    assert (read.recipe, read.card, read.reply_to) == (state.recipe, state.card, REPLY_TO)
    assert read.quoted is not None
    assert len(read.quoted.text) > 900
    assert text.startswith(read.quoted.text)


def fields(quoted: Quoted | None) -> dict[str, str | None]:
    state = FormState("report_bug", "run", None, REPLY_TO)
    return {field.name: field.initial for field in recipe_form(REPORT, REPORT.run, state, quoted).fields}


def test_without_a_message_a_form_begins_empty() -> None:
    assert set(fields(None).values()) == {None}


def test_what_a_field_begins_with_fits_the_field() -> None:
    begun = fields(Quoted("first\nsecond " + "😀" * 100, None, None))
    summary = begun["summary"] or ""
    assert (summary.startswith("first second 😀"), len(summary.encode("utf-16-le")) // 2) == (True, 79)
    assert begun["reporter"] is None


def test_slack_takes_every_form_that_begins_with_something() -> None:
    begun: list[Any] = [
        Field("a", FieldKind.TEXT, "A", initial="text"),
        Field("b", FieldKind.MULTILINE, "B", initial="two\nlines"),
        Field("c", FieldKind.PERSON, "C", initial="U0TOM"),
    ]
    view = form_json(Form("T", "Send", begun, "{}"))
    assert [
        block["element"].get("initial_value", block["element"].get("initial_user")) for block in view["blocks"]
    ] == [
        "text",
        "two\nlines",
        "U0TOM",
    ]
    check_view(view)
