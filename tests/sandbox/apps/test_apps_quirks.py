"""Each quirk of an authorization server that a description can switch on, tried alone on an otherwise plain app."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from sandbox.apps import box
from sandbox.apps.description import (
    AppDescription,
    Introspection,
    PersonalKeys,
    RefreshTokens,
    Revocation,
    TokenErrors,
)
from tests.support.running_app import CALLBACK, Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)
PLAIN = replace(
    box.DESCRIPTION,
    app_id="plain",
    token_wording=lambda answer: answer,
    errors=TokenErrors(),
    refresh=RefreshTokens(),
    pkce="optional",
    scopes={"openid": "See who you are", "read": "Read", "offline_access": "Do so while you are away"},
    default_scope="read",
)
DAY = 86_400
CLIENT = {"client_id": "countersign", "client_secret": "sample-secret"}
JOSIE = "josie@acme.com"


@contextmanager
def running(**quirks: Any) -> Iterator[RunningApp]:
    description: AppDescription = replace(PLAIN, **quirks)
    yield from run(description, Clock())


@pytest.fixture
def start() -> Iterator[Callable[..., RunningApp]]:
    """Starts a plain app with these quirks."""
    with ExitStack() as started:
        yield lambda **quirks: started.enter_context(running(**quirks))


def alive(app: RunningApp, token: str) -> bool:
    return app.call("GET", "/2.0/users/me", token).status_code == 200


def code_form(app: RunningApp, **parameters: str) -> dict[str, str]:
    code = parse_qs(urlsplit(app.authorize(JOSIE, **parameters)).query)["code"][0]
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": "v" * 64}
    return CLIENT | given


def test_a_token_endpoint_that_takes_json_takes_no_form(start: Callable[..., RunningApp]) -> None:
    app = start(token_body="json", errors=TokenErrors(wrong_body=(415, {"error": "unsupported"})))
    url, form = app.base + app.endpoints.token, code_form(app)
    wrong = requests.post(url, data=form, timeout=10)
    right = requests.post(url, json=form, timeout=10)
    assert (wrong.status_code, wrong.json(), right.status_code) == (415, {"error": "unsupported"}, 200)
    renewal = CLIENT | {"grant_type": "refresh_token", "refresh_token": right.json()["refresh_token"]}
    assert requests.post(url, json=renewal, timeout=10).status_code == 200


@pytest.mark.parametrize(("basic", "statuses"), [(True, [200, 401]), (False, [401, 200])])
def test_credentials_are_taken_in_one_way_only(
    start: Callable[..., RunningApp], basic: bool, statuses: list[int]
) -> None:
    app = start(client_auth=("client_secret_basic" if basic else "client_secret_post",))
    answers = []
    for by_header in (True, False):
        form = code_form(app)
        rest = {name: value for name, value in form.items() if name not in CLIENT}
        url = app.base + app.endpoints.token
        auth = ("countersign", "sample-secret") if by_header else None
        answers.append(requests.post(url, data=rest if by_header else form, auth=auth, timeout=10).status_code)
    assert answers == statuses


@pytest.mark.parametrize(("quirk", "said"), [("number", 300), ("string", "300"), ("absent", None), ("if_asked", None)])
def test_the_lifetime_is_told_as_the_vendor_does(start: Callable[..., RunningApp], quirk: str, said: Any) -> None:
    app = start(expires_in=quirk)
    assert app.post_token(**code_form(app)).json().get("expires_in") == said


def test_a_lifetime_that_was_not_asked_for_is_endless(start: Callable[..., RunningApp]) -> None:
    app = start(expires_in="if_asked")
    endless, asked = (app.post_token(**code_form(app), **more).json() for more in ({}, {"expires_in": "200"}))
    app.clock.now += 200
    assert (asked["expires_in"], alive(app, asked["access_token"])) == (200, False)
    app.clock.now += 1000 * DAY
    assert alive(app, endless["access_token"])


def test_a_refresh_token_comes_only_with_the_scope(start: Callable[..., RunningApp]) -> None:
    app = start(refresh=RefreshTokens(asked_by_scope="offline_access"))
    answers = [app.post_token(**code_form(app, scope=scope)).json() for scope in ("read", "read offline_access")]
    assert ["refresh_token" in answer for answer in answers] == [False, True]
    assert all(alive(app, answer["access_token"]) for answer in answers)


def test_a_refresh_token_comes_only_with_the_parameter_and_at_the_first_consent(
    start: Callable[..., RunningApp],
) -> None:
    rules = RefreshTokens(asked_by_parameter=("access_type", "offline"), at_consent_only=True)
    app = start(refresh=rules, prompts=frozenset({"consent"}))
    asked = (
        {},
        {"access_type": "offline"},
        {"access_type": "offline"},
        {"access_type": "offline", "prompt": "consent"},
    )
    answers = [app.post_token(**code_form(app, **parameters)).json() for parameters in asked]
    assert ["refresh_token" in answer for answer in answers] == [False, False, False, True]


def test_a_refresh_wants_the_redirect_uri_again(start: Callable[..., RunningApp]) -> None:
    app = start(refresh=RefreshTokens(needs_redirect_uri=True))
    token = app.connect(JOSIE)["refresh_token"]
    renewals = [
        app.post_token(grant_type="refresh_token", refresh_token=token, **more)
        for more in ({}, {"redirect_uri": CALLBACK + "x"}, {"redirect_uri": CALLBACK})
    ]
    assert [answer.status_code for answer in renewals] == [400, 400, 200]


def test_within_its_grace_a_spent_refresh_token_is_good_and_then_ends_the_family(
    start: Callable[..., RunningApp],
) -> None:
    app = start(refresh=RefreshTokens(rotates=True, grace_seconds=600))
    old = app.connect(JOSIE)["refresh_token"]
    app.refresh(old)
    app.clock.now += 599
    again = app.refresh(old)
    assert again.status_code == 200
    app.clock.now += 1
    assert (app.refresh(old).status_code, app.refresh(again.json()["refresh_token"]).status_code) == (400, 400)


def test_a_refresh_token_ends_after_its_absolute_life_however_often_it_is_used(
    start: Callable[..., RunningApp],
) -> None:
    app = start(refresh=RefreshTokens(seconds=7 * DAY, idle_seconds=5 * DAY, rotates=True))
    token = app.connect(JOSIE)["refresh_token"]
    app.clock.now += 4 * DAY
    token = app.refresh(token).json()["refresh_token"]
    app.clock.now += 3 * DAY
    assert app.refresh(token).status_code == 400


def test_a_refresh_may_end_the_access_token_before(start: Callable[..., RunningApp]) -> None:
    lives = []
    for ends in (True, False):
        app = start(refresh=RefreshTokens(rotates=True, ends_access_token=ends))
        token = app.connect(JOSIE)
        app.refresh(token["refresh_token"])
        lives.append(alive(app, token["access_token"]))
    assert lives == [False, True]


def test_the_oldest_grant_goes_when_there_are_too_many(start: Callable[..., RunningApp]) -> None:
    app = start(max_grants=2)
    tokens = [app.connect(JOSIE)["access_token"] for _ in range(3)]
    assert [alive(app, token) for token in tokens] == [False, True, True]


def test_errors_have_the_vendors_status_and_words(start: Callable[..., RunningApp]) -> None:
    words = {"bad_refresh_token": {"error": "bad_refresh"}, "invalid_client": {"error": "who"}}
    app = start(errors=TokenErrors(statuses={"invalid_grant": 403, "*": 418}, words=words))
    refused = app.refresh("guess")
    stranger = app.post_token(grant_type="refresh_token", refresh_token="x", client_secret="y")
    assert (refused.status_code, refused.json()) == (403, {"error": "bad_refresh"})
    assert (stranger.status_code, stranger.json()) == (418, {"error": "who"})
    assert app.post_token(grant_type="authorization_code", code="x").json()["error"] == "invalid_grant"


def test_an_authorization_request_without_what_the_vendor_demands_is_an_error_page(
    start: Callable[..., RunningApp],
) -> None:
    app = start(required_parameters={"audience": "api.example.com"}, state_pattern="[!-~]{22,1024}")
    statuses = []
    for parameters in ({}, {"audience": "other"}, {"audience": "api.example.com", "state": "short"}):
        path, _ = app.authorization_path(app.client(), **parameters)
        statuses.append(app.browser().get(path).status_code)
    assert statuses == [400, 400, 400]
    assert "code=" in app.authorize(JOSIE, audience="api.example.com")


def test_the_redirect_carries_more_than_the_code_and_perhaps_no_state(start: Callable[..., RunningApp]) -> None:
    app = start(beside_the_code=lambda account: {"entity": account.login}, echoes_state=False)
    assert sorted(parse_qs(urlsplit(app.authorize(JOSIE)).query)) == ["code", "entity"]


@pytest.mark.parametrize(
    ("quirks", "asked"),
    [
        ({}, False),
        ({"always_asks": True}, True),
        ({"prompts": frozenset({"consent"})}, True),
        ({"prompts": frozenset({"login"})}, False),
    ],
)
def test_who_has_consented_is_asked_again_or_not(
    start: Callable[..., RunningApp], quirks: dict[str, Any], asked: bool
) -> None:
    app = start(**quirks)
    browser = app.browser()
    app.redeem(app.authorize(JOSIE, browser))
    path, _ = app.authorization_path(app.client(), prompt="consent")
    assert ("Allow access?" in browser.get(path).text) is asked


def test_scopes_that_do_not_exist_are_refused_or_ignored(start: Callable[..., RunningApp]) -> None:
    back = start().authorize(JOSIE, scope="read nonsense")
    assert parse_qs(urlsplit(back).query)["error"] == ["invalid_scope"]
    app = start(unknown_scope="ignored", scope_separator=",")
    assert app.post_token(**code_form(app, scope="read,nonsense,openid")).json()["scope"] == "read openid"


def test_an_access_token_can_be_a_signed_jwt(start: Callable[..., RunningApp]) -> None:
    claims = lambda issued: {"sub": f"3;{issued.account.account_id}", "scope": issued.scope}  # noqa: E731
    app = start(issuer="https://issuer.example", access_token_claims=claims)
    token = app.connect(JOSIE, scope="read openid")
    keys = jwt.PyJWKSet.from_dict(requests.get(app.base + app.endpoints.keys, timeout=10).json())
    options = {"verify_exp": False}
    found = jwt.decode(token["access_token"], keys.keys[0], algorithms=["RS256"], options=options)
    assert (found["sub"], found["scope"], found["exp"]) == ("3;22000000001", "read openid", app.clock.now + 300)
    assert alive(app, token["access_token"])
    assert jwt.decode(token["id_token"], options={"verify_signature": False})["iss"] == "https://issuer.example"


@pytest.mark.parametrize(
    ("revocation", "method", "path", "sent", "lives"),
    [
        (Revocation("/revoke"), "POST", "/revoke", {"data": {"token": "R"}}, [False, False]),
        (Revocation("/revoke"), "POST", "/revoke", {"data": {"token": "A"}}, [False, True]),
        (Revocation("/revoke", ends="grant"), "POST", "/revoke", {"json": {"token": "A"}}, [False, False]),
        (Revocation("/t/<token>", methods=("DELETE",)), "DELETE", "/t/R", {}, [False, False]),
        (
            Revocation("/mine", methods=("DELETE",), authentication="bearer", token_field=None, ends="person"),
            "DELETE",
            "/mine",
            {"headers": {"Authorization": "Bearer A"}},
            [False, False],
        ),
        (
            Revocation("/a/<client_id>", authentication="client_secret_basic"),
            "POST",
            "/a/countersign",
            {"data": {"token": "R"}, "auth": ("countersign", "sample-secret")},
            [False, False],
        ),
        (
            Revocation("/a/<client_id>", authentication="client_secret_basic"),
            "POST",
            "/a/somebody",
            {"data": {"token": "R"}, "auth": ("countersign", "sample-secret")},
            [True, True],
        ),
        (
            Revocation("/revoke", authentication="client_secret_post"),
            "POST",
            "/revoke",
            {"data": {"token": "R", "client_id": "countersign", "client_secret": "wrong"}},
            [True, True],
        ),
        (
            Revocation("/mine", methods=("DELETE",), authentication="bearer", token_field=None),
            "DELETE",
            "/mine",
            {"headers": {"Authorization": "Bearer guess"}},
            [True, True],
        ),
    ],
)
def test_a_grant_ends_in_the_vendors_way(
    start: Callable[..., RunningApp],
    revocation: Revocation,
    method: str,
    path: str,
    sent: dict[str, Any],
    lives: list[bool],
) -> None:
    """`R` stands for the refresh token, `A` for the access token."""
    app = start(revocation=revocation)
    token = app.connect(JOSIE)

    def real(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: real(inner) for name, inner in value.items()}
        names = {"R": token["refresh_token"], "A": token["access_token"], "Bearer A": f"Bearer {token['access_token']}"}
        return names.get(value, value) if isinstance(value, str) else value

    path = path.replace("/R", f"/{token['refresh_token']}")
    requests.request(method, app.base + path, timeout=10, **real(sent))
    assert [alive(app, token["access_token"]), app.refresh(token["refresh_token"]).ok] == lives


def test_introspection_tells_of_live_tokens_and_asks_who_wants_to_know(start: Callable[..., RunningApp]) -> None:
    how = Introspection("/introspect", lambda grant, ends: {"active": True, "sub": grant.account.login, "exp": ends})
    app = start(introspection=how)
    token = app.connect(JOSIE)["access_token"]
    url = f"{app.base}/introspect"
    answers = [
        requests.post(url, data={"token": what} | client, timeout=10)
        for what, client in ((token, CLIENT), ("guess", CLIENT), (token, {}))
    ]
    assert answers[0].json() == {"active": True, "sub": JOSIE, "exp": app.clock.now + 300}
    assert (answers[1].json(), answers[2].status_code) == ({"active": False}, 401)


def test_a_personal_key_is_shown_once_and_ends_the_one_before(start: Callable[..., RunningApp]) -> None:
    app = start(endpoints=None, revocation=None, personal_keys=PersonalKeys("/keys", "key_id", "key_secret"))
    browser = app.browser()
    page = browser.sign_in(browser.get("/keys"), JOSIE)
    made = [browser.submit(page, make="key").text for _ in range(2)]
    keys = [{name: text.split(f'id="{name}">')[1].split("<")[0] for name in ("key_id", "key_secret")} for text in made]
    owners = [app.state.keys.owner(key["key_id"], key["key_secret"]) for key in keys]
    assert [owner and owner.login for owner in owners] == [None, JOSIE]
    assert keys[1]["key_secret"] not in browser.get("/keys").text


def test_without_oauth_there_is_no_token_endpoint(start: Callable[..., RunningApp]) -> None:
    app = start(endpoints=None, revocation=None)
    assert requests.post(f"{app.base}/oauth2/token", data=CLIENT, timeout=10).status_code == 404
