"""The way out to an authorization server, against a server on loopback that misbehaves in every way we know of."""

import gzip
import json
import logging
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from requests_oauthlib import OAuth2Session

from countersign.adapters.bounded import Limits
from countersign.adapters.http import HardenedHttp
from countersign.adapters.oauth_http import OAuthHttp
from countersign.domain.app_sign_in import LookUp, TokenRequest
from countersign.domain.catalog import App, ClientAuthentication, Request, Revocation
from countersign.domain.errors import (
    AppUnavailable,
    CountersignError,
    HostNotAllowed,
    InvalidClient,
    InvalidGrant,
    TokenRejected,
    TooLarge,
)
from countersign.domain.http import LONGEST_ANSWER, QUICK_ANSWER, HttpRequest
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.oauth import ClientCredentials, TokenAnswer
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens
from tests.support.scripted_server import (
    Behaviour,
    Server,
    drips,
    drips_headers,
    floods,
    half,
    hangs_up,
    says,
    says_nothing,
    serve,
)
from tests.support.shipped_catalog import SETTINGS, shipped

APP = shipped().apps["servicenow"]
NOW = 1_800_000_000
TOKEN = "/oauth_token.do"
GOOD = {"access_token": "at-secret", "token_type": "Bearer", "refresh_token": "rt-secret", "expires_in": 1800}
OLD = Tokens(Secret("old at"), Secret("old rt"))
LIMITS = Limits(connect=1, read=1, total=1.5)


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


def _http(server: Server, *, local: bool = True) -> HardenedHttp:
    return HardenedHttp(_stand_ins(server), local=local, limits=LIMITS)


def _stand_ins(server: Server) -> LocalHosts:
    return LocalHosts({"acme.service-now.com": server.url, "acme.my.salesforce.com": server.url})


def _oauth(server: Server, *secrets: str) -> OAuthHttp:
    credentials = ClientCredentials("our-id", tuple(map(Secret, secrets or ("our-secret",))))
    settings = SETTINGS.__getitem__
    return OAuthHttp(_http(server), settings, lambda _: credentials, _stand_ins(server), lambda: NOW, local=True)


def _exchange(server: Server, app: App = APP, *secrets: str) -> TokenAnswer:
    return _oauth(server, *secrets).exchange(app, Secret("the code"), "https://x/cb", "v" * 64)


def _json(value: Any, status: int = 200) -> Behaviour:
    return says(status, json.dumps(value).encode())


def _with(**changed: Any) -> App:
    return replace(APP, oauth=replace(APP.server, **changed))


def test_a_code_is_exchanged_as_rfc_6749_has_it(server: Server) -> None:
    server.on(TOKEN, _json(GOOD | {"scope": "useraccount something_else"}))
    assert _exchange(server) == TokenAnswer(
        access_token=Secret("at-secret"),
        refresh_token=Secret("rt-secret"),
        expires_in=1800,
        scopes=("useraccount", "something_else"),
        members={"token_type": "Bearer", "expires_in": 1800, "scope": "useraccount something_else"},
    )
    (request,) = server.received
    assert (request.method, request.path) == ("POST", TOKEN)
    assert request.form == {
        "grant_type": "authorization_code",
        "code": "the code",
        "redirect_uri": "https://x/cb",
        "client_id": "our-id",
        "client_secret": "our-secret",
        "code_verifier": "v" * 64,
    }
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in request.headers


def test_a_refresh_sends_what_the_app_file_says(server: Server) -> None:
    server.on(TOKEN, _json(GOOD))
    app = _with(
        client_authentication=ClientAuthentication.BASIC,
        redirect_uri_on_refresh=True,
        token_parameters={"expires_in": "1800"},
    )
    assert _oauth(server).refresh(app, OLD, "https://x/cb").refresh_token == Secret("rt-secret")
    (request,) = server.received
    assert request.form == {
        "grant_type": "refresh_token",
        "refresh_token": "old rt",
        "redirect_uri": "https://x/cb",
        "expires_in": "1800",
    }
    assert request.headers["authorization"] == "Basic b3VyLWlkOm91ci1zZWNyZXQ="


