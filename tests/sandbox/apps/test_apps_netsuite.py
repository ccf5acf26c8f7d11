"""The sandbox NetSuite: Basic only, a long state, tokens of one role, edits by anybody who may edit, SuiteQL."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.sandbox.apps.token_requests import asked_by_basic, code_of, payload
from tests.support.running_app import Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)
RECORDS = "/services/rest/record/v1"
SUITEQL = "/services/rest/query/v1/suiteql"
KINDS = ("expenseReport/4012", "vendorBill/5177")
APPROVED = {"approvalStatus": {"id": "2"}}


@pytest.fixture
def netsuite(clock: Clock) -> Iterator[RunningApp]:
    yield from run("netsuite", clock)


def connected(netsuite: RunningApp, name: str) -> dict[str, Any]:
    back = netsuite.authorize(f"{name}@acme.com", scope="rest_webservices")
    return dict(asked_by_basic(netsuite, **code_of(back)).json())


@pytest.fixture
def josie(netsuite: RunningApp) -> str:
    return str(connected(netsuite, "josie")["access_token"])


@pytest.fixture
def tom(netsuite: RunningApp) -> str:
    return str(connected(netsuite, "tom")["access_token"])


def rows(netsuite: RunningApp, token: str, query: str) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}", "Prefer": "transient"}
    found = requests.post(netsuite.base + SUITEQL, json={"q": query}, headers=headers, timeout=10).json()
    return [{name: value for name, value in row.items() if name != "links"} for row in found.get("items", [])]


def test_a_short_state_is_not_taken(netsuite: RunningApp) -> None:
    path, _ = netsuite.authorization_path(netsuite.client(), state="x" * 21, scope="rest_webservices")
    assert netsuite.browser().get(path).status_code == 400


def test_the_client_proves_itself_by_basic_alone(netsuite: RunningApp) -> None:
    back = netsuite.authorize("josie@acme.com", scope="rest_webservices")
    assert netsuite.post_code(back).status_code == 401
    assert asked_by_basic(netsuite, **code_of(back)).status_code == 200


def test_the_access_token_names_role_and_entity(josie: str) -> None:
    claims = payload(josie)
    role, _, entity = claims["sub"].partition(";")
    assert (role, entity.isdigit(), claims["iss"]) == ("1057", True, "https://system.netsuite.com")


def test_a_refresh_token_lives_a_week_however_often_it_is_used(netsuite: RunningApp) -> None:
    token = connected(netsuite, "josie")["refresh_token"]
    for _ in range(6):
        netsuite.clock.now += 86_400
        answer = asked_by_basic(netsuite, grant_type="refresh_token", refresh_token=token)
        assert (answer.status_code, "refresh_token" in answer.json()) == (200, False)
    netsuite.clock.now += 86_401
    assert asked_by_basic(netsuite, grant_type="refresh_token", refresh_token=token).status_code == 400


def test_an_edit_is_taken_from_who_may_edit_and_not_from_others(netsuite: RunningApp, tom: str) -> None:
    report, bill = (netsuite.call("PATCH", f"{RECORDS}/{one}", tom, json=APPROVED) for one in KINDS)
    assert (report.status_code, bill.status_code) == (204, 403)
    assert bill.json()["o:errorDetails"][0]["o:errorCode"] == "INSUFFICIENT_PERMISSION"
    assert [(entry.login, entry.act) for entry in netsuite.state.audit.entries()] == [("tom@acme.com", "approved")]


def test_system_notes_are_seen_by_their_author(netsuite: RunningApp, josie: str, tom: str) -> None:
    netsuite.call("PATCH", f"{RECORDS}/expenseReport/4012", josie, json=APPROVED)
    query = "SELECT name, newvalue FROM systemnote WHERE recordid = 4012 AND recordtypeid = -30"
    assert [row["newvalue"] for row in rows(netsuite, josie, query)] == ["Approved"]
    assert rows(netsuite, tom, query) == []


def test_what_is_decided_waits_for_nobody(netsuite: RunningApp, josie: str) -> None:
    columns = "approvalstatus, nextapprover, BUILTIN.DF(approvalstatus) AS approval"
    query = f"SELECT {columns} FROM transaction WHERE id = 4012"  # noqa: S608 - a constant
    (before,) = rows(netsuite, josie, query)
    assert (before["approvalstatus"], before["approval"]) == ("1", "Pending Approval")
    assert "nextapprover" in before
    netsuite.call("PATCH", f"{RECORDS}/expenseReport/4012", josie, json=APPROVED)
    assert rows(netsuite, josie, query) == [{"approvalstatus": "2", "approval": "Approved"}]


def test_suiteql_wants_the_header_that_its_page_demands(netsuite: RunningApp, josie: str) -> None:
    answer = netsuite.call("POST", SUITEQL, josie, json={"q": "SELECT id FROM employee"})
    assert answer.status_code == 400
    assert "Prefer" in answer.json()["o:errorDetails"][0]["detail"]


@pytest.mark.parametrize("query", ["SELECT nothing FROM transaction", "DROP TABLE employee", "SELECT 1; SELECT 2"])
def test_what_is_no_suiteql_is_refused(netsuite: RunningApp, josie: str, query: str) -> None:
    assert rows(netsuite, josie, query) == []


def test_an_order_of_the_same_external_id_is_made_once(netsuite: RunningApp, tom: str) -> None:
    body = {"entity": {"id": "305"}, "item": {"items": [{"item": {"id": "88"}, "quantity": 3, "rate": 19.9}]}}
    first, second = (netsuite.call("PUT", f"{RECORDS}/purchaseOrder/eid:a1", tom, json=body) for _ in range(2))
    assert (first.status_code, first.headers["Location"]) == (204, second.headers["Location"])
    empty = netsuite.call("PUT", f"{RECORDS}/purchaseOrder/eid:a2", tom, json={"entity": {"id": "305"}})
    assert empty.status_code == 400
