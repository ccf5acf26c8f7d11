"""What programs can send wrong, to the real API: one clear answer each, and nothing happens."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
import requests

from tests.e2e.signed_slack import SignedSlack, buttons, seen_by

TIMEOUT = 20
CHANGE = {
    "sys_id": "46e18c0fa9fe19810066a0083f76bd56",
    "number": "CHG0039999",
    "short_description": "Replace the tape robot",
    "requested_by": "priya@acme.com",
}
EVENT = {"type": "event_callback", "team_id": "T0ACME", "event_id": "Ev1", "event": {"type": "star_added"}}


@pytest.fixture
def slack(stack: dict[str, Any]) -> SignedSlack:
    """Slack, with the app's signing secret."""
    return SignedSlack(stack)


def error_of(answer: requests.Response) -> tuple[int, str]:
    """The status and the stable code of an answer that says no; it has a reference, and no stack trace."""
    body = answer.json()
    assert set(body) == {"error", "message", "reference"}
    assert "Traceback" not in answer.text
    return answer.status_code, body["error"]


# --- Slack's routes


@pytest.mark.parametrize("kind", ["interactions", "events", "commands"])
@pytest.mark.parametrize(("age", "secret"), [(0, "guessed"), (301, None), (-301, None)], ids=["forged", "old", "early"])
def test_what_slack_did_not_sign_just_now_is_refused(
    slack: SignedSlack, kind: str, age: int, secret: str | None
) -> None:
    assert error_of(slack.post(kind, b"command=%2Fcountersign&text=help", age=age, secret=secret)) == (
        401,
        "unverified",
    )


def test_a_request_without_any_signature_is_refused(stack: dict[str, Any]) -> None:
    answer = requests.post(f"{stack['api_url']}/slack/commands", data={"command": "/countersign"}, timeout=TIMEOUT)
    assert error_of(answer) == (401, "unverified")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("interactions", b""),
        ("interactions", b"payload="),
        ("interactions", b"payload=%7Bnot+json"),
        ("interactions", b"payload=%5B%5D"),
        ("interactions", b"payload=%7B%22type%22%3A%22block_actions%22%7D"),
        ("events", b"not json"),
        ("events", b"[]"),
        ("commands", b"command=%2Fcountersign"),
    ],
)
def test_signed_nonsense_is_malformed(slack: SignedSlack, kind: str, body: bytes) -> None:
    assert error_of(slack.post(kind, body)) == (400, "malformed")


def test_an_oversized_request_is_refused(slack: SignedSlack) -> None:
    assert error_of(slack.post("commands", b"text=" + b"a" * 1_100_000)) == (413, "too_large")


def test_types_that_nobody_knows_are_acknowledged_and_nothing_more(slack: SignedSlack, stack: dict[str, Any]) -> None:
    before = seen_by(stack, "U0TOM")
    unknown = slack.interact({"type": "dialog_cancellation", "user": {"id": "U0TOM"}, "team": {"id": "T0ACME"}})
    event = slack.post("events", json.dumps(EVENT).encode(), content_type="application/json")
    assert (unknown.status_code, event.status_code) == (200, 200)
    assert seen_by(stack, "U0TOM") == before


def test_the_url_check_is_answered(slack: SignedSlack) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"})
    answer = slack.post("events", body.encode(), content_type="application/json")
    assert answer.json()["challenge"].startswith("3eZbrw1aBm2")


# --- hooks


class Hook:
    """One recipe's hook, as a business system calls it."""

    def __init__(self, stack: dict[str, Any], recipe: str = "approve_change") -> None:
        self.url, self.secret = stack["hooks"][recipe]["url"], stack["hooks"][recipe]["secret"]

    def send(self, body: Any, **headers: str) -> requests.Response:
        """With the bearer secret; header names with ``_`` for ``-``."""
        sent = {"Authorization": f"Bearer {self.secret}"} | {name.replace("_", "-"): headers[name] for name in headers}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return requests.post(self.url, data=data, headers=sent, timeout=TIMEOUT)

    def send_signed(self, body: Any, webhook_id: str, *, key: str | None = None) -> requests.Response:
        """With the Standard Webhooks headers (standardwebhooks.com, specification, "Signature scheme")."""
        data, at = json.dumps(body).encode(), str(int(time.time()))
        signed = hmac.new((key or self.secret).encode(), f"{webhook_id}.{at}.".encode() + data, hashlib.sha256)
        headers = {
            "webhook-id": webhook_id,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{base64.b64encode(signed.digest()).decode()}",
        }
        return requests.post(self.url, data=data, headers=headers, timeout=TIMEOUT)


