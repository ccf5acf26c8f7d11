"""One person's browser on a sign-in whose edges are scripted."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest

from countersign.domain.identity import Person
from countersign.domain.pages import Onward, Page
from tests.support.sign_in_world import (
    JOSIE,
    TOM,
    ScriptedAuthorization,
    ScriptedHttp,
    ScriptedOpenId,
    SignInWorld,
    claims_of,
    salesforce_user,
    servicenow_user,
)


@dataclass
class Scripted:
    """The world, with its edges under their own types."""

    world: SignInWorld
    slack: ScriptedOpenId
    server: ScriptedAuthorization
    http: ScriptedHttp

    def start(self, secret: str, cookie: str | None = None) -> tuple[str, str]:
        """Press the button: the cookie, and the state that Slack will bring back."""
        onward = self.world.start_sign_in(secret, cookie)
        assert isinstance(onward, Onward)
        return onward.cookie, _state(onward)

    def prove(self, state: str, cookie: str, who: str) -> str:
        """Come back from Slack as somebody: the state that the app will bring back."""
        onward = self.world.complete_slack_leg({"state": [state], "code": [f"{who}.{state}"]}, cookie)
        assert isinstance(onward, Onward)
        return _state(onward)

    def to_app(self, person: Person, app: str = "servicenow") -> tuple[str, str, str]:
        """As far as the app: the link's secret, the cookie, the state."""
        _, secret = self.world.begin(person, app)
        cookie, state = self.start(secret)
        return secret, cookie, self.prove(state, cookie, person.user_id)

    def back(self, state: str, cookie: str | None, app: str = "servicenow", **query: str) -> Page:
        """Come back from the app with a code, each time with the same one for the same question."""
        answer = {"code": f"good-code.{state}", "state": state} | query
        return self.world.complete_app_leg(app, {name: [value] for name, value in answer.items()}, cookie)


def _state(onward: Onward) -> str:
    return parse_qs(urlsplit(onward.url).query)["state"][0]


@pytest.fixture
def scripted() -> Scripted:
    slack = ScriptedOpenId({person.user_id: claims_of(person) for person in (TOM, JOSIE)})
    server = ScriptedAuthorization()
    http = ScriptedHttp(
        {
            "acme.service-now.com": servicenow_user("josie@acme.com"),
            "acme.my.salesforce.com": salesforce_user("josie@acme.com"),
        }
    )
    return Scripted(SignInWorld(slack, server, http), slack, server, http)
