"""What a conversation shows."""

import pytest
from playwright.sync_api import expect

from tests.sandbox.page.browsers import Open
from tests.sandbox.page.fake_client_api import FakeClientApi
from tests.sandbox.page.samples import CARD, app_message, button, mrkdwn, person_message, plain, section

pytestmark = pytest.mark.browser


def test_a_card_is_shown_with_its_blocks(fake: FakeClientApi, open_as: Open) -> None:
    """Header, text, buttons and context of a card, under the app's name and mark."""
    fake.approvals.append(CARD)
    card = open_as().get_by_role("article", name="Message by Countersign")
    expect(card.get_by_role("heading", name="Change CHG0030001")).to_be_visible()
    expect(card.get_by_text("@priya")).to_be_visible()
    expect(card.get_by_role("button")).to_have_text(["Approve", "Reject"])
    expect(card.locator("em")).to_have_text("Each click counts as yours.")
    expect(card.get_by_text("App", exact=True)).to_be_visible()
    expect(card).to_have_attribute("data-ts", CARD["ts"])


def test_fields_accessories_pictures_and_rich_text_are_shown(fake: FakeClientApi, open_as: Open) -> None:
    """The other layout blocks; a picture of another site is never asked for, its words stand in."""
    listed = {"type": "rich_text_section", "elements": [{"type": "text", "text": "first", "style": {"bold": True}}]}
    fake.approvals.append(
        app_message(
            "1.1",
            section("Text", fields=[mrkdwn("*Risk*"), plain("*plain*")], accessory=button("more", "More")),
            {"type": "divider"},
            {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "A chart"},
            {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [listed]}]},
            {"type": "video"},
        )
    )
    message = open_as().get_by_role("article")
    expect(message.locator(".field")).to_have_text(["Risk", "*plain*"])
    expect(message.get_by_role("button", name="More")).to_be_visible()
    expect(message.get_by_role("separator")).to_be_visible()
    expect(message.get_by_role("img", name="A chart")).to_have_text("A chart")
    expect(message.get_by_role("listitem").locator("strong")).to_have_text("first")
    expect(message.get_by_text("A block of type “video” is not shown here.")).to_be_visible()


def test_nothing_in_a_message_is_read_as_markup(fake: FakeClientApi, open_as: Open) -> None:
    """Hostile names, texts, labels and addresses stay text."""
    attack = "<img src=x onerror=\"document.title='hit'\">"
    link = button("go", attack, url="javascript:document.title='hit'")
    fake.approvals.append(app_message("1.1", {"type": "header", "text": plain(attack)}, username=attack))
    fake.approvals.append(app_message("1.2", {"type": "actions", "elements": [link]}))
    page = open_as()
    expect(page.get_by_role("heading", name=attack)).to_be_visible()
    page.get_by_text(attack).last.click()
    assert page.locator("#log img").count() == 0
    assert page.title() == "#approvals · tom · Sandbox"


def test_an_ephemeral_message_says_that_only_this_person_sees_it(fake: FakeClientApi, open_as: Open) -> None:
    """Slack's own words above the message, and an edited message says so."""
    fake.approvals.append(app_message("E1", section("Connect first"), ephemeral=True))
    fake.approvals.append(app_message("1.2", section("Decided"), edited=True))
    first, second = open_as().get_by_role("article").all()
    expect(first.get_by_text("Only visible to you")).to_be_visible()
    expect(second.get_by_text("Only visible to you")).to_be_hidden()
    expect(second.get_by_text("(edited)")).to_be_visible()


def test_a_rewritten_card_loses_its_buttons_while_typed_text_and_focus_stay(fake: FakeClientApi, open_as: Open) -> None:
    """Polling touches only what changed."""
    fake.approvals += [CARD, person_message("1790000001.0", "U0PRIYA", "Please")]
    page = open_as()
    field = page.get_by_role("textbox", name="Message #approvals")
    field.fill("half a sen")
    page.evaluate("window.kept = document.querySelectorAll('article')[1]")
    fake.approvals[0] = app_message(CARD["ts"], section("Approved by <@U0JOSIE>"), edited=True)
    expect(page.get_by_text("Approved by @josie")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    expect(field).to_be_focused()
    expect(field).to_have_value("half a sen")
    assert page.evaluate("window.kept === document.querySelectorAll('article')[1]")


def test_a_focused_button_keeps_the_focus_when_its_message_changes(fake: FakeClientApi, open_as: Open) -> None:
    """The same button of the new version of a message takes the focus over."""
    fake.approvals.append(CARD)
    page = open_as()
    page.get_by_role("button", name="Reject").focus()
    fake.approvals[0] = {**CARD, "edited": True}
    expect(page.get_by_text("(edited)")).to_be_visible()
    expect(page.get_by_role("button", name="Reject")).to_be_focused()


def test_messages_come_go_and_answer_in_threads(fake: FakeClientApi, open_as: Open) -> None:
    """A deleted message disappears, an answer stands behind its head, and the newest message is in sight."""
    fake.approvals += [person_message(f"{number}.0", "U0TOM", f"Message {number}") for number in range(1, 40)]
    fake.approvals.append({**person_message("50.0", "U0JOSIE", "Answer"), "thread_ts": "2.0"})
    page = open_as()
    expect(page.get_by_role("article").nth(2)).to_contain_text("Answer")
    del fake.approvals[0]
    fake.approvals.append(person_message("60.0", "U0PRIYA", "The newest"))
    expect(page.get_by_text("The newest")).to_be_in_viewport()
    expect(page.get_by_role("article").first).to_contain_text("Message 2")
