"""A real Chromium and the page, each test with a browser profile and a client API of its own."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.sandbox.page.fake_client_api import FakeClientApi, serve_fake

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the machine's own where there is one, else Playwright's."""
    installed = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def fake() -> Iterator[FakeClientApi]:
    """A client API whose answers the test decides."""
    with serve_fake() as served:
        yield served


@pytest.fixture
def open_as(browser: Browser, fake: FakeClientApi) -> Iterator[Open]:
    """Opens the page as a person at a place; fails the test when the page throws, or asks another site for anything."""
    complaints: list[str] = []
    contexts = []

    def open_page(person: str = "U0TOM", place: str = "C0APPROVALS", width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="en-GB", timezone_id="UTC")
        contexts.append(context)
        context.set_default_timeout(5000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        page.goto(f"{fake.url}/#/{person}/{place}")
        # The people are listed once the browser is back from its sign-in; on a small screen behind the menu.
        page.get_by_role("button", name="Tom", exact=True, include_hidden=True).wait_for(state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
