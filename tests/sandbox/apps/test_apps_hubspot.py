"""The sandbox HubSpot: tokens of the app and not of a person, and deals by a unique property."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.support.running_app import REGISTRATION, Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)
SCOPES = "oauth crm.objects.deals.read crm.objects.deals.write"
DEALS = "/crm/v3/objects/deals"
CLIENT = {name: REGISTRATION[name] for name in ("client_id", "client_secret")}


@pytest.fixture
def hubspot(clock: Clock) -> Iterator[RunningApp]:
    yield from run("hubspot", clock)


@pytest.fixture
def josie(hubspot: RunningApp) -> str:
    """An access token that Josie let the app have."""
    return str(hubspot.connect("josie@acme.com", scope=SCOPES)["access_token"])


def upsert(hubspot: RunningApp, token: str, **properties: Any) -> requests.Response:
    one = {"id": "cs-1", "idProperty": "countersign_id", "properties": {"countersign_id": "cs-1"} | properties}
    return hubspot.call("POST", f"{DEALS}/batch/upsert", token, json={"inputs": [one]})


def test_the_token_answer_names_the_account_and_the_scopes_as_a_list(hubspot: RunningApp) -> None:
    tokens = hubspot.connect("josie@acme.com", scope=SCOPES)
    assert (tokens["hub_id"], tokens["user_id"], tokens["scopes"]) == (1_234_567, 9_101, SCOPES.split())
    assert "scope" not in tokens
    assert hubspot.refresh(tokens["refresh_token"]).json()["refresh_token"] == tokens["refresh_token"]


def test_a_token_is_introspected_and_revoked_by_the_client(hubspot: RunningApp) -> None:
    tokens = hubspot.connect("josie@acme.com", scope=SCOPES)
    form = CLIENT | {"token": tokens["refresh_token"]}
    ask = f"{hubspot.base}/oauth/v3/token/introspect"
    before = requests.post(ask, data=form, timeout=10).json()
    ended = requests.post(f"{hubspot.base}/oauth/v3/token/revoke", data=form, timeout=10)
    assert (before["active"], before["user"], ended.status_code) == (True, "josie@acme.com", 204)
    assert requests.post(ask, data=form, timeout=10).json() == {"active": False}
    stranger = requests.post(f"{hubspot.base}/oauth/v3/token/revoke", data={"token": "x"}, timeout=10)
    assert stranger.status_code == 401
    assert hubspot.call("GET", f"{DEALS}/31000000001", tokens["access_token"]).status_code == 401


def test_a_deal_is_made_once_and_then_changed(hubspot: RunningApp, josie: str) -> None:
    made, changed = (upsert(hubspot, josie, dealname=name).json()["results"][0] for name in ("A", "B"))
    assert (made["new"], changed["new"], changed["id"] == made["id"]) == (True, False, True)
    shown = hubspot.call("GET", f"{DEALS}/{made['id']}", josie, params={"properties": "dealname"}).json()
    assert (shown["properties"]["dealname"], "dealstage" in shown["properties"]) == ("B", False)


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"dealname": "A", "dealstage": "won"}, "won was not one of the allowed options"),
        ({"colour": "red"}, 'Property "colour" does not exist'),
        ({"amount": 5}, "Invalid input JSON"),
    ],
)
def test_what_is_not_taken_stands_in_errors_with_207(
    hubspot: RunningApp, josie: str, properties: dict[str, Any], said: str
) -> None:
    answer = upsert(hubspot, josie, **properties)
    assert (answer.status_code, answer.json()["results"]) == (207, [])
    assert answer.json()["errors"][0]["message"].startswith(said)


def test_a_property_that_is_not_unique_identifies_nothing(hubspot: RunningApp, josie: str) -> None:
    one = {"id": "A", "idProperty": "dealname", "properties": {}}
    answer = hubspot.call("POST", f"{DEALS}/batch/upsert", josie, json={"inputs": [one]})
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_the_scope_decides_and_not_the_person(hubspot: RunningApp) -> None:
    tom = hubspot.connect("tom@acme.com", scope=SCOPES)["access_token"]
    small = hubspot.connect("josie@acme.com", scope="oauth")["access_token"]
    answers = [upsert(hubspot, token, dealname="A") for token in (tom, small)]
    assert [one.status_code for one in answers] == [200, 403]
    assert answers[1].json()["category"] == "MISSING_SCOPES"
    missing = hubspot.call("GET", f"{DEALS}/1", tom)
    assert (missing.status_code, missing.json()["category"]) == (404, "OBJECT_NOT_FOUND")
