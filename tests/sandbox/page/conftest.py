"""A real Chromium and the page, each test with a browser profile and a client API of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.sandbox.page.browsers import Open
from tests.sandbox.page.fake_client_api import FakeClientApi, serve_fake
from tests.support.page_load import PageLoad

PATIENCE = 20_000
"""Milliseconds: a loaded machine is slow, not wrong."""
expect.set_options(timeout=PATIENCE)


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
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        load = PageLoad(page)
        page.goto(f"{fake.url}/#/{person}/{place}")
        # The people are listed once the browser is back from its sign-in; on a small screen behind the menu.
        load.wait_for(page.get_by_role("button", name="Tom", exact=True, include_hidden=True))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
