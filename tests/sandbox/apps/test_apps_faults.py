"""Faults on demand, as a client on the wire meets them."""

from typing import Any

import pytest
import requests

pytestmark = pytest.mark.timeout(60)


def plan(app: Any, **fault: Any) -> requests.Response:
    return requests.post(f"{app.base}/sandbox/faults", json=fault, timeout=10)


def approve(app: Any, token: str, timeout: float = 10) -> requests.Response:
    record = app.app.extensions["sandbox-records"].listing()[0]
    url = f"{app.base}/api/sn_chg_rest/change/{record.record_id}/approvals"
    bearer = {"Authorization": f"Bearer {token}"}
    return requests.patch(url, json={"state": "approved"}, headers=bearer, timeout=timeout)


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [("server_error", 500, "application/json"), ("html", 200, "text/html"), ("rate_limited", 429, "application/json")],
)
def test_the_token_endpoint_fails_as_often_as_planned(app: Any, kind: str, status: int, content_type: str) -> None:
    plan(app, path=app.endpoints.token, kind=kind, times=2)
    answers = [app.refresh("guess") for _ in range(3)]
    seen = [(a.status_code, a.headers["Content-Type"]) for a in answers[:2]]
    assert seen == [(status, content_type)] * 2
    assert answers[2].json()["error"] in {"invalid_grant", "server_error"}


def test_a_huge_answer_is_ten_megabytes(app: Any) -> None:
    plan(app, path=app.endpoints.token, kind="huge")
    assert len(app.refresh("guess").content) > 10 * 1024 * 1024


def test_close_answers_nothing_at_all(app: Any) -> None:
    plan(app, path=app.endpoints.token, kind="close")
    with pytest.raises(requests.ConnectionError, match=r"without response|reset"):
        app.refresh("guess")
    assert app.refresh("guess").status_code in {400, 401}


def test_slow_answers_late_but_right(servicenow: Any) -> None:
    token = servicenow.connect("josie")["access_token"]
    plan(servicenow, path="/api/*", kind="slow", seconds=0.5)
    with pytest.raises(requests.Timeout):
        approve(servicenow, token, timeout=0.1)


@pytest.mark.parametrize("kind", ["act_then_close", "act_then_slow"])
def test_an_act_can_happen_without_its_answer(servicenow: Any, kind: str) -> None:
    token = servicenow.connect("josie")["access_token"]
    plan(servicenow, path="/api/sn_chg_rest/change/*", method="PATCH", kind=kind, seconds=0.5)
    with pytest.raises((requests.ConnectionError, requests.Timeout)):
        approve(servicenow, token, timeout=0.2)
    assert [entry.login for entry in servicenow.state.audit.entries()] == ["josie"]


def test_a_fault_hits_only_its_path_and_method(app: Any, josie: str) -> None:
    plan(app, path=app.endpoints.token, method="GET", kind="server_error")
    assert "access_token" in app.connect(josie)


def test_faults_can_be_listed_and_cleared(app: Any, josie: str) -> None:
    plan(app, path="*", kind="server_error", times=99)
    listed = requests.get(f"{app.base}/sandbox/faults", timeout=10).json()["faults"]
    requests.delete(f"{app.base}/sandbox/faults", timeout=10)
    assert [(fault["path"], fault["times"]) for fault in listed] == [("*", 99)]
    assert "access_token" in app.connect(josie)


@pytest.mark.parametrize(
    "wrong", [{"path": "/", "kind": "explode"}, {"kind": "html"}, {"path": "/", "kind": "html", "x": 1}]
)
def test_an_unknown_fault_is_refused(app: Any, wrong: dict[str, Any]) -> None:
    assert plan(app, **wrong).status_code == 400


def test_a_quote_holds_what_was_sent_and_by_what_it_was_authorized(servicenow: Any) -> None:
    plan(servicenow, path="/api/*", kind="quote", status=403)
    answer = approve(servicenow, "a-token")
    assert answer.status_code == 403
    assert answer.json()["error"]["message"].startswith('Bearer a-token {"state": "approved"} PATCH /api/')