def test_an_app_that_wants_json_gets_the_same_parameters_with_numbers_as_numbers(server: Server) -> None:
    server.on(TOKEN, _json(GOOD))
    app = _with(
        token_request=TokenRequest.JSON, token_parameters={"expires_in": 1800, "instance": "${settings.instance}"}
    )
    _exchange(server, app)
    _oauth(server).refresh(app, OLD, "https://x/cb")
    exchange, refresh = (json.loads(request.body) for request in server.received)
    both = {"client_id": "our-id", "client_secret": "our-secret", "expires_in": 1800, "instance": "acme"}
    assert exchange == both | {
        "grant_type": "authorization_code",
        "code": "the code",
        "redirect_uri": "https://x/cb",
        "code_verifier": "v" * 64,
    }
    assert refresh == both | {"grant_type": "refresh_token", "refresh_token": "old rt"}
    for request in server.received:
        assert request.headers["content-type"] == "application/json"
        assert int(request.headers["content-length"]) == len(request.body)


def test_parameters_of_the_app_file_are_filled_in_for_the_browser_too(server: Server) -> None:
    app = _with(authorization_parameters={"audience": "${settings.instance}.example"})
    url = _oauth(server).authorization_url(app, "https://x/cb", "s" * 64, "v" * 64)
    assert "audience=acme.example" in url


def test_a_refresh_goes_to_the_address_that_the_tokens_came_with(server: Server) -> None:
    server.on("/dc-2/token", _json(GOOD))
    app = _with(refresh_endpoint="${api_base}/token")
    tokens = replace(OLD, api_base="https://acme.service-now.com/dc-2/")
    assert _oauth(server).refresh(app, tokens, "https://x/cb").access_token == Secret("at-secret")
    assert [request.path for request in server.received] == ["/dc-2/token"]


@pytest.mark.parametrize(
    "base", ["https://evil.example", "http://127.0.0.1:1", "https://acme.service-now.com@evil.example"]
)
def test_a_refresh_never_goes_outside_the_apps_hosts(server: Server, base: str) -> None:
    app = _with(refresh_endpoint="${api_base}/token", token_endpoint="${api_base}/token")
    with pytest.raises(HostNotAllowed):
        _oauth(server).refresh(app, replace(OLD, api_base=base), "https://x/cb")
    assert server.received == []


def test_a_refresh_that_names_an_api_elsewhere_gives_its_tokens_all_the_same(server: Server) -> None:
    app = shipped().apps["salesforce"]
    server.on("/services/oauth2/token", _json(GOOD | {"instance_url": "https://evil.example"}))
    answer = _oauth(server).refresh(app, OLD, "https://x/cb")
    assert (answer.refresh_token, answer.api_base, answer.foreign_api_base) == (Secret("rt-secret"), None, True)
    assert {request.path for request in server.received} == {"/services/oauth2/token"}, "nothing is revoked"


INTROSPECTION = "/introspect"
ENDLESS = {name: value for name, value in GOOD.items() if name != "expires_in"}


def _asks(**changed: Any) -> App:
    return _with(introspection_endpoint="https://acme.service-now.com/introspect", **changed)


@pytest.mark.parametrize("method", [ClientAuthentication.BASIC, ClientAuthentication.POST])
def test_how_long_a_token_lives_is_asked_where_its_answer_does_not_say(
    server: Server, method: ClientAuthentication
) -> None:
    server.on(TOKEN, _json(ENDLESS))
    server.on(INTROSPECTION, _json({"active": True, "exp": NOW + 900}))
    app = _asks(client_authentication=method)
    assert _exchange(server, app).expires_in == 900
    assert _oauth(server).refresh(app, OLD, "https://x/cb").expires_in == 900
    asked = server.received[1]
    basic = method is ClientAuthentication.BASIC
    ours = {} if basic else {"client_id": "our-id", "client_secret": "our-secret"}
    assert asked.form == {"token": "at-secret", "token_type_hint": "access_token"} | ours
    assert asked.headers.get("authorization") == ("Basic b3VyLWlkOm91ci1zZWNyZXQ=" if basic else None)


