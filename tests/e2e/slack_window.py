"""The sandbox page in one browser, as a person uses Slack in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.page_load import PageLoad

IDS = {"Josie": "U0JOSIE", "Tom": "U0TOM", "Priya": "U0PRIYA"}
SECONDS = 15
"""How long a person would wait for an answer: a click goes through two functions, a queue, the app and Slack."""
MESSAGES = "Countersign"
HOME = "Countersign · Home"


class SlackWindow:
    """One tab on the sandbox page. Everything in it is found as a person finds it: by role and by words."""

    def __init__(self, context: BrowserContext, sandbox_url: str) -> None:
        context.set_default_timeout(SECONDS * 1000)
        expect.set_options(timeout=SECONDS * 1000)
        self.context = context
        self.url = sandbox_url
        self.page = context.new_page()
        self._load = PageLoad(self.page)

    def open(self, person: str) -> None:
        """Open the page in #approvals as a person; the browser is then theirs at Slack too."""
        self._load.forget()
        self.page.goto(f"{self.url}/#/{IDS[person]}/C0APPROVALS")
        self._arrive(person)

    def become(self, person: str) -> None:
        """Switch to another person: Slack's session is theirs then, and those of the apps are over."""
        self._load.forget()
        self._person(person).click()
        self._arrive(person)

    def go(self, place: str) -> None:
        """Go to "#approvals", "Countersign" (direct messages) or "Countersign · Home"."""
        # A place with news says so in its name.
        self.page.get_by_role("link", name=re.compile(rf"^{re.escape(place)}( ?new messages)?$")).click()
        expect(self.page.get_by_role("heading", name=place, exact=True, level=1)).to_be_visible()

    def type(self, text: str) -> None:
        """Write in the conversation that is open, and send it."""
        composer = self.page.get_by_role("textbox", name="Message")
        composer.fill(text)
        composer.press("Enter")

    def ask(self, text: str) -> Locator:
        """Write something, and return the answer: the first message of the app that comes after."""
        answers = self.log.get_by_role("article", name="Message by Countersign")
        before = answers.count()
        self.type(text)
        answer = answers.nth(before)
        expect(answer).to_be_visible()
        return answer

    @property
    def log(self) -> Locator:
        """The messages of the conversation that is open."""
        return self.page.get_by_role("log", name="Messages")

    @property
    def latest(self) -> Locator:
        """The newest message."""
        return self.log.get_by_role("article").last

    @property
    def home(self) -> Locator:
        """What the app shows in its Home tab."""
        return self.page.locator("#home .view")

    def card(self, title: str | re.Pattern[str]) -> Locator:
        """The message that has this heading."""
        return self.log.get_by_role("article").filter(has=self.page.get_by_role("heading", name=title, exact=True))

    def form(self, title: str) -> Locator:
        """The open form, or the question before an act, of this title."""
        return self.page.get_by_role("dialog", name=title)

    def press(self, message: Locator, button: str) -> None:
        """Press a button of a message."""
        message.get_by_role("button", name=button, exact=True).click()

    @contextmanager
    def news(self, count: int = 1) -> Iterator[None]:
        """On leaving, the conversation has so many more messages than on entering: `latest` is the newest of them."""
        before = self.log.get_by_role("article").count()
        yield
        expect(self.log.get_by_role("article")).to_have_count(before + count)

    def follow(self, link: Locator) -> Page:
        """Press a button that opens an address, and return the tab that it opens."""
        with self.context.expect_page() as opened:
            link.click()
        opened.value.wait_for_load_state()
        return opened.value

    def _arrive(self, person: str) -> None:
        """Wait for the page to be this person's."""
        self._load.wait_for(self._person(person).and_(self.page.locator("[aria-pressed=true]")))

    def _person(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)
