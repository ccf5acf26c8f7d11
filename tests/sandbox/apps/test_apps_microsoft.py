"""The sandbox Microsoft 365: refresh tokens that outlive their use, transaction ids, everybody's own things."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.running_app import Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)
SCOPE = "openid offline_access User.Read Calendars.ReadWrite Tasks.ReadWrite"
KICK_OFF = {
    "subject": "Northwind kick-off",
    "start": {"dateTime": "2027-04-01T14:00:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2027-04-01T15:00:00", "timeZone": "Europe/Berlin"},
}


@pytest.fixture
def microsoft(clock: Clock) -> Iterator[RunningApp]:
    yield from run("microsoft", clock)


@pytest.fixture
def tom(microsoft: RunningApp) -> dict[str, Any]:
    return microsoft.connect("tom@acme.com", scope=SCOPE)


def test_a_used_refresh_token_is_not_revoked_by_its_use(microsoft: RunningApp, tom: dict[str, Any]) -> None:
    first, second = (microsoft.refresh(tom["refresh_token"]) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["refresh_token"] not in {tom["refresh_token"], second.json()["refresh_token"]}


def test_a_refresh_token_that_is_not_used_ends_after_ninety_days(microsoft: RunningApp, tom: dict[str, Any]) -> None:
    microsoft.clock.now += 91 * 86_400
    assert microsoft.refresh(tom["refresh_token"]).json()["error_codes"] == [700082]


def test_the_same_transaction_makes_one_event(microsoft: RunningApp, tom: dict[str, Any]) -> None:
    made = [
        microsoft.call("POST", "/v1.0/me/events", tom["access_token"], json=KICK_OFF | {"transactionId": one})
        for one in ("a1", "a1", "b2")
    ]
    assert [one.status_code for one in made] == [201] * 3
    ids = [one.json()["id"] for one in made]
    assert (ids[0] == ids[1], ids[0] == ids[2]) == (True, False)


def test_only_what_is_selected_is_answered(microsoft: RunningApp, tom: dict[str, Any]) -> None:
    answer = microsoft.call("GET", "/v1.0/me?$select=displayName,mail", tom["access_token"]).json()
    assert (set(answer), answer["mail"]) == ({"id", "displayName", "mail"}, "tom@acme.com")


def test_lists_and_events_are_everybodys_own(microsoft: RunningApp, tom: dict[str, Any]) -> None:
    josie = microsoft.connect("josie@acme.com", scope=SCOPE)["access_token"]
    (mine,) = microsoft.call("GET", "/v1.0/me/todo/lists", josie).json()["value"]
    path = f"/v1.0/me/todo/lists/{mine['id']}/tasks"
    answers = [microsoft.call("POST", path, one, json={"title": "Call"}) for one in (josie, tom["access_token"])]
    assert [one.status_code for one in answers] == [201, 404]


def test_a_token_without_the_permission_is_refused(microsoft: RunningApp) -> None:
    small = microsoft.connect("josie@acme.com", scope="openid User.Read")["access_token"]
    answer = microsoft.call("POST", "/v1.0/me/events", small, json=KICK_OFF)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ErrorAccessDenied")
