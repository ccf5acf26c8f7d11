"""The browser's part: sign-in, consent, coming back, and leaving."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.timeout(60)


def test_a_person_signs_in_consents_and_comes_back_with_a_code_and_the_state(app: Any, josie: str) -> None:
    back = urlsplit(app.authorize(josie))
    query = parse_qs(back.query)
    assert (back.path, sorted(query), query["state"]) == ("/oauth/callback/app", ["code", "state"], ["a1" * 32])


def test_denied_consent_comes_back_as_access_denied(app: Any, josie: str) -> None:
    browser = app.browser()
    path, _ = app.authorization_path(app.client())
    consent = browser.sign_in(browser.get(path), josie)
    back = browser.submit(consent, decision="deny").headers["Location"]
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]
    assert app.state.grants.as_json() == []


def test_a_wrong_password_signs_nobody_in(app: Any, josie: str) -> None:
    browser = app.browser()
    path, _ = app.authorization_path(app.client())
    page = browser.submit(browser.get(path), login=josie, password="guess")
    assert (page.status_code, "wrong" in page.text) == (401, True)
    assert "Sign in to" in browser.get(path).text


def test_a_locked_account_can_not_sign_in(app: Any, josie: str) -> None:
    app.state.directory.set_active(josie, active=False)
    browser = app.browser()
    path, _ = app.authorization_path(app.client())
    assert browser.sign_in(browser.get(path), josie).status_code == 401


def test_consent_is_asked_once_until_it_is_taken_back(app: Any, josie: str) -> None:
    browser = app.browser()
    token = app.redeem(app.authorize(josie, browser))
    path, _ = app.authorization_path(app.client())
    silently = browser.get(path)
    app.call("POST", app.state.description.revocation.path, None, data={"token": token["refresh_token"]})
    assert (silently.is_redirect, "Allow access?" in browser.get(path).text) == (True, True)


def test_a_consent_that_is_not_from_our_page_is_refused(app: Any, josie: str) -> None:
    browser = app.browser()
    path, _ = app.authorization_path(app.client())
    browser.sign_in(browser.get(path), josie)
    forged = browser.session.post(app.base + path, data={"decision": "allow"}, allow_redirects=False, timeout=10)
    assert forged.status_code == 403


def test_an_unknown_client_is_told_on_a_page_and_not_by_a_redirect(app: Any) -> None:
    path, _ = app.authorization_path(app.client(client_id="someone-else"))
    page = app.browser().get(path)
    assert (page.status_code, page.is_redirect) == (400, False)


def test_an_unknown_scope_comes_back_as_invalid_scope(app: Any) -> None:
    path, _ = app.authorization_path(app.client(), scope="everything")
    back = app.browser().get(path).headers["Location"]
    assert parse_qs(urlsplit(back).query)["error"] == ["invalid_scope"]


def test_salesforce_refuses_a_redirect_uri_that_is_not_exactly_the_registered_one(salesforce: Any) -> None:
    path, _ = salesforce.authorization_path(salesforce.client(redirect_uri="http://127.0.0.1:9/oauth/callback/app/"))
    page = salesforce.browser().get(path)
    assert (page.status_code, page.is_redirect) == (400, False)


def test_servicenow_sends_the_code_to_the_first_registered_uri_on_a_mismatch(servicenow: Any) -> None:
    browser = servicenow.browser()
    path, _ = servicenow.authorization_path(servicenow.client(redirect_uri="http://127.0.0.1:9/elsewhere"))
    consent = browser.sign_in(browser.get(path), "josie")
    back = browser.submit(consent, decision="allow").headers["Location"]
    assert urlsplit(back).path == "/oauth/callback/app"


@pytest.mark.parametrize("state", ["", "a.b", "a-b", "%00"])
def test_servicenow_wants_a_state_without_special_characters(servicenow: Any, state: str) -> None:
    path, _ = servicenow.authorization_path(servicenow.client())
    assert servicenow.browser().get(path.replace("a1" * 32, state)).status_code == 400


def test_salesforce_refuses_a_request_without_pkce(salesforce: Any) -> None:
    path, _ = salesforce.authorization_path(salesforce.client(code_challenge_method=None), code_verifier="")
    back = salesforce.browser().get(path).headers["Location"]
    assert parse_qs(urlsplit(back).query)["error"] == ["invalid_request"]


def test_plain_pkce_is_refused(app: Any) -> None:
    path, _ = app.authorization_path(app.client())
    back = app.browser().get(path.replace("S256", "plain")).headers["Location"]
    assert parse_qs(urlsplit(back).query)["error"] == ["invalid_request"]


def test_salesforce_honours_prompt_login_and_consent(salesforce: Any) -> None:
    browser = salesforce.browser()
    salesforce.redeem(salesforce.authorize("josie@acme.com", browser))
    path, _ = salesforce.authorization_path(salesforce.client(), prompt="login consent")
    login = browser.get(path)
    consent = browser.sign_in(login, "josie@acme.com")
    assert ("Sign in to" in login.text, "Allow access?" in consent.text) == (True, True)


def test_servicenow_has_no_prompt_and_lets_a_signed_in_person_pass_silently(servicenow: Any) -> None:
    browser = servicenow.browser()
    servicenow.redeem(servicenow.authorize("josie", browser))
    path, _ = servicenow.authorization_path(servicenow.client(), prompt="login consent")
    assert "code=" in browser.get(path).headers["Location"]


def test_priya_has_no_salesforce_licence(salesforce: Any) -> None:
    page = salesforce.browser().get("/login")
    assert ("josie@acme.com" in page.text, "priya" in page.text) == (True, False)


def test_the_session_cookie_is_lax_and_out_of_reach_of_scripts(app: Any) -> None:
    cookie = app.browser().get("/login").headers["Set-Cookie"]
    assert ("SameSite=Lax" in cookie, "HttpOnly" in cookie) == (True, True)


def test_ending_the_session_signs_out_and_goes_back_to_the_sandbox(app: Any, josie: str) -> None:
    browser = app.browser()
    app.authorize(josie, browser)
    port = urlsplit(app.base).port
    away = browser.session.get(
        f"{app.base}/session/end?return_to=http://slack.localhost:{port}/next", allow_redirects=False, timeout=10
    )
    path, _ = app.authorization_path(app.client())
    assert away.headers["Location"] == f"http://slack.localhost:{port}/next"
    assert "Sign in to" in browser.get(path).text


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/",
        "http://127.0.0.1:1/",
        "http://localhost.evil.example:{port}/",
        "//evil.example",
        "http://evil.example\\@127.0.0.1:{port}/",
        "javascript:alert(1)",
    ],
)
def test_ending_the_session_goes_nowhere_else(app: Any, target: str) -> None:
    address = target.format(port=urlsplit(app.base).port)
    answer = app.browser().session.get(
        f"{app.base}/session/end", params={"return_to": address}, allow_redirects=False, timeout=10
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("target", ["//evil.example/", "/\\evil.example", "http://evil.example/"])
def test_signing_in_leads_only_to_the_apps_own_pages(app: Any, target: str) -> None:
    browser = app.browser()
    page = browser.session.get(f"{app.base}/login", params={"next": target}, timeout=10)
    assert 'name="next" value="/"' in page.text
