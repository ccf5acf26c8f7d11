"""The pages that ask for something, in a real Chromium and under their own policy: on small screens, by keyboard."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from countersign.domain.page_texts.sign_in import TEXTS
from countersign.domain.pages import Alert, Entry, PageKind
from countersign.domain.pages import Page as Shown
from countersign.domain.sign_in_policy import Reason
from countersign.entrypoints.pages import page_answer

pytestmark = pytest.mark.browser

ORIGIN = "https://countersign.example"
VALUES = {"app": "Jira", "person": "@josie", "workspace": "Acme", "account": "josie@acme.com", "hint": "See Settings."}
FACTS = (("Slack", "@josie, Acme"), ("Jira", "Josie Vega, josie@acme.com"))
LONG = "Acme-Labs-" * 12
CHOOSE = Shown(
    PageKind.CHOOSE,
    VALUES,
    f"{ORIGIN}/connect/choose",
    FACTS,
    (Reason.NOT_ASKED_WHO,),
    alert=Alert.NO_CHOICE,
    choices=(("c-1", "Acme"), ("c-2", LONG), *((f"c-{n}", f"Site {n}") for n in range(3, 13))),
)
KEY = Shown(
    PageKind.KEY,
    {**VALUES, "tries_left": "2"},
    f"{ORIGIN}/connect/key",
    alert=Alert.KEY_WRONG,
    entries=(Entry("id", "partnerUserID", secret=False), Entry("secret", "partnerUserSecret", secret=True)),
    help_url="https://www.expensify.com/tools/integrations/",
)
CONFIRM = Shown(PageKind.CONFIRM, VALUES, f"{ORIGIN}/connect/confirm", FACTS, tuple(Reason))
ASKING = {"choose": CHOOSE, "key": KEY, "confirm": CONFIRM}


class Window:
    """A browser window in which Countersign answers with one page, and whatever else is asked for is noted."""

    def __init__(self, page: Page, shown: Shown) -> None:
        self.page, self.posted, self.elsewhere, self.refused = page, list[dict[str, str]](), list[str](), list[str]()
        self._answer = page_answer(shown, "reference")
        page.route("**/*", self._handle)
        page.on("console", lambda message: self.refused.append(message.text))
        page.goto(f"{ORIGIN}/connect/page")

    def _handle(self, route: Route, request: Request) -> None:
        if not request.url.startswith(f"{ORIGIN}/connect/"):
            self.elsewhere.append(request.url)
            return route.abort()
        if request.method == "POST":
            self.posted.append(dict(parse_qsl(request.post_data or "", keep_blank_values=True)))
        answer = self._answer
        return route.fulfill(status=answer["statusCode"], headers=answer["headers"], body=answer["body"])

    def press_enter(self) -> None:
        """Send the form from where the keyboard is, and wait for what follows."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    @property
    def focused(self) -> str:
        """What the keyboard is at: its value, or its text."""
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.textContent"))


@pytest.fixture
def opened(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Window]:
    """The page that the test names, 360 px wide."""
    context = browser.new_context(viewport={"width": 360, "height": 640})
    yield Window(context.new_page(), ASKING[request.param])
    context.close()


def showing(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("opened", names, indirect=True)


@showing(*ASKING)
def test_a_page_fits_a_small_screen_loads_nothing_and_breaks_no_rule_of_its_own(opened: Window) -> None:
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (opened.elsewhere, opened.refused) == ([], [])
    button = page.get_by_role("button").first.bounding_box()
    assert button is not None
    assert button["height"] >= 44, "large enough for a thumb"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "20.8px", "the sheet applies"


@pytest.mark.parametrize("refuses", [True, False])
@pytest.mark.parametrize("name", ASKING)
@pytest.mark.parametrize("framing", ["https://attacker.example", ORIGIN])
def test_no_page_can_be_framed_by_anybody(browser: Browser, name: str, framing: str, *, refuses: bool) -> None:
    """Not by ourselves either. Without its policy the page is there: then the browser would show it in a frame."""
    answer = page_answer(ASKING[name], "reference")
    policies = () if refuses else ("Content-Security-Policy", "X-Frame-Options")
    headers = {header: value for header, value in answer["headers"].items() if header not in policies}
    context = browser.new_context()
    window = context.new_page()
    window.route(f"{ORIGIN}/connect/page", lambda route: route.fulfill(headers=headers, body=answer["body"]))
    frame = f'<!doctype html><iframe src="{ORIGIN}/connect/page"></iframe>'
    window.route(f"{framing}/frame", lambda route: route.fulfill(content_type="text/html", body=frame))
    window.goto(f"{framing}/frame")
    inside = window.frames[1]
    inside.wait_for_load_state()
    assert inside.locator("form").count() == (0 if refuses else 1)
    assert inside.url == ("chrome-error://chromewebdata/" if refuses else f"{ORIGIN}/connect/page")
    context.close()


@showing("choose")
def test_a_place_is_chosen_by_keyboard_and_only_then_sent(opened: Window) -> None:
    page = opened.page
    group = page.get_by_role("group", name="Places in Jira")
    expect(group.get_by_role("radio")).to_have_count(12)
    page.get_by_role("button", name="Connect this one").press("Enter")
    assert opened.posted == [], "nothing is sent while nothing is chosen"
    group.get_by_role("radio", name="Acme", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(group.get_by_role("radio", name=LONG)).to_be_checked()
    page.keyboard.press("Tab")
    assert opened.focused == "do"
    opened.press_enter()
    assert opened.posted == [{"site": "c-2", "do": "choose"}]


@showing("choose")
def test_no_needs_no_choice(opened: Window) -> None:
    opened.page.get_by_role("button", name="No, cancel").click()
    assert opened.posted == [{"do": "decline"}]


@showing("choose")
def test_a_whole_line_is_the_places_button(opened: Window) -> None:
    opened.page.get_by_text("Site 7").click()
    expect(opened.page.get_by_role("radio", name="Site 7")).to_be_checked()


@showing("key")
def test_a_key_is_typed_unseen_and_sent_to_us_alone(opened: Window) -> None:
    page = opened.page
    expect(page.get_by_role("alert")).to_contain_text("does not take this key")
    page.get_by_label("partnerUserID").focus()
    page.keyboard.type("aa_josie")
    page.keyboard.press("Tab")
    page.keyboard.type("s3cr&t+=")
    secret = page.get_by_label("partnerUserSecret")
    expect(secret).to_have_attribute("type", "password")
    for field in (secret, page.get_by_label("partnerUserID")):
        expect(field).to_have_attribute("autocomplete", "off")
    opened.press_enter()
    assert opened.posted == [{"key_id": "aa_josie", "key_secret": "s3cr&t+=", "do": "enter_key"}]
    assert opened.elsewhere == []
    expect(page.get_by_label("partnerUserID")).to_have_value("")


@showing("key")
def test_where_a_key_is_made_opens_beside_the_form_and_learns_nothing_of_it(opened: Window) -> None:
    link = opened.page.get_by_role("link", name="Make a key in Jira")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


@showing("key")
def test_half_a_key_is_not_sent(opened: Window) -> None:
    opened.page.get_by_label("partnerUserID").fill("aa_josie")
    opened.page.get_by_role("button", name=TEXTS[PageKind.KEY].buttons[0][1]).click()
    assert opened.posted == []
