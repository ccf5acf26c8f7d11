"""The sign-in's routes on recorded events, broken events, and with its stores down: always one page, never a trace."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countersign.domain.errors import ConfigurationError, HostNotAllowed
from countersign.domain.sign_in import LegStep, leg_cookie_hash
from countersign.entrypoints import oauth
from countersign.entrypoints.api_gateway import Answer
from tests.support.sign_in_world import JOSIE, ScriptedHttp, ScriptedOpenId, SignInWorld, claims_of, salesforce_user
from tests.support.two_browsers import EVENTS, event

STATUSES = {
    "app_callback": 404,
    "app_callback_denied": 404,
    "app_callback_lost_cookie": 404,
    "app_callback_unknown_app": 404,
    "connect_choose": 404,
    "connect_confirm": 404,
    "connect_decline": 404,
    "connect_end_elsewhere": 409,
    "connect_enter_key": 404,
    "connect_go": 404,
    "connect_new_link": 404,
    "connect_page": 404,
    "connect_page_cut_off": 404,
    "connect_unknown_button": 400,
    "slack_callback": 404,
    "slack_callback_denied": 404,
    "slack_callback_without_state": 400,
}


def _world() -> SignInWorld:
    return SignInWorld(ScriptedOpenId({"U0JOSIE": claims_of(JOSIE)}))


def _followed(answer: Answer, world: SignInWorld) -> Answer:
    """Where a callback sends the browser on to, on our own host and with what it was given."""
    if answer["statusCode"] != 303:
        return answer
    location, cookie = answer["headers"]["Location"], answer["headers"].get("Set-Cookie", "").partition(";")[0]
    found = re.fullmatch(r"(?:(?:\.\./){2,3}|https://api\.example\.com/prod/)connect/([a-z0-9_]+)#", location)
    assert found, location
    sent = event("connect_page")
    headers = {**sent["headers"], "Cookie": cookie}
    sent |= {"headers": headers, "multiValueHeaders": None, "pathParameters": {"sign_in": found[1]}}
    return oauth.handle(sent, world)


def _is_a_page(answer: Answer) -> None:
    """What API Gateway takes, and what a browser may be shown."""
    assert set(answer) == {"statusCode", "headers", "body", "isBase64Encoded"}
    assert isinstance(answer["statusCode"], int)
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in answer["headers"].items())
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert "<h1>" in answer["body"]
    assert "Traceback" not in answer["body"]
    json.dumps(answer)


def test_every_recorded_event_has_an_expectation() -> None:
    assert {path.stem for path in EVENTS.glob("*.json")} == set(STATUSES)


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_a_recorded_event_of_a_sign_in_nobody_knows_is_one_clear_page(name: str, status: int) -> None:
    world = _world()
    first = oauth.handle(event(name), world)
    assert (first["statusCode"] == 303) is ("callback" in name)
    answer = _followed(first, world)
    _is_a_page(answer)
    assert answer["statusCode"] == status
    assert (world.sign_ins.legs, world.sign_ins.intents, world.queue.sent, world.audit.events) == ({}, {}, [], [])
    query = event(name)["queryStringParameters"] or {}
    assert world.sign_ins.writes == (1 if "code" in query else 0), "that a code was seen, and nothing else"


def _for(sent: dict[str, Any], secret: str) -> dict[str, Any]:
    sent["pathParameters"] = {"sign_in": secret}
    return sent


def test_the_recorded_events_of_a_live_link(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _world()
    _, secret = world.begin(JOSIE)
    shown = oauth.handle(_for(event("connect_page"), secret), world)
    assert ("Connect ServiceNow" in shown["body"], shown["statusCode"]) == (True, 200)
    assert "Set-Cookie" not in shown["headers"]
    gone = oauth.handle(_for(event("connect_go"), secret), world)
    assert gone["statusCode"] == 200
    assert gone["headers"]["Set-Cookie"].startswith(f"__Host-bt={'c001' * 16};")
    (leg,) = world.sign_ins.legs.values()
    (intent,) = world.sign_ins.intents.values()
    (state,) = re.findall(r"state=([0-9a-f]{64})", gone["body"])[:1]
    assert leg.cookie_hash == leg_cookie_hash("c001" * 16, state, intent, LegStep.SLACK)
    monkeypatch.setattr(world.clock, "now", world.clock.now + 600)
    assert oauth.handle(_for(event("connect_page"), secret), world)["statusCode"] == 410
    assert oauth.handle(_for(event("connect_new_link"), secret), world)["statusCode"] == 200
    assert world.queue.kinds == ["new_link"]


def test_one_id_leads_from_the_click_through_every_page_to_the_connection() -> None:
    """Asked for in chat with ``trace-1``; the journal is what an operator searches."""
    lines: list[tuple[str, dict[str, Any]]] = []
    http = ScriptedHttp({"acme.my.salesforce.com": salesforce_user("josie@acme.com")})
    world = SignInWorld(ScriptedOpenId({"U0JOSIE": claims_of(JOSIE)}), http=http)
    world.journal = lambda name, **facts: lines.append((name, facts))
    _, secret = world.begin(JOSIE, "salesforce")
    oauth.handle(_for(event("connect_page"), secret), world)
    gone = oauth.handle(_for(event("connect_go"), secret), world)
    proved = oauth.handle(_back(event("slack_callback"), gone["body"], "U0JOSIE"), world)
    back = _back(event("app_callback"), proved["headers"]["Location"], "good-code")
    done = oauth.handle(back | {"pathParameters": {"app": "salesforce"}}, world)
    assert done["statusCode"] == 303
    assert [(name, facts["trace_id"]) for name, facts in lines] == [
        ("sign_in_page", "trace-1"),
        ("sign_in_onward", "trace-1"),
        ("sign_in_onward", "trace-1"),
        ("sign_in_page", "trace-1"),
    ]
    assert world.queue.sent[-1]["trace_id"] == "trace-1"


def _back(sent: dict[str, Any], address: str, code: str) -> dict[str, Any]:
    """A recorded callback with the state that stands in ``address``."""
    (state,) = set(re.findall(r"state=([0-9a-f]{64})", address))
    query = {"state": state, "code": code}
    return sent | {"queryStringParameters": query, "multiValueQueryStringParameters": None}


@pytest.mark.parametrize(
    "change",
    [
        {"headers": {"Content-Type": "application/json"}, "multiValueHeaders": None},
        {"headers": {}, "multiValueHeaders": None},
        {"body": "do=go&do=confirm"},
        {"body": "do="},
        {"body": "go"},
        {"body": ""},
        {"body": None},
        {"body": "do=go", "isBase64Encoded": True},
        {"body": "do=go&" * 20_000},
        {"body": "do=gö"},
        {"httpMethod": "PUT"},
        {"httpMethod": "DELETE"},
    ],
)
def test_only_a_button_of_ours_does_anything(change: dict[str, Any]) -> None:
    world = _world()
    _, secret = world.begin(JOSIE)
    writes = world.sign_ins.writes
    answer = oauth.handle(_for(event("connect_go"), secret) | change, world)
    _is_a_page(answer)
    assert (answer["statusCode"], world.sign_ins.writes) == (400, writes)


@pytest.mark.parametrize(
    ("said", "status"),
    [("same-origin", 200), ("none", 200), (None, 200), ("cross-site", 403), ("same-site", 403), ("", 403), ("x", 403)],
)
@pytest.mark.parametrize("button", ["go", "new_link", "confirm"])
def test_a_button_is_pressed_by_our_own_page_or_its_person(said: str | None, status: int, button: str) -> None:
    """Old browsers and programs say nothing of it."""
    world = _world()
    _, secret = world.begin(JOSIE)
    writes = world.sign_ins.writes
    sent = _for(event(f"connect_{button}"), secret)
    headers = {name: values for name, values in sent["multiValueHeaders"].items() if name != "Sec-Fetch-Site"}
    headers |= {} if said is None else {"sec-fetch-site": [said]}
    answer = oauth.handle(sent | {"headers": None, "multiValueHeaders": headers}, world)
    _is_a_page(answer)
    if status == 403:
        assert (answer["statusCode"], world.sign_ins.writes) == (403, writes)
        assert "Set-Cookie" not in answer["headers"]
    else:
        assert answer["statusCode"] == (404 if button == "confirm" else status)


def test_a_callback_is_a_get_and_other_addresses_are_unknown() -> None:
    world = _world()
    assert _followed(oauth.handle(event("slack_callback") | {"httpMethod": "POST"}, world), world)["statusCode"] == 400
    assert oauth.handle(event("slack_callback") | {"path": "/oauth/other"}, _world())["statusCode"] == 404


def test_a_store_that_is_down_is_said_with_a_number_to_name() -> None:
    world = _world()
    world.sign_ins.broken = True
    answer = oauth.handle(event("connect_page"), world)
    _is_a_page(answer)
    assert answer["statusCode"] == 503
    assert event("connect_page")["requestContext"]["requestId"] in answer["body"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ConfigurationError("the secret arn:aws:x is empty"), 503),
        (HostNotAllowed("evil"), 503),
        (RuntimeError("at-secret"), 500),
    ],
)
def test_what_goes_wrong_is_logged_and_not_shown(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = _world()
    noted: list[tuple[str, dict[str, Any]]] = []
    world.journal = lambda name, **facts: noted.append((name, facts))

    def fails(_: str) -> None:
        raise error

    monkeypatch.setattr(world.sign_ins, "get_intent", fails)
    answer = oauth.handle(event("connect_page"), world)
    _is_a_page(answer)
    assert answer["statusCode"] == status
    assert str(error) not in answer["body"]
    assert [name for name, _ in noted] == ["sign_in_page"]
    assert str(error) in caplog.text + str(noted)


def _events() -> Iterator[dict[str, Any]]:
    return (event(name) for name in STATUSES)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=50) | st.sampled_from(["0" * 64, "go", "bearer"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=1_500, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    sent=st.sampled_from(list(_events())),
    at=st.lists(st.integers(0, 30), min_size=1, max_size=4),
    value=_ANYTHING,
    query=st.dictionaries(
        st.sampled_from(["state", "code", "error", "iss", "x"]),
        st.lists(st.text(max_size=80) | st.just("9ab3" * 16), max_size=3),
        max_size=4,
    ),
)
def test_a_mutated_event_is_one_page_and_never_our_fault(
    sent: dict[str, Any], at: list[int], value: Any, query: dict[str, list[str]]
) -> None:
    mutated = copy.deepcopy(sent) | {"multiValueQueryStringParameters": query}
    place: Any = mutated
    for step in at[:-1]:
        inner = [item for item in place.values() if isinstance(item, dict)]
        place = inner[step % len(inner)] if inner else place
    names = list(place) or ["x"]
    place[names[at[-1] % len(names)]] = value
    world = _world()
    answer = _followed(oauth.handle(mutated, world), world)
    _is_a_page(answer)
    assert answer["statusCode"] < 500
