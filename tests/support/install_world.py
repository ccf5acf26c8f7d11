"""One admin's browser before the installing function, whose edges are in memory."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from countersign.config import Settings
from countersign.entrypoints import install
from tests.support.acting_world import ENVIRONMENT, ActingWorld

HOST = "api.example.com"
BASE = f"http://{HOST}/prod"


class Installing(ActingWorld):
    """The function that installs, with an allow-list of a test's choice."""

    def __init__(self, allowed: str = "", **environment: str) -> None:
        super().__init__()
        self.settings = Settings({**ENVIRONMENT, "PUBLIC_URL": "", "ALLOWED_WORKSPACES": allowed, **environment})


@dataclass
class AdminBrowser:
    """Keeps the cookie, and comes back with whatever Slack would bring."""

    world: Installing
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, route: str, **query: str) -> dict[str, Any]:
        """One request, its cookie kept."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        event = {
            "httpMethod": "GET",
            "path": route,
            "resource": route,
            "headers": {"Host": HOST, "Accept": "text/html"} | ({"Cookie": jar} if jar else {}),
            "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
            "requestContext": {"path": f"/prod{route}", "requestId": "r1"},
        }
        answer = install.handle(event, self.world)
        if "Set-Cookie" in answer["headers"]:
            name, _, value = answer["headers"]["Set-Cookie"].partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def set_out(self) -> str:
        """Press *Install*: the state that Slack will bring back."""
        location = self.get("/slack/install")["headers"]["Location"]
        return parse_qs(urlsplit(location).query)["state"][0]

    def back(self, **query: str) -> tuple[int, str]:
        """Come back from Slack: the page's status and text."""
        answer = self.get("/slack/oauth_redirect", **query)
        return answer["statusCode"], answer["body"]
