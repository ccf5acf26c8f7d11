"""The sandbox GitLab: Doorkeeper's tokens, approvals bound to a commit, notes and issues."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.support.running_app import CALLBACK, REGISTRATION, Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)
SCOPES = "read_user api"
PROJECT = "/api/v4/projects/acme%2Fpayroll"
REQUEST = f"{PROJECT}/merge_requests/1"


@pytest.fixture
def gitlab(clock: Clock) -> Iterator[RunningApp]:
    yield from run("gitlab", clock)


@pytest.fixture
def josie(gitlab: RunningApp) -> str:
    """Josie's access token."""
    return str(gitlab.connect("josie", scope=SCOPES)["access_token"])


@pytest.fixture
def tom(gitlab: RunningApp) -> str:
    """Tom's access token."""
    return str(gitlab.connect("tom", scope=SCOPES)["access_token"])


def test_a_refresh_repeats_the_redirect_uri_and_ends_the_old_pair(gitlab: RunningApp) -> None:
    old = gitlab.connect("josie", scope=SCOPES)
    assert gitlab.refresh(old["refresh_token"]).json()["error"] == "invalid_grant"
    again = {"grant_type": "refresh_token", "refresh_token": old["refresh_token"], "redirect_uri": CALLBACK}
    new = gitlab.post_token(**again).json()
    statuses = [gitlab.call("GET", "/api/v4/user", one["access_token"]).status_code for one in (old, new)]
    assert statuses == [401, 200]
    assert gitlab.post_token(**again).json()["error"] == "invalid_grant"


def test_a_bad_token_is_told_from_a_person_who_may_not(gitlab: RunningApp, tom: str) -> None:
    bad, refused = (gitlab.call("POST", f"{REQUEST}/approve", token) for token in ("guess", tom))
    assert (bad.status_code, bad.json()["error"]) == (401, "invalid_token")
    assert (refused.status_code, refused.json()) == (401, {"message": "401 Unauthorized"})


def test_a_token_without_the_scope_is_refused(gitlab: RunningApp) -> None:
    small = gitlab.connect("josie", scope="read_user")["access_token"]
    answer = gitlab.call("POST", f"{REQUEST}/approve", small)
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")


def test_revoking_wants_the_client_and_ends_both_tokens(gitlab: RunningApp) -> None:
    tokens, url = gitlab.connect("josie", scope=SCOPES), f"{gitlab.base}/oauth/revoke"
    client = {name: REGISTRATION[name] for name in ("client_id", "client_secret")}
    stranger = requests.post(url, data={"token": tokens["refresh_token"]}, timeout=10)
    ended, again = (requests.post(url, data=client | {"token": tokens["refresh_token"]}, timeout=10) for _ in range(2))
    assert (stranger.status_code, ended.status_code, again.status_code) == (403, 200, 200)
    assert gitlab.call("GET", "/api/v4/user", tokens["access_token"]).status_code == 401


def test_an_approval_is_the_approvers_and_not_given_twice(gitlab: RunningApp, josie: str, tom: str) -> None:
    sha = gitlab.call("GET", REQUEST, josie).json()["sha"]
    done, again = (gitlab.call("POST", f"{REQUEST}/approve", josie, json={"sha": sha}) for _ in range(2))
    assert (done.status_code, again.status_code) == (201, 401)
    seen = gitlab.call("GET", f"{REQUEST}/approvals", tom).json()
    assert ([one["user"]["username"] for one in seen["approved_by"]], seen["approvals_left"]) == (["josie"], 0)
    assert [(entry.login, entry.act) for entry in gitlab.state.audit.entries()] == [("josie", "approved")]


def test_another_head_is_a_conflict(gitlab: RunningApp, josie: str) -> None:
    answer = gitlab.call("POST", f"{REQUEST}/approve", josie, json={"sha": "f" * 40})
    assert answer.status_code == 409
    assert answer.json()["message"].startswith("SHA does not match HEAD of source branch")


def test_only_who_approved_takes_it_back(gitlab: RunningApp, josie: str, tom: str) -> None:
    gitlab.call("POST", f"{REQUEST}/approve", josie)
    stranger, back = (gitlab.call("POST", f"{REQUEST}/unapprove", token) for token in (tom, josie))
    assert (stranger.status_code, back.status_code, back.json()["approved_by"]) == (404, 201, [])


def test_nobody_approves_their_own(gitlab: RunningApp, josie: str) -> None:
    own = f"{PROJECT}/merge_requests/2/approve"
    assert gitlab.call("POST", own, josie).status_code == 401


def test_a_project_is_named_by_its_path_or_its_id_and_no_other_is_there(gitlab: RunningApp, josie: str) -> None:
    paths = ("acme%2Fpayroll", "7", "acme%2Fother")
    answers = [gitlab.call("GET", f"/api/v4/projects/{one}/merge_requests/1/approvals", josie) for one in paths]
    assert [one.status_code for one in answers] == [200, 200, 404]
    missing = gitlab.call("GET", f"{PROJECT}/merge_requests/99", josie)
    assert (missing.status_code, missing.json()) == (404, {"message": "404 Not found"})


def test_notes_come_newest_first(gitlab: RunningApp, josie: str, tom: str) -> None:
    for token, body in ((josie, "First"), (tom, "Second")):
        assert gitlab.call("POST", f"{REQUEST}/notes", token, json={"body": body}).status_code == 201
    found = gitlab.call("GET", f"{REQUEST}/notes", josie, params={"sort": "desc"}).json()
    assert [(one["body"], one["author"]["username"]) for one in found] == [("Second", "tom"), ("First", "josie")]
    assert gitlab.call("POST", f"{REQUEST}/notes", josie, json={"body": " "}).status_code == 400


def test_an_issue_is_listed_by_its_author(gitlab: RunningApp, josie: str, tom: str) -> None:
    made = gitlab.call("POST", f"{PROJECT}/issues", tom, json={"title": "The export is slow"}).json()
    authors: list[Any] = [made["author"]["id"], 1]
    found = [gitlab.call("GET", f"{PROJECT}/issues", josie, params={"author_id": one}).json() for one in authors]
    assert [[issue["iid"] for issue in one] for one in found] == [[made["iid"]], []]
    assert gitlab.call("POST", f"{PROJECT}/issues", tom, json={}).status_code == 400
