"""The sandbox SAP Concur: three homes for one sign-in, id_tokens, and approving at the long address only."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.sandbox.apps.token_requests import payload
from tests.support.running_app import Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)
SCOPE = (
    "openid identity.user.core.read expense.report.read expense.report.readwrite expense.report.workflowstatus.write"
)
REPORT = "764428DD6A664AF0B001"
HOME = "https://eu2.api.concursolutions.com"


@pytest.fixture
def concur(clock: Clock) -> Iterator[RunningApp]:
    yield from run("concur", clock)


@pytest.fixture
def josie(concur: RunningApp) -> dict[str, Any]:
    return concur.connect("josie@acme.com", scope=SCOPE)


@pytest.fixture
def tom(concur: RunningApp) -> dict[str, Any]:
    return concur.connect("tom@acme.com", scope=SCOPE)


def address(tokens: dict[str, Any], what: str, context: str = "MANAGER") -> str:
    return f"/expensereports/v4/users/{payload(tokens['id_token'])['sub']}/context/{context}/reports{what}"


def patch(concur: RunningApp, tokens: dict[str, Any], what: str, **body: str) -> int:
    path = address(tokens, f"/{REPORT}/{what}")
    return concur.call("PATCH", path, tokens["access_token"], json=body).status_code


def test_the_redirect_and_the_token_answer_say_where_the_person_lives(concur: RunningApp) -> None:
    back = concur.authorize("josie@acme.com", scope=SCOPE)
    assert f"geolocation={HOME.replace(':', '%3A').replace('/', '%2F')}" in back
    answer = concur.redeem(back)
    assert (answer["geolocation"], answer["expires_in"]) == (HOME, "300")
    claims = payload(answer["id_token"])
    assert (claims["iss"], claims["concur.type"]) == (HOME, "user")


def test_each_step_of_the_sign_in_has_its_own_home(concur: RunningApp) -> None:
    """A code sent to where the person lives is not known there."""
    for host, status in (("glz.api.concursolutions.com", 400), ("eu2.api.concursolutions.com", 404)):
        form = {"grant_type": "authorization_code", "code": "guess", "client_id": "countersign"}
        url, headers = f"{concur.base}/oauth2/v0/token", {"Host": host}
        answer = requests.post(url, data=form | {"client_secret": "sample-secret"}, headers=headers, timeout=10)
        assert answer.status_code == status, answer.text


def test_only_an_approver_decides_and_only_once(concur: RunningApp, josie: dict[str, Any], tom: dict[str, Any]) -> None:
    assert patch(concur, tom, "approve", comment="Fine") == 403
    assert [patch(concur, josie, "approve", comment="Fine") for _ in range(2)] == [204, 400]
    entries = [(entry.login, entry.act, entry.comments) for entry in concur.state.audit.entries()]
    assert entries == [("josie@acme.com", "approved", "Fine")]


def test_a_report_is_not_sent_back_without_a_comment(concur: RunningApp, josie: dict[str, Any]) -> None:
    assert patch(concur, josie, "sendBack") == 400
    assert patch(concur, josie, "sendBack", comment="The bill is missing") == 204
    report = concur.call("GET", address(josie, f"/{REPORT}"), josie["access_token"]).json()
    assert (report["approvalStatusId"], report["isSentBack"]) == ("A_RESU", True)


def test_nobody_acts_under_another_persons_address(
    concur: RunningApp, josie: dict[str, Any], tom: dict[str, Any]
) -> None:
    path = address(josie, f"/{REPORT}/approve")
    assert concur.call("PATCH", path, tom["access_token"], json={}).status_code == 403
    assert (
        concur.call("PATCH", f"/expensereports/v4/reports/{REPORT}/approve", josie["access_token"]).status_code == 404
    )


def test_comments_name_their_authors(concur: RunningApp, josie: dict[str, Any]) -> None:
    patch(concur, josie, "approve", comment="Fine")
    said = concur.call("GET", address(josie, f"/{REPORT}/comments"), josie["access_token"]).json()
    assert said[-1]["comment"] == "Fine"
    assert said[-1]["author"]["employeeUuid"] == payload(josie["id_token"])["sub"]
    assert [one["isLatest"] for one in said] == [False, True]


def test_a_report_of_the_same_idempotency_id_is_made_once(concur: RunningApp, tom: dict[str, Any]) -> None:
    url = concur.base + address(tom, "", "TRAVELER")
    headers = {"Authorization": f"Bearer {tom['access_token']}", "idempotency-id": "a1"}
    body = {"name": "April travel", "policyId": "0a3f90a7-2feb-47fa-972c-7ddf7f1eb1f7"}
    first, second = (requests.post(url, json=body, headers=headers, timeout=10) for _ in range(2))
    assert (first.status_code, first.json()) == (201, second.json())


def test_ending_connections_ends_every_grant_of_the_person(concur: RunningApp, josie: dict[str, Any]) -> None:
    other = concur.connect("josie@acme.com", scope=SCOPE)
    assert concur.call("DELETE", "/app-mgmt/v0/connections", josie["access_token"]).status_code == 200
    assert [concur.refresh(one["refresh_token"]).status_code for one in (josie, other)] == [400, 400]
    assert concur.call("DELETE", "/app-mgmt/v0/connections", josie["access_token"]).status_code == 401
