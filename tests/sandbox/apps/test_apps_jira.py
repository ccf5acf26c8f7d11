"""The sandbox Jira: JSON token requests, rotating tokens with ten minutes of leeway, approvals that are one's own."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.sandbox.apps.token_requests import asked_by_json, code_of
from tests.support.running_app import Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)
SCOPE = "offline_access read:me read:jira-work write:jira-work read:servicedesk-request write:servicedesk-request"
ASKED = {"audience": "api.atlassian.com", "prompt": "consent", "scope": SCOPE}
SITE = "/ex/jira/1324a887-45db-1bf4-1e99-ef0ff456d421"
APPROVAL = f"{SITE}/rest/servicedeskapi/request/IT-42/approval/10050"


@pytest.fixture
def jira(clock: Clock) -> Iterator[RunningApp]:
    yield from run("jira", clock)


def connected(jira: RunningApp, name: str, **changes: str) -> dict[str, Any]:
    return dict(asked_by_json(jira, **code_of(jira.authorize(f"{name}@acme.com", None, **ASKED | changes))).json())


@pytest.fixture
def josie(jira: RunningApp) -> str:
    return str(connected(jira, "josie")["access_token"])


@pytest.fixture
def tom(jira: RunningApp) -> str:
    return str(connected(jira, "tom")["access_token"])


@pytest.mark.parametrize("lacking", ["audience", "prompt"])
def test_the_authorization_request_must_have_what_the_page_demands(jira: RunningApp, lacking: str) -> None:
    asked = {name: value for name, value in ASKED.items() if name != lacking}
    path, _ = jira.authorization_path(jira.client(), **asked)
    assert jira.browser().get(path).status_code == 400


def test_the_token_endpoint_reads_json_alone(jira: RunningApp) -> None:
    back = jira.authorize("josie@acme.com", None, **ASKED)
    assert jira.post_code(back).status_code == 400
    assert asked_by_json(jira, **code_of(back)).status_code == 200


def test_without_offline_access_there_is_no_refresh_token(jira: RunningApp) -> None:
    assert "refresh_token" not in connected(jira, "josie", scope="read:me")


def refreshed(jira: RunningApp, token: str) -> requests.Response:
    return asked_by_json(jira, grant_type="refresh_token", refresh_token=token)


def test_a_used_refresh_token_is_good_for_ten_minutes_and_then_ends_them_all(jira: RunningApp) -> None:
    old = connected(jira, "josie")["refresh_token"]
    assert refreshed(jira, old).status_code == 200
    jira.clock.now += 590
    new = refreshed(jira, old).json()["refresh_token"]
    jira.clock.now += 660
    late = refreshed(jira, old)
    assert (late.status_code, late.json()["error"]) == (403, "invalid_grant")
    assert refreshed(jira, new).status_code == 403


def test_a_grant_ends_after_a_year_however_often_it_is_used(jira: RunningApp) -> None:
    token = connected(jira, "josie")["refresh_token"]
    for _ in range(6):
        jira.clock.now += 60 * 86_400
        token = refreshed(jira, token).json()["refresh_token"]
    jira.clock.now += 6 * 86_400
    assert refreshed(jira, token).status_code == 403


def test_a_token_without_the_scope_is_told_so(jira: RunningApp) -> None:
    small = connected(jira, "josie", scope="read:me")["access_token"]
    answer = jira.call("GET", APPROVAL, small)
    assert (answer.status_code, answer.json()["message"]) == (401, "Unauthorized; scope does not match")


def test_an_approval_is_its_approvers_to_answer(jira: RunningApp, josie: str, tom: str) -> None:
    assert [jira.call("GET", APPROVAL, one).json()["canAnswerApproval"] for one in (josie, tom)] == [True, False]
    assert jira.call("POST", APPROVAL, tom, json={"decision": "approve"}).status_code == 403
    done, again = (jira.call("POST", APPROVAL, josie, json={"decision": "decline"}) for _ in range(2))
    assert (done.status_code, done.json()["finalDecision"], again.status_code) == (200, "declined", 409)
    (approver,) = done.json()["approvers"]
    assert (approver["approver"]["displayName"], approver["approverDecision"]) == ("Josie", "declined")


def test_the_sites_of_a_grant_are_listed(jira: RunningApp, josie: str) -> None:
    (site,) = jira.call("GET", "/oauth/token/accessible-resources", josie).json()
    assert (site["id"], site["url"]) == (SITE.rpartition("/")[2], "https://acme.atlassian.net")


def test_projects_to_create_in_are_the_callers_own(jira: RunningApp, josie: str, tom: str) -> None:
    keys = [
        [
            one["key"]
            for one in jira.call("GET", f"{SITE}/rest/api/3/project/search?action=create", token).json()["values"]
        ]
        for token in (josie, tom)
    ]
    assert keys == [["APP", "PAY", "WEB"], ["APP", "WEB"]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"project": {"key": "PAY"}}, "permission"),
        ({"issuetype": {"name": "Wish"}}, "issue type"),
        ({"summary": ""}, "summary"),
        ({"description": "plain text"}, "Atlassian Document"),
        ({"description": {"type": "doc", "version": 1, "content": [{"type": "text", "text": ""}]}}, "Document"),
    ],
)
def test_an_issue_that_is_not_right_is_refused_with_its_reason(
    jira: RunningApp, tom: str, change: dict[str, Any], said: str
) -> None:
    fields = {"project": {"key": "WEB"}, "issuetype": {"name": "Bug"}, "summary": "Slow"} | change
    answer = jira.call("POST", f"{SITE}/rest/api/3/issue", tom, json={"fields": fields})
    assert answer.status_code == 400
    assert said in answer.json()["errorMessages"][0]
