"""ServiceNow's REST calls: shapes, permissions, and whom it records."""

from typing import Any

import pytest

pytestmark = pytest.mark.timeout(60)
ME = {"sysparm_query": "sys_id=javascript:gs.getUserID()", "sysparm_fields": "sys_id,user_name,name,email"}
UNAUTHENTICATED = {
    "error": {"message": "User Not Authenticated", "detail": "Required to provide Auth information"},
    "status": "failure",
}


@pytest.fixture
def token(servicenow: Any) -> Any:
    """Access tokens by login, made when asked for."""
    made: dict[str, str] = {}

    def of(login: str) -> str:
        return made.setdefault(login, servicenow.connect(login)["access_token"])

    return of


def change(servicenow: Any, number: str) -> str:
    return next(v.record_id for v in servicenow.app.extensions["sandbox-records"].listing() if v.number == number)


def decide(servicenow: Any, token: str, number: str, **body: str) -> Any:
    path = f"/api/sn_chg_rest/change/{change(servicenow, number)}/approvals"
    return servicenow.call("PATCH", path, token, json=body)


def rows(servicenow: Any, token: str, table: str, **parameters: str) -> list[dict[str, Any]]:
    answer = servicenow.call("GET", f"/api/now/table/{table}", token, params=parameters)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["result"])


@pytest.mark.parametrize("login", ["josie", "tom", "priya"])
def test_the_identity_query_answers_exactly_the_caller(servicenow: Any, token: Any, login: str) -> None:
    found = rows(servicenow, token(login), "sys_user", **ME, sysparm_limit="2")
    assert [(row["user_name"], row["email"], len(row["sys_id"])) for row in found] == [(login, f"{login}@acme.com", 32)]


def test_a_query_that_can_not_be_evaluated_lets_every_row_through(servicenow: Any, token: Any) -> None:
    unknown_script = rows(servicenow, token("tom"), "sys_user", sysparm_query="sys_id=javascript:mySecretId()")
    unknown_field = rows(servicenow, token("tom"), "sys_user", sysparm_query="u_nothing=1")
    assert (len(unknown_script), len(unknown_field)) == (3, 3)


def test_josie_approves_and_is_recorded(servicenow: Any, token: Any) -> None:
    answer = decide(servicenow, token("josie"), "CHG0030001", state="approved", comments="Fine by me")
    changed = answer.json()["result"][0]
    mine = rows(
        servicenow,
        token("josie"),
        "sysapproval_approver",
        sysparm_query=f"sysapproval={change(servicenow, 'CHG0030001')}^approver=javascript:gs.getUserID()",
        sysparm_fields="state,approver.user_name,sys_updated_by,comments",
    )
    assert answer.status_code == 200
    assert changed["state"] == {"value": "-2", "display_value": "Scheduled"}
    assert changed["approval"] == {"value": "approved", "display_value": "Approved"}
    assert mine == [
        {
            "state": "approved",
            "approver.user_name": "josie",
            "sys_updated_by": "josie",
            "comments": "Fine by me",
        }
    ]
    entry = servicenow.call("GET", "/sandbox/audit", None).json()["entries"][-1]
    assert (entry["login"], entry["act"], entry["record"], entry["via"], entry["client_id"]) == (
        "josie",
        "approved",
        "CHG0030001",
        "api",
        "countersign",
    )


@pytest.mark.parametrize(
    ("login", "number", "allowed"),
    [
        ("josie", "CHG0030001", True),
        ("tom", "CHG0030001", False),
        ("priya", "CHG0030001", False),
        ("josie", "CHG0030002", True),
        ("priya", "CHG0030002", True),
        ("tom", "CHG0030002", False),
        ("josie", "CHG0030003", True),
        ("tom", "CHG0030004", True),
        ("josie", "CHG0030004", False),
    ],
)
def test_only_an_approver_may_decide(servicenow: Any, token: Any, login: str, number: str, allowed: bool) -> None:
    answer = decide(servicenow, token(login), number, state="approved")
    state = rows(servicenow, token(login), "change_request", sysparm_query=f"number={number}")[0]["approval"]
    assert (answer.status_code, state) == ((200, "approved") if allowed else (400, "requested"))


def test_a_refusal_has_servicenows_shape(servicenow: Any, token: Any) -> None:
    body = decide(servicenow, token("tom"), "CHG0030001", state="approved").json()
    assert sorted(body) == ["error", "status"]
    assert (sorted(body["error"]), body["status"]) == (["detail", "message"], "failure")
    assert servicenow.state.audit.entries() == []


