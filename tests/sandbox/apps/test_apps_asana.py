"""The sandbox Asana: approval tasks that whoever may edit them can set, and answers as long as they are asked for."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.support.running_app import REGISTRATION, Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)
SCOPES = "users:read tasks:read tasks:write"
TASKS = "/api/1.0/tasks"
APPROVAL, SECRET = f"{TASKS}/1209000000000001", f"{TASKS}/1209000000000003"
FIELDS = {"opt_fields": "name,approval_status,completed,completed_by.name,assignee"}


@pytest.fixture
def asana(clock: Clock) -> Iterator[RunningApp]:
    yield from run("asana", clock)


def token(asana: RunningApp, person: str) -> str:
    return str(asana.connect(f"{person}@acme.com", scope=SCOPES)["access_token"])


def put(asana: RunningApp, person: str, path: str, **data: Any) -> requests.Response:
    return asana.call("PUT", path, token(asana, person), json={"data": data}, params=FIELDS)


def test_a_refresh_gives_no_new_refresh_token(asana: RunningApp) -> None:
    tokens = asana.connect("josie@acme.com", scope=SCOPES)
    assert tokens["data"]["email"] == "josie@acme.com"
    first, second = (asana.refresh(tokens["refresh_token"]).json() for _ in range(2))
    assert "refresh_token" not in first | second
    assert asana.call("GET", "/api/1.0/users/me", second["access_token"]).status_code == 200


def test_revoking_the_refresh_token_ends_its_access_tokens(asana: RunningApp) -> None:
    tokens, url = asana.connect("josie@acme.com", scope=SCOPES), f"{asana.base}/-/oauth_revoke"
    client = {name: REGISTRATION[name] for name in ("client_id", "client_secret")}
    stranger = requests.post(url, data={"token": tokens["refresh_token"]}, timeout=10)
    ended = requests.post(url, data=client | {"token": tokens["refresh_token"]}, timeout=10)
    assert (stranger.status_code, ended.status_code) == (401, 200)
    answer = asana.call("GET", "/api/1.0/users/me", tokens["access_token"])
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (401, "Not Authorized")


def test_an_approval_is_kept_with_who_gave_it(asana: RunningApp) -> None:
    answer = put(asana, "josie", APPROVAL, approval_status="approved")
    data = answer.json()["data"]
    assert (answer.status_code, data["approval_status"], data["completed"]) == (200, "approved", True)
    assert data["completed_by"] == {"gid": "1204000000000001", "name": "Josie"}


def test_whoever_may_edit_may_approve_whoever_is_asked(asana: RunningApp) -> None:
    """The reason for `app_checks_authority: false` in the app file."""
    assert put(asana, "tom", APPROVAL, approval_status="approved").status_code == 200
    assert [(one.login, one.act) for one in asana.state.audit.entries()] == [("tom@acme.com", "approved")]


@pytest.mark.parametrize(
    ("person", "path", "data", "status"),
    [
        ("tom", SECRET, {"name": "x"}, 404),
        ("josie", f"{TASKS}/1", {"name": "x"}, 404),
        ("josie", SECRET, {"approval_status": "approved"}, 400),
        ("josie", APPROVAL, {"approval_status": "perhaps"}, 400),
        ("josie", APPROVAL, {"assignee": "nobody@acme.com"}, 400),
    ],
    ids=["not seen", "not there", "no approval", "no such status", "no such user"],
)
def test_a_change_is_refused_in_words(
    asana: RunningApp, person: str, path: str, data: dict[str, str], status: int
) -> None:
    answer = put(asana, person, path, **data)
    assert (answer.status_code, bool(answer.json()["errors"][0]["message"])) == (status, True)
    assert asana.state.audit.entries() == []


def test_an_answer_holds_what_was_asked_for_and_no_more(asana: RunningApp) -> None:
    josie = token(asana, "josie")
    short = asana.call("GET", APPROVAL, josie, params={"opt_fields": "name,assignee.name"}).json()["data"]
    assert short == {
        "gid": "1209000000000001",
        "name": "Approve the launch banner",
        "assignee": {"gid": "1204000000000001", "name": "Josie"},
    }
    whole = asana.call("GET", APPROVAL, josie).json()["data"]
    assert whole["permalink_url"] == "https://app.asana.com/0/0/1209000000000001"
    assert {"completed_by", "created_by", "external"}.isdisjoint(whole)


def test_a_task_is_found_by_its_makers_own_id(asana: RunningApp) -> None:
    tom = token(asana, "tom")
    data = {"projects": ["1208000000000001"], "name": "Order chairs", "external": {"gid": "cs-1"}, "assignee": "me"}
    absent = asana.call("GET", f"{TASKS}/external:cs-1", tom)
    made = asana.call("POST", TASKS, tom, json={"data": data}, params={"opt_fields": "created_by.name"})
    found = asana.call("GET", f"{TASKS}/external:cs-1", tom)
    assert (absent.status_code, made.status_code, found.status_code) == (404, 201, 200)
    assert made.json()["data"]["created_by"] == {"gid": "1204000000000002", "name": "Tom"}
    assert found.json()["data"]["gid"] == made.json()["data"]["gid"]


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"data": {"projects": ["1208000000000001"]}}, 400), ({"data": {"name": "x"}}, 404)]
)
def test_a_task_needs_a_name_and_a_project(asana: RunningApp, body: dict[str, Any], status: int) -> None:
    assert asana.call("POST", TASKS, token(asana, "tom"), json=body).status_code == status


def test_a_scope_that_was_not_asked_for_is_missing(asana: RunningApp) -> None:
    small = asana.connect("josie@acme.com", scope="users:read")["access_token"]
    assert asana.call("GET", APPROVAL, small).status_code == 403
