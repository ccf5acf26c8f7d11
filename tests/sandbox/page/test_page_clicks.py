"""What a click on a message delivers."""

import pytest
from playwright.sync_api import expect

from tests.sandbox.page.browsers import Open
from tests.sandbox.page.fake_client_api import FakeClientApi
from tests.sandbox.page.samples import CARD, Json, actions, app_message, button, mrkdwn, option, plain

pytestmark = pytest.mark.browser

CONFIRM = {
    "title": plain("Disconnect?"),
    "text": mrkdwn("*ServiceNow* forgets you."),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}


def test_a_click_names_its_message_block_and_action(fake: FakeClientApi, open_as: Open) -> None:
    """Two fast clicks are two deliveries, as in Slack."""
    fake.approvals.append(CARD)
    page = open_as()
    page.get_by_role("button", name="Approve").dblclick()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    click = {"channel": "C0APPROVALS", "ts": CARD["ts"], "action_id": "approve", "block_id": "decide"}
    assert fake.acts == [("U0TOM", "click", click), ("U0TOM", "click", click)]


def test_a_click_that_the_app_did_not_take_is_marked(fake: FakeClientApi, open_as: Open) -> None:
    """Slack's error mark beside the button, gone with the next click that is taken."""
    fake.approvals.append(CARD)
    fake.answers["click"] = [{"ok": False, "status": 503, "ms": 40}]
    page = open_as()
    approve = page.get_by_role("button", name="Approve")
    approve.click()
    expect(page.get_by_role("alert").get_by_text("The app did not answer")).to_be_attached()
    approve.click()
    expect(page.get_by_text("The app did not answer")).to_have_count(0)


def test_a_confirm_dialog_decides_whether_the_click_is_delivered(fake: FakeClientApi, open_as: Open) -> None:
    """Denied by the button, denied by Esc, confirmed; the focus comes back to the button each time."""
    fake.approvals.append(app_message("1.1", actions(button("cut", "Disconnect", confirm=CONFIRM))))
    page = open_as()
    cut, dialog = page.get_by_role("button", name="Disconnect"), page.get_by_role("dialog", name="Disconnect?")
    cut.click()
    expect(dialog.get_by_text("ServiceNow forgets you.")).to_be_visible()
    dialog.get_by_role("button", name="No").click()
    expect(cut).to_be_focused()
    cut.click()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert fake.acts == []
    cut.click()
    with page.expect_response("**/click"):
        dialog.get_by_role("button", name="Yes").click()
    assert [body["action_id"] for body in fake.bodies("click")] == ["cut"]


def test_an_address_button_opens_its_address_and_delivers_the_click(fake: FakeClientApi, open_as: Open) -> None:
    """The new tab knows nothing of this one."""
    fake.approvals.append(
        app_message("E1", actions(button("connect", "Connect", url=f"{fake.url}/mark.svg")), ephemeral=True)
    )
    page = open_as()
    with page.expect_popup() as opened, page.expect_response("**/click"):
        page.get_by_role("link", name="Connect").click()
    assert opened.value.url == f"{fake.url}/mark.svg"
    assert opened.value.evaluate("window.opener") is None
    assert fake.bodies("click") == [
        {"channel": "C0APPROVALS", "ts": "E1", "action_id": "connect", "block_id": "decide"}
    ]


def test_choosing_in_a_message_delivers_slacks_value(fake: FakeClientApi, open_as: Open) -> None:
    """Select, overflow menu and date of an actions block."""
    options = [option("a", "First"), option("b", "Second")]
    elements: list[Json] = [
        {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick one"), "options": options},
        {"type": "overflow", "action_id": "more", "options": options},
        {"type": "datepicker", "action_id": "day", "placeholder": plain("Day")},
    ]
    fake.approvals.append(app_message("1.1", actions(*elements)))
    page = open_as()
    for choose in (
        lambda: page.get_by_role("combobox", name="Pick one").select_option("Second"),
        lambda: page.get_by_role("combobox", name="More options").select_option("First"),
        lambda: page.get_by_label("Day").fill("2026-11-22"),
    ):
        with page.expect_response("**/click"):
            choose()
    assert [body["value"] for body in fake.bodies("click")] == [
        {"type": "static_select", "selected_option": options[1]},
        {"type": "overflow", "selected_option": options[0]},
        {"type": "datepicker", "selected_date": "2026-11-22"},
    ]


def test_what_was_chosen_in_a_message_is_shown_again(fake: FakeClientApi, open_as: Open) -> None:
    """A choice outlives a reload, as in Slack."""
    options = [option("a", "First"), option("b", "Second")]
    select = {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick one"), "options": options}
    chosen = {"decide": {"pick": {"type": "static_select", "selected_option": options[1]}}}
    fake.approvals.append(app_message("1.1", actions(select), chosen=chosen))
    expect(open_as().get_by_role("combobox", name="Pick one")).to_have_value("b")


def test_an_address_button_with_a_question_opens_only_what_was_confirmed(fake: FakeClientApi, open_as: Open) -> None:
    """Denied: no tab and no click."""
    leave = button("leave", "Leave", url=f"{fake.url}/mark.svg", confirm=CONFIRM)
    fake.approvals.append(app_message("1.1", actions(leave)))
    page = open_as()
    page.get_by_role("link", name="Leave").click()
    page.get_by_role("button", name="No").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert fake.acts == []
    page.get_by_role("link", name="Leave").click()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Yes").click()
    assert opened.value.url == f"{fake.url}/mark.svg"
    # Counted at the end: what a denial opened by mistake would be here by now.
    assert (len(page.context.pages), len(fake.bodies("click"))) == (2, 1)
