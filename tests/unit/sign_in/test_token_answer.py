"""What token endpoints answer, and what is believed of it."""

import json
from dataclasses import replace

import pytest

from countersign.domain.errors import AppUnavailable, InvalidClient, InvalidGrant
from countersign.domain.oauth import TokenAnswer
from countersign.domain.secret import Secret
from countersign.domain.token_answer import EXPIRES_IN_LIMIT, TOKEN_LIMIT, read_introspection, read_token_answer
from tests.support.shipped_catalog import shipped

OAUTH = replace(shipped().apps["salesforce"].server, invalid_grant_status=(400, 401))
GOOD = {"access_token": "at", "token_type": "Bearer", "refresh_token": "rt", "expires_in": 1800, "scope": "a b"}


def _read(
    answer: object, status: int = 200, content_type: str = "application/json", retry_after: int | None = None
) -> TokenAnswer:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return read_token_answer(OAUTH, status, content_type, body, retry_after=retry_after)


def test_a_good_answer() -> None:
    assert _read(GOOD) == TokenAnswer(
        Secret("at"),
        Secret("rt"),
        1800,
        ("a", "b"),
        members={"token_type": "Bearer", "expires_in": 1800, "scope": "a b"},
    )
    assert _read(GOOD | {"instance_url": "https://acme.my.salesforce.com"}).api_base == "https://acme.my.salesforce.com"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 0),
        (-1, 0),
        ("3600", 3600),
        (3.6e3, 3600),
        ("3.6e3", 3600),
        (1e18, EXPIRES_IN_LIMIT),
        (10**400, None),
        (None, None),
        ("NaN", None),
        ("soon", None),
        (True, None),
        ([], None),
    ],
)
def test_expires_in_is_clamped_or_says_nothing(value: object, seconds: int | None) -> None:
    assert _read(GOOD | {"expires_in": value}).expires_in == seconds


def test_expires_in_may_be_missing_and_a_bare_nan_is_not_json() -> None:
    assert _read({name: value for name, value in GOOD.items() if name != "expires_in"}).expires_in is None
    with pytest.raises(AppUnavailable):
        _read(b'{"access_token": "at", "token_type": "bearer", "expires_in": NaN}')


@pytest.mark.parametrize("kind", ["bearer", "BEARER", "Bearer"])
def test_bearer_in_any_case(kind: str) -> None:
    assert _read(GOOD | {"token_type": kind}).access_token == Secret("at")


@pytest.mark.parametrize("change", [{"token_type": "mac"}, {"token_type": None}, {"token_type": "bearer "}])
def test_another_token_type_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(AppUnavailable):
        _read(GOOD | change)


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_refresh_token_is_none(empty: str | None) -> None:
    assert _read(GOOD | {"refresh_token": empty}).refresh_token is None


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": ""},
        {"access_token": None},
        {"access_token": 7},
        {"access_token": "a b"},
        {"access_token": "a\r\nX-Evil: 1"},
        {"access_token": "ä"},
        {"access_token": "x" * (TOKEN_LIMIT + 1)},
        {"refresh_token": ["rt"]},
        {"refresh_token": "r" * (TOKEN_LIMIT + 1)},
    ],
)
def test_what_is_no_token_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(AppUnavailable):
        _read(GOOD | change)


