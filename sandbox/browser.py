"""A browser without a browser: plain HTTP, a cookie jar, forms and onward links read off the page.

``*.localhost`` is this machine to it, as to real ones. It carries ``__Host-`` cookies by hand: they are Secure, and
only real browsers take plain http to a loopback name for a secure origin.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

REDIRECTS = {301, 302, 303, 307}
MOST_STEPS = 20
"""Addresses in a row, as in real browsers."""


class Astray(Exception):
    """The browser was sent where it does not go: off this machine, or around in circles."""


@dataclass
class Button:
    """A button, and the form that it sends."""

    label: str
    action: str
    fields: dict[str, str]


@dataclass
class Page:
    """Where the browser is. Status 0: it was stopped before it went there."""

    url: str
    status: int = 0
    text: str = ""
    buttons: list[Button] = field(default_factory=list)
    onward: str | None = None


class _Reader(HTMLParser):
    """Collects forms with their buttons, and the address of a meta refresh."""

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[Button] = []
        self.onward: str | None = None
        self._action = ""
        self._fields: dict[str, str] = {}
        self._open: Button | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action, self._fields = given.get("action", ""), {}
        elif tag == "input":
            self._field(given)
        elif tag == "button":
            named = {given["name"]: given.get("value", "")} if "name" in given else {}
            self._open = Button("", self._action, self._fields | named)
        elif tag == "meta" and given.get("http-equiv") == "refresh":
            self.onward = given["content"].partition("url=")[2]

    def _field(self, given: dict[str, str]) -> None:
        """Of several choices the one that is marked, or the first."""
        if given.get("type") != "radio" or "checked" in given or given["name"] not in self._fields:
            self._fields[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.label += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._open is not None:
            self.buttons.append(self._open)
            self._open = None


class _Loopback(HTTPAdapter):
    """Connects to 127.0.0.1 whatever the name, and names it in the Host header."""

    def build_connection_pool_key_attributes(self, *arguments: Any, **named: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(*arguments, **named)
        name = host["host"]
        if name != "127.0.0.1" and not name.endswith(".localhost"):
            raise Astray(f"the browser was sent to {name}")
        return {**host, "host": "127.0.0.1"}, pool

    def add_headers(self, request: requests.PreparedRequest, **_named: Any) -> None:
        request.headers["Host"] = urlsplit(request.url or "").netloc


class Browser:
    """One person's browser. ``stop_at``: it does not go to an address that contains this."""

    def __init__(self) -> None:
        self.stop_at: str | None = None
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("http://", _Loopback())

    def get(self, url: str) -> Page:
        """Open an address and follow wherever it leads."""
        return self._go("GET", url, None)

    def press(self, page: Page, label: str, **typed: str) -> Page:
        """Fill in the form of the button with this label, and press it."""
        button = next(button for button in page.buttons if button.label.strip() == label)
        return self._go("POST", urljoin(page.url, button.action), button.fields | typed)

    def close(self) -> None:
        """Forget its cookies and connections."""
        self._session.close()

    def _go(self, method: str, url: str, form: dict[str, str] | None) -> Page:
        for _ in range(MOST_STEPS):
            if self.stop_at and self.stop_at in url:
                return Page(url)
            answer = self._send(method, url, form)
            onward = answer.headers.get("Location") if answer.status_code in REDIRECTS else None
            page = _read(url, answer)
            if not (onward := onward or page.onward):
                return page
            method, url, form = "GET", urljoin(url, onward), None
        raise Astray(f"the browser was sent around in circles, last to {url}")

    def _send(self, method: str, url: str, form: dict[str, str] | None) -> requests.Response:
        host = urlsplit(url).hostname
        own = {each.name: each.value or "" for each in self._session.cookies if each.secure and each.domain == host}
        return self._session.request(method, url, data=form, cookies=own, allow_redirects=False, timeout=15)


def _read(url: str, answer: requests.Response) -> Page:
    reader = _Reader()
    reader.feed(answer.text)
    return Page(url, answer.status_code, answer.text, reader.buttons, reader.onward)
