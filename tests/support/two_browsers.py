"""Browsers with cookie jars of their own on the real routes; Slack's provider and an app answer on loopback."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

from countersign.adapters.http import HardenedHttp
from countersign.adapters.oauth_http import OAuthHttp
from countersign.domain.identity import Person
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.oauth import ClientCredentials
from countersign.domain.secret import Secret
from countersign.entrypoints import oauth
from countersign.entrypoints.api_gateway import Answer
from countersign.entrypoints.oauth import SignIn
from tests.support.openid_provider import Key, Provider
from tests.support.scripted_server import Handler, Received, Server
from tests.support.shipped_catalog import SETTINGS
from tests.support.sign_in_world import BASE_URL, PROFILES, SignInWorld, Ticking, servicenow_user

EVENTS = Path(__file__).resolve().parents[2] / "events" / "oauth_callback"
KEY = Key("key-1")


def event(name: str) -> dict[str, Any]:
    """A recorded event of API Gateway."""
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return found


@dataclass
class AppServer:
    """ServiceNow's authorization server and its user table: single-use codes, PKCE, exact redirect address."""

    server: Server
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    consents: int = 0
    issued: int = 0

    def __post_init__(self) -> None:
        self.server.on("/oauth_token.do", self._token)
        self.server.on("/api/now/table/sys_user", self._who)

    def consent(self, url: str, email: str) -> dict[str, str]:
        """A browser that is signed in there as ``email`` says yes: its callback's query."""
        asked = {name: value for name, (value,) in parse_qs(urlsplit(url).query, strict_parsing=True).items()}
        self.consents += 1
        code = hashlib.sha256(f"app {self.consents}".encode()).hexdigest()
        self.codes[code] = {**asked, "email": email}
        return {"code": code, "state": asked["state"]}

    @property
    def asked_for_tokens(self) -> list[Received]:
        return [request for request in self.server.received if request.path == "/oauth_token.do"]

    def whose(self, token: str) -> str:
        """The address of the account that an access token acts as, in the server's own books."""
        return self.tokens[token]

    def _token(self, handler: Handler, request: Received) -> None:
        form = request.form
        asked = self.codes.pop(form["code"], None)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        if asked is None or (asked["redirect_uri"], asked["code_challenge"]) != (form["redirect_uri"], challenge):
            return _say(handler, 400, {"error": "invalid_grant"})
        self.issued += 1
        token = f"at-{self.issued}"
        self.tokens[token] = asked["email"]
        answer = {
            "access_token": token,
            "refresh_token": f"rt-{self.issued}",
            "token_type": "Bearer",
            "expires_in": 1799,
        }
        return _say(handler, 200, answer)

    def _who(self, handler: Handler, request: Received) -> None:
        email = self.tokens[request.headers["authorization"].removeprefix("Bearer ")]
        sys_id = hashlib.sha256(email.encode()).hexdigest()[:32]
        _say(handler, 200, servicenow_user(email, sys_id))


class OpenIdServer(Protocol):
    """Slack's OpenID provider, as far as a browser goes there."""

    def sign_in(self, url: str, user: str, workspace: str = ...) -> dict[str, str]:
        """A browser that is signed in as ``user`` goes to the authorization address; its callback's query."""


class OAuthServer(Protocol):
    """An app's authorization server, as far as a browser goes there, and its books."""

    @property
    def asked_for_tokens(self) -> Sequence[Any]:
        """Every request to the token endpoint."""

    def consent(self, url: str, email: str) -> dict[str, str]:
        """A browser that is signed in there as ``email`` says yes: its callback's query."""

    def whose(self, token: str) -> str:
        """The address of the account that an access token acts as, in the server's own books."""


@dataclass
class Stage:
    """The world on the real HTTP adapters, Slack's provider, the app, and the browsers."""

    world: SignInWorld
    slack: OpenIdServer
    app: OAuthServer
    app_id: str = "servicenow"

    @classmethod
    def on(cls, server: Server) -> "Stage":
        clock = Ticking()
        stand_ins = LocalHosts({"acme.service-now.com": server.url})
        http = HardenedHttp(stand_ins, local=True)
        slack = Provider(server, clock, KEY)
        credentials = ClientCredentials("our-id", (Secret("our-secret"),))
        authorization = OAuthHttp(http, SETTINGS.__getitem__, lambda _: credentials, stand_ins, clock, local=True)
        world = SignInWorld(slack.client(http), authorization, http, clock=clock)
        return cls(world, slack, AppServer(server))

    def begin(self, person: Person) -> str:
        """A sign-in begun in Slack: its link."""
        return self.world.begin(person, self.app_id)[0].url

    def browser(self, person: Person, app_email: str | None = None) -> "Browser":
        return Browser(self, person, app_email or PROFILES[person]["email"])


