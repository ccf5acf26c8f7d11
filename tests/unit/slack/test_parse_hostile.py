"""Signed bodies of impossible shapes, and the doubtful cases of who somebody is."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from countersign.adapters.slack.command_text import command_words
from countersign.adapters.slack.inbound import Ignored, Received
from countersign.adapters.slack.origin import of_event, of_interaction
from countersign.adapters.slack.parse import parse_command, parse_interaction
from countersign.adapters.slack.parse_event import parse_event
from countersign.domain.errors import Malformed
from countersign.domain.identity import Person, Workspace


def payload(**fields: Any) -> bytes:
    base = {
        "type": "block_actions",
        "user": {"id": "U1"},
        "team": {"id": "T1"},
        "trigger_id": "1.2.x",
        "actions": [{"action_id": "card.choose", "value": "v"}],
        "container": {"type": "message"},
    }
    return urlencode({"payload": json.dumps({**base, **fields})}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"payload",
        b"payload=",
        b"payload=%FF",
        b"payload=%7B%7D",
        b"other=%7B%7D",
        b"payload={}&payload={}",
        b"payload=[]",
        b"payload=null",
        b"payload=1",
        b'payload="x"',
        b'payload={"type":NaN}',
        b'payload={"type":"a","type":"b"}',
        b'payload={"type":"\\ud800"}',
        b'payload={"type":1}',
        b"payload=" + b"[" * 60_000,
        b"payload=" + b'{"a":' * 10_000,
        b'payload={"a":' + b"9" * 5000 + b"}",
        b"&".join(b"a%d=1" % n for n in range(200)),
        payload(user=None),
        payload(user={"id": 7}),
        payload(user={"id": "U1/T1"}),
        payload(user="U1"),
        payload(team=None),
        payload(team=[]),
        payload(actions=None),
        payload(actions=[]),
        payload(actions=["x"]),
        payload(actions=[{"action_id": None}]),
        payload(actions=[{"action_id": "a", "value": {}}]),
        payload(container=[]),
        payload(trigger_id=None),
        payload(response_url=7),
        payload(type="view_submission"),
        payload(type="view_submission", view={"id": "V1", "state": {"values": {"a": "b"}}}),
        payload(type="shortcut"),
        payload(type="shortcut", callback_id="recipe.x", trigger_id=""),
        payload(type="message_action", callback_id="recipe.x", channel="C1"),
    ],
)
def test_impossible_interactions_are_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_interaction(body, "")


@pytest.mark.parametrize("kind", ["interactive_message", "dialog_submission", "workflow_step_edit", "<script>"])
def test_unknown_types_are_ignored(kind: str) -> None:
    found = parse_interaction(payload(type=kind), "")
    assert found == Ignored("type unknown" if "<" in kind else f"type {kind}")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"command": "/countersign"},
        {"command": "/countersign", "user_id": "U1", "team_id": "T1"},
        {"user_id": "U1", "team_id": "T1", "trigger_id": "1"},
        {"command": "/countersign", "user_id": "U1", "trigger_id": "1"},
        {"command": "/countersign", "user_id": "<@U1>", "team_id": "T1", "trigger_id": "1"},
    ],
)
def test_impossible_commands_are_malformed(fields: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        parse_command(urlencode(fields).encode(), "")


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"type": 1},
        {"type": "event_callback"},
        {"type": "event_callback", "event": {"type": "message"}},
        {"type": "event_callback", "event_id": "Ev1", "event": "message"},
        {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_home_opened", "tab": "home"}},
        {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_mention", "user": {"id": "U1"}}},
        {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_uninstalled"}, "authorizations": "T1"},
        {"type": "url_verification", "challenge": 7},
    ],
)
def test_impossible_deliveries_are_malformed(value: Any) -> None:
    with pytest.raises(Malformed):
        parse_event(json.dumps(value).encode(), "")


def event(**fields: Any) -> bytes:
    base = {"type": "message", "channel_type": "im", "user": "U1", "text": "help", "channel": "D1"}
    authorizations = [{"team_id": "T1", "user_id": "U0BOT", "is_bot": True}]
    body = {"type": "event_callback", "event_id": "Ev1", "event": {**base, **fields}, "authorizations": authorizations}
    return json.dumps(body).encode()


def test_a_plain_message_is_taken() -> None:
    assert isinstance(parse_event(event(), ""), Received)


@pytest.mark.parametrize(
    "fields",
    [
        {"bot_id": "B1"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message", "user": None},
        {"edited": {"user": "U1", "ts": "1"}},
        {"user": "U0BOT"},
        {"user": "USLACKBOT"},
        {"user": None},
        {"channel_type": "channel"},
        {"channel_type": None},
        {"type": "reaction_added"},
        {"type": "app_home_opened", "tab": "messages"},
    ],
)
def test_what_no_person_said_to_the_app_is_ignored(fields: dict[str, Any]) -> None:
    assert isinstance(parse_event(event(**fields), ""), Ignored)


@pytest.mark.parametrize(
    ("team", "enterprise", "user_team", "person", "foreign"),
    [
        ("T1", None, None, "T1", None),
        ("T1", None, "T1", "T1", False),
        ("T1", None, "T2", "T1", True),
        ("T1", None, "E1", "E1", None),
        ("T1", "E1", None, "E1", None),
        ("T1", "E1", "T1", "E1", False),
        ("T1", "E1", "T2", "E1", None),
        ("T1", "E1", "E1", "E1", False),
        ("T1", "E1", "E2", "E1", True),
        (None, "E1", "T2", "E1", None),
        (None, "E1", "E1", "E1", False),
    ],
)
def test_the_person_is_keyed_by_organisation_else_workspace_and_never_by_the_home(
    team: str | None, enterprise: str | None, user_team: str | None, person: str, foreign: bool | None
) -> None:
    found = of_interaction(
        {
            "user": {"id": "U1", "team_id": user_team},
            "team": {"id": team} if team else None,
            "enterprise": {"id": enterprise} if enterprise else None,
        }
    )
    assert (found.person, found.foreign) == (Person(person, "U1"), foreign)
    assert found.installed_in == frozenset(filter(None, (team, enterprise)))


def test_the_organisation_may_stand_on_the_team() -> None:
    found = of_interaction({"user": {"id": "W1"}, "team": {"id": "T1", "enterprise_id": "E1"}})
    assert (found.person, found.workspace) == (Person("E1", "W1"), Workspace("T1", "E1"))


def test_a_form_opened_from_the_other_side_of_a_shared_channel_is_foreign() -> None:
    found = of_interaction({"user": {"id": "U1"}, "team": {"id": "T2"}, "view": {"app_installed_team_id": "T1"}})
    assert (found.person, found.workspace, found.foreign) == (Person("T2", "U1"), Workspace("T1"), True)
    assert found.installed_in == {"T1"}


def test_an_organisations_installation_without_any_workspace_is_named_by_the_organisation() -> None:
    found = of_interaction({"user": {"id": "U1"}, "team": None, "enterprise": {"id": "E1"}})
    assert found.workspace == Workspace("E1", "E1")


def test_an_event_belongs_to_its_authorization_and_not_to_the_envelope() -> None:
    envelope = {
        "team_id": "T2",
        "enterprise_id": "E2",
        "authorizations": [{"team_id": "T1", "enterprise_id": None}],
        "event": {"user": "U1", "team": "T2"},
    }
    found = of_event(envelope)
    assert (found.person, found.workspace, found.foreign) == (Person("T1", "U1"), Workspace("T1"), True)


def test_an_event_without_authorizations_falls_back_to_its_context() -> None:
    found = of_event({"team_id": "T2", "context_team_id": "T1", "authorizations": [], "event": {"user": "U1"}})
    assert found.person == Person("T1", "U1")


@pytest.mark.parametrize(
    "text",
    [
        "connections",
        " Connections ",
        "CONNECTIONS!",
        "<@U0APP> connections",
        "<@U0APP|countersign>: *connections*",
        "connections <@U0APP>",
        "`connections`",
        "\u200bconnec\u200btions\ufeff",
        "\u202econnections",
        "".join(chr(ord(letter) + 0xFEE0) for letter in "connections"),  # full width
        "\tconnections\r\n",
        "“connections”.",
    ],
)
def test_ways_to_type_a_command(text: str) -> None:
    assert command_words(text) == "connections"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("<@U0APP>", ""),
        ("Create   Opportunity", "create opportunity"),
        ("connection s", "connection s"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("&lt;@U1&gt; help", "<@u1> help"),
    ],
)
def test_words_stay_words(text: str, words: str) -> None:
    assert command_words(text) == words


def test_long_hostile_text_is_read_in_linear_time() -> None:
    assert len(command_words("<@U" * 20_000 + " " * 20_000 + "x")) > 0
