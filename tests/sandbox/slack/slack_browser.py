"""A browser for tests: one cookie jar per host, forms read off the page, redirects followed by hand."""

from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

REDIRECTS = {301, 302, 303, 307, 308}


@dataclass
class Form:
    """A form on a page, with its hidden fields and its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
        elif tag == "input":
            self.found[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "button":
            self.found[-1].buttons.append((given["name"], given["value"]))


@dataclass
class Page:
    """Where the browser is."""

    url: str
    status: int
    text: str
    headers: dict[str, str]

    @property
    def forms(self) -> list[Form]:
        """The forms on it."""
        reader = _Forms()
        reader.feed(self.text)
        return reader.found


class Browser:
    """Sends every request to 127.0.0.1, as browsers do for `*.localhost`; keeps cookies by host name."""

    def __init__(self, inside: str) -> None:
        self.inside = inside
        self.cookies: dict[str, dict[str, str]] = defaultdict(dict)
        self.visited: list[str] = []

    def get(self, url: str) -> Page:
        """Open an address and follow redirects, up to the first address outside of the sandbox."""
        return self._go("GET", url, None)

    def press(self, page: Page, name: str, value: str) -> Page:
        """Press the button of that name and value."""
        form = next(form for form in page.forms if (name, value) in form.buttons)
        return self._go("POST", urljoin(page.url, form.action or page.url), form.fields | {name: value})

    def _go(self, method: str, url: str, data: dict[str, str] | None) -> Page:
        while True:
            self.visited.append(url)
            parts = urlsplit(url)
            if parts.port != urlsplit(self.inside).port:
                return Page(url, 0, "", {})
            answer = self._send(method, url, data)
            if answer.status_code not in REDIRECTS:
                return Page(url, answer.status_code, answer.text, dict(answer.headers))
            url, method, data = urljoin(url, answer.headers["Location"]), "GET", None

    def _send(self, method: str, url: str, data: dict[str, str] | None) -> requests.Response:
        parts = urlsplit(url)
        jar = self.cookies[parts.hostname or ""]
        address = parts._replace(netloc=f"127.0.0.1:{parts.port}", fragment="").geturl()
        headers = {"Host": parts.netloc, "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        answer = requests.request(method, address, data=data, headers=headers, allow_redirects=False, timeout=5)
        jar.update(answer.cookies.get_dict())
        return answer
