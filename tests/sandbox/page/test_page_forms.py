"""Forms: what they ask, refuse, keep and send."""

import pytest
from playwright.sync_api import Page, expect

from tests.sandbox.page.browsers import Open
from tests.sandbox.page.fake_client_api import FakeClientApi
from tests.sandbox.page.samples import CARD, actions, button, form, option, plain, question, section

pytestmark = pytest.mark.browser

NAME = question(
    "name", "Name", {"type": "plain_text_input", "placeholder": plain("Renewal")}, hint=plain("As in Salesforce")
)
AMOUNT = question(
    "amount", "Amount", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}, optional=True
)
STAGES = [option("p", "Prospecting"), option("w", "Won")]


@pytest.fixture
def asked(fake: FakeClientApi, open_as: Open) -> Page:
    """The page with a form of two questions open over a card."""
    fake.approvals.append(CARD)
    page = open_as()
    page.get_by_role("button", name="Approve").focus()
    fake.form = form(NAME, AMOUNT)
    page.get_by_role("dialog", name="Create opportunity").wait_for()
    return page


def test_a_form_sends_slacks_state_of_every_kind_of_input(fake: FakeClientApi, open_as: Open) -> None:
    """The values have the shape of `view.state.values`; empty optional ones are null or an empty list."""
    fake.form = form(
        NAME,
        AMOUNT,
        question("why", "Comment", {"type": "plain_text_input", "multiline": True}),
        question("stage", "Stage", {"type": "static_select", "options": STAGES}),
        question("day", "Close date", {"type": "datepicker", "initial_date": "2026-12-01"}),
        question("owner", "Owner", {"type": "users_select"}),
        question("tell", "Tell", {"type": "checkboxes", "options": STAGES}, optional=True),
        question("kind", "Kind", {"type": "radio_buttons", "options": STAGES}),
    )
    page = open_as()
    page.get_by_role("textbox", name="Name").fill("Acme renewal")
    page.get_by_role("textbox", name="Comment").fill("two\nlines")
    page.get_by_role("combobox", name="Stage").select_option("Won")
    page.get_by_role("combobox", name="Owner").select_option("Josie")
    page.get_by_role("radiogroup", name="Kind").get_by_label("Prospecting").check()
    with page.expect_response("**/submit"):
        page.get_by_role("button", name="Create").click()
    assert fake.bodies("submit") == [
        {
            "view_id": "V1",
            "values": {
                "name": {"name": {"type": "plain_text_input", "value": "Acme renewal"}},
                "amount": {"amount": {"type": "number_input", "value": None}},
                "why": {"why": {"type": "plain_text_input", "value": "two\nlines"}},
                "stage": {"stage": {"type": "static_select", "selected_option": STAGES[1]}},
                "day": {"day": {"type": "datepicker", "selected_date": "2026-12-01"}},
                "owner": {"owner": {"type": "users_select", "selected_user": "U0JOSIE"}},
                "tell": {"tell": {"type": "checkboxes", "selected_options": []}},
                "kind": {"kind": {"type": "radio_buttons", "selected_option": STAGES[0]}},
            },
        }
    ]


def test_errors_of_the_app_stand_under_their_fields_until_the_next_try(fake: FakeClientApi, asked: Page) -> None:
    """Each is tied to its field, and the first such field has the focus; then an app that does not answer at all."""
    errors = {"name": "There is one already.", "amount": "Too much."}
    fake.answers["submit"] = [{"ok": False, "errors": errors}, {"ok": False, "errors": {}}]
    name = asked.get_by_role("textbox", name="Name")
    name.fill("Acme")
    name.press("Enter")
    expect(name).to_have_accessible_description("As in Salesforce There is one already.")
    expect(name).to_be_focused()
    expect(asked.get_by_role("textbox", name="Amount")).to_have_accessible_description("Too much.")
    name.press("Enter")
    expect(asked.get_by_text("We had some trouble connecting. Try again?")).to_be_visible()
    expect(name).to_have_accessible_description("As in Salesforce")
    expect(name).to_have_value("Acme")