@pytest.mark.parametrize(
    ("scope", "scopes"),
    [("a,b", ("a", "b")), (["a", "b", "a"], ("a", "b")), ("", None), (None, None), (7, None), ([1], None)],
)
def test_scopes_in_any_of_their_forms(scope: object, scopes: tuple[str, ...] | None) -> None:
    assert _read(GOOD | {"scope": scope}).scopes == scopes


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"<html>busy</html>", "text/html"),
        (b'{"access_token": "at"', "application/json"),
        (b'["at"]', "application/json"),
        (b'"at"', "application/json"),
        (b"null", "application/json"),
        (b'\xef\xbb\xbf{"access_token": "at", "token_type": "bearer"}', "application/json"),
        (b'{"access_token": "at", "access_token": "other", "token_type": "bearer"}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"access_token=at&access_token=other&token_type=bearer", "application/x-www-form-urlencoded"),
        (b"access_token=at&token_type=bearer", "application/json"),
        (b"\xff=1", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_answer_is_none(body: bytes, content_type: str) -> None:
    with pytest.raises(AppUnavailable):
        _read(body, content_type=content_type)


def test_a_form_where_the_endpoint_says_that_it_is_one() -> None:
    form = b"access_token=at&scope=repo%2Cgist&token_type=bearer"
    answer = _read(form, content_type="application/x-www-form-urlencoded; charset=utf-8")
    assert answer == TokenAnswer(
        Secret("at"), None, None, ("repo", "gist"), members={"scope": "repo,gist", "token_type": "bearer"}
    )


def test_an_id_token_and_the_other_members_are_kept_apart_and_shown_nowhere() -> None:
    answer = _read(GOOD | {"id_token": "h.p.s", "user_id": "canary"})
    assert answer.id_token == Secret("h.p.s")
    assert set(answer.members) == {"token_type", "expires_in", "scope", "user_id"}
    assert "canary" not in repr(answer)
    for unusable in (7, "", "with space", "x" * 20_000):
        assert _read(GOOD | {"id_token": unusable}).id_token is None


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ({"active": True, "exp": 1_000_300}, 300),
        ({"active": True, "exp": 1_000_300.7}, 300),
        ({"active": True, "exp": 999_000}, 0),
        ({"active": True, "exp": 10**18}, 30 * 86_400),
        ({"active": True, "exp": True}, None),
        ({"active": True, "exp": "1000300"}, None),
        ({"active": True}, None),
        ({"active": False, "exp": 1_000_300}, None),
        ({"active": "true", "exp": 1_000_300}, None),
        ([], None),
        (None, None),
    ],
)
def test_an_introspection_says_how_long_a_token_lives_or_nothing(answer: object, seconds: int | None) -> None:
    assert read_introspection(answer, 1_000_000) == seconds


@pytest.mark.parametrize(
    ("status", "error", "raised"),
    [
        (400, "invalid_grant", InvalidGrant),
        (403, "invalid_grant", InvalidGrant),
        (200, "bad_verification_code", InvalidGrant),
        (401, "access_denied", InvalidGrant),
        (401, "invalid_client", InvalidClient),
        (200, "incorrect_client_credentials", InvalidClient),
        (400, "invalid_client_id", InvalidClient),
        (400, "access_denied", AppUnavailable),
        (400, "invalid_request", AppUnavailable),
        (400, {"code": "invalid_grant"}, AppUnavailable),
        (500, "invalid_grant", AppUnavailable),
        (503, "temporarily_unavailable", AppUnavailable),
        (429, "invalid_grant", AppUnavailable),
    ],
)
def test_only_the_endpoints_own_word_ends_a_grant(status: int, error: object, raised: type[Exception]) -> None:
    with pytest.raises(raised) as caught:
        _read({"error": error, "error_description": "token at-secret is over"}, status)
    assert "at-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "word", ["rt-9f8e7d6c5b4a39281706f5e4d3c2b1a0", "INVALID_GRANT", "", None, 7, ["invalid_grant"]]
)
def test_a_word_that_no_specification_has_is_never_passed_on(word: object) -> None:
    with pytest.raises(AppUnavailable) as caught:
        _read({"error": word or "x"}, 400)
    assert str(caught.value) == "token endpoint: other (status 400)"


def test_a_wait_is_passed_on() -> None:
    with pytest.raises(AppUnavailable) as caught:
        _read({}, 503, retry_after=30)
    assert caught.value.retry_after == 30


@pytest.mark.parametrize("status", [201, 204, 302, 400, 401, 404])
def test_tokens_with_another_status_are_not_taken(status: int) -> None:
    with pytest.raises(AppUnavailable):
        _read(GOOD, status)
