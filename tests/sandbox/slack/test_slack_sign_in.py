"""Sign in with Slack and installing, through a browser; id_tokens judged by PyJWT."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
from slack_browser import Browser, Page
from slack_sdk.errors import SlackApiError
from slack_world import BROWSER_URL, CLIENT, World

CALLBACK = f"{BROWSER_URL}/oauth/slack/callback"
INSTALLED = f"{BROWSER_URL}/slack/oauth_redirect"
REQUEST = {
    "response_type": "code",
    "scope": "openid email",
    "client_id": CLIENT["client_id"],
    "redirect_uri": CALLBACK,
    "state": "s" * 64,
    "nonce": "n-1",
    "team": "T0ACME",
}
INSTALL = {"client_id": CLIENT["client_id"], "scope": "chat:write,commands", "redirect_uri": INSTALLED, "state": "s1"}


def authorize(world: World, browser: Browser, **changed: str | None) -> Page:
    query = {name: value for name, value in (REQUEST | changed).items() if value is not None}
    return browser.get(f"{world.slack_url}/openid/connect/authorize?{urlencode(query)}")


def as_tom(world: World, user: str = "U0TOM") -> Browser:
    browser = world.browser()
    browser.press(browser.get(f"{world.slack_url}/sign-in"), "person", user)
    return browser


def answer_of(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def code_for(world: World, browser: Browser | None = None, **changed: str | None) -> str:
    browser = browser or as_tom(world)
    page = browser.press(authorize(world, browser, **changed), "decision", "allow")
    return answer_of(page)["code"]


def redeem(world: World, code: str, /, **changed: str | None) -> dict[str, Any]:
    fields = {"code": code, "redirect_uri": CALLBACK, "grant_type": "authorization_code", **CLIENT} | changed
    given = {name: value for name, value in fields.items() if value is not None}
    answer = requests.post(f"{world.api_url}openid.connect.token", data=given, timeout=5)
    assert answer.status_code == 200
    return answer.json()


def claims_of(world: World, answer: dict[str, Any]) -> dict[str, Any]:
    keys = jwt.PyJWKClient(f"{world.page_url}/slack/openid/connect/keys")
    key = keys.get_signing_key_from_jwt(answer["id_token"])
    return jwt.decode(
        answer["id_token"], key.key, algorithms=["RS256"], audience=CLIENT["client_id"], issuer=world.slack_url
    )


def test_a_signed_in_browser_allows_once_and_then_passes_straight_through(world: World) -> None:
    browser = as_tom(world)
    consent = authorize(world, browser)
    assert (consent.status, "Countersign wants to know who you are" in consent.text) == (200, True)
    back = browser.press(consent, "decision", "allow")
    assert back.url.startswith(f"{CALLBACK}?")
    assert answer_of(back)["state"] == "s" * 64
    assert set(answer_of(authorize(world, browser))) == {"code", "state"}
    assert authorize(world, browser, team=None).status == 200


def test_the_id_token_has_the_documented_claims(world: World) -> None:
    answer = redeem(world, code_for(world))
    claims = claims_of(world, answer)
    half = hashlib.sha256(answer["access_token"].encode()).digest()[:16]
    assert claims.pop("at_hash") == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert claims["exp"] - claims["iat"] == 300
    assert claims.pop("auth_time") <= claims.pop("iat")
    del claims["exp"]
    assert claims == {
        "iss": world.slack_url,
        "sub": "U0TOM",
        "aud": CLIENT["client_id"],
        "nonce": "n-1",
        "https://slack.com/team_id": "T0ACME",
        "https://slack.com/user_id": "U0TOM",
        "email": "tom@acme.com",
        "email_verified": True,
        "date_email_verified": 1622128723,
    }
    assert (answer["ok"], answer["token_type"], answer["access_token"][:5]) == (True, "Bearer", "xoxp-")


def test_without_the_email_scope_the_id_token_has_no_email(world: World) -> None:
    assert "email" not in claims_of(world, redeem(world, code_for(world, scope="openid")))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code": "guess"}, "invalid_code"),
        ({"client_id": "9.9"}, "invalid_client_id"),
        ({"client_secret": "wröng"}, "bad_client_secret"),
        ({"redirect_uri": f"{CALLBACK}/other"}, "bad_redirect_uri"),
        ({"redirect_uri": None}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_the_token_method_refuses_with_http_200(world: World, changed: dict[str, str | None], error: str) -> None:
    assert redeem(world, code_for(world), **changed) == {"ok": False, "error": error}


def test_a_code_works_once_and_for_ten_minutes(world: World) -> None:
    browser = as_tom(world)
    used, old = code_for(world, browser), answer_of(authorize(world, browser))["code"]
    assert redeem(world, used)["ok"] is True
    assert redeem(world, used)["error"] == "invalid_code"
    world.clock.ahead += 601
    assert redeem(world, old)["error"] == "invalid_code"


def test_client_credentials_may_come_by_http_basic(world: World) -> None:
    fields = {"code": code_for(world), "redirect_uri": CALLBACK}
    credentials = (CLIENT["client_id"], CLIENT["client_secret"])
    answer = requests.post(f"{world.api_url}openid.connect.token", data=fields, auth=credentials, timeout=5)
    assert answer.json()["ok"] is True


def test_a_browser_that_is_not_signed_in_chooses_a_workspace_and_team_is_ignored(world: World) -> None:
    browser = world.browser()
    choice = authorize(world, browser)
    assert "Acme Labs" in choice.text
    consent = browser.press(choice, "person", "U1TOM")
    assert consent.url.startswith(f"{world.slack_url}/openid/connect/authorize?")
    back = browser.press(consent, "decision", "allow")
    claims = claims_of(world, redeem(world, answer_of(back)["code"]))
    assert (claims["https://slack.com/team_id"], claims["sub"]) == ("T1LABS", "U1TOM")


def test_an_app_that_is_not_distributed_never_gets_a_person_of_another_workspace_back(
    start: Callable[..., World],
) -> None:
    world = start(distributed=False)
    browser = as_tom(world, "U1TOM")
    page = browser.press(authorize(world, browser), "decision", "allow")
    assert (page.status, "invalid_team_for_non_distributed_app" in page.text) == (400, True)


def test_refusing_leads_back_with_access_denied(world: World) -> None:
    browser = as_tom(world)
    back = browser.press(authorize(world, browser), "decision", "cancel")
    assert answer_of(back) == {"error": "access_denied", "state": "s" * 64}


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"client_id": "9.9"}, "invalid_client_id"),
        ({"redirect_uri": "http://evil.localhost:9/oauth/slack/callback"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}x"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}/../../x"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}#x"}, "bad_redirect_uri"),
        ({"redirect_uri": None}, "bad_redirect_uri"),
        ({"scope": "openid chat:write"}, "invalid_scope"),
        ({"scope": "email"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_bad_request_ends_on_slacks_own_page(world: World, changed: dict[str, str | None], title: str) -> None:
    browser = as_tom(world)
    page = authorize(world, browser, **changed)
    assert (page.status, f"<h1>{title}</h1>" in page.text) == (400, True)
    assert browser.visited[-1].startswith(f"{world.slack_url}/openid/connect/authorize?")


def test_a_redirect_url_below_a_registered_one_is_taken(world: World) -> None:
    below = f"{CALLBACK}/sub"
    code = code_for(world, redirect_uri=below)
    assert redeem(world, code, redirect_uri=below)["ok"] is True


def test_the_allow_page_cannot_be_forged(world: World) -> None:
    browser = as_tom(world)
    page = authorize(world, browser)
    stolen = authorize(world, as_tom(world, "U0JOSIE"))
    forged = Page(page.url, page.status, stolen.text, {})
    assert browser.press(forged, "decision", "allow").status == 400
    assert (
        browser.press(
            Page(page.url, 200, '<form><button name="decision" value="allow">', {}), "decision", "allow"
        ).status
        == 400
    )


def test_user_info_is_for_the_persons_own_token(world: World) -> None:
    token = redeem(world, code_for(world))["access_token"]
    info = world.client(token).openid_connect_userInfo()
    assert (info["sub"], info["https://slack.com/user_id"], info["https://slack.com/team_id"]) == (
        "U0TOM",
        "U0TOM",
        "T0ACME",
    )
    assert "https://slack.com/enterprise_id" not in info.data
    with pytest.raises(SlackApiError, match="missing_scope"):
        world.client().openid_connect_userInfo()
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        world.client(token).chat_postMessage(channel="C0APPROVALS", text="x")


def test_only_user_info_names_the_organisation(start: Callable[..., World]) -> None:
    world = start(enterprise_id="E0ACME")
    answer = redeem(world, code_for(world))
    assert "https://slack.com/enterprise_id" not in claims_of(world, answer)
    info = world.client(answer["access_token"]).openid_connect_userInfo()
    assert info["https://slack.com/enterprise_id"] == "E0ACME"


def test_revoking_a_users_token_fires_an_event_and_asks_for_consent_again(world: World) -> None:
    browser = as_tom(world)
    client = world.client(redeem(world, code_for(world, browser))["access_token"])
    assert client.auth_test()["user_id"] == "U0TOM"
    assert client.auth_revoke()["revoked"] is True
    event = world.receiver.wait_for(1)[0].payload["event"]
    assert event == {"type": "tokens_revoked", "tokens": {"oauth": ["U0TOM"], "bot": []}}
    with pytest.raises(SlackApiError, match="invalid_auth"):
        client.auth_test()
    assert authorize(world, browser).status == 200


def test_discovery_leads_to_the_endpoints(world: World) -> None:
    headers = {"Host": f"slack.localhost:{world.port}"}
    url = f"{world.page_url}/.well-known/openid-configuration"
    document = requests.get(url, headers=headers, timeout=5).json()
    assert document["issuer"] == world.slack_url
    assert document["authorization_endpoint"] == f"{world.slack_url}/openid/connect/authorize"
    assert document["response_modes_supported"] == ["query"]
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]


def test_installing_brings_the_bots_token(world: World) -> None:
    browser = as_tom(world)
    page = browser.get(f"{world.slack_url}/oauth/v2/authorize?{urlencode(INSTALL)}")
    assert "Countersign wants to be installed" in page.text
    back = browser.press(page, "decision", "allow")
    code = answer_of(back)["code"]
    answer = world.client("").oauth_v2_access(code=code, redirect_uri=INSTALLED, **CLIENT)
    assert world.client(answer["access_token"]).auth_test()["user_id"] == "UBOT"
    assert (answer["team"], answer["bot_user_id"], answer["scope"], answer["token_type"]) == (
        {"id": "T0ACME", "name": "Acme"},
        "UBOT",
        "chat:write,commands",
        "bot",
    )
    assert (answer["enterprise"], answer["is_enterprise_install"], answer["authed_user"]) == (
        None,
        False,
        {"id": "U0TOM"},
    )


def test_each_token_method_refuses_the_other_flows_code(world: World) -> None:
    with pytest.raises(SlackApiError, match="oauth_authorization_url_mismatch"):
        world.client("").oauth_v2_access(code=code_for(world), redirect_uri=CALLBACK, **CLIENT)


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"scope": "openid,chat:write"}, "invalid_scope"),
        ({"user_scope": "openid"}, "invalid_scope"),
        ({"scope": ""}, "no_bot_scopes_requested"),
        ({"code_challenge": "x"}, "pkce_not_allowed"),
    ],
)
def test_an_install_request_that_slack_refuses(world: World, changed: dict[str, str], title: str) -> None:
    page = as_tom(world).get(f"{world.slack_url}/oauth/v2/authorize?{urlencode(INSTALL | changed)}")
    assert (page.status, f"<h1>{title}</h1>" in page.text) == (400, True)
