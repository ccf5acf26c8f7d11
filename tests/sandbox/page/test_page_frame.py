"""Everything around the conversation: typing, the Home tab, warnings, what happened, and small screens."""

import time

import pytest
from playwright.sync_api import expect

from tests.sandbox.page.browsers import Open
from tests.sandbox.page.fake_client_api import FakeClientApi
from tests.sandbox.page.samples import CARD, actions, app_message, button, form, person_message, question, section

pytestmark = pytest.mark.browser

LINK = "http://abc.execute-api.localhost:4561/local/connect/f00d"


def test_what_is_typed_is_sent_and_a_refusal_gives_the_text_back(fake: FakeClientApi, open_as: Open) -> None:
    """Enter sends, Shift+Enter breaks the line, and a draft waits in its channel."""
    fake.answers["type"] = [{"ok": True}, {"ok": False, "error": "not_in_channel"}]
    page = open_as()
    field = page.get_by_role("textbox", name="Message #approvals")
    field.fill("/countersign help")
    field.press("Enter")
    expect(field).to_have_value("")
    field.fill("one")
    field.press("Shift+Enter")
    field.press_sequentially("two")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Not sent: not_in_channel")).to_be_visible()
    expect(field).to_have_value("one\ntwo")
    page.get_by_role("link", name="#general").click()
    expect(page.get_by_role("textbox", name="Message #general")).to_have_value("")
    page.get_by_role("link", name="#approvals").click()
    expect(field).to_have_value("one\ntwo")
    assert [body["text"] for body in fake.bodies("type")] == ["/countersign help", "one\ntwo"]


