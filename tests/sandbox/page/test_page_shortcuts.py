"""The app's shortcuts: the menu beside the composer, and the one of each message."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.sandbox.page.browsers import Open
from tests.sandbox.page.fake_client_api import FakeClientApi, Json
from tests.sandbox.page.samples import CARD, form, person_message, question

pytestmark = pytest.mark.browser


def shortcut(name: str, kind: str) -> Json:
    """A registered shortcut; its callback id is made of its kind and name."""
    callback_id = f"{kind}.{name.lower().replace(' ', '_')}"
    return {"name": name, "type": kind, "callback_id": callback_id, "description": f"{name}, as you."}


@pytest.fixture
def registered(fake: FakeClientApi) -> None:
    """Two shortcuts of each kind, and in #approvals a message of Tom's after the card."""
    names = {"global": ("Create an opportunity", "Report a bug"), "message": ("Create a ticket", "Report as a bug")}
    fake.shortcuts += [shortcut(name, kind) for kind, listed in names.items() for name in listed]
    fake.approvals += [CARD, person_message("1790000001.000100", "U0TOM", "It is broken")]


def entries(page: Page) -> Locator:
    """What the open menu offers."""
    return page.get_by_role("menuitem")


def focused(entry: Locator) -> None:
    """The entry, and so the menu, has the keyboard."""
    expect(entry).to_be_focused()


@pytest.mark.usefixtures("registered")
def test_a_global_shortcut_is_used_from_the_composer(fake: FakeClientApi, open_as: Open) -> None:
    """The menu names each with what it does; choosing one closes it and tells Slack which, and nothing of a channel."""
    page = open_as()
    button = page.get_by_role("button", name="Shortcuts")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("menu", name="Shortcuts").get_by_role("menuitem")).to_have_count(2)
    entry = page.get_by_role("menuitem", name="Report a bug")
    expect(entry).to_have_accessible_description("Report a bug, as you.")
    with page.expect_response("**/shortcut"):
        entry.click()
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(button).to_have_attribute("aria-expanded", "false")
    assert fake.acts == [("U0TOM", "shortcut", {"callback_id": "global.report_a_bug"})]


@pytest.mark.usefixtures("registered")
def test_a_message_shortcut_names_its_message(fake: FakeClientApi, open_as: Open) -> None:
    """Every message has the menu; by mouse it shows when the message is pointed at."""
    page = open_as()
    message = page.get_by_role("article", name="Message by Tom")
    more = message.get_by_role("button", name="More actions")
    expect(more).to_have_css("opacity", "0")
    message.hover()
    expect(more).to_have_css("opacity", "1")
    more.click()
    expect(entries(page)).to_have_text(["Create a ticket" * 2 + ", as you.", "Report as a bug" * 2 + ", as you."])
    with page.expect_response("**/shortcut"):
        page.get_by_role("menuitem", name="Report as a bug").click()
    place = {"channel": "C0APPROVALS", "ts": "1790000001.000100"}
    assert fake.bodies("shortcut") == [{"callback_id": "message.report_as_a_bug", **place}]
    expect(page.get_by_role("article", name="Message by Countersign").get_by_label("More actions")).to_have_count(1)


@pytest.mark.usefixtures("registered")
def test_the_keyboard_alone_uses_a_shortcut(fake: FakeClientApi, open_as: Open) -> None:
    """The arrows, first letters, Home and End move; Esc leads back to the button; the form that opens gives it back."""
    page = open_as()
    button = page.get_by_role("button", name="Shortcuts")
    button.focus()
    page.keyboard.press("ArrowUp")
    focused(entries(page).last)
    for key, entry in (("ArrowDown", 0), ("ArrowUp", 1), ("Home", 0), ("End", 1), ("c", 0), ("r", 1), ("r", 1)):
        page.keyboard.press(key)
        focused(entries(page).nth(entry))
    page.keyboard.press("Escape")
    focused(button)
    expect(page.get_by_role("menu")).to_have_count(0)
    page.keyboard.press("Enter")
    focused(entries(page).first)
    fake.form = form(question("name", "Name", {"type": "plain_text_input"}))
    page.keyboard.press("Enter")
    focused(page.get_by_role("textbox", name="Name"))
    fake.form = None
    page.keyboard.press("Escape")
    focused(button)
    assert fake.bodies("shortcut") == [{"callback_id": "global.create_an_opportunity"}]


@pytest.mark.usefixtures("registered")
def test_going_elsewhere_closes_the_menu(fake: FakeClientApi, open_as: Open) -> None:
    """A second click on its button, a click beside it, or Tab: nothing is chosen."""
    page = open_as()
    button = page.get_by_role("button", name="Shortcuts")
    for leave in (button.click, page.get_by_role("heading", name="#approvals").click):
        button.click()
        focused(entries(page).first)
        leave()
        expect(page.get_by_role("menu")).to_have_count(0)
    button.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("menu")).to_have_count(0)
    focused(page.get_by_role("textbox", name="Message #approvals"))
    assert fake.acts == []


@pytest.mark.usefixtures("registered")
def test_a_menu_stays_in_sight_on_a_small_screen(open_as: Open) -> None:
    """Above its button at the lower edge, and inside the window's right edge."""
    page = open_as(width=390)
    message = page.get_by_role("article", name="Message by Tom")
    for button in (page.get_by_role("button", name="Shortcuts"), message.get_by_role("button", name="More actions")):
        button.click()
        box = page.get_by_role("menu").bounding_box()
        assert box is not None
        assert (box["x"] >= 0, box["y"] >= 0) == (True, True)
        assert (box["x"] + box["width"] <= 390, box["y"] + box["height"] <= 800) == (True, True)
        button.click()


def test_an_app_without_shortcuts_has_no_menus(fake: FakeClientApi, open_as: Open) -> None:
    """Nothing that leads nowhere."""
    fake.approvals.append(CARD)
    page = open_as()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    expect(page.get_by_role("button", name="Shortcuts")).to_be_hidden()
    expect(page.get_by_role("button", name="More actions")).to_have_count(0)


@pytest.mark.usefixtures("registered")
def test_what_only_one_person_sees_has_no_menu(fake: FakeClientApi, open_as: Open) -> None:
    """Slack offers shortcuts on messages that everybody sees."""
    fake.approvals[:] = [CARD | {"ephemeral": True}]
    page = open_as()
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    expect(page.get_by_role("button", name="More actions")).to_have_count(0)


@pytest.mark.usefixtures("registered")
def test_a_message_that_changes_keeps_its_open_menu(fake: FakeClientApi, open_as: Open) -> None:
    """The card is rewritten while its menu is open: the menu stays, and leads to the same message."""
    page = open_as()
    page.get_by_role("article", name="Message by Tom").get_by_role("button", name="More actions").click()
    fake.approvals[1] = {**fake.approvals[1], "edited": True}
    expect(page.get_by_text("(edited)")).to_be_visible()
    with page.expect_response("**/shortcut"):
        page.get_by_role("menuitem", name="Create a ticket").click()
    assert fake.bodies("shortcut")[0]["ts"] == "1790000001.000100"
