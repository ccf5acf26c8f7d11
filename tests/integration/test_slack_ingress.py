"""The Slack function from API Gateway's event to its answer: nothing unsigned is read, nothing signed breaks it."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countersign import __version__
from countersign.adapters.slack import payload as payload_module
from countersign.domain.errors import ChatUnavailable
from countersign.domain.interaction import Interaction
from countersign.domain.secret import Secret
from countersign.entrypoints.slack import handle
from tests.support.slack_ingress import Ingress
from tests.support.slack_requests import NOW, SLACK_EVENTS, body_of, load, signed, with_body, with_headers

TO_ACTIONS = {"button_approve", "button_in_thread", "button_organisation_install", "button_foreign_person"} | {
    "button_form_load",
    "shortcut_report_bug",  # its form opens, and its choices are read
    "button_sibling_workspace",
    "button_connect_link",
    "form_comment",
    "form_opportunity_organisation",
    "event_channel_id_changed",
    "event_uninstalled",
    "event_user_deactivated",
    "event_user_left_workspace",
    "event_workspace_migrated",
    "event_workspace_withdrawn",
}
OF_TWO = {"event_workspace_withdrawn"}
"""One event about two workspaces is two messages."""
TO_CONNECTIONS = {"button_disconnect_in_home", "command_connections", "command_help", "event_message_connections"} | {
    "event_mention",
    "event_mention_in_thread",
    "event_mention_foreign_person",
    "event_mention_organisation",
    "event_home_opened",
}
OPENS_FORM = {"button_reject", "button_fill_in_form", "shortcut_global", "shortcut_message", "command_form"} | {
    "shortcut_report_bug",
}
ANSWERS = {
    "event_url_verification": {"challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"},
    "options": {"options": []},
    "form_comment_empty": {"response_action": "errors", "errors": {"comment": "Please fill this in."}},
}


def counts(ingress: Ingress) -> tuple[int, int, int]:
    return len(ingress.actions.sent), len(ingress.connections.sent), len(ingress.messenger.forms)


@pytest.mark.parametrize("name", SLACK_EVENTS)
def test_each_recorded_request_goes_where_it_belongs(name: str) -> None:
    ingress = Ingress()
    found = handle(signed(load(name)), ingress)
    assert found["statusCode"] == 200
    actions = (name in TO_ACTIONS) + (name in OF_TWO)
    assert counts(ingress) == (actions, name in TO_CONNECTIONS, name in OPENS_FORM)
    assert (json.loads(found["body"]) if found["body"] else None) == ANSWERS.get(name)


def test_what_is_queued_carries_api_gateways_request_id() -> None:
    ingress, event = Ingress(), load("button_approve")
    handle(signed(event), ingress)
    queued = Interaction.from_json(ingress.actions.sent[0]["interaction"])
    assert queued.trace_id == event["requestContext"]["requestId"]


def test_a_duplicate_is_accepted_too_and_has_the_same_id() -> None:
    ingress, event = Ingress(), signed(load("button_approve"))
    assert [handle(event, ingress)["statusCode"] for _ in range(2)] == [200, 200]
    first, second = (message["interaction"]["id"] for message in ingress.actions.sent)
    assert first == second


def test_a_channels_new_id_is_queued_unless_a_stranger_says_so() -> None:
    ours, strangers = Ingress(), Ingress({"ALLOWED_WORKSPACES": "T0OTHER"})
    event = load("event_channel_id_changed")
    trace_id = event["requestContext"]["requestId"]

    assert [handle(signed(event), one)["statusCode"] for one in (ours, strangers)] == [200, 200]

    assert ours.actions.sent == [
        {"v": 1, "kind": "channel_moved", "trace_id": trace_id, "old": "G0APPROVALS", "new": "C0SHARED"}
    ]
    assert strangers.untouched


@pytest.fixture
def no_parsing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every way to parse a body ends the test."""

    def parsed(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("parsed before the signature held")

    with monkeypatch.context() as patched:
        patched.setattr(json, "loads", parsed)
        patched.setattr(payload_module, "parse_qsl", parsed)
        yield


@pytest.mark.usefixtures("no_parsing")
@pytest.mark.parametrize("name", ["button_approve", "command_ssl_check", "event_url_verification"])
@pytest.mark.parametrize("how", ["unsigned", "stale", "future", "wrong secret", "changed", "no headers"])
def test_what_is_not_signed_is_refused_unread(name: str, how: str, recorded: dict[str, dict[str, Any]]) -> None:
    event = recorded[name]
    event = {
        "unsigned": event,
        "stale": signed(event, at=NOW - 301),
        "future": signed(event, at=NOW + 301),
        "wrong secret": signed(event, Secret("wrong")),
        "changed": with_body(signed(event), body_of(event) + b"&"),
        "no headers": {**event, "headers": None, "multiValueHeaders": None},
    }[how]
    ingress = Ingress()
    assert handle(event, ingress)["statusCode"] == 401
    assert ingress.untouched


@pytest.fixture(scope="module")
def recorded() -> dict[str, dict[str, Any]]:
    return {name: load(name) for name in SLACK_EVENTS}


def test_header_names_count_in_any_case() -> None:
    event = signed(load("button_approve"))
    shouted = {name.upper(): value for name, value in event["headers"].items()}
    assert handle({**event, "headers": shouted, "multiValueHeaders": None}, Ingress())["statusCode"] == 200


def test_a_repeated_signature_header_is_refused() -> None:
    event = signed(load("button_approve"))
    event["multiValueHeaders"]["X-Slack-Signature"] *= 2
    assert handle(event, Ingress())["statusCode"] == 401


def test_too_large_a_body_is_refused_before_its_signature_is_computed() -> None:
    event, ingress = signed(with_body(load("button_approve"), b"x" * 70_000)), Ingress(secrets=())
    assert handle(event, ingress)["statusCode"] == 413


def test_a_body_that_lies_about_base64_is_refused() -> None:
    event = {**signed(load("button_approve")), "isBase64Encoded": True}
    assert handle(event, Ingress())["statusCode"] == 400


def test_a_malformed_signed_body_is_refused_and_not_retried() -> None:
    found = handle(signed(with_body(load("event_mention"), b"{")), Ingress())
    assert (found["statusCode"], found["headers"]["X-Slack-No-Retry"]) == (400, "1")


def test_when_the_queue_is_down_slack_is_told_to_come_again() -> None:
    ingress = Ingress()
    ingress.actions.broken = True
    found = handle(signed(load("button_approve")), ingress)
    assert found["statusCode"] == 503
    assert "X-Slack-No-Retry" not in found["headers"]


def test_a_form_that_does_not_open_is_no_failure_of_the_request() -> None:
    ingress = Ingress()
    ingress.messenger.open_error = ChatUnavailable("timeout")
    assert handle(signed(load("button_reject")), ingress)["statusCode"] == 200
    assert len(ingress.messenger.whispers) == 1


@pytest.mark.parametrize(
    ("name", "allowed", "status"),
    [
        ("button_approve", "T0ACME", 200),
        ("button_approve", "T0OTHER, T0ACME", 200),
        ("button_approve", "T0OTHER", 403),
        ("form_comment", "T0OTHER", 403),
        ("shortcut_global", "T0OTHER", 403),
        ("command_help", "E0ACME", 200),
        ("button_organisation_install", "E0ACME", 200),
        ("button_organisation_install", "T0SALES", 403),
    ],
)
def test_only_listed_installations_may_send(name: str, allowed: str, status: int) -> None:
    ingress = Ingress({"ALLOWED_WORKSPACES": allowed})
    assert handle(signed(load(name)), ingress)["statusCode"] == status
    assert ingress.untouched == (status == 403)


@pytest.mark.parametrize("name", ["event_mention_foreign_person", "event_home_opened", "event_message_connections"])
def test_a_strangers_event_is_acknowledged_and_dropped(name: str) -> None:
    """Slack stops sending events to everybody when too many are refused (docs.slack.dev/apis/events-api)."""
    ingress = Ingress({"ALLOWED_WORKSPACES": "T0OTHER"})
    found = handle(signed(load(name)), ingress)
    assert (found["statusCode"], found["body"], ingress.untouched) == (200, "", True)


def test_a_strangers_command_is_told_and_dropped() -> None:
    ingress = Ingress({"ALLOWED_WORKSPACES": "T0OTHER"})
    found = handle(signed(load("command_connections")), ingress)
    said = {"response_type": "ephemeral", "text": "Countersign isn't set up for this workspace."}
    assert (found["statusCode"], json.loads(found["body"]), ingress.untouched) == (200, said, True)


def test_a_workspace_that_is_not_listed_any_more_is_cleared_up_after_all_the_same() -> None:
    ingress = Ingress({"ALLOWED_WORKSPACES": "T0OTHER"})
    assert handle(signed(load("event_uninstalled")), ingress)["statusCode"] == 200
    assert [message["kind"] for message in ingress.actions.sent] == ["left"]


def test_a_stranger_deactivates_nobody() -> None:
    ingress = Ingress({"ALLOWED_WORKSPACES": "T0OTHER"})
    assert handle(signed(load("event_user_deactivated")), ingress)["statusCode"] == 200
    assert ingress.untouched


def test_a_departure_that_could_not_be_queued_comes_again() -> None:
    ingress = Ingress()
    ingress.actions.broken = True
    assert handle(signed(load("event_uninstalled")), ingress)["statusCode"] == 503


def test_no_usable_signing_secret_refuses_everything() -> None:
    assert handle(signed(load("button_approve")), Ingress(secrets=(Secret(""),)))["statusCode"] == 401


def test_a_rotated_signing_secret_is_still_accepted() -> None:
    both = (Secret("new"), Secret("old"))
    for secret in both:
        assert handle(signed(load("button_approve"), secret), Ingress(secrets=both))["statusCode"] == 200


def test_health_says_the_version_and_nothing_else() -> None:
    found = handle(load("health"), Ingress())
    assert (found["statusCode"], json.loads(found["body"])) == (200, {"version": __version__})


@pytest.mark.parametrize(("method", "route"), [("GET", "/slack/events"), ("POST", "/slack/other"), ("POST", "/health")])
def test_other_routes_are_not_found(method: str, route: str) -> None:
    event = {**signed(load("event_mention")), "httpMethod": method, "resource": route, "path": route}
    assert handle(event, Ingress())["statusCode"] == 404


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
PERSONS_REQUESTS = [n for n in SLACK_EVENTS if n.startswith(("button", "form", "shortcut", "event_m", "event_h"))]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a JSON document."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The document with one place changed."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), name=st.sampled_from(PERSONS_REQUESTS), new=JSON_VALUES)
def test_a_signed_payload_with_any_field_changed_is_taken_or_malformed(
    data: st.DataObject, name: str, new: Any
) -> None:
    event = load(name)
    raw = body_of(event)
    is_event = name.startswith("event")
    document = json.loads(raw) if is_event else json.loads(parse_qs(raw.decode())["payload"][0])
    path = data.draw(st.sampled_from(list(places(document))))
    text = json.dumps(replaced(document, path, new))
    body = text if is_event else urlencode({"payload": text})
    assert handle(signed(with_body(event, body.encode())), Ingress())["statusCode"] in {200, 400}


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(SLACK_EVENTS), body=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_signed_bytes_are_taken_or_malformed(name: str, body: bytes) -> None:
    assert handle(signed(with_body(load(name), body)), Ingress())["statusCode"] in {200, 400}


HEADER = st.text(max_size=80) | st.from_regex(r"v0=[0-9a-f]{64}", fullmatch=True) | st.just(str(NOW))


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(SLACK_EVENTS), timestamp=HEADER, signature=HEADER, body=st.binary(max_size=200))
def test_no_unsigned_request_gets_in(name: str, timestamp: str, signature: str, body: bytes) -> None:
    event = with_headers(with_body(load(name), body), x_slack_request_timestamp=timestamp, x_slack_signature=signature)
    ingress = Ingress()
    assert handle(event, ingress)["statusCode"] == 401
    assert ingress.untouched


@settings(max_examples=300, deadline=None)
@given(event=st.dictionaries(st.sampled_from(list(load("options"))), JSON_VALUES))
def test_no_event_of_any_shape_is_a_failure_of_ours(event: dict[str, Any]) -> None:
    assert handle(event, Ingress())["statusCode"] in {400, 401, 404, 413}
