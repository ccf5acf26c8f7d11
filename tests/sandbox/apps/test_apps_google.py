"""The sandbox Google: refresh tokens for offline access, revocation by any token, ids of one's own."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.support.running_app import Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)
SCOPE = "openid email profile https://www.googleapis.com/auth/calendar.events"
EVENTS = "/calendar/v3/calendars/primary/events"
KICK_OFF = {
    "summary": "Northwind kick-off",
    "start": {"dateTime": "2027-04-01T14:00:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2027-04-01T15:00:00", "timeZone": "Europe/Berlin"},
}


@pytest.fixture
def google(clock: Clock) -> Iterator[RunningApp]:
    yield from run("google", clock)


def connected(google: RunningApp, name: str, **changes: str) -> dict[str, Any]:
    asked = {"scope": SCOPE, "access_type": "offline", "prompt": "consent"} | changes
    return google.redeem(google.authorize(f"{name}@acme.com", None, **asked))


@pytest.fixture
def tom(google: RunningApp) -> str:
    return str(connected(google, "tom")["access_token"])


def test_a_refresh_token_is_for_offline_access(google: RunningApp) -> None:
    assert "refresh_token" not in connected(google, "josie", access_type="online")


def test_a_second_refresh_token_needs_consent_again(google: RunningApp) -> None:
    assert "refresh_token" in connected(google, "josie", prompt="select_account")
    assert "refresh_token" not in connected(google, "josie", prompt="select_account")
    assert "refresh_token" in connected(google, "josie")


def test_revoking_an_access_token_ends_its_refresh_token(google: RunningApp) -> None:
    tokens = connected(google, "josie")
    ended, again = (
        requests.post(f"{google.base}/revoke", data={"token": tokens["access_token"]}, timeout=10) for _ in range(2)
    )
    assert (ended.status_code, again.status_code, again.json()["error"]) == (200, 400, "invalid_token")
    assert google.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_event_with_the_same_id_is_a_duplicate(google: RunningApp, tom: str) -> None:
    first, second = (google.call("POST", EVENTS, tom, json=KICK_OFF | {"id": "a1b2c3"}) for _ in range(2))
    assert (first.status_code, first.json()["id"], first.json()["creator"]["self"]) == (200, "a1b2c3", True)
    assert (second.status_code, second.json()["error"]["errors"][0]["reason"]) == (409, "duplicate")


@pytest.mark.parametrize(
    "change",
    [{"id": "with spaces"}, {"id": "xyz12"}, {"end": KICK_OFF["start"]}, {"start": None}],
    ids=["spaces", "letters beyond v", "no time", "no start"],
)
def test_an_event_that_is_not_right_is_refused(google: RunningApp, tom: str, change: dict[str, Any]) -> None:
    assert google.call("POST", EVENTS, tom, json=KICK_OFF | change).status_code == 400


def test_another_persons_event_is_not_found(google: RunningApp, tom: str) -> None:
    google.call("POST", EVENTS, tom, json=KICK_OFF | {"id": "a1b2c3"})
    josie = connected(google, "josie")["access_token"]
    assert google.call("GET", f"{EVENTS}/a1b2c3", josie).status_code == 404
