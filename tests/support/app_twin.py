"""Speaks to a sandbox app as Countersign does: with the shipped app file's own addresses, requests and queries."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from countersign.domain.answer import (
    CheckResult,
    NotUsable,
    Recorded,
    Refused,
    Succeeded,
    TokenRejected,
    read_answer,
    read_check,
    read_identity,
    read_record,
)
from countersign.domain.catalog import App
from countersign.domain.connection import Account
from countersign.domain.hosts import allowed_hosts, fill_settings, require_allowed
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.oauth import authorization_url, revocation_request
from countersign.domain.operation import (
    Call,
    build_request,
    check_request,
    correlation_id,
    identity_request,
    read_back_request,
    with_token,
)
from countersign.domain.query import ask_text
from countersign.domain.secret import Secret
from sandbox.apps import create_app
from sandbox.people import PEOPLE
from tests.support.shipped_catalog import SETTINGS, shipped

CALLBACK = "http://127.0.0.1:9/oauth/callback/app"
REGISTRATION = {"client_id": "countersign", "client_secret": "sample-secret", "redirect_uri": CALLBACK}
STATE, VERIFIER = "a1" * 32, "b2" * 32


class Clock:
    """Time that tests move."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Now."""
        return self.now


@dataclass
class Twin:
    """A sandbox app, and the app file that must fit it."""

    app: App
    sandbox: Flask
    clock: Clock

    @classmethod
    def start(cls, app_id: str) -> "Twin":
        """A new one, with its sample records."""
        clock = Clock()
        return cls(shipped().apps[app_id], create_app(app_id, REGISTRATION, PEOPLE, clock, token_seconds=300), clock)

    def sign_in(self, person: str) -> "SignedIn":
        """Connect a person, through the app's own pages."""
        oauth, settings = self.app.oauth, SETTINGS[self.app.id]
        endpoint = fill_settings(self.app, oauth.authorization_endpoint, settings)
        ours = {"client_id": REGISTRATION["client_id"], "redirect_uri": CALLBACK}
        browser = self.sandbox.test_client()
        page = _open(browser, authorization_url(oauth, endpoint, **ours, state=STATE, code_verifier=VERIFIER))
        login = person if self.app.id == "servicenow" else f"{person}@acme.com"
        page = _submit(browser, page, login=login, password=f"{person}-sample")
        page = _submit(browser, page, decision="allow")
        back = parse_qs(urlsplit(page.headers["Location"]).query)
        assert back["state"] == [STATE]
        form = ours | {"client_secret": REGISTRATION["client_secret"], "code": back["code"][0]}
        form |= {"grant_type": "authorization_code", "code_verifier": VERIFIER}
        address = fill_settings(self.app, oauth.token_endpoint, settings)
        tokens = self.send(HttpRequest("POST", address, form=form)).body
        return SignedIn(self, tokens, ask_text(oauth.api_base, tokens))

    def send(self, request: HttpRequest) -> HttpAnswer:
        """The app's answer; the address must be one that the app file allows."""
        require_allowed(request.url, allowed_hosts(self.app, SETTINGS[self.app.id]), local=False)
        response = self.sandbox.test_client().open(
            urlsplit(request.url).path,
            method=request.method,
            query_string=dict(request.query),
            headers=dict(request.headers),
            json=request.json,
            data=dict(request.form) if request.form is not None else None,
        )
        body = response.get_json(silent=True)
        return HttpAnswer(response.status_code, body, dict(response.headers), "" if body is not None else response.text)

    def audit(self) -> list[tuple[str, str]]:
        """(login, act) of everything that the app recorded."""
        entries = self.sandbox.test_client().get("/sandbox/audit").get_json()["entries"]
        return [(entry["login"], entry["act"]) for entry in entries]


@dataclass
class SignedIn:
    """One person at one app."""

    twin: Twin
    tokens: dict[str, Any] = field(repr=False)
    api_base: str | None

    @cached_property
    def account(self) -> Account:
        """Whom the app knows the person as; asked once."""
        app = self.twin.app
        return read_identity(app, self._ask(identity_request(app, SETTINGS[app.id], self.api_base)))

    def act(self, operation: str, **inputs: str) -> Succeeded | Refused | TokenRejected | NotUsable:
        """Call an operation."""
        call = self._call(operation, inputs)
        return read_answer(call, self._ask(build_request(call)))

    def check(self, operation: str, **inputs: str) -> CheckResult | Refused | TokenRejected | NotUsable:
        """What the record says now."""
        call = self._call(operation, inputs)
        request = check_request(call)
        assert request is not None
        return read_check(call, self._ask(request))

    def read_back(self, operation: str, **inputs: str) -> Recorded | Refused | TokenRejected | NotUsable:
        """Whom the app recorded."""
        call = self._call(operation, inputs)
        request = read_back_request(call)
        assert request is not None
        return read_record(call, self._ask(request))

    def refresh(self) -> dict[str, Any]:
        """A new access token (RFC 6749 §6)."""
        app = self.twin.app
        form = {name: REGISTRATION[name] for name in ("client_id", "client_secret")}
        form |= {"grant_type": "refresh_token", "refresh_token": self.tokens["refresh_token"]}
        address = fill_settings(app, app.oauth.refresh_endpoint, SETTINGS[app.id])
        return dict(self.twin.send(HttpRequest("POST", address, form=form)).body)

    def revoke(self) -> int:
        """End the grant; the answer's status."""
        app, revocation = self.twin.app, self.twin.app.oauth.revocation
        assert revocation is not None
        token, secret = Secret(self.tokens[revocation.token]), Secret(REGISTRATION["client_secret"])
        client_id = REGISTRATION["client_id"]
        request = revocation_request(app, revocation, SETTINGS[app.id], token, client_id=client_id, secret=secret)
        return self.twin.send(request).status

    def _call(self, operation: str, inputs: dict[str, str]) -> Call:
        app = self.twin.app
        found = shipped().operation(f"{app.id}.{operation}")
        key = correlation_id("T0ACME/U0JOSIE", "run#1", "step")
        return Call(app, found, SETTINGS[app.id], self.api_base, self.account, inputs, key)

    def _ask(self, request: HttpRequest) -> HttpAnswer:
        return self.twin.send(with_token(request, Secret(self.tokens["access_token"])))


def _open(browser: FlaskClient, url: str) -> TestResponse:
    parts = urlsplit(url)
    return _followed(browser, browser.get(f"{parts.path}?{parts.query}"))


def _followed(browser: FlaskClient, page: TestResponse) -> TestResponse:
    while page.headers.get("Location", "").startswith("/"):
        page = browser.get(page.headers["Location"])
    return page


def _submit(browser: FlaskClient, page: TestResponse, **values: str) -> TestResponse:
    """Send the page's form that has these fields, with its hidden ones."""
    for form in re.findall(r"<form.*?</form>", page.text, re.DOTALL):
        if set(values) <= set(re.findall(r'name="([^"]+)"', form)):
            action = re.search(r'<form[^>]*action="([^"]*)"', form)
            hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
            fields = {name: unescape(value) for name, value in hidden} | values
            path = unescape(action[1]) if action else page.request.full_path
            return _followed(browser, browser.post(path, data=fields))
    raise AssertionError(f"no form with {sorted(values)}:\n{page.text}")
