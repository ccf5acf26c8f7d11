"""A sandbox app on a real server, and what judges it: plain HTTP clients, and authlib's OAuth client with PKCE."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask
from waitress.server import create_server
from waitress.wasyncore import close_all, loop

from sandbox.apps import create_app
from sandbox.apps.description import AppDescription
from sandbox.apps.hosts import local_name
from sandbox.people import PEOPLE

CALLBACK = "http://127.0.0.1:9/oauth/callback/app"
REGISTRATION = {"client_id": "countersign", "client_secret": "sample-secret", "redirect_uri": CALLBACK}
TOKEN_SECONDS = 300
VERIFIER = "v" * 64


class Clock:
    """Time that tests move."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Browser:
    """A browser without scripts: keeps cookies, follows redirects inside the app, fills forms in."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str) -> requests.Response:
        """Open an address; stop at a redirect that leaves the app."""
        return self._follow(self.session.get(self.base + path, allow_redirects=False, timeout=10))

    def submit(self, page: requests.Response, **values: str) -> requests.Response:
        """Send the page's first form that has these fields, with its hidden fields."""
        action, hidden = _form(page.text, set(values))
        path = unescape(action) if action else page.request.path_url
        answer = self.session.post(self.base + path, data=hidden | values, allow_redirects=False, timeout=10)
        return self._follow(answer)

    def _follow(self, answer: requests.Response) -> requests.Response:
        while answer.is_redirect and answer.headers["Location"].startswith("/"):
            answer = self.session.get(self.base + answer.headers["Location"], allow_redirects=False, timeout=10)
        return answer

    def sign_in(self, page: requests.Response, login: str) -> requests.Response:
        """Fill the sign-in page in with the account's sample password."""
        shown = re.search(rf"<dt>{re.escape(login)}</dt><dd><code>(.*?)</code>", page.text)
        return self.submit(page, login=login, password=unescape(shown[1]) if shown else "")


def _form(html: str, fields: set[str]) -> tuple[str | None, dict[str, str]]:
    for form in re.findall(r"<form.*?</form>", html, re.DOTALL):
        if fields <= set(re.findall(r'name="([^"]+)"', form)):
            action = re.search(r'<form[^>]*action="([^"]*)"', form)
            hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
            return (action[1] if action else None), {name: unescape(value) for name, value in hidden}
    raise AssertionError(f"no form with {sorted(fields)} on this page:\n{html}")


@dataclass
class RunningApp:
    """One app behind waitress on a free loopback port."""

    app: Flask
    base: str
    clock: Clock

    @property
    def state(self) -> Any:
        return self.app.extensions["sandbox-app"]

    @property
    def endpoints(self) -> Any:
        return self.state.description.endpoints

    def browser(self, host: str | None = None) -> Browser:
        """A new browser with its own cookies, on the host where the app signs people in, or on another of its hosts."""
        browser, description = Browser(self.base), self.state.description
        signs_in = description.endpoints.authorize_host if description.endpoints else None
        own = local_name(description, signs_in or description.hosts[0])
        browser.session.headers["Host"] = host or f"{own}:{urlsplit(self.base).port}"
        return browser

    def login(self, person: str) -> str:
        """The login of somebody called `josie`, `tom` or `priya`."""
        wanted = f"{person}@acme.com"
        return str(next(account.login for account in self.state.directory if account.email == wanted))

    def client(self, **options: Any) -> OAuth2Session:
        """The client of authlib, which sends its secret in the body and PKCE with S256."""
        defaults = {
            "client_id": REGISTRATION["client_id"],
            "client_secret": REGISTRATION["client_secret"],
            "token_endpoint_auth_method": "client_secret_post",
            "code_challenge_method": "S256",
            "redirect_uri": CALLBACK,
        }
        return OAuth2Session(**(defaults | options))

    def authorization_path(self, client: OAuth2Session, **parameters: str) -> tuple[str, str]:
        """(path, state) of an authorization request."""
        options = {"code_verifier": VERIFIER, "state": "a1" * 32} | parameters
        url, state = client.create_authorization_url(self.base + self.endpoints.authorize, **options)
        return url.removeprefix(self.base), state

    def authorize(self, login: str, browser: Browser | None = None, **parameters: str) -> str:
        """The address that the browser is sent back to after signing in and allowing."""
        browser = browser or self.browser()
        path, _ = self.authorization_path(self.client(), **parameters)
        page = browser.get(path)
        if "Sign in to" in page.text:
            page = browser.sign_in(page, login)
        if "Allow access?" in page.text:
            page = browser.submit(page, decision="allow")
        return page.headers["Location"]

    def redeem(self, back: str) -> dict[str, Any]:
        """Exchange the code of a redirect by authlib's client, which also checks the state."""
        url = self.base + self.endpoints.token
        with self.client(state="a1" * 32) as client:
            return dict(client.fetch_token(url, authorization_response=back, code_verifier=VERIFIER))

    def connect(self, login: str, **parameters: str) -> dict[str, Any]:
        """A person's tokens: the whole way."""
        return self.redeem(self.authorize(login, **parameters))

    def post_token(self, **form: str) -> requests.Response:
        """A token request with the client's credentials in the body."""
        credentials = {name: REGISTRATION[name] for name in ("client_id", "client_secret")}
        return requests.post(self.base + self.endpoints.token, data=credentials | form, timeout=10)

    def refresh(self, token: str) -> requests.Response:
        return self.post_token(grant_type="refresh_token", refresh_token=token)

    def post_code(self, back: str, **form: str) -> requests.Response:
        code = parse_qs(urlsplit(back).query)["code"][0]
        fields = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER} | form
        return self.post_token(grant_type="authorization_code", **fields)

    def call(self, method: str, path: str, token: str | None, **options: Any) -> requests.Response:
        """A REST call as the owner of the token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(method, self.base + path, headers=headers, timeout=10, **options)


def run(
    described: str | AppDescription, clock: Clock, hooks: dict[str, dict[str, str]] | None = None
) -> Iterator[RunningApp]:
    app = create_app(described, REGISTRATION, PEOPLE, clock, token_seconds=TOKEN_SECONDS, hooks=hooks)
    sockets: dict[int, Any] = {}
    server = create_server(app, host="127.0.0.1", port=0, threads=4, map=sockets)
    stop = threading.Event()
    thread = threading.Thread(target=_serve, args=(sockets, stop), daemon=True)
    thread.start()
    yield RunningApp(app, f"http://127.0.0.1:{server.effective_port}", clock)
    server.task_dispatcher.shutdown()
    stop.set()
    thread.join(5)


def _serve(sockets: dict[int, Any], stop: threading.Event) -> None:
    """Waitress's own loop, which can only be ended from its own thread."""
    while not stop.is_set():
        loop(timeout=0.05, map=sockets, count=1)
    close_all(sockets)
