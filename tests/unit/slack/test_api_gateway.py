import base64
from typing import Any

import pytest

from countersign.domain.errors import (
    ConfigurationError,
    CountersignError,
    Malformed,
    NotFound,
    Refused,
    StoreUnavailable,
    TooLarge,
    Unverified,
)
from countersign.entrypoints.api_gateway import (
    BODY_LIMIT,
    Answer,
    answer,
    health_answer,
    json_answer,
    page,
    read_request,
)
from countersign.entrypoints.guard import guard

BASE: dict[str, Any] = {"httpMethod": "post", "path": "/hooks/x", "resource": "/hooks/{recipe}", "body": None}


def event(**more: Any) -> dict[str, Any]:
    return {**BASE, **more}


def test_a_whole_event_is_read() -> None:
    request = read_request(
        event(
            headers={"Accept": "b", "Only-Here": "x"},
            multiValueHeaders={"Accept": ["a", "b"], "Cookie": ["one=1; two=2"], "cookie": ["one=3"]},
            queryStringParameters={"state": "s2", "code": "c"},
            multiValueQueryStringParameters={"state": ["s1", "s2"]},
            pathParameters={"recipe": "x"},
            requestContext={"requestId": "6f3d2c1b-aa"},
            body="é",
            isBase64Encoded=False,
        )
    )
    assert (request.method, request.path, request.route) == ("POST", "/hooks/x", "/hooks/{recipe}")
    assert request.headers == {"accept": "a, b", "only-here": "x", "cookie": "one=1; two=2; one=3"}
    assert request.cookies == {"one": "1", "two": "2"}
    assert request.query == {"state": ["s1", "s2"], "code": ["c"]}
    assert request.path_parameters == {"recipe": "x"}
    assert request.body == "é".encode()
    assert request.request_id == "6f3d2c1b-aa"


def test_cookies_keep_the_first_of_a_name_and_skip_what_is_none() -> None:
    header = '__Host-bt=abc; bad[name]=1; ; quoted="a b"; __Host-bt=later; empty='
    request = read_request(event(headers={"cookie": header}))
    assert request.cookies == {"__Host-bt": "abc", "quoted": "a b", "empty": ""}


def test_headers_that_differ_in_case_are_one_repeated_header() -> None:
    request = read_request(event(headers={"X-Slack-Signature": "a", "x-slack-signature": "b"}))
    assert request.headers == {"x-slack-signature": "a, b"}


def test_base64_bodies_are_decoded_to_the_very_bytes() -> None:
    raw = bytes(range(256))
    request = read_request(event(body=base64.b64encode(raw).decode(), isBase64Encoded=True))
    assert request.body == raw


@pytest.mark.parametrize(
    "wrong",
    [
        {"httpMethod": None},
        {"path": 7},
        {"headers": ["a"]},
        {"headers": {"a": 1}},
        {"multiValueHeaders": {"a": "b"}},
        {"multiValueHeaders": {"a": [None]}},
        {"multiValueQueryStringParameters": "a=b"},
        {"pathParameters": {"a": None}},
        {"body": {"a": 1}},
        {"body": "\ud800"},
        {"body": "payload=x", "isBase64Encoded": True},
        {"body": "eA==\n", "isBase64Encoded": True},
        {"body": "x", "isBase64Encoded": "yes"},
    ],
)
def test_what_no_gateway_sends_is_malformed(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_request(event(**wrong))


@pytest.mark.parametrize("encoded", [False, True])
def test_bodies_over_the_limit_are_refused_and_at_the_limit_taken(encoded: bool) -> None:
    def body(size: int) -> str:
        return base64.b64encode(b"x" * size).decode() if encoded else "x" * size

    assert len(read_request(event(body=body(BODY_LIMIT), isBase64Encoded=encoded)).body) == BODY_LIMIT
    with pytest.raises(TooLarge):
        read_request(event(body=body(BODY_LIMIT + 1), isBase64Encoded=encoded))
    with pytest.raises(TooLarge):
        read_request(event(body="é" * (BODY_LIMIT - 1), isBase64Encoded=False))


def is_valid(found: Answer) -> bool:
    return (
        type(found["statusCode"]) is int
        and isinstance(found["body"], str)
        and all(isinstance(k, str) and isinstance(v, str) for k, v in found["headers"].items())
    )


def test_every_kind_of_answer_has_the_types_that_the_gateway_demands() -> None:
    answers = [answer(200), json_answer(202, {"card": 1}), page(403, "<p>"), health_answer("1")]
    answers.append(answer(200, cookies=("a=1", "b=2")))
    assert all(map(is_valid, answers))
    assert answers[-1]["multiValueHeaders"] == {"Set-Cookie": ["a=1", "b=2"]}
    assert answer(200, cookies=("a=1",))["headers"]["Set-Cookie"] == "a=1"


def test_a_page_may_load_and_run_nothing_but_its_own_style() -> None:
    policy = page(200, "<p>", style_source="'sha256-x'")["headers"]["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; style-src 'sha256-x'"
    )


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unverified("secret detail"), 401),
        (Malformed("secret detail"), 400),
        (TooLarge("secret detail"), 413),
        (NotFound("secret detail"), 404),
        (Refused("secret detail"), 403),
        (StoreUnavailable("secret detail"), 503),
        (ConfigurationError("secret detail"), 503),
        (CountersignError("secret detail"), 500),
        (RuntimeError("secret detail"), 500),
    ],
)
@pytest.mark.parametrize("accept", ["text/html,*/*", "*/*"])
def test_whatever_escapes_is_answered_with_a_reference_and_without_its_detail(
    error: Exception, status: int, accept: str
) -> None:
    def fail() -> Answer:
        raise error

    found = guard(fail, event(headers={"Accept": accept}, requestContext={"requestId": "ref-1"}))
    assert is_valid(found)
    assert found["statusCode"] == status
    assert "ref-1" in found["body"]
    assert "secret detail" not in found["body"]
    assert found["headers"]["Content-Type"].startswith("text/html" if "html" in accept else "application/json")