@pytest.mark.parametrize(
    "behaviour",
    [
        _json({"active": False}),
        _json({"active": True}),
        _json([]),
        _json({}, 401),
        says(200, b"<html>"),
        says(500, b""),
        hangs_up,
        says_nothing,
        floods,
        drips,
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_an_introspection_that_fails_is_no_error(server: Server, behaviour: Behaviour) -> None:
    server.on(TOKEN, _json(ENDLESS))
    server.on(INTROSPECTION, behaviour)
    started = time.monotonic()
    answer = _exchange(server, _asks())
    assert (answer.access_token, answer.expires_in) == (Secret("at-secret"), None)
    assert time.monotonic() - started < QUICK_ANSWER + 0.7


def test_the_question_takes_its_time_from_the_token_requests_own(server: Server) -> None:
    """Together they end within the one answer's time that whoever refreshes has set aside."""
    server.on(TOKEN, says_nothing)
    http = HardenedHttp(_stand_ins(server), local=True, limits=Limits(connect=1, read=8, total=LONGEST_ANSWER))
    credentials = ClientCredentials("our-id", (Secret("our-secret"),))
    settings = SETTINGS.__getitem__
    oauth = OAuthHttp(http, settings, lambda _: credentials, _stand_ins(server), lambda: NOW, local=True)
    started = time.monotonic()
    with pytest.raises(AppUnavailable):
        oauth.refresh(_asks(), OLD, "https://x/cb")
    assert time.monotonic() - started < LONGEST_ANSWER - QUICK_ANSWER + 0.5


def test_a_token_that_says_how_long_it_lives_is_not_asked_about(server: Server) -> None:
    server.on(TOKEN, _json(GOOD))
    assert _exchange(server, _asks()).expires_in == 1800
    assert [request.path for request in server.received] == [TOKEN]


def test_a_token_that_is_revoked_by_its_id_is_asked_for_it_first(server: Server) -> None:
    look_up = LookUp(Request("GET", "${api_base}/tokens/current"), "token.id")
    request = Request("DELETE", "${api_base}/tokens/${token_id}")
    revocation = Revocation(request, "access_token", "token", ClientAuthentication.NONE, (), True, look_up)
    app, tokens = _with(revocation=revocation), replace(OLD, api_base="https://acme.service-now.com")
    server.on("/tokens/current", _json({"token": {"id": 7}}), _json({"token": {}}), says(503, b""), says(401, b""))
    server.on("/tokens/7", says(204, b""))
    assert _oauth(server).revoke(app, tokens)
    for why in (AppUnavailable, AppUnavailable, TokenRejected):
        with pytest.raises(why):
            _oauth(server).revoke(app, tokens)
    assert [(one.method, one.path) for one in server.received][:2] == [
        ("GET", "/tokens/current"),
        ("DELETE", "/tokens/7"),
    ]
    assert [one.method for one in server.received].count("DELETE") == 1, "without the id nothing is revoked"
    assert {one.headers["authorization"] for one in server.received} == {"Bearer old at"}


def test_a_revocation_as_the_person_tells_a_dead_token_from_wrong_credentials(server: Server) -> None:
    request = Request("DELETE", "${api_base}/connections")
    revocation = Revocation(request, "access_token", "grant", ClientAuthentication.NONE, (404,), bearer=True)
    app, tokens = _with(revocation=revocation), replace(OLD, api_base="https://acme.service-now.com/dc-2")
    server.on("/dc-2/connections", says(200, b""), says(404, b""), says(401, b""), says(503, b""))
    assert _oauth(server).revoke(app, tokens)
    assert _oauth(server).revoke(app, tokens)
    with pytest.raises(TokenRejected):
        _oauth(server, "new", "old").revoke(app, tokens)
    with pytest.raises(AppUnavailable):
        _oauth(server).revoke(app, tokens)
    assert {(request.method, request.headers["authorization"]) for request in server.received} == {
        ("DELETE", "Bearer old at")
    }
    assert len(server.received) == 4, "our other secrets would not help a dead token"


def test_each_of_our_secrets_is_tried_in_order(server: Server) -> None:
    server.on(TOKEN, _json({"error": "invalid_client"}, 401), _json(GOOD))
    assert _exchange(server, APP, "new", "old").access_token == Secret("at-secret")
    assert [request.form["client_secret"] for request in server.received] == ["new", "old"]
    server.on(TOKEN, _json({"error": "invalid_client"}, 401))
    with pytest.raises(InvalidClient):
        _exchange(server, APP, "new", "old")


@pytest.mark.parametrize(
    ("behaviour", "raised"),
    [
        (_json({"error": "invalid_grant"}, 400), InvalidGrant),
        (_json({"error": "server_error", "error_description": "access_denied"}, 401), InvalidGrant),
        (_json({}, 500), AppUnavailable),
        (says(429, b"slow down", Retry_After="7"), AppUnavailable),
        (says(200, b"<html>maintenance</html>", "text/html"), AppUnavailable),
        (says(200, b""), AppUnavailable),
        (says(204, b""), AppUnavailable),
        (says(302, b"", Location="http://evil.localhost/"), AppUnavailable),
        (says(307, b"", Location="http://evil.localhost/"), AppUnavailable),
        (half, AppUnavailable),
        (hangs_up, AppUnavailable),
        (says_nothing, AppUnavailable),
        (drips, AppUnavailable),
        (drips_headers, AppUnavailable),
        (floods, TooLarge),
        (says(200, b"x", Content_Encoding="br"), AppUnavailable),
        (says(200, b"x", Content_Encoding="gzip"), AppUnavailable),
        (says(200, gzip.compress(b" " * 20_000_000), Content_Encoding="gzip"), TooLarge),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_whatever_it_does_it_is_over_soon_and_is_one_error_of_ours(
    server: Server, behaviour: Behaviour, raised: type[CountersignError]
) -> None:
    server.on(TOKEN, behaviour)
    started = time.monotonic()
    with pytest.raises(raised) as caught:
        _exchange(server)
    assert time.monotonic() - started < LIMITS.total + 0.5
    assert len(server.received) == 1
    assert not {"the code", "our-secret"} & set(str(caught.value).split())
    assert not isinstance(caught.value, AppUnavailable) or caught.value.sent


def test_a_wait_it_asks_for_is_known(server: Server) -> None:
    server.on(TOKEN, says(503, b"", Retry_After="7"))
    with pytest.raises(AppUnavailable) as caught:
        _exchange(server)
    assert caught.value.retry_after == 7


def test_what_came_packed_though_nobody_asked_is_read(server: Server) -> None:
    server.on(TOKEN, says(200, gzip.compress(json.dumps(GOOD).encode()), Content_Encoding="gzip"))
    assert _exchange(server).access_token == Secret("at-secret")


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        gone = f"http://127.0.0.1:{closed_soon.getsockname()[1]}"
    http = HardenedHttp(LocalHosts({"acme.service-now.com": gone}), local=True, limits=LIMITS)
    with pytest.raises(AppUnavailable) as caught:
        http.send(HttpRequest("GET", "https://acme.service-now.com/"), ["acme.service-now.com"])
    assert not caught.value.sent


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:1/", "https://evil.example", "https://169.254.169.254", "file:///etc/passwd", "//x"]
)
def test_an_api_address_outside_the_app_file_is_refused_and_its_tokens_are_ended(server: Server, base: str) -> None:
    app = shipped().apps["salesforce"]
    server.on("/services/oauth2/token", _json(GOOD | {"instance_url": base}))
    server.on("/services/oauth2/revoke", says(200, b""))
    with pytest.raises(HostNotAllowed):
        _exchange(server, app)
    assert [request.path for request in server.received] == ["/services/oauth2/token", "/services/oauth2/revoke"]
    assert server.received[1].form == {"token": "rt-secret"}


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([says(200, b"")], True),
        ([says(400, b"")], True),
        ([says(401, b""), says(200, b"")], True),
        ([says(503, b"", Retry_After="9")], AppUnavailable),
        ([says(401, b"")], InvalidClient),
        ([hangs_up], AppUnavailable),
    ],
)
def test_a_revocation_is_done_or_to_be_tried_again(server: Server, answers: list[Behaviour], outcome: object) -> None:
    server.on("/services/oauth2/revoke", *answers)
    oauth = _oauth(server, "new", "old")
    if outcome is True:
        assert oauth.revoke(shipped().apps["salesforce"], OLD)
    else:
        with pytest.raises(outcome):  # type: ignore[call-overload]
            oauth.revoke(shipped().apps["salesforce"], OLD)


def test_an_app_without_revocation_says_so(server: Server) -> None:
    assert not _oauth(server).revoke(_with(revocation=None), OLD)
    assert server.received == []


def test_the_browser_gets_the_stand_in_too(server: Server) -> None:
    url = _oauth(server).authorization_url(APP, "https://x/cb", "s" * 64, "v" * 64)
    assert url.startswith(f"{server.url}/oauth_auth.do?")


def test_a_browsers_name_for_this_machine_is_called_by_its_address_and_keeps_its_name(server: Server) -> None:
    server.on("/x", says(200, b"{}"))
    stand_in = LocalHosts({"acme.service-now.com": f"http://servicenow.localhost:{server.server_port}"})
    http = HardenedHttp(stand_in, local=True, limits=LIMITS)
    assert http.send(HttpRequest("GET", "https://acme.service-now.com/x"), ["acme.service-now.com"]).body == {}
    assert server.received[0].headers["host"] == f"servicenow.localhost:{server.server_port}"


def test_outside_a_laptop_plain_http_and_loopback_are_never_called(server: Server) -> None:
    http = HardenedHttp(LocalHosts(), local=False, limits=LIMITS)
    for url in (server.url, f"https://127.0.0.1:{server.server_port}", "https://localhost", "https://other.example"):
        with pytest.raises(HostNotAllowed):
            http.send(HttpRequest("GET", url), [f"127.0.0.1:{server.server_port}", "acme.service-now.com"])
    assert server.received == []


def test_json_form_and_query_are_sent_as_they_are_named(server: Server) -> None:
    server.on("/x", says(200, b'{"n": 1}', X_Request_Id="r-1"))
    request = HttpRequest("POST", "https://acme.service-now.com/x", {"q": "a b&c"}, {"X-One": "1"}, {"k": "ü"})
    answer = _http(server).send(request, ["acme.service-now.com"])
    assert (answer.status, answer.body, answer.headers["x-request-id"]) == (200, {"n": 1}, "r-1")
    (received,) = server.received
    assert (received.path, received.headers["x-one"]) == ("/x?q=a+b%26c", "1")
    assert (json.loads(received.body), received.headers["content-type"]) == ({"k": "ü"}, "application/json")
    assert (received.headers["connection"], received.headers["accept-encoding"]) == ("close", "identity")


def test_what_is_no_json_comes_as_a_bounded_text(server: Server) -> None:
    server.on("/x", says(500, b"<p>" + b"x" * 5_000, "text/html"))
    answer = _http(server).send(HttpRequest("GET", "https://acme.service-now.com/x"), ["acme.service-now.com"])
    assert (answer.status, answer.body, len(answer.text)) == (500, None, 1_000)


def test_no_token_code_or_secret_is_logged_at_debug(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.on(TOKEN, _json(GOOD))
    with caplog.at_level(logging.DEBUG):
        _exchange(server)
        _oauth(server).refresh(APP, OLD, "https://x/cb")
    assert not [
        secret for secret in ("at-secret", "rt-secret", "old rt", "the code", "our-secret") if secret in caplog.text
    ]


def test_the_library_alone_would_log_them(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """Shows that the test above can fail: the library's logger, let loose, writes the tokens."""
    logger = logging.getLogger("requests_oauthlib.oauth2_session")
    logger.setLevel(logging.DEBUG)
    try:
        server.on(TOKEN, _json(GOOD))
        with caplog.at_level(logging.DEBUG):
            _exchange(server)
    finally:
        logger.setLevel(logging.NOTSET)
    assert "at-secret" in caplog.text
    assert OAuth2Session.__module__ == logger.name