@dataclass
class Browser:
    """One jar of cookies, signed in to Slack as a person and to the app as an address."""

    stage: Stage
    person: Person
    app_email: str
    cookies: dict[str, str] = field(default_factory=dict)
    address_bar: str = ""

    def get(self, url: str, query: Mapping[str, str] | None = None) -> Answer:
        return self._send("GET", url, query or dict(parse_qsl(urlsplit(url).query)), None)

    def post(self, url: str, do: str) -> Answer:
        return self._send("POST", url, {}, f"do={do}")

    def to_slack(self, link: str) -> str:
        """Press the button: Slack's address."""
        return onward(self.post(link, "go"))

    def prove(self, slack_url: str) -> Answer:
        """Come back from Slack as whoever this browser is signed in as."""
        return self.back_from_slack(self.at_slack(slack_url))

    def at_slack(self, slack_url: str) -> dict[str, str]:
        """What Slack sends whoever this browser is signed in as back with."""
        return self.stage.slack.sign_in(slack_url, self.person.user_id, self.person.tenant)

    def back_from_slack(self, callback: Mapping[str, str]) -> Answer:
        """Come back from Slack with this."""
        return self.get(f"{BASE_URL}/oauth/slack/callback", callback)

    def consent(self, app_url: str) -> Answer:
        """Say yes at the app, and come back."""
        return self.back_from_app(self.at_app(app_url))

    def at_app(self, app_url: str) -> dict[str, str]:
        """What the app sends this browser's account back with, after its yes."""
        return self.stage.app.consent(app_url, self.app_email)

    def back_from_app(self, callback: Mapping[str, str]) -> Answer:
        """Come back from the app with this."""
        return self.get(f"{BASE_URL}/oauth/callback/{self.stage.app_id}", callback)

    def sign_in(self, link: str) -> Answer:
        """The whole way, up to the confirm page."""
        return self.consent(onward(self.prove(self.to_slack(link))))

    def confirm(self, page: Answer) -> Answer:
        return self.post(form_address(page), "confirm")

    def _send(self, method: str, url: str, query: Mapping[str, str], body: str | None) -> Answer:
        """One request, and from a callback on to the page that it leads to."""
        answer = self._once(method, url, query, body)
        if answer["statusCode"] != HTTPStatus.SEE_OTHER:
            return answer
        location = str(answer["headers"]["Location"])
        assert location.endswith("#"), "or else a fragment would stay in the address bar"
        clean = urljoin(url, location)
        assert clean.startswith(f"{BASE_URL}/connect/"), "a page of ours"
        return self._once("GET", clean, {}, None)

    def _once(self, method: str, url: str, query: Mapping[str, str], body: str | None) -> Answer:
        self.address_bar = f"{url}?{urlencode(query)}" if query else url
        path = urlsplit(url).path.removeprefix(urlsplit(BASE_URL).path)
        sent = event("connect_go" if method == "POST" else "slack_callback")
        headers = {**sent["headers"], "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        sent |= {"path": path, "resource": path, "body": body, "headers": headers}
        sent |= {"multiValueHeaders": {name: [value] for name, value in headers.items()}}
        sent |= {"queryStringParameters": dict(query)}
        sent |= {"multiValueQueryStringParameters": {name: [value] for name, value in query.items()}}
        sent["pathParameters"] = _parameters(path)
        answer = oauth.handle(sent, self.stage.world)
        if cookie := answer["headers"].get("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def onward(answer: Answer) -> str:
    """Where an answer sends the browser: by a redirect, or by the page's refresh."""
    if answer["statusCode"] in (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER):
        return str(answer["headers"]["Location"])
    (url,) = re.findall(r'content="0;url=([^"]+)"', answer["body"])
    return unescape(url)


def landed(answer: Answer, world: SignIn, cookie: str) -> Answer:
    """The page to which a callback sends the browser with this ``__Host-bt``; any other answer as it is."""
    if answer["statusCode"] != HTTPStatus.SEE_OTHER:
        return answer
    word = urlsplit(str(answer["headers"]["Location"])).path.rpartition("/")[2]
    given = str(answer["headers"].get("Set-Cookie", "")).partition(";")[0]
    asked = event("connect_page")
    headers = {**asked["headers"], "Cookie": f"__Host-bt={cookie}; {given}"}
    asked |= {"headers": headers, "multiValueHeaders": {name: [value] for name, value in headers.items()}}
    return oauth.handle(asked | {"path": f"/connect/{word}", "pathParameters": {"sign_in": word}}, world)


def form_address(page: Answer) -> str:
    """Where a page's form posts to."""
    (url,) = re.findall(r'<form method="post" action="([^"]+)"', page["body"])
    return unescape(url)


def _parameters(path: str) -> dict[str, str] | None:
    if found := re.fullmatch(r"/connect/([^/]+)", path):
        return {"sign_in": found[1]}
    if found := re.fullmatch(r"/oauth/callback/([^/]+)", path):
        return {"app": found[1]}
    return None


def _say(handler: Handler, status: int, value: Mapping[str, Any]) -> None:
    handler.answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})
