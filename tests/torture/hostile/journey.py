"""Josie's browser on its way through a sign-in, up to where something hostile comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from countersign.domain.sign_in import hash_of
from countersign.entrypoints import oauth
from countersign.usecases.begin_sign_in import BeginSignIn
from tests.support.sign_in_world import ACME, BASE_URL, JOSIE, PROFILES
from tests.support.two_browsers import event, form_address, landed, onward


@dataclass
class Journey:
    """Her sign-ins to one app."""

    world: Any
    """A ``SignInWorld``, or a whole container."""
    app: str
    profile: Mapping[str, str] = field(default_factory=lambda: PROFILES[JOSIE])
    link: str = ""

    def look(self) -> dict[str, Any]:
        """The page behind her last link."""
        opened = request("connect_page", f"/connect/{self.link}", {}, {"sign_in": self.link}, "")
        return oauth.handle(opened, self.world)

    def to_app(self) -> tuple[str, str]:
        """A link, opened, and whose it is proved: on the way to the app with (state, cookie)."""
        state, cookie = self.to_slack()
        query = {"code": self.code(), "state": state}
        at_app = oauth.handle(request("slack_callback", "/oauth/slack/callback", query, None, cookie), self.world)
        return _state(at_app), cookie

    def to_slack(self) -> tuple[str, str]:
        """A link, opened: on the way to Slack with (state, cookie)."""
        begin = BeginSignIn(self.world.sign_ins, self.world.randomness, self.world.clock, BASE_URL)
        begun = begin(JOSIE, ACME, self.app, self.profile, trace_id="trace-1")
        self.link = begun.url.rpartition("/")[2]
        at_slack = self.press("go", self.link, "")
        cookie = at_slack["headers"]["Set-Cookie"].partition(";")[0].partition("=")[2]
        return _state(at_slack), cookie

    def back(self, state: str, cookie: str) -> dict[str, Any]:
        """She comes back with a code, and on to the page that this leads to."""
        query, path = {"code": self.code(), "state": state}, f"/oauth/callback/{self.app}"
        answer = oauth.handle(request("app_callback", path, query, {"app": self.app}, cookie), self.world)
        return landed(answer, self.world, cookie)

    def code(self) -> str:
        """One that nobody brought before."""
        return f"{JOSIE.user_id}.{hash_of(self.world.randomness())}"

    def confirm(self, page: dict[str, Any], cookie: str, do: str = "confirm") -> dict[str, Any]:
        """She answers what this page asks: the next one."""
        return self.press(do, urlsplit(form_address(page)).path.rpartition("/")[2], cookie)

    def press(self, button: str, secret: str, cookie: str) -> dict[str, Any]:
        """A button of the page at this link."""
        pressed = request("connect_go", f"/connect/{secret}", {}, {"sign_in": secret}, cookie)
        return oauth.handle({**pressed, "body": f"do={button}", "isBase64Encoded": False}, self.world)


def request(name: str, path: str, query: Mapping[str, str], parameters: Any, cookie: str) -> dict[str, Any]:
    """A recorded request of a browser, with another address and cookie."""
    recorded = event(name)
    headers = {**recorded["headers"], "Cookie": f"__Host-bt={cookie}"}
    return {
        **recorded,
        "path": path,
        "headers": headers,
        "multiValueHeaders": {key: [value] for key, value in headers.items()},
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": {key: [value] for key, value in query.items()} or None,
        "pathParameters": parameters,
    }


def _state(answer: dict[str, Any]) -> str:
    return parse_qs(urlsplit(onward(answer)).query)["state"][0]
