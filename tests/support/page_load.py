"""Waits for a page to load, also on a machine whose network interfaces come and go."""

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Locator, Page, Request

LOAD_SECONDS = 8


class PageLoad:
    """What Chromium dropped while a page loaded.

    Chromium drops whatever it is loading when an interface of the machine's network comes or goes, loopback or not (a
    container that starts is enough), and a script that was dropped is not loaded again: then, and only then, reload.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._cut_off: list[Request] = []
        page.on("requestfailed", self._note)

    def _note(self, request: Request) -> None:
        self._cut_off.append(request)

    def forget(self) -> None:
        """Begin another load."""
        self._cut_off.clear()

    def wait_for(self, shown: Locator) -> None:
        """Wait until the page shows this; raises what Playwright raises when it never does."""
        try:
            shown.wait_for(state="attached", timeout=LOAD_SECONDS * 1000)
        except BrowserError:
            if not any(request.failure == "net::ERR_NETWORK_CHANGED" for request in self._cut_off):
                shown.wait_for(state="attached")
                return
            self._page.reload()
            shown.wait_for(state="attached")
