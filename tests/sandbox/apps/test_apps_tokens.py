"""The token endpoint and revocation, judged by authlib's client, PyJWT and plain requests."""

import base64
import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from requests_oauthlib import OAuth2Session

pytestmark = pytest.mark.timeout(60)
DENIED = (401, {"error": "server_error", "error_description": "access_denied"})
EXPIRED = (400, {"error": "invalid_grant", "error_description": "expired access/refresh token"})
DAY = 24 * 3600


def whoami(app: Any, token: str) -> int:
    path = {"servicenow": "/api/now/table/sys_user?sysparm_limit=1", "salesforce": "/services/oauth2/userinfo"}
    return int(app.call("GET", path[app.state.description.app_id], token).status_code)


def test_servicenow_answers_tokens_with_their_lifetime(servicenow: Any) -> None:
    token = servicenow.connect("josie")
    assert {name: token[name] for name in ("token_type", "scope", "expires_in")} == {
        "token_type": "Bearer",
        "scope": "useraccount",
        "expires_in": 300,
    }
    assert sorted(token) == ["access_token", "expires_at", "expires_in", "refresh_token", "scope", "token_type"]


def test_salesforce_answers_no_lifetime_but_identity_instance_and_a_signature_that_holds(salesforce: Any) -> None:
    token = salesforce.connect("josie@acme.com")
    secret = salesforce.state.registration.client_secret.encode()
    mac = hmac.new(secret, (token["id"] + token["issued_at"]).encode(), hashlib.sha256).digest()
    assert token["signature"] == base64.b64encode(mac).decode()
    assert token["instance_url"] == "https://acme.my.salesforce.com"
    assert token["issued_at"] == str(int(salesforce.clock.now * 1000))
    assert "expires_in" not in token
    assert "id_token" not in token


def test_salesforce_signs_an_id_token_when_openid_is_asked_for(salesforce: Any) -> None:
    token = salesforce.connect("tom@acme.com", scope="openid api refresh_token", nonce="n-1")
    keys = requests.get(f"{salesforce.base}/id/keys", timeout=10).json()
    key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token["id_token"])["kid"]]
    claims = jwt.decode(
        token["id_token"],
        key,
        algorithms=["RS256"],
        audience="countersign",
        issuer="https://acme.my.salesforce.com",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert (claims["sub"], claims["nonce"], claims["exp"] - claims["iat"]) == (token["id"], "n-1", 120)


def test_the_discovery_document_names_the_endpoints(salesforce: Any) -> None:
    found = requests.get(f"{salesforce.base}/.well-known/openid-configuration", timeout=10).json()
    assert found["token_endpoint"] == f"{salesforce.base}/services/oauth2/token"


def test_a_code_works_once_and_its_second_use_ends_the_grant(app: Any, josie: str) -> None:
    back = app.authorize(josie)
    first = app.post_code(back)
    alive = whoami(app, first.json()["access_token"])
    second = app.post_code(back)
    assert (first.status_code, alive, second.ok) == (200, 200, False)
    assert whoami(app, first.json()["access_token"]) in {401, 403}
    assert [grant["ended_because"] for grant in app.state.grants.as_json()] == ["code used twice"]


def test_of_eight_simultaneous_exchanges_of_one_code_at_most_one_wins(app: Any, josie: str) -> None:
    back = app.authorize(josie)
    with ThreadPoolExecutor(8) as pool:
        statuses = [answer.status_code for answer in pool.map(lambda _: app.post_code(back), range(8))]
    assert statuses.count(200) == 1


def test_a_code_expires(app: Any, josie: str) -> None:
    back = app.authorize(josie)
    app.clock.now += app.state.description.code_seconds
    assert not app.post_code(back).ok


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "w" * 64},
        {"code_verifier": ""},
        {"redirect_uri": "http://127.0.0.1:9/elsewhere"},
        {"redirect_uri": ""},
        {"client_secret": "guess"},
        {"client_id": "someone-else"},
        {"grant_type": "password"},
        {"code": "guess"},
    ],
)
def test_a_code_is_refused_with_anything_wrong(app: Any, josie: str, wrong: dict[str, str]) -> None:
    back = app.authorize(josie)
    code = parse_qs(urlsplit(back).query)["code"][0]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.state.registration.redirect_uri,
        "code_verifier": "v" * 64,
    }
    assert not app.post_token(**(form | wrong)).ok
    assert app.state.grants.as_json() == []


