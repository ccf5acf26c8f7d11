"""The renderer, judged by slack_sdk's models of Block Kit and by Slack's published limits."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View

from countersign.adapters.slack.block_kit import blocks_json, home_json, message_json
from countersign.adapters.slack.form_view import form_json
from countersign.adapters.slack.text import marked_up, plain, size
from countersign.domain.errors import ChatRefused
from countersign.domain.message import (
    Block,
    Button,
    Buttons,
    Confirmation,
    Divider,
    Facts,
    Field,
    FieldKind,
    Form,
    Heading,
    Link,
    Mention,
    Message,
    Moment,
    Note,
    Paragraph,
    Style,
    Text,
)
from tests.support.hostile_strings import HOSTILE

ANY_TEXT = st.sampled_from(HOSTILE) | st.text(st.characters(), max_size=400)
LONG_URL = "https://" + "a" * 3000
LIMITS = {"header": 150, "section": 3000, "field": 2000, "context": 2000, "button": 75}


def everything(value: str) -> tuple[Block, ...]:
    """A message that shows a value in every place where one can stand."""
    confirmation = Confirmation(value, value, value, value)
    button = Button(value, "card.choose", "id", style=Style.DANGER, confirmation=confirmation)
    return (
        Heading(value),
        Paragraph(Text("By {who}: *{value}*", {"who": Mention("U0TOM"), "value": value}), button),
        Facts([(value, value), ("When", Moment(1785578531)), ("Where", Link("https://acme.example/a?b=1&c=2", value))]),
        Buttons([button, Button(value, "card.open", url="https://acme.example/x")]),
        Note(Text("{value}", {"value": value})),
        Divider(),
    )


def texts(value: Any) -> list[dict[str, Any]]:
    """Every text object of a rendered message."""
    if isinstance(value, list):
        return [found for item in value for found in texts(item)]
    if not isinstance(value, dict):
        return []
    own = [value] if value.get("type") in {"plain_text", "mrkdwn"} else []
    return own + [found for item in value.values() for found in texts(item)]


def judge(blocks: list[dict[str, Any]]) -> None:
    """slack_sdk checks lengths, counts and allowed values of every block."""
    for block in blocks:
        parsed = SdkBlock.parse(block)
        assert parsed is not None
        parsed.validate_json()
        parsed.to_dict()


@settings(deadline=None)
@given(ANY_TEXT)
def test_whatever_a_value_holds_the_message_is_one_that_slack_takes(value: str) -> None:
    rendered = message_json(Message(Text("{value}", {"value": value}), everything(value)))
    json.dumps(rendered).encode().decode()
    judge(rendered["blocks"])
    assert all(found["text"] for found in texts(rendered["blocks"]))
    assert 1 <= size(rendered["text"]) <= 4000


@settings(deadline=None)
@given(ANY_TEXT)
def test_no_value_becomes_a_mention_a_link_or_a_date(value: str) -> None:
    rendered = message_json(Message(Text("{value}", {"value": value}), everything(value)))
    found = {tag for text in texts(rendered["blocks"]) for tag in re.findall(r"<([^>]*)>", text["text"])}
    ours = {tag for tag in found if tag == "@U0TOM" or tag.startswith(("!date^1785578531^", "https://acme.example/"))}
    assert found == ours
    assert "<" not in rendered["text"]


@settings(deadline=None)
@given(ANY_TEXT)
def test_no_value_formats_anything(value: str) -> None:
    rendered = marked_up(Text("{value}", {"value": value}), 3000)
    assert not re.search(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])|`|^&gt;|:[a-z][a-z_]*:", rendered, re.MULTILINE)


@settings(deadline=None)
@given(ANY_TEXT, st.integers(40, 120))
def test_a_cut_value_leaves_no_half_entity(value: str, limit: int) -> None:
    for rendered in (plain(value, limit), marked_up(Text("Seen: {value}", {"value": value}), limit)):
        assert size(rendered) <= limit
        assert not re.search(r"&(?!amp;|lt;|gt;)", rendered)


def test_words_of_ours_keep_their_formatting_and_values_lose_theirs() -> None:
    text = Text("*Approved* by {who} as `{as_}`", {"who": "*Tom* <!channel>", "as_": "tom_b@acme.com"})
    assert marked_up(text, 3000) == "*Approved* by \u2217Tom\u2217 &lt;!channel&gt; as `tom_b@acme.com`"


def test_mentions_dates_and_links_come_from_typed_values_alone() -> None:
    values = {"who": Mention("U0TOM"), "at": Moment(1785578531), "link": Link("https://x.example/?a=1&b=2", "a|<b>")}
    assert marked_up(Text("{who} {at} {link}", values), 3000) == (
        "<@U0TOM> <!date^1785578531^{date_short_pretty} {time}|2026-08-01 10:02 UTC>"
        " <https://x.example/?a=1&amp;b=2|a¦&lt;b&gt;>"
    )


def test_a_notification_text_holds_no_link() -> None:
    rendered = message_json(Message(Text("See {link}", {"link": Link("https://x.example", "CHG1")})))
    assert rendered["text"] == "See CHG1"
    assert "<https://x.example|CHG1>" in rendered["blocks"][0]["text"]["text"]


def test_a_mention_that_is_no_id_is_shown_as_text() -> None:
    assert marked_up(Text("{who}", {"who": Mention("U1> <!channel")}), 100) == "U1&gt; &lt;!channel"


def test_the_longest_value_is_cut_and_our_words_stay() -> None:
    text = Text("Approved {short}: {long}. The end.", {"short": "CHG1", "long": "x" * 100})
    assert marked_up(text, 40) == "Approved CHG1: xxxxxxxxxxxxxx…. The end."


def test_words_of_ours_that_are_too_long_are_our_mistake() -> None:
    with pytest.raises(ChatRefused, match="text_too_long"):
        marked_up(Text("x" * 41), 40)


def test_a_template_that_names_a_missing_value_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        marked_up(Text("{nobody}"), 40)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://x", "https://", "https://a b", "https://a|b", "https://a>b", "//a", LONG_URL],
)
def test_only_web_addresses_are_linked(url: str) -> None:
    with pytest.raises(ChatRefused, match="invalid_url"):
        message_json(Message(Text("x"), (Buttons([Button("Open", "card.open", url=url)]),)))


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        (Button("x", "a" * 255), "action_id_too_long"),
        (Button("x", "a", "v" * 2001), "value_too_long"),
    ],
)
def test_what_programs_read_is_never_cut(button: Button, reason: str) -> None:
    with pytest.raises(ChatRefused, match=reason):
        message_json(Message(Text("x"), (Buttons([button]),)))


def test_buttons_of_one_name_get_ids_of_their_own() -> None:
    blocks = [Buttons([Button("Approve", "card.choose", "1"), Button("Reject", "card.choose", "2")])] * 2
    rows = message_json(Message(Text("x"), blocks))["blocks"]
    ids = [element["action_id"] for row in rows for element in row["elements"]]
    assert ids == ["card.choose#0", "card.choose#1", "card.choose#2", "card.choose#3"]


def test_many_buttons_and_facts_are_spread_over_blocks() -> None:
    blocks = [Buttons([Button("x", "a")] * 60), Facts([("a", "b")] * 21)]
    rendered = message_json(Message(Text("x"), blocks))["blocks"]
    judge(rendered)
    assert [len(block.get("elements") or block["fields"]) for block in rendered] == [25, 25, 10, 10, 10, 1]


def test_blocks_beyond_the_limit_are_counted_and_not_lost_silently() -> None:
    rendered = message_json(Message(Text("x"), [Divider()] * 60))["blocks"]
    judge(rendered)
    assert len(rendered) == 50
    assert rendered[-1]["elements"][0]["text"] == "… and 11 more"


def test_the_home_tab_is_a_view() -> None:
    view = home_json(Message(Text("x"), everything("value")))
    View(**view).validate_json()
    assert view["type"] == "home"


FIELDS = (
    Field("comment", FieldKind.MULTILINE, "Why?", hint="Shown to the requester", min_length=2, max_length=5000),
    Field("name", FieldKind.TEXT, "Name", placeholder="Acme", required=False),
    Field("amount", FieldKind.NUMBER, "Amount", minimum=0, maximum=1e9),
    Field("stage", FieldKind.SELECT, "Stage", options=(("a", "A & B"), ("b", "B"))),
    Field("day", FieldKind.DATE, "Day"),
    Field("owner", FieldKind.PERSON, "Owner"),
)


def test_every_kind_of_field_is_drawn_under_its_name() -> None:
    view = form_json(
        Form("Reject", "Reject", FIELDS, '{"recipe":"x"}', (Paragraph(Text("Of {what}", {"what": "CHG1"})),))
    )
    View(**view).validate_json()
    judge(view["blocks"])
    inputs = view["blocks"][1:]
    assert [(block["block_id"], block["element"]["action_id"]) for block in inputs] == [
        (f.name, f.name) for f in FIELDS
    ]
    assert [block["element"] for block in inputs] == [
        {"action_id": "comment", "type": "plain_text_input", "multiline": True, "min_length": 2, "max_length": 3000},
        {
            "action_id": "name",
            "type": "plain_text_input",
            "multiline": False,
            "placeholder": {"type": "plain_text", "text": "Acme", "emoji": False},
        },
        {
            "action_id": "amount",
            "type": "number_input",
            "is_decimal_allowed": True,
            "min_value": "0",
            "max_value": "1000000000",
        },
        {
            "action_id": "stage",
            "type": "static_select",
            "options": [
                {"text": {"type": "plain_text", "text": "A &amp; B", "emoji": False}, "value": "a"},
                {"text": {"type": "plain_text", "text": "B", "emoji": False}, "value": "b"},
            ],
        },
        {"action_id": "day", "type": "datepicker"},
        {"action_id": "owner", "type": "users_select"},
    ]
    assert [block["optional"] for block in inputs] == [False, True, False, False, False, False]
    assert (view["callback_id"], view["private_metadata"]) == ("form", '{"recipe":"x"}')


@settings(deadline=None)
@given(ANY_TEXT)
def test_forms_hold_whatever_the_catalog_and_the_cards_say(value: str) -> None:
    field = Field("f", FieldKind.SELECT, value, hint=value, placeholder=value, options=(("v", value),))
    view = form_json(Form(value, value, [field], "{}", (Paragraph(Text("{value}", {"value": value})),)))
    View(**view).validate_json()
    judge(view["blocks"])


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (Form("x", "x", (), "s" * 3001), "private_metadata_too_long"),
        (Form("x", "x", [Field("f", FieldKind.SELECT, "x")], ""), "options_out_of_range"),
        (Form("x", "x", [Field("f", FieldKind.SELECT, "x", options=[("v", "l")] * 101)], ""), "options_out_of_range"),
        (Form("x", "x", [Field("f", FieldKind.SELECT, "x", options=[("v" * 151, "l")])], ""), "option_value_too_long"),
        (Form("x", "x", [Field("f", FieldKind.DATE, "x")] * 101, ""), "view_too_large"),
        (Form("x", "x", [Field("f" * 256, FieldKind.DATE, "x")], ""), "block_id_too_long"),
    ],
)
def test_forms_that_slack_could_not_show_whole_are_refused(form: Form, reason: str) -> None:
    with pytest.raises(ChatRefused, match=reason):
        form_json(form)


def test_limits_are_counted_in_utf_16() -> None:
    assert size(plain("\U0001f600" * 4000, LIMITS["header"])) <= LIMITS["header"]
    [block] = blocks_json([Paragraph(Text("{v}", {"v": "\U0001f600" * 4000}))], 50)
    assert size(block["text"]["text"]) <= LIMITS["section"]
