"""A message shortcut: what is read of the message, and what its form begins with."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.adapters.slack.inbound import Received
from countersign.adapters.slack.parse import parse_interaction
from countersign.adapters.slack.quoted import TEXT_CHARACTERS, plain_words
from countersign.domain.errors import Malformed
from countersign.domain.interaction import Interaction, Quoted

# The shape of docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload.
PAYLOAD = {
    "type": "message_action",
    "callback_id": "message.report_bug",
    "trigger_id": "1.2.3",
    "team": {"id": "T0ACME", "domain": "acme"},
    "user": {"id": "U0JOSIE", "name": "josie"},
    "channel": {"id": "C0GENERAL", "name": "general"},
    "message_ts": "1785578000.000100",
    "response_url": "https://hooks.slack.com/app/T0ACME/3/c",
    "message": {"type": "message", "user": "U0TOM", "ts": "1785578000.000100", "text": "Login fails"},
}


def read(**changes: Any) -> Received:
    found = parse_interaction(urlencode({"payload": json.dumps(PAYLOAD | changes)}).encode(), "trace")
    assert isinstance(found, Received)
    return found


def message(**changes: Any) -> dict[str, Any]:
    return {"message": {**PAYLOAD["message"], **changes}}  # type: ignore[dict-item]


def test_text_place_and_author_are_read() -> None:
    link = "https://acme.slack.com/archives/C0GENERAL/p1785578000000100"
    assert read().quoted == Quoted("Login fails", link, "U0TOM")


def test_the_author_is_never_taken_for_the_person_who_asks() -> None:
    found = read()
    assert found.interaction.person.user_id == "U0JOSIE"
    assert "U0TOM" not in json.dumps(found.interaction.as_json())


def test_what_the_message_says_never_rides_a_queue() -> None:
    assert "Login" not in json.dumps(read().interaction.as_json())


def test_a_reply_in_a_thread_is_found_in_it() -> None:
    found = read(**message(ts="1785578100.000200", thread_ts="1785578000.000100")).quoted
    assert found is not None
    assert found.link == (
        "https://acme.slack.com/archives/C0GENERAL/p1785578100000200?thread_ts=1785578000.000100&cid=C0GENERAL"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"team": None, "enterprise": {"id": "E0ACME"}, "is_enterprise_install": True, "user": {"id": "U0JOSIE"}},
        {"team": {"id": "T0ACME", "domain": "acme.evil.example/"}},
        {"channel": {}},
        {**message(ts="soon"), "message_ts": "soon"},
    ],
)
def test_without_a_place_that_is_known_there_is_no_link(changes: dict[str, Any]) -> None:
    found = read(**changes).quoted
    assert found is not None
    assert (found.text, found.link) == ("Login fails", None)


def test_another_apps_message_has_no_author() -> None:
    found = read(message={"type": "message", "bot_id": "B1", "ts": "1785578000.000100", "text": "Alarm"}).quoted
    assert found is not None
    assert (found.text, found.author) == ("Alarm", None)


@pytest.mark.parametrize("wrong", [{"message": []}, message(text=5), message(user="<@U1>"), message(thread_ts=5)])
def test_a_message_of_another_shape_is_malformed(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read(**wrong)


def test_a_long_message_is_cut() -> None:
    found = read(**message(text="&amp;" * 20_000)).quoted
    assert found is not None
    assert (len(found.text) <= TEXT_CHARACTERS, set(found.text) <= set("&amp;")) == (True, True)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<@U0TOM> and <@U0JOSIE|josie>", "@U0TOM and @josie"),
        ("in <#C0GENERAL|general> and <#C1>", "in #general and #C1"),
        ("<!here> <!subteam^S1|@approvers> <!date^1392734382^{date}|Feb 18>", "@here @approvers Feb 18"),
        ("see <https://acme.example/a?b=1&amp;c=2|the page>", "see the page (https://acme.example/a?b=1&c=2)"),
        ("<https://acme.example|acme.example> <https://acme.example>", "https://acme.example https://acme.example"),
        ("<mailto:tom@acme.com|tom@acme.com> <tel:+491|+491>", "tom@acme.com +491"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("<<nested> <unclosed", "<nested <unclosed"),
        ("  \n ", ""),
    ],
)
def test_slacks_markup_is_read_as_people_see_it(text: str, plain: str) -> None:
    assert plain_words(text) == plain


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    plain_words(text)


def test_a_button_in_a_form_brings_the_form_and_its_state() -> None:
    view = {"id": "V1", "hash": "1.h", "type": "modal", "private_metadata": "{}"}
    body = {"type": "block_actions", "user": {"id": "U0JOSIE"}, "team": {"id": "T0ACME"}, "trigger_id": "1.2.3"}
    action = {"action_id": "form.load#1", "block_id": "b", "type": "button"}
    payload = body | {"view": view, "container": {"type": "view", "view_id": "V1"}, "actions": [action]}
    found = parse_interaction(urlencode({"payload": json.dumps(payload)}).encode(), "trace")
    assert isinstance(found, Received)
    interaction = found.interaction
    assert interaction.form is not None
    assert (interaction.name, interaction.form.id, interaction.form.hash) == ("form.load", "V1", "1.h")
    assert (interaction.state, interaction.message) == ("{}", None)
    assert Interaction.from_json(interaction.as_json()) == interaction


def test_a_button_in_the_home_tab_stands_in_no_form() -> None:
    view = {"id": "V1", "hash": "1.h", "type": "home", "private_metadata": "x"}
    body = {"type": "block_actions", "user": {"id": "U0JOSIE"}, "team": {"id": "T0ACME"}, "trigger_id": "1.2.3"}
    payload = body | {"view": view, "container": {"type": "view"}, "actions": [{"action_id": "connections.show"}]}
    found = parse_interaction(urlencode({"payload": json.dumps(payload)}).encode(), "trace")
    assert isinstance(found, Received)
    assert (found.interaction.form, found.interaction.state) == (None, "")