def test_requests_oauthlib_gets_and_renews_tokens_too(app: Any, josie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    back = app.authorize(josie)
    url, secret = app.base + app.endpoints.token, app.state.registration.client_secret
    who = {"client_id": "countersign", "client_secret": secret}
    with OAuth2Session("countersign", redirect_uri=app.state.registration.redirect_uri, state="a1" * 32) as session:
        session.fetch_token(
            url, authorization_response=back, include_client_id=True, client_secret=secret, code_verifier="v" * 64
        )
        first = session.token["access_token"]
        app.clock.now += 301
        session.refresh_token(url, **who)
        assert (whoami(app, first), whoami(app, session.token["access_token"])) in {(401, 200), (403, 200)}


def test_servicenow_gives_no_reason_for_a_refusal(servicenow: Any) -> None:
    answer = servicenow.refresh("guess")
    assert (answer.status_code, answer.json()) == DENIED


def test_the_token_endpoint_wants_a_form(app: Any, josie: str) -> None:
    token = app.connect(josie)
    fields = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    credentials = {"client_id": "countersign", "client_secret": "sample-secret"}
    answer = requests.post(app.base + app.endpoints.token, json=fields | credentials, timeout=10)
    assert not answer.ok


def test_salesforce_takes_client_credentials_by_basic_too_and_servicenow_does_not(
    servicenow: Any, salesforce: Any
) -> None:
    answers = []
    for app, login in ((servicenow, "josie"), (salesforce, "josie@acme.com")):
        form = {"grant_type": "refresh_token", "refresh_token": app.connect(login)["refresh_token"]}
        who = ("countersign", "sample-secret")
        answers.append(requests.post(app.base + app.endpoints.token, data=form, auth=who, timeout=10).status_code)
    assert answers == [401, 200]


def test_an_access_token_ends_when_its_time_is_over(app: Any, josie: str) -> None:
    token = app.connect(josie)["access_token"]
    before = whoami(app, token)
    app.clock.now += 300
    assert (before, whoami(app, token)) in {(200, 401), (200, 403)}


def test_servicenow_refreshes_with_the_same_refresh_token(servicenow: Any) -> None:
    token = servicenow.connect("josie")
    servicenow.clock.now += 301
    renewed = servicenow.refresh(token["refresh_token"]).json()
    assert renewed["refresh_token"] == token["refresh_token"]
    assert renewed["access_token"] != token["access_token"]
    assert (whoami(servicenow, renewed["access_token"]), renewed["expires_in"]) == (200, 300)


def test_servicenow_answers_an_unexpired_access_token_again(servicenow: Any) -> None:
    token = servicenow.connect("josie")
    servicenow.clock.now += 100
    renewed = servicenow.refresh(token["refresh_token"]).json()
    assert (renewed["access_token"], renewed["expires_in"]) == (token["access_token"], 200)


def test_servicenow_refresh_tokens_end_after_a_hundred_days(servicenow: Any) -> None:
    token = servicenow.connect("josie")["refresh_token"]
    servicenow.clock.now += 100 * DAY
    assert servicenow.refresh(token).status_code == 401


def test_salesforce_rotates_refresh_tokens(salesforce: Any) -> None:
    token = salesforce.connect("josie@acme.com")
    renewed = salesforce.refresh(token["refresh_token"]).json()
    assert renewed["refresh_token"] != token["refresh_token"]
    assert whoami(salesforce, renewed["access_token"]) == 200
    assert salesforce.refresh(renewed["refresh_token"]).status_code == 200


def test_using_a_rotated_refresh_token_again_ends_the_whole_family_at_salesforce(salesforce: Any) -> None:
    old = salesforce.connect("josie@acme.com")["refresh_token"]
    renewed = salesforce.refresh(old).json()
    again = salesforce.refresh(old)
    assert (again.status_code, again.json()) == EXPIRED
    assert salesforce.refresh(renewed["refresh_token"]).status_code == 400
    assert whoami(salesforce, renewed["access_token"]) == 403


def test_two_simultaneous_refreshes_kill_a_rotating_connection(salesforce: Any) -> None:
    token = salesforce.connect("josie@acme.com")["refresh_token"]
    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(answer.status_code for answer in pool.map(salesforce.refresh, [token, token]))
    assert statuses == [200, 400]
    assert [grant["ended_because"] for grant in salesforce.state.grants.as_json()] == ["refresh token used twice"]


def test_a_locked_out_person_gets_no_token_and_no_answer(app: Any, josie: str) -> None:
    token = app.connect(josie)
    app.state.directory.set_active(josie, active=False)
    assert not app.refresh(token["refresh_token"]).ok
    assert whoami(app, token["access_token"]) in {401, 403}


def test_revoking_the_refresh_token_ends_the_access_tokens_too(app: Any, josie: str) -> None:
    token = app.connect(josie)
    revoked = app.call("POST", app.state.description.revocation.path, None, data={"token": token["refresh_token"]})
    assert revoked.status_code == 200
    assert whoami(app, token["access_token"]) in {401, 403}
    assert not app.refresh(token["refresh_token"]).ok


def test_revoking_an_access_token_leaves_the_refresh_token(app: Any, josie: str) -> None:
    token = app.connect(josie)
    app.call("POST", app.state.description.revocation.path, None, data={"token": token["access_token"]})
    assert whoami(app, token["access_token"]) in {401, 403}
    assert app.refresh(token["refresh_token"]).ok


def test_servicenow_says_yes_to_revoking_an_unknown_token_and_salesforce_says_invalid_token(
    servicenow: Any, salesforce: Any
) -> None:
    unknown = servicenow.call("POST", "/oauth_revoke_token.do?token=guess", None)
    invalid = salesforce.call("POST", "/services/oauth2/revoke", None, data={"token": "guess"})
    missing = salesforce.call("POST", "/services/oauth2/revoke", None)
    assert unknown.status_code == 200
    assert (invalid.status_code, invalid.json()["error"]) == (400, "invalid_token")
    assert (missing.status_code, missing.json()["error"]) == (400, "unsupported_token_type")


def test_the_list_of_grants_says_who_and_never_a_token(app: Any, josie: str) -> None:
    token = app.connect(josie)
    listed = app.call("GET", "/sandbox/grants", None)
    grant = listed.json()["grants"][0]
    assert (grant["person"], grant["login"], grant["client_id"], grant["state"]) == (
        "U0JOSIE",
        josie,
        "countersign",
        "live",
    )
    assert token["refresh_token"] not in listed.text
    assert token["access_token"] not in listed.text


def test_an_administrator_can_end_every_grant(app: Any, josie: str) -> None:
    token = app.connect(josie)
    ended = app.call("DELETE", "/sandbox/grants", None).json()["grants"]
    assert [(grant["state"], grant["ended_because"]) for grant in ended] == [("ended", "ended by an administrator")]
    assert whoami(app, token["access_token"]) in {401, 403}
    assert app.refresh(token["refresh_token"]).status_code in {400, 401}
