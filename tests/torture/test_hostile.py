"""The reduced run of hostile requests, and that its judge and its watch would notice what they look for."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import boto3
import pytest
from slack_sdk.signature import SignatureVerifier

from countersign.adapters.slack.signature import verify
from countersign.domain.secret import Secret
from tests.support.slack_requests import NOW, SIGNING_SECRET, SLACK_EVENTS, body_of, load, signed, with_headers
from tests.torture.hostile.browser_routes import ONWARD, attack_browser, leads_to
from tests.torture.hostile.guided import available, fuzz
from tests.torture.hostile.judge import Judge, Verdicts, slack_signed
from tests.torture.hostile.mutation import Mutator, at, places_of, put, without
from tests.torture.hostile.program_routes import attack_programs
from tests.torture.hostile.queue_messages import attack_queues
from tests.torture.hostile.run import Attack
from tests.torture.hostile.slack_routes import FORMER, Requests, attack_slack, slack_function
from tests.torture.hostile.watch import Watch, watching
from tests.torture.measure import DEFAULT_SEED, Share

SLACK, BROWSER, PROGRAMS, MESSAGES, GUIDED = 14_000, 3_000, 3_000, 1_000, 500


def assert_harmless(verdicts: Verdicts, requests: int) -> None:
    assert verdicts.faults == []
    assert (verdicts.requests, verdicts.uncaught, verdicts.status_5xx) == (requests, 0, 0)
    assert (verdicts.parses_before_signature, verdicts.aws_calls_before_signature) == (0, 0)


def test_slacks_routes_take_what_is_slacks_and_nothing_breaks_them() -> None:
    verdicts = Attack(attack_slack)(Share(DEFAULT_SEED, SLACK))
    assert_harmless(verdicts, SLACK)
    assert {200, 400, 401, 404, 413} <= set(verdicts.statuses), "every class of answers was provoked"


def test_nothing_breaks_the_browsers_routes() -> None:
    verdicts = Attack(attack_browser)(Share(DEFAULT_SEED, BROWSER))
    assert_harmless(verdicts, BROWSER)
    assert {200, 302, 303, 400, 404} <= set(verdicts.statuses)


@pytest.mark.parametrize(
    ("answer", "host"),
    [
        ({"statusCode": 302, "headers": {"Location": "https://evil.example/x"}}, "evil.example"),
        (
            {"statusCode": 200, "body": '<meta http-equiv="refresh" content="0;url=https://evil.example">'},
            "evil.example",
        ),
        ({"statusCode": 303, "headers": {"Location": "//evil.example/x#"}}, "evil.example"),
        ({"statusCode": 200, "body": "<p>Connected</p>"}, None),
    ],
)
def test_the_browser_is_never_sent_where_a_request_says(answer: dict[str, Any], host: str | None) -> None:
    """The judge of the run above sees where each answer leads, and holds it to Slack and the app."""
    assert leads_to(answer) == host
    assert (host in ONWARD) == (host is None)


def test_nothing_breaks_hooks_and_installation_and_a_hook_reads_nothing_before_its_proof() -> None:
    verdicts = Attack(attack_programs)(Share(DEFAULT_SEED, PROGRAMS))
    assert_harmless(verdicts, PROGRAMS)
    assert {200, 202, 400, 401, 404, 413} <= set(verdicts.statuses)


def test_a_hostile_message_in_a_queue_harms_only_itself() -> None:
    verdicts = Attack(attack_queues)(Share(DEFAULT_SEED, MESSAGES))
    assert_harmless(verdicts, 0)
    assert verdicts.classes == {"C10": MESSAGES}


@pytest.mark.skipif(not available(), reason="atheris has wheels for Linux on x86-64 alone")
def test_bodies_that_are_sought_by_what_they_reach_break_nothing_either() -> None:
    assert fuzz(GUIDED, DEFAULT_SEED) == ""


@pytest.mark.skipif(not available(), reason="atheris has wheels for Linux on x86-64 alone")
def test_a_search_that_breaks_says_what_broke() -> None:
    assert "ValueError" in fuzz(GUIDED, "no number")  # type: ignore[arg-type]


# --- the secret, while it is rotated


@pytest.mark.parametrize(("secret", "status"), [(SIGNING_SECRET, 200), (FORMER, 200), (Secret("older still"), 401)])
def test_while_the_signing_secret_is_rotated_the_new_and_the_former_one_are_accepted(
    secret: Secret, status: int
) -> None:
    """Both lie in Secrets Manager; the function takes requests signed with either, and with no other."""
    with slack_function() as (handle, world):
        assert handle(signed(load("button_approve"), secret))["statusCode"] == status
        assert len(world.actions_queue.sent) == (status == 200)


# --- what is judged with


@pytest.mark.parametrize("name", SLACK_EVENTS)
def test_the_judge_of_signatures_agrees_with_slacks_own(name: str) -> None:
    event = signed(load(name))
    verifier = SignatureVerifier(SIGNING_SECRET.reveal())
    verifier.clock = type("Then", (), {"now": lambda _: NOW})()
    headers = {key: value for key, value in event["headers"].items() if key.startswith("X-Slack-")}
    assert slack_signed(event)
    assert verifier.is_valid_request(body_of(event), headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"x_slack_signature": "v0=" + "0" * 64},
        {"x_slack_request_timestamp": str(NOW - 301)},
        {"x_slack_request_timestamp": "1_785_578_531"},
        {"x_slack_signature": ""},
    ],
)
def test_the_judge_of_signatures_sees_a_forged_one(headers: dict[str, str]) -> None:
    assert not slack_signed(with_headers(signed(load("button_approve")), **headers))


def test_an_answer_that_breaks_a_promise_is_a_fault() -> None:
    answers: list[tuple[Callable[[Any], dict[str, Any]], str]] = [
        (lambda _: {**GOOD, "statusCode": 500, "body": "oops"}, "500 oops"),
        (lambda _: {**GOOD, "headers": {"X": "a\r\nb"}}, "API Gateway refuses"),
        (lambda _: {**GOOD, "body": "<script>"}, "somebody else's script"),
        (lambda _: sum(range(4_000_000)) and GOOD, "ms on the processor"),
        (lambda _: {}["x"], "KeyError escaped"),
    ]
    for handle, fault in answers:
        verdicts = Verdicts()
        Judge(handle, verdicts)({}, "what")
        assert len(verdicts.faults) == 1
        assert fault in verdicts.faults[0]


GOOD: dict[str, Any] = {"statusCode": 200, "headers": {}, "body": "", "isBase64Encoded": False}


@pytest.mark.parametrize(
    ("deed", "parsed", "called"),
    [
        (lambda: json.loads("[]"), True, False),
        (lambda: parse_qsl("a=b"), True, False),
        (lambda: json.JSONDecoder().raw_decode("1"), True, False),
        (lambda: boto3.client("sqs", region_name="eu-central-1").list_queues(), True, True),  # its answer is JSON
        (lambda: None, False, False),
    ],
    ids=["json", "form", "decoder", "aws", "nothing"],
)
def test_the_watch_sees_what_is_done_before_a_proof_however_it_was_imported(
    deed: Callable[[], object], parsed: bool, called: bool
) -> None:
    with slack_function(), watching() as watch:
        watch.begin()
        deed()
        watch.end()
        deed()
    assert (watch.parses > 0, watch.calls > 0) == (parsed, called)


def test_after_a_proof_the_watch_looks_away() -> None:
    event = signed(load("event_mention"))
    headers = {name.lower(): value for name, value in event["headers"].items()}
    with watching() as watch:
        watch.begin()
        verify(body_of(event), headers, lambda: [SIGNING_SECRET], NOW)
        json.loads("[]")
    assert (watch.proved, watch.parses) == (True, 0)


def test_a_watch_begins_where_nothing_is_asked_for() -> None:
    assert (Watch().proved, Watch().parses, Watch().calls) == (True, 0, 0)


# --- what it is mutated with


def test_the_same_seed_makes_the_same_requests() -> None:
    first, again = (Requests(Mutator(5)) for _ in range(2))
    assert [first.one() for _ in range(200)] == [again.one() for _ in range(200)]


def test_places_are_found_replaced_and_removed_without_touching_the_original() -> None:
    document = {"a": [1, {"b": 2}], "c": 3}
    assert list(places_of(document)) == [(), ("a",), ("a", 0), ("a", 1), ("a", 1, "b"), ("c",)]
    assert at(document, ("a", 1, "b")) == 2
    assert put(document, ("a", 1, "b"), 4) == {"a": [1, {"b": 4}], "c": 3}
    assert without(document, ("a", 0)) == {"a": [{"b": 2}], "c": 3}
    assert document == {"a": [1, {"b": 2}], "c": 3}
