"""Whoever is shown is also whom the browser is signed in as."""

import pytest
from playwright.sync_api import expect

from tests.sandbox.page.browsers import Open
from tests.sandbox.page.fake_client_api import FakeClientApi
from tests.sandbox.page.samples import person_message

pytestmark = pytest.mark.browser


def test_a_deep_link_signs_the_browser_in_at_slacks_own_site_first(fake: FakeClientApi, open_as: Open) -> None:
    """The browser goes by Slack's site and comes back to the very same place."""
    page = open_as("U0JOSIE", "C0GENERAL")
    expect(page.get_by_role("button", name="Josie")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", level=1)).to_have_text("#general")
    assert page.url == f"{fake.url}/#/U0JOSIE/C0GENERAL"
    assert fake.switches == ["slack.localhost U0JOSIE"]


def test_the_story_begins_with_tom_and_a_second_visit_stays_signed_in(fake: FakeClientApi, open_as: Open) -> None:
    """A bare address shows Tom; coming back later sends nobody through the sign-in again."""
    page = open_as("", "")
    expect(page.get_by_role("button", name="Tom")).to_have_attribute("aria-pressed", "true")
    page.goto("about:blank")
    page.goto(fake.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("#approvals")
    assert fake.switches == ["slack.localhost U0TOM"]


def test_switching_the_person_goes_by_slacks_site_and_keeps_the_place(fake: FakeClientApi, open_as: Open) -> None:
    """A channel stays the channel; direct messages become those of the other person."""
    page = open_as("U0TOM", "D0TOM")
    page.get_by_role("button", name="Josie").click()
    expect(page.get_by_role("button", name="Josie")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("textbox", name="Message Countersign")).to_be_visible()
    page.get_by_role("textbox").fill("connections")
    with page.expect_response("**/type"):
        page.keyboard.press("Enter")
    assert fake.switches == ["slack.localhost U0TOM", "slack.localhost U0JOSIE"]
    assert fake.acts == [("U0JOSIE", "type", {"channel": "D0JOSIE", "text": "connections"})]


def test_changing_the_person_in_the_address_signs_in_as_them(fake: FakeClientApi, open_as: Open) -> None:
    """The address is a promise: it never shows one person in another one's browser."""
    page = open_as("U0TOM", "C0APPROVALS")
    page.evaluate("location.hash = '#/U0PRIYA/C0GENERAL'")
    expect(page.get_by_role("button", name="Priya")).to_have_attribute("aria-pressed", "true")
    assert fake.switches[-1] == "slack.localhost U0PRIYA"


def test_a_tab_says_when_another_tab_became_someone_else(fake: FakeClientApi, open_as: Open) -> None:
    """Cookies belong to the browser, not to the tab; one click makes it this person's browser again."""
    page = open_as("U0TOM", "C0APPROVALS")
    other = page.context.new_page()
    other.goto(f"{fake.url}/#/U0JOSIE/C0APPROVALS")
    expect(page.get_by_text("In another tab this browser became Josie.")).to_be_visible()
    page.get_by_role("button", name="Sign in as Tom again").click()
    expect(other.get_by_text("In another tab this browser became Tom.")).to_be_visible()
    assert fake.switches == [f"slack.localhost {user}" for user in ("U0TOM", "U0JOSIE", "U0TOM")]


def test_two_browsers_are_two_people_at_once(fake: FakeClientApi, open_as: Open) -> None:
    """Each keeps its own person, and both see what is said."""
    tom, josie = open_as("U0TOM"), open_as("U0JOSIE")
    fake.approvals.append(person_message("1.0", "U0PRIYA", "To both of you"))
    for page, name in ((tom, "Tom"), (josie, "Josie")):
        expect(page.get_by_text("To both of you")).to_be_visible()
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
