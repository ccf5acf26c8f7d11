"""A served sandbox for tests, and who talks to it: Slack's client library, browsers, people by the client API."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests
from slack_browser import Browser
from slack_receiver import Receiver
from slack_sdk import WebClient

from sandbox.server import Sandbox

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BOT_TOKEN = "xoxb-sample"
CLIENT = {"client_id": "111.222", "client_secret": "client-secret-sample"}
BROWSER_URL = "http://api.execute-api.localhost:9/local"


class Clock:
    """Time that tests can move on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass
class World:
    """A served sandbox, and who talks to it."""

    sandbox: Sandbox
    receiver: Receiver
    clock: Clock
    port: int

    @property
    def page_url(self) -> str:
        """Where the page and the client API are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def slack_url(self) -> str:
        """Slack's web for browsers."""
        return f"http://slack.localhost:{self.port}"

    @property
    def api_url(self) -> str:
        """The Web API for programs."""
        return f"{self.page_url}/slack/api/"

    def client(self, token: str = BOT_TOKEN) -> WebClient:
        """Slack's own client library, against this Slack."""
        return WebClient(token, base_url=self.api_url)

    def browser(self) -> Browser:
        """A browser of its own."""
        return Browser(self.page_url)

    def act(self, user: str, deed: str, **asked: Any) -> dict[str, Any]:
        """What the page does for a person."""
        answer = requests.post(f"{self.page_url}/api/people/{user}/{deed}", json=asked, timeout=10)
        return answer.json()

    def administer(self, **asked: Any) -> None:
        """What an admin of a workspace or an organisation does."""
        requests.post(f"{self.page_url}/api/administration", json=asked, timeout=10).raise_for_status()

    def screen(self, user: str) -> dict[str, Any]:
        """What this person sees."""
        return requests.get(f"{self.page_url}/api/people/{user}/messages", timeout=5).json()

    def messages(self, user: str, channel: str) -> list[dict[str, Any]]:
        """The messages of one conversation as this person sees them."""
        found = [each for each in self.screen(user)["conversations"] if each["id"] == channel]
        return found[0]["messages"]


def configuration(
    port: int, receiver: Receiver, apps: Sequence[str] = (), hooks: Sequence[str] = (), **slack: Any
) -> dict[str, Any]:
    return {
        "port": port,
        "api_url": receiver.url,
        "browser_url": BROWSER_URL,
        "slack": {
            "signing_secret": SIGNING_SECRET,
            **CLIENT,
            "app_id": "A0COUNTERSIGN",
            "bot_token": BOT_TOKEN,
            "team_id": "T0ACME",
            "enterprise_id": None,
            "retry_delays": [0.0, 0.01, 0.02],
            **slack,
        },
        "apps": {
            app: {"client_id": app, "client_secret": "s", "redirect_uri": f"{BROWSER_URL}/oauth/callback/{app}"}
            for app in apps
        },
        "hooks": {recipe: {"url": f"{receiver.url}/hooks/{recipe}", "secret": "hook"} for recipe in hooks},
        "sample_cards": False,
        "token_seconds": 300,
    }
