"""Choices that are read from an app while a form is open."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.catalog import Catalog
from countersign.domain.connection import Status
from countersign.domain.errors import AppUnavailable, ChatRefused, Refused, TooLarge
from countersign.domain.form_state import FormState
from countersign.domain.http import HttpAnswer
from countersign.domain.identity import Workspace, shared_owner
from countersign.domain.interaction import FormRef, Quoted, ReplyTo
from countersign.domain.message import Buttons, Field, FieldKind, Form, OptionsFrom, Paragraph
from countersign.domain.texts.names import CONNECT_OPEN, FORM_LOAD
from tests.support.acting_world import JOSIE, WORKSPACE
from tests.support.memory_chat import filled
from tests.support.two_apps_world import TwoAppsWorld

QUOTED = Quoted("Login fails\nsince noon", "https://acme.slack.com/archives/C1/p1", "U0TOM")


@pytest.fixture
def world() -> TwoAppsWorld:
    return TwoAppsWorld()


def shown(world: TwoAppsWorld) -> Form:
    """The form as it was redrawn, once."""
    ((ref, form),) = world.slack.redrawn
    assert ref == FormRef("V1", "h1")
    return form


def said(form: Form) -> str:
    return "\n".join(filled(block.text) for block in form.blocks if isinstance(block, Paragraph))


def pressable(form: Form) -> list[tuple[str, str]]:
    return [(one.label, one.action) for block in form.blocks if isinstance(block, Buttons) for one in block.buttons]


def field(form: Form, name: str) -> Any:
    return next(field for field in form.fields if field.name == name)


def test_the_form_gets_the_choices_that_the_person_has_in_the_app(world: TwoAppsWorld) -> None:
    world.sign_in("tracker")
    world.apps.projects = [{"key": "OPS", "name": "Operations"}, {"key": "PAY", "name": "Payroll"}]

    assert world.load_form() == []
    form = shown(world)
    assert field(form, "project").options == (("OPS", "Operations"), ("PAY", "Payroll"))
    assert (form.title, form.submit, form.blocks) == ("Report a bug", "Report", ())
    assert world.apps.queries == [{"area": "bugs"}]
    assert FormState.from_text(form.state).recipe == "report_bug"
    assert world.slack.told == []


def test_the_form_begins_with_the_message_that_it_was_opened_on(world: TwoAppsWorld) -> None:
    world.sign_in("tracker")
    world.load_form(QUOTED)

    form = shown(world)
    begun = {field.name: field.initial for field in form.fields if field.initial}
    assert begun == {
        "summary": "Login fails since noon",
        "where": "Seen at https://acme.slack.com/archives/C1/p1",
        "reporter": "U0TOM",
    }


def test_more_choices_than_chat_shows_are_said(world: TwoAppsWorld) -> None:
    world.sign_in("tracker")
    world.apps.projects = [{"key": f"K{number}", "name": f"P{number}"} for number in range(150)]
    world.load_form()

    project = field(shown(world), "project")
    assert (len(project.options), project.hint) == (100, "Only the first 100 are listed.")


def test_who_is_not_connected_gets_a_link_and_a_way_to_go_on(world: TwoAppsWorld) -> None:
    world.load_form(QUOTED)

    form = shown(world)
    assert "Please sign in to *Tracker* once, in your own browser" in said(form)
    assert pressable(form) == [("Connect Tracker", CONNECT_OPEN), ("Load the choices", FORM_LOAD)]
    ((_, intent),) = world.sign_ins.intents.items()
    assert (intent.person, intent.app) == (JOSIE, "tracker")
    assert (form.submit, form.fields, FormState.from_text(form.state).quoted) == (None, (), QUOTED)
    assert world.apps.calls == []


def test_a_connection_that_ended_at_the_app_asks_again(world: TwoAppsWorld) -> None:
    world.sign_in("tracker", status=Status.NEEDS_SIGN_IN)
    world.load_form()

    assert pressable(shown(world))[0] == ("Connect Tracker", CONNECT_OPEN)


def test_a_token_that_the_app_rejects_asks_again(world: TwoAppsWorld) -> None:
    world.sign_in("tracker")
    world.apps.answers = [HttpAnswer(401, {"message": "expired"})] * 2
    world.load_form()

    assert pressable(shown(world))[0] == ("Connect Tracker", CONNECT_OPEN)


def test_a_connection_that_lacks_the_permission_asks_for_a_new_sign_in(world: TwoAppsWorld) -> None:
    world.sign_in("tracker", scopes=("read", "write:issues"))
    world.load_form()

    assert pressable(shown(world))[0] == ("Connect Tracker", CONNECT_OPEN)
    assert world.apps.calls == []


def test_too_many_open_links_are_said(world: TwoAppsWorld) -> None:
    with suppress(Refused):
        while True:
            world.ask_to_connect.link(JOSIE, WORKSPACE, "tracker", trace_id="t")
    world.load_form()

    assert "Use the newest for *Tracker*" in said(shown(world))
    assert pressable(shown(world)) == [("Try again", FORM_LOAD)]


def test_a_shared_connection_reads_for_everyone_and_its_lack_is_no_link(world: TwoAppsWorld) -> None:
    recipe = replace(world.catalog.recipes["report_bug"], verify_user_access=False)
    world.catalog = Catalog(world.catalog.apps, {"report_bug": recipe})
    world.load_form()
    assert "is not connected for this workspace. Please ask an admin" in said(shown(world))
    assert world.sign_ins.intents == {}

    world.sign_in("tracker", shared_owner(WORKSPACE))
    world.slack.redrawn.clear()
    world.load_form()
    assert field(shown(world), "project").options == (("OPS", "Operations"),)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            HttpAnswer(403, {"message": "Ask <!channel>"}),
            "*Tracker* did not give you the choices. It said: “Ask <!channel>”",
        ),
        (HttpAnswer(503, None), "*Tracker* did not answer. Please try again in a minute."),
        (HttpAnswer(429, None), "*Tracker* did not answer. Please try again in a minute."),
        (HttpAnswer(200, {"values": {}}), "*Tracker* did not answer. Please try again in a minute."),
        (HttpAnswer(200, {"values": []}), "*Tracker* has nothing to choose for you at “Project”."),
        (AppUnavailable("timeout"), "*Tracker* did not answer. Please try again in a minute."),
        (TooLarge("10 MB"), "*Tracker* did not answer. Please try again in a minute."),
    ],
)
def test_what_hinders_it_is_said_in_the_form_with_a_way_to_try_again(
    world: TwoAppsWorld, answer: HttpAnswer | Exception, expected: str
) -> None:
    world.sign_in("tracker")
    world.apps.answers = [answer]

    assert world.load_form() == []
    assert (said(shown(world)), pressable(shown(world))) == (expected, [("Try again", FORM_LOAD)])


def test_a_form_that_was_closed_meanwhile_is_no_error(world: TwoAppsWorld) -> None:
    world.sign_in("tracker")
    world.slack.closed_forms = True

    assert world.load_form() == []
    assert world.journal.names == ["form_closed"]


def test_a_chat_that_does_not_answer_gets_it_again(world: TwoAppsWorld) -> None:
    world.sign_in("tracker")
    world.slack.down = True

    assert len(world.load_form()) == 1


def test_a_form_that_chat_does_not_draw_is_said_in_its_place(
    world: TwoAppsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.sign_in("tracker")
    draw = world.slack.update_form

    def picky(ref: FormRef, form: Form) -> None:
        if form.fields:
            raise ChatRefused("view_too_large")
        draw(ref, form)

    monkeypatch.setattr(world.slack, "update_form", picky)
    assert world.load_form() == []
    assert said(shown(world)).startswith("This form can't be shown here. Nothing was done.")


def test_a_form_that_chat_will_never_take_is_dropped(world: TwoAppsWorld) -> None:
    world.sign_in("tracker")
    world.slack.refuses = ChatRefused("view_too_large").reason

    assert world.load_form() == []


def test_a_stranger_is_not_read_for(world: TwoAppsWorld) -> None:
    world.sign_in("tracker")
    world.load_form(foreign=True)

    assert said(shown(world)).startswith("Countersign belongs to another organisation")
    assert (pressable(shown(world)), world.apps.calls) == ([], [])


@pytest.mark.parametrize(("tenant", "area"), [("T0ACME", "payroll"), ("T1LABS", "")])
def test_only_a_card_of_the_same_tenant_says_what_is_read(world: TwoAppsWorld, tenant: str, area: str) -> None:
    """The card that opened a form is named by the form: it is not believed about another tenant's."""
    world.sign_in("tracker")
    _ask_by_card(world)
    card = world.put_card(recipe="report_bug", inputs={"area": "payroll"}, workspace=Workspace(tenant))
    state = FormState("report_bug", "run", card.id, ReplyTo("C0GENERAL")).as_text()

    world.load_form(state=state)

    assert world.apps.queries == [{"area": area} if area else {}]