@pytest.fixture
def hook(stack: dict[str, Any]) -> Hook:
    """The hook of the changes' cards."""
    return Hook(stack)


def cards(stack: dict[str, Any], title: str) -> list[dict[str, Any]]:
    """The messages in #approvals whose heading holds this."""
    return [message for message in seen_by(stack, "U0JOSIE") if title in message["text"]]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"number": None}, "number"),
        ({"number": ""}, "number"),
        ({"sys_id": "../../etc"}, "sys_id"),
        ({"short_description": ["x"]}, "short_description"),
        ({"short_description": "x" * 301}, "short_description"),
        ({"key": ""}, "key"),
        ({"workspace": "T9OTHER"}, "workspace"),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_named(
    stack: dict[str, Any], hook: Hook, change: dict[str, Any], named: str
) -> None:
    answer = hook.send(CHANGE | {"short_description": "Never shown"} | change)
    assert error_of(answer) == (400, "malformed")
    assert named in answer.json()["message"]
    assert cards(stack, "Never shown") == []


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_json_object_is_malformed(hook: Hook, body: bytes) -> None:
    assert error_of(hook.send(body)) == (400, "malformed")


def test_who_has_not_the_secret_gets_nothing(stack: dict[str, Any], hook: Hook) -> None:
    wrong = hook.send(CHANGE, Authorization="Bearer guessed")
    bare = requests.post(hook.url, json=CHANGE, timeout=TIMEOUT)
    forged = hook.send_signed(CHANGE, "msg_forged", key="guessed")
    of_another = hook.send(CHANGE, Authorization=f"Bearer {stack['hooks']['approve_deal']['secret']}")
    assert {error_of(answer) for answer in (wrong, bare, forged, of_another)} == {(401, "unverified")}


@pytest.mark.parametrize("recipe", ["nothing", "create_opportunity"])
def test_a_recipe_without_a_hook_is_not_found(stack: dict[str, Any], hook: Hook, recipe: str) -> None:
    hook.url = f"{stack['api_url']}/hooks/{recipe}"
    assert error_of(hook.send(CHANGE)) == (404, "not_found")


def test_a_body_beyond_all_measure_is_too_large(hook: Hook) -> None:
    assert error_of(hook.send(CHANGE | {"filler": "x" * 1_100_000})) == (413, "too_large")


def test_the_same_key_is_the_same_card_brought_up_to_date(stack: dict[str, Any], hook: Hook) -> None:
    first = hook.send(CHANGE | {"key": "tape", "risk": "Low"})
    again = hook.send(CHANGE | {"key": "tape", "risk": "High"})
    assert (first.status_code, again.status_code, again.json()) == (202, 200, first.json())
    (card,) = cards(stack, "Replace the tape robot")
    assert "High" in json.dumps(card["blocks"])


def test_a_signed_delivery_that_comes_twice_is_one_card(stack: dict[str, Any], hook: Hook) -> None:
    change = CHANGE | {"sys_id": "0" * 32, "short_description": "Replace the tapes"}
    answers = [hook.send_signed(change, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 200]
    assert answers[0].json() == answers[1].json()
    assert len(cards(stack, "Replace the tapes")) == 1


def test_a_record_decided_in_the_app_itself_closes_its_card_whoever_says_so_how_often(
    stack: dict[str, Any], hook: Hook
) -> None:
    change = CHANGE | {"key": "loader", "sys_id": "1" * 32, "short_description": "Replace the loader"}
    decided = change | {"state": "approved", "decided_by": "Josie (josie@acme.com)"}
    answers = [hook.send(body) for body in (change, decided, decided)]
    assert [answer.status_code for answer in answers] == [202, 200, 200]
    (card,) = cards(stack, "Replace the loader")
    assert "in the app itself by Josie (josie@acme.com)" in json.dumps(card["blocks"], ensure_ascii=False)
    assert [button["text"]["text"] for button in buttons(card)] == ["Open in ServiceNow"]
