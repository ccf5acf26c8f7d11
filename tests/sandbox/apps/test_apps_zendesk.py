"""The sandbox Zendesk: token requests in JSON, idempotency keys, and updates that can't undo somebody else's."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.support.running_app import CALLBACK, REGISTRATION, VERIFIER, Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)
CLIENT = {name: REGISTRATION[name] for name in ("client_id", "client_secret")}
LIFE = {"expires_in": 200, "refresh_token_expires_in": 2_592_000}
TICKETS = "/api/v2/tickets"


@pytest.fixture
def zendesk(clock: Clock) -> Iterator[RunningApp]:
    yield from run("zendesk", clock)


def tokens_of(zendesk: RunningApp, person: str, **asked: Any) -> dict[str, Any]:
    """A person's tokens, by a JSON body."""
    back = zendesk.authorize(f"{person}@acme.com", scope="read write")
    code = parse_qs(urlsplit(back).query)["code"][0]
    body = CLIENT | {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    return dict(post(zendesk, **body, code_verifier=VERIFIER, **asked).json())


def post(zendesk: RunningApp, **body: Any) -> requests.Response:
    return requests.post(f"{zendesk.base}/oauth/tokens", json=body, timeout=10)


@pytest.fixture
def josie(zendesk: RunningApp) -> str:
    """Josie's access token."""
    return str(tokens_of(zendesk, "josie")["access_token"])


def create(zendesk: RunningApp, token: str, key: str | None, subject: str = "Help") -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    body = {"ticket": {"subject": subject, "comment": {"body": "It is broken"}}}
    return requests.post(f"{zendesk.base}{TICKETS}.json", json=body, headers=headers, timeout=10)


def test_a_token_request_is_json(zendesk: RunningApp) -> None:
    back = zendesk.authorize("josie@acme.com", scope="read write")
    assert zendesk.post_code(back).status_code == 400


def test_a_token_ends_only_where_an_end_was_asked_for(zendesk: RunningApp, clock: Clock) -> None:
    endless, ending = tokens_of(zendesk, "josie"), tokens_of(zendesk, "josie", **LIFE)
    assert ("expires_in" in endless, ending["expires_in"]) == (False, 200)
    clock.now += 3_600
    shown = [
        zendesk.call("GET", "/api/v2/users/me.json", one["access_token"]).json()["user"]["id"]
        for one in (endless, ending)
    ]
    assert shown == [35_401, None]


def test_a_refresh_ends_the_old_pair(zendesk: RunningApp) -> None:
    old = tokens_of(zendesk, "josie", **LIFE)
    again = CLIENT | {"grant_type": "refresh_token", "refresh_token": old["refresh_token"]} | LIFE
    new, spent = post(zendesk, **again), post(zendesk, **again)
    assert (new.status_code, spent.status_code, spent.json()["error"]) == (200, 400, "invalid_grant")
    assert zendesk.call("GET", f"{TICKETS}/1.json", old["access_token"]).status_code == 401
    assert zendesk.call("GET", f"{TICKETS}/1.json", new.json()["access_token"]).status_code == 200


def test_a_token_is_revoked_by_its_id_and_by_nothing_else(zendesk: RunningApp, josie: str) -> None:
    tom = str(tokens_of(zendesk, "tom")["access_token"])
    tokens = "/api/v2/oauth/tokens"
    assert zendesk.call("DELETE", f"{tokens}/current.json", josie).status_code == 204
    number = zendesk.call("GET", f"{tokens}/current.json", josie).json()["token"]["id"]
    assert zendesk.call("DELETE", f"{tokens}/{number}.json", tom).status_code == 404
    ended, again = (zendesk.call("DELETE", f"{tokens}/{number}.json", josie) for _ in range(2))
    assert (ended.status_code, again.status_code) == (204, 401)
    assert zendesk.call("GET", f"{TICKETS}/1.json", josie).status_code == 401


def test_without_a_token_nobody_in_particular_is_shown(zendesk: RunningApp) -> None:
    answer = zendesk.call("GET", "/api/v2/users/me.json", None)
    assert (answer.status_code, answer.json()["user"]["id"]) == (200, None)


def test_the_same_key_is_the_same_ticket(zendesk: RunningApp, josie: str) -> None:
    first, second, other = (create(zendesk, josie, key) for key in ("k1", "k1", None))
    numbers = [one.json()["ticket"]["id"] for one in (first, second, other)]
    assert numbers[0] == numbers[1] != numbers[2]
    assert [one.headers.get("x-idempotency-lookup") for one in (first, second)] == ["miss", "hit"]
    changed = create(zendesk, josie, "k1", "Something else")
    assert (changed.status_code, changed.json()["error"]) == (400, "IdempotentRequestError")
    assert first.json()["ticket"]["submitter_id"] == 35_401


def test_an_end_user_is_refused(zendesk: RunningApp) -> None:
    priya = tokens_of(zendesk, "priya")["access_token"]
    answer = create(zendesk, priya, None)
    assert (answer.status_code, answer.json()["error"]["title"]) == (403, "Forbidden")


def test_a_safe_update_is_taken_only_while_nothing_changed(zendesk: RunningApp, josie: str, clock: Clock) -> None:
    seen = zendesk.call("GET", f"{TICKETS}/1.json", josie).json()["ticket"]["updated_at"]
    clock.now += 60
    update = {"status": "solved", "safe_update": True, "updated_stamp": seen}
    taken, late = (zendesk.call("PUT", f"{TICKETS}/1.json", josie, json={"ticket": update}) for _ in range(2))
    assert (taken.status_code, taken.json()["ticket"]["status"]) == (200, "solved")
    assert (late.status_code, late.json()["error"]) == (409, "UpdateConflict")


def test_an_update_is_kept_with_who_made_it(zendesk: RunningApp, josie: str) -> None:
    comment = {"comment": {"body": "On it", "public": False}}
    audit = zendesk.call("PUT", f"{TICKETS}/1.json", josie, json={"ticket": comment}).json()["audit"]
    kept = zendesk.call("GET", f"{TICKETS}/1/audits/{audit['id']}.json", josie).json()["audit"]
    assert (kept["author_id"], kept["events"][0]["body"]) == (35_401, "On it")
    assert zendesk.call("GET", f"{TICKETS}/2/audits/{audit['id']}.json", josie).status_code == 404


def test_what_makes_no_sense_is_refused_with_the_field(zendesk: RunningApp, josie: str) -> None:
    wrong = [{}, {"ticket": {"subject": "x"}}, {"ticket": {"comment": {"body": "x"}, "priority": "very"}}]
    answers = [zendesk.call("POST", f"{TICKETS}.json", josie, json=body) for body in wrong]
    assert [one.status_code for one in answers] == [422, 422, 422]
    assert [next(iter(one.json()["details"])) for one in answers] == ["ticket", "base", "priority"]


def test_a_ticket_of_another_group_is_not_found(zendesk: RunningApp) -> None:
    tom = tokens_of(zendesk, "tom")["access_token"]
    answer = zendesk.call("GET", f"{TICKETS}/2.json", tom)
    assert (answer.status_code, answer.json()["error"]) == (404, "RecordNotFound")