def _ask_by_card(world: TwoAppsWorld) -> None:
    """The recipe's choices depend on what its card shows."""
    recipe = world.catalog.recipes["report_bug"]
    run = recipe.procedures["run"]
    options = OptionsFrom("tracker.list_projects", {"area": "${input.area}"})
    form = tuple(replace(field, options_from=options) if field.options_from else field for field in run.form)
    procedures = {"run": replace(run, form=form)}
    inputs = {"area": Field("area", FieldKind.TEXT, "Area", required=False)}
    asked = replace(recipe, inputs=inputs, procedures=procedures)
    world.catalog = Catalog(world.catalog.apps, {"report_bug": asked})


def test_a_recipe_that_went_meanwhile_is_said(world: TwoAppsWorld) -> None:
    world.load_form(state='{"recipe":"gone","procedure":"run"}')

    assert said(shown(world)) == "Countersign doesn't know this recipe any more. Nothing was done."


@pytest.mark.parametrize("changes", [{"form": None}, {"state": "not ours"}, {"state": '{"recipe":"x"}'}])
def test_a_message_of_another_shape_goes_where_an_alarm_waits(world: TwoAppsWorld, changes: dict[str, Any]) -> None:
    assert len(world.load_form(**changes)) == 1
    assert world.slack.redrawn == []


def test_a_paused_app_is_not_asked(world: TwoAppsWorld) -> None:
    world.sign_in("tracker")
    world.pauses.set("tracker", WORKSPACE.id, world.now, paused=True)
    assert world.load_form() == []
    assert said(shown(world)) == "*Tracker* is paused here. Please try again later."
    assert pressable(shown(world)) == [("Try again", FORM_LOAD)]
    assert world.apps.queries == []
