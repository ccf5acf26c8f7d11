"""The sandbox GitHub: a GitHub App's tokens, reviews, deployments and issues."""

from typing import Any
from urllib.parse import parse_qs

import pytest
import requests

pytestmark = pytest.mark.timeout(60)
JSON = {"Accept": "application/json"}
PULLS = "/repos/acme/payments/pulls"
RUN = "/repos/acme/website/actions/runs/8123001"
PENDING = f"{RUN}/pending_deployments"


def token_of(github: Any, login: str) -> dict[str, Any]:
    back = github.authorize(login)
    form = {name: getattr(github.state.registration, name) for name in ("client_id", "client_secret", "redirect_uri")}
    form |= {"code": parse_qs(back.partition("?")[2])["code"][0], "code_verifier": "v" * 64}
    url = github.base + github.endpoints.token
    form |= {"grant_type": "authorization_code"}
    return dict(requests.post(url, data=form, headers=JSON, timeout=10).json())


def refresh(github: Any, token: str) -> dict[str, Any]:
    form = {"client_id": "countersign", "client_secret": "sample-secret"}
    form |= {"grant_type": "refresh_token", "refresh_token": token}
    answer = requests.post(github.base + github.endpoints.token, data=form, headers=JSON, timeout=10)
    assert answer.status_code == 200
    return dict(answer.json())


@pytest.fixture
def josie(github: Any) -> str:
    """Josie's access token."""
    return str(token_of(github, "josie")["access_token"])


@pytest.fixture
def tom(github: Any) -> str:
    """Tom's access token."""
    return str(token_of(github, "tom")["access_token"])


def test_tokens_are_form_encoded_unless_json_is_accepted(github: Any) -> None:
    answer = github.post_code(github.authorize("josie"))
    assert answer.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert parse_qs(answer.text)["token_type"] == ["bearer"]
    assert token_of(github, "josie")["scope"] == ""


def test_errors_come_with_200(github: Any) -> None:
    answer = github.post_token(grant_type="authorization_code", code="guess", redirect_uri="x")
    assert (answer.status_code, parse_qs(answer.text)["error"]) == (200, ["bad_verification_code"])
    assert refresh(github, "guess")["error"] == "bad_refresh_token"


def test_a_refresh_ends_both_old_tokens_and_no_more(github: Any) -> None:
    old = token_of(github, "josie")
    new = refresh(github, old["refresh_token"])
    assert refresh(github, old["refresh_token"])["error"] == "bad_refresh_token"
    statuses = [github.call("GET", "/user", token["access_token"]).status_code for token in (old, new)]
    assert statuses == [401, 200]


def test_deleting_the_grant_ends_all_tokens_of_the_person_and_wants_the_client_by_basic(github: Any) -> None:
    first, second, other = (token_of(github, login) for login in ("josie", "josie", "tom"))
    url, body = f"{github.base}/applications/countersign/grant", {"access_token": first["access_token"]}
    anonymous = requests.delete(url, json=body, timeout=10)
    ended = requests.delete(url, json=body, auth=("countersign", "sample-secret"), timeout=10)
    again = requests.delete(url, json=body, auth=("countersign", "sample-secret"), timeout=10)
    assert (anonymous.status_code, ended.status_code, again.status_code) == (401, 204, 404)
    statuses = [github.call("GET", "/user", token["access_token"]).status_code for token in (first, second, other)]
    assert statuses == [401, 401, 200]


def test_the_address_is_not_in_the_user_but_in_the_emails(github: Any, josie: str) -> None:
    assert github.call("GET", "/user", josie).json()["email"] is None
    primary = [one["email"] for one in github.call("GET", "/user/emails", josie).json() if one["primary"]]
    assert primary == ["josie@acme.com"]


def test_a_review_is_the_reviewers_and_may_be_given_twice(github: Any, josie: str) -> None:
    pull = github.call("GET", f"{PULLS}/42", josie).json()
    body = {"event": "APPROVE", "commit_id": pull["head"]["sha"]}
    answers = [github.call("POST", f"{PULLS}/42/reviews", josie, json=body) for _ in range(2)]
    assert [(one.status_code, one.json()["state"], one.json()["user"]["login"]) for one in answers] == [
        (200, "APPROVED", "josie")
    ] * 2
    assert len(github.call("GET", f"{PULLS}/42/reviews", josie).json()) == 2


@pytest.mark.parametrize(
    ("number", "body", "said"),
    [
        (43, {"event": "APPROVE"}, "Can not approve your own pull request"),
        (43, {"event": "REQUEST_CHANGES", "body": "x"}, "Can not request changes on your own pull request"),
        (42, {"event": "APPROVE", "commit_id": "f" * 40}, "commit_id is not part of the pull request"),
        (42, {"event": "REQUEST_CHANGES"}, "Review body is needed"),
        (42, {"event": "LGTM", "body": "x"}, "Review body is needed"),
    ],
)
def test_a_review_is_refused(github: Any, josie: str, number: int, body: dict[str, str], said: str) -> None:
    answer = github.call("POST", f"{PULLS}/{number}/reviews", josie, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0].startswith(said)


def test_who_is_no_member_finds_no_pull_request(github: Any, tom: str) -> None:
    answer = github.call("POST", f"{PULLS}/42/reviews", tom, json={"event": "APPROVE"})
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")
    assert github.state.audit.entries() == []


def test_a_required_reviewer_lets_a_deployment_through_once(github: Any, josie: str, tom: str) -> None:
    waiting = github.call("GET", PENDING, josie).json()
    body = {"environment_ids": [waiting[0]["environment"]["id"]], "state": "approved", "comment": "Go"}
    refused = github.call("POST", PENDING, tom, json=body)
    done, again = (github.call("POST", PENDING, josie, json=body) for _ in range(2))
    assert (waiting[0]["current_user_can_approve"], github.call("GET", PENDING, tom).json()) == (True, [])
    assert (refused.status_code, done.status_code, again.status_code) == (422, 200, 422)
    history = github.call("GET", f"{RUN}/approvals", tom).json()
    assert [(one["state"], one["comment"], one["user"]["login"]) for one in history] == [("approved", "Go", "josie")]


def test_a_deployment_wants_a_comment_and_its_own_environment(github: Any, josie: str) -> None:
    environment = github.call("GET", PENDING, josie).json()[0]["environment"]["id"]
    for wrong in ({"comment": None}, {"environment_ids": [1]}, {"state": "maybe"}):
        body = {"environment_ids": [environment], "state": "approved", "comment": "Go"} | wrong
        assert github.call("POST", PENDING, josie, json=body).status_code == 422
    assert github.state.audit.entries() == []


def test_an_issue_is_made_and_found_by_its_words(github: Any, tom: str) -> None:
    body = {"title": "The page is slow", "body": "Since today. cs-4711", "labels": ["bug"]}
    made = github.call("POST", "/repos/acme/website/issues", tom, json=body)
    found = github.call("GET", "/search/issues", tom, params={"q": 'repo:acme/website in:body "cs-4711"'}).json()
    none = github.call("GET", "/search/issues", tom, params={"q": 'repo:acme/website "cs-4712"'}).json()
    assert (made.status_code, made.json()["user"]["login"], made.json()["labels"]) == (201, "tom", [])
    assert ([one["number"] for one in found["items"]], none["total_count"]) == ([made.json()["number"]], 0)