def test_the_home_tab_is_opened_and_its_clicks_name_the_view(fake: FakeClientApi, open_as: Open) -> None:
    """Slack hears that the tab was opened; what the app then publishes is shown, and nobody can type there."""
    page = open_as()
    with page.expect_response("**/home"):
        page.get_by_role("link", name="Countersign · Home").click()
    fake.home = {
        "id": "VH",
        "type": "home",
        "blocks": [section("Your connections"), actions(button("connect", "Connect"))],
    }
    expect(page.get_by_text("Your connections")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_hidden()
    with page.expect_response("**/click"):
        page.get_by_role("button", name="Connect").click()
    click = {"view_id": "VH", "action_id": "connect", "block_id": "decide", "values": {}}
    assert fake.acts == [("U0TOM", "home", {}), ("U0TOM", "click", click)]
    assert page.url.endswith("#/U0TOM/home")


def test_slacks_warnings_are_shown_until_dismissed_or_old(fake: FakeClientApi, open_as: Open) -> None:
    """A fresh warning stands above the composer; an old one is history."""
    fake.notices += [
        {"text": "yesterday's", "at": time.time() - 86400},
        {"text": "operation_timeout", "at": time.time()},
    ]
    page = open_as()
    warning = page.get_by_role("alert").get_by_role("listitem")
    expect(warning).to_have_count(1)
    expect(warning).to_contain_text("operation_timeout")
    page.get_by_role("button", name="Dismiss").click()
    expect(warning).to_have_count(0)


def test_what_happened_lists_the_deliveries_newest_first(fake: FakeClientApi, open_as: Open) -> None:
    """Route, kind, status and milliseconds; a delivery without an answer and a retry say so."""
    shape = {"route": "/slack/events", "kind": "app_mention", "at": time.time()}
    fake.deliveries.append({**shape, "status": 200, "ms": 56, "retry": 0})
    fake.deliveries.append({**shape, "status": 0, "ms": 3001, "retry": 1})
    panel = open_as().get_by_role("complementary", name="What happened")
    rows = panel.get_by_role("list").first.get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("no answerapp_mention/slack/events3001 ms")
    expect(rows.first).to_contain_text("retry 1")
    expect(rows.last).to_contain_text("200app_mention/slack/events56 ms")


def test_apps_and_audits_open_on_their_own_sites(fake: FakeClientApi, open_as: Open) -> None:
    """Each app is another site, on the sandbox's own port."""
    page = open_as()
    app = fake.url.replace("127.0.0.1", "servicenow.localhost") + "/"
    expect(page.get_by_role("link", name="ServiceNow", exact=True)).to_have_attribute("href", app)
    expect(page.get_by_role("link", name="Whom ServiceNow recorded")).to_have_attribute("href", app)
    page.get_by_role("button", name="What happened").click()
    expect(page.get_by_role("link", name="Whom ServiceNow recorded")).to_be_hidden()


def test_other_apps_are_under_more(fake: FakeClientApi, open_as: Open) -> None:
    """The best known are in sight; the others unfold."""
    page = open_as()
    box = page.get_by_role("link", name="Box", exact=True)
    expect(box).to_be_hidden()
    page.get_by_text("More apps").click()
    expect(box).to_have_attribute("href", fake.url.replace("127.0.0.1", "box.localhost") + "/")


def test_a_sign_in_link_can_be_copied_to_forward_it(fake: FakeClientApi, open_as: Open) -> None:
    """Only a Connect prompt offers it."""
    fake.approvals += [CARD, app_message("E1", actions(button("connect", "Connect", url=LINK)), ephemeral=True)]
    page = open_as()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("forward this link").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == LINK


def test_a_message_elsewhere_is_announced_beside_its_conversation(fake: FakeClientApi, open_as: Open) -> None:
    """The mark goes when the conversation is opened."""
    page = open_as()
    link = page.get_by_role("navigation", name="Conversations").get_by_role("link", name="Countersign").first
    expect(link).to_have_accessible_name("Countersign")
    fake.direct.append(person_message("1.0", "U0TOM", "hello"))
    expect(link).to_have_accessible_name("Countersign new messages")
    link.click()
    expect(link).to_have_accessible_name("Countersign")


def test_a_sandbox_that_does_not_answer_is_said_and_then_found_again(fake: FakeClientApi, open_as: Open) -> None:
    """The page keeps what it shows and tries on."""
    fake.approvals.append(CARD)
    page = open_as()
    fake.down = True
    expect(page.get_by_text("The sandbox does not answer.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    fake.down = False
    expect(page.get_by_text("The sandbox does not answer.")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_nothing_sticks_out_of_the_screen(fake: FakeClientApi, open_as: Open, width: int) -> None:
    """A card, a long word, the form and both panels fit the width."""
    fake.approvals += [CARD, person_message("1790000002.0", "U0TOM", "x" * 300)]
    page = open_as(width=width)
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits)
    fake.form = form(question("why", "Comment", {"type": "plain_text_input", "multiline": True}))
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["width"] <= width - 16
    assert page.evaluate(fits)


@pytest.mark.parametrize("width", [360, 600, 1280])
def test_buttons_beside_sections_stand_in_one_line_whatever_they_are_called(
    fake: FakeClientApi, open_as: Open, width: int
) -> None:
    """Under the text on a small screen, at the right of it elsewhere: never one so and the next otherwise."""
    apps = {"Box": "Review a file", "ServiceNow": "Approve a change, Approve an IT request", "Salesforce": "x" * 200}
    offers = [
        section(f"*{app}*: {recipes}", block_id=app, accessory=button(f"connect-{app}", f"Connect {app}"))
        for app, recipes in apps.items()
    ]
    fake.home = {"id": "VH", "type": "home", "blocks": offers}
    page = open_as(place="home", width=width)
    boxes = []
    for app in apps:
        pressed = page.get_by_role("button", name=f"Connect {app}")
        expect(pressed).to_be_visible()
        boxes.append((pressed.bounding_box(), page.locator(f"[data-block-id='{app}'] .section-text").bounding_box()))
    under = [pressed["y"] >= text["y"] + text["height"] for pressed, text in boxes if pressed and text]
    assert under == [width == 360] * 3
    edges = [pressed["x"] if width == 360 else pressed["x"] + pressed["width"] for pressed, _ in boxes if pressed]
    assert max(edges) - min(edges) < 1


def test_on_a_small_screen_the_places_are_behind_a_menu(open_as: Open) -> None:
    """Choosing a place closes the menu again; the story is folded away."""
    page = open_as(width=360)
    expect(page.get_by_text("It binds nothing.")).to_be_hidden()
    menu = page.get_by_role("button", name="Menu")
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "true")
    page.get_by_role("link", name="#general").click()
    expect(page.get_by_role("textbox", name="Message #general")).to_be_visible()
    expect(page.get_by_role("link", name="#general")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_itself_never_scrolls(fake: FakeClientApi, open_as: Open, width: int) -> None:
    """However many messages there are, each with words for screen readers only: the log scrolls, the frame stays."""
    fake.approvals += [person_message(f"17900000{index:02}.000100", "U0TOM", f"News {index}") for index in range(40)]
    page = open_as(width=width)
    expect(page.get_by_text("News 39")).to_be_in_viewport()
    heights = page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert heights[0] == heights[1]
