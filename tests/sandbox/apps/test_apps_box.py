"""The sandbox Box: Box's token habits, and review tasks that only the assignee decides."""

from typing import Any

import pytest
import requests

pytestmark = pytest.mark.timeout(60)
FIRST = "/2.0/task_assignments/33001"


def test_the_token_answer_is_boxs(box: Any) -> None:
    answer = box.post_code(box.authorize("josie@acme.com"))
    assert sorted(answer.json()) == ["access_token", "expires_in", "refresh_token", "restricted_to", "token_type"]
    assert (answer.json()["token_type"], answer.json()["restricted_to"]) == ("bearer", [])


def test_a_code_lives_thirty_seconds(box: Any) -> None:
    back = box.authorize("josie@acme.com")
    box.clock.now += 30
    assert box.post_code(back).json() == {
        "error": "invalid_grant",
        "error_description": "The authorization code has expired",
    }


def test_a_refresh_token_works_once_and_its_reuse_ends_nothing(box: Any) -> None:
    old = box.connect("josie@acme.com")["refresh_token"]
    new = box.refresh(old).json()["refresh_token"]
    assert (box.refresh(old).status_code, box.refresh(new).status_code) == (400, 200)


def test_a_refresh_token_ends_when_it_is_not_used_for_sixty_days(box: Any) -> None:
    used, unused = (box.connect(login)["refresh_token"] for login in ("josie@acme.com", "tom@acme.com"))
    box.clock.now += 59 * 86_400
    used = box.refresh(used).json()["refresh_token"]
    box.clock.now += 86_400
    assert (box.refresh(used).status_code, box.refresh(unused).status_code) == (200, 400)


def test_revoking_wants_the_client_and_ends_both_tokens(box: Any) -> None:
    token = box.connect("josie@acme.com")
    without = requests.post(f"{box.base}/oauth2/revoke", data={"token": token["access_token"]}, timeout=10)
    form = {"client_id": "countersign", "client_secret": "sample-secret", "token": token["access_token"]}
    statuses = [requests.post(f"{box.base}/oauth2/revoke", data=form, timeout=10).status_code for _ in range(2)]
    assert (without.status_code, statuses) == (400, [200, 400])
    assert box.refresh(token["refresh_token"]).status_code == 400


def test_the_assignee_decides_and_is_recorded(box: Any) -> None:
    token = box.connect("josie@acme.com")["access_token"]
    before = box.call("GET", FIRST, token).json()
    after = box.call("PUT", FIRST, token, json={"resolution_state": "approved", "message": "Fine"}).json()
    assert (before["resolution_state"], after["resolution_state"], after["message"]) == (
        "incomplete",
        "approved",
        "Fine",
    )
    assert after["assigned_to"]["login"] == "josie@acme.com"
    assert after == box.call("GET", FIRST, token).json()
    assert [(one.login, one.act) for one in box.state.audit.entries()] == [("josie@acme.com", "approved")]


def test_another_persons_assignment_is_not_guarded_by_box(box: Any) -> None:
    """Its documentation doesn't say so: the worst case is the one to be ready for."""
    token = box.connect("tom@acme.com")["access_token"]
    answer = box.call("PUT", FIRST, token, json={"resolution_state": "approved"})
    assert (answer.status_code, answer.json()["assigned_to"]["name"]) == (200, "Josie")
    assert [one.login for one in box.state.audit.entries()] == ["tom@acme.com"]


def test_me_tells_the_enterprise_only_when_asked(box: Any) -> None:
    token = box.connect("tom@acme.com")["access_token"]
    plain = box.call("GET", "/2.0/users/me", token).json()
    asked = box.call("GET", "/2.0/users/me", token, params={"fields": "name,enterprise"}).json()
    assert (plain["login"], "enterprise" in plain) == ("tom@acme.com", False)
    assert sorted(asked) == ["enterprise", "id", "name", "type"]


def test_the_assignments_of_a_task_are_listed(box: Any) -> None:
    token = box.connect("tom@acme.com")["access_token"]
    listed = box.call("GET", "/2.0/tasks/22001/assignments", token).json()
    assert (listed["total_count"], listed["entries"][0]["id"], len(listed["entries"][0]["item"]["sha1"])) == (
        1,
        "33001",
        40,
    )


@pytest.mark.parametrize("body", [{}, {"resolution_state": "done"}, {"resolution_state": 1}])
def test_a_state_that_is_none_is_a_bad_request(box: Any, body: dict[str, Any]) -> None:
    token = box.connect("josie@acme.com")["access_token"]
    answer = box.call("PUT", FIRST, token, json=body)
    assert (answer.status_code, answer.json()["type"]) == (400, "error")


def test_without_a_token_there_is_no_body(box: Any) -> None:
    answer = box.call("GET", "/2.0/users/me", None)
    assert (answer.status_code, answer.content) == (401, b"")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_task_is_made_and_assigned(box: Any) -> None:
    token = box.connect("tom@acme.com")["access_token"]
    task = box.call("POST", "/2.0/tasks", token, json={"item": {"type": "file", "id": "11001"}, "action": "review"})
    body = {"task": {"type": "task", "id": task.json()["id"]}, "assign_to": {"login": "josie@acme.com"}}
    made = box.call("POST", "/2.0/task_assignments", token, json=body)
    assert (task.status_code, made.status_code) == (201, 201)
    assert (made.json()["assigned_by"]["name"], made.json()["assigned_to"]["name"]) == ("Tom", "Josie")


def test_what_is_not_there_is_boxs_own_404(box: Any) -> None:
    token = box.connect("tom@acme.com")["access_token"]
    for path in ("/2.0/files/1", "/2.0/no/such/call"):
        answer = box.call("GET", path, token)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_each_call_answers_at_its_own_host_only(box: Any) -> None:
    token = box.connect("tom@acme.com")["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    statuses = [
        requests.get(f"{box.base}/2.0/users/me", headers=bearer | {"Host": host}, timeout=10).status_code
        for host in ("api.box.com", "api.box.localhost:4560", "account.box.com", "box.localhost")
    ]
    assert statuses == [200, 200, 404, 404]


def test_the_page_of_a_file_decides_its_review(box: Any) -> None:
    browser = box.browser()
    page = browser.sign_in(browser.get("/file/11001"), "josie@acme.com")
    after = browser.submit(page, decision="approve", comments="Read it")
    assert ("Northwind contract.pdf" in page.text, "Approved" in after.text) == (True, True)
    assert [(one.login, one.act, one.via) for one in box.state.audit.entries()] == [
        ("josie@acme.com", "approved", "browser")
    ]