def test_a_change_is_decided_once(servicenow: Any, token: Any) -> None:
    statuses = [
        decide(servicenow, token(login), "CHG0030002", state="approved").status_code for login in ("priya", "josie")
    ]
    others = rows(
        servicenow,
        token("josie"),
        "sysapproval_approver",
        sysparm_query=f"sysapproval.number=CHG0030002^approver={servicenow.state.directory.by_login('josie').account_id}",
        sysparm_fields="state",
    )
    assert (statuses, others) == ([200, 400], [{"state": "not_required"}])


def test_rejecting_needs_comments(servicenow: Any, token: Any) -> None:
    bare = decide(servicenow, token("josie"), "CHG0030001", state="rejected")
    said = decide(servicenow, token("josie"), "CHG0030001", state="rejected", comments="Not in December")
    assert (bare.status_code, said.status_code) == (400, 200)
    assert said.json()["result"][0]["approval"]["value"] == "rejected"


@pytest.mark.parametrize("body", [{"state": "maybe"}, {}])
def test_an_unknown_decision_is_refused(servicenow: Any, token: Any, body: dict[str, str]) -> None:
    assert decide(servicenow, token("josie"), "CHG0030001", **body).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/now/table/sys_user"),
        ("GET", "/api/now/table/change_request/x"),
        ("POST", "/api/now/table/incident"),
        ("GET", "/api/sn_chg_rest/change/x"),
        ("PATCH", "/api/sn_chg_rest/change/x/approvals"),
    ],
)
@pytest.mark.parametrize("bearer", [None, "guess"])
def test_nobody_is_answered_without_a_good_token(servicenow: Any, method: str, path: str, bearer: str | None) -> None:
    answer = servicenow.call(method, path, bearer, json={})
    assert (answer.status_code, answer.json()) == (401, UNAUTHENTICATED)


def test_reference_fields_come_as_link_and_value_unless_asked_otherwise(servicenow: Any, token: Any) -> None:
    priya = servicenow.state.directory.by_login("priya").account_id
    link = f"https://acme.service-now.com/api/now/table/sys_user/{priya}"
    ways = [
        {},
        {"sysparm_display_value": "true"},
        {"sysparm_display_value": "all"},
        {"sysparm_exclude_reference_link": "true"},
        {"sysparm_exclude_reference_link": "true", "sysparm_display_value": "true"},
    ]
    asked = {"sysparm_query": "number=CHG0030001", "sysparm_fields": "requested_by"}
    found = [rows(servicenow, token("josie"), "change_request", **asked, **way)[0]["requested_by"] for way in ways]
    assert found == [
        {"link": link, "value": priya},
        {"link": link, "display_value": "Priya"},
        {"link": link, "value": priya, "display_value": "Priya"},
        priya,
        "Priya",
    ]


def test_one_record_is_read_by_both_apis(servicenow: Any, token: Any) -> None:
    key = change(servicenow, "CHG0030001")
    plain = servicenow.call("GET", f"/api/now/table/change_request/{key}", token("tom")).json()["result"]
    rich = servicenow.call("GET", f"/api/sn_chg_rest/v1/change/{key}", token("tom")).json()["result"]
    assert (plain["risk"], rich["risk"]) == ("3", {"value": "3", "display_value": "Moderate"})
    assert servicenow.call("GET", "/api/now/table/change_request/nothing", token("tom")).status_code == 404


def test_queries_combine_page_and_sort(servicenow: Any, token: Any) -> None:
    query = "number=CHG0030001^ORnumber=CHG0030003^approval=requested^ORDERBYDESCnumber"
    answer = servicenow.call(
        "GET",
        "/api/now/table/change_request",
        token("josie"),
        params={"sysparm_query": query, "sysparm_fields": "number", "sysparm_limit": "1"},
    )
    assert answer.json()["result"] == [{"number": "CHG0030003"}]
    assert answer.headers["X-Total-Count"] == "2"


def test_an_incident_is_created_as_the_caller(servicenow: Any, token: Any) -> None:
    body = {"short_description": "Printer on fire", "sys_created_by": "admin", "nonsense": "x"}
    answer = servicenow.call("POST", "/api/now/table/incident", token("tom"), json=body)
    made = answer.json()["result"]
    assert (answer.status_code, made["number"], made["sys_created_by"]) == (201, "INC0010001", "tom")
    assert answer.headers["Location"].endswith(made["sys_id"])
    assert "nonsense" not in made
    assert servicenow.call("POST", "/api/now/table/sys_user", token("tom"), json={}).status_code == 403


def test_a_body_that_is_no_json_is_refused(servicenow: Any, token: Any) -> None:
    answer = servicenow.call("POST", "/api/now/table/incident", token("tom"), data="no json")
    assert (answer.status_code, answer.json()["status"]) == (400, "failure")


def test_an_unknown_table_is_refused(servicenow: Any, token: Any) -> None:
    assert servicenow.call("GET", "/api/now/table/sys_secrets", token("tom")).status_code == 400