def test_esc_and_the_closing_buttons_tell_slack_and_the_focus_returns(fake: FakeClientApi, asked: Page) -> None:
    """The form stays until Slack has it closed; then the button that opened it has the focus again."""
    expect(asked.get_by_role("textbox", name="Name")).to_be_focused()
    asked.keyboard.press("Escape")
    asked.get_by_role("button", name="Close the form").click()
    asked.get_by_role("button", name="Never mind").click()
    expect(asked.get_by_role("dialog")).to_be_visible()
    fake.form = None
    expect(asked.get_by_role("dialog")).to_be_hidden()
    expect(asked.get_by_role("button", name="Approve")).to_be_focused()
    assert fake.bodies("close") == [{"view_id": "V1"}] * 3


def test_what_was_typed_survives_an_update_and_a_form_on_top(fake: FakeClientApi, asked: Page) -> None:
    """Slack keeps values where block and action stay; a pushed form lies over the first one, which keeps its own."""
    asked.get_by_role("textbox", name="Name").fill("Acme renewal")
    stage = question("stage", "Stage", {"type": "static_select", "options": STAGES})
    fake.form = form(NAME, stage, view_hash="h2")
    expect(asked.get_by_role("combobox", name="Stage")).to_be_visible()
    expect(asked.get_by_role("textbox", name="Name")).to_have_value("Acme renewal")
    expect(asked.get_by_role("textbox", name="Name")).to_be_focused()
    fake.form = form(AMOUNT, view_id="V2", title="More")
    expect(asked.get_by_role("dialog", name="More").get_by_role("textbox", name="Amount")).to_be_focused()
    fake.form = form(NAME, stage, view_hash="h2")
    expect(asked.get_by_role("textbox", name="Name")).to_have_value("Acme renewal")


def test_a_button_in_a_form_is_delivered_with_what_is_typed(fake: FakeClientApi, open_as: Open) -> None:
    """A click inside a view names the view, not a channel."""
    fake.form = form(NAME, actions(button("check", "Check")))
    page = open_as()
    page.get_by_role("textbox", name="Name").fill("Acme")
    with page.expect_response("**/click"):
        page.get_by_role("button", name="Check").click()
    typed = {"name": {"name": {"type": "plain_text_input", "value": "Acme"}}}
    assert fake.bodies("click") == [{"view_id": "V1", "action_id": "check", "block_id": "decide", "values": typed}]


def test_choices_that_come_after_the_form_opened_take_the_focus(fake: FakeClientApi, open_as: Open) -> None:
    """A form without anything to send says that it loads; what then can be filled in is where the keyboard is."""
    fake.form = form(section("Reading the choices …"), view_hash="h0")
    del fake.form["submit"]
    page = open_as()
    expect(page.get_by_role("dialog").get_by_role("button")).to_have_text(["✕", "Never mind"])
    expect(page.get_by_role("button", name="Close the form")).to_be_focused()
    fake.form = form(NAME, question("stage", "Stage", {"type": "static_select", "options": STAGES}), view_hash="h1")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    expect(page.get_by_role("button", name="Create")).to_be_visible()


def test_an_update_leaves_a_long_form_where_it_was_read(fake: FakeClientApi, open_as: Open) -> None:
    """Neither the place nor the group of choices that the reader is in is lost."""
    texts = [question(f"text{index}", f"Text {index}", {"type": "plain_text_input"}) for index in range(12)]
    kind = question("kind", "Kind", {"type": "radio_buttons", "options": STAGES})
    fake.form = form(*texts, kind)
    page = open_as()
    page.get_by_role("radio", name="Prospecting").check()
    fake.form = form(*texts, kind, section("Nearly there"), view_hash="h2")
    expect(page.get_by_text("Nearly there")).to_be_visible()
    expect(page.get_by_role("radiogroup", name="Kind")).to_be_focused()
    expect(page.get_by_role("radio", name="Prospecting")).to_be_checked()
    expect(page.get_by_role("radio", name="Prospecting")).to_be_in_viewport()
