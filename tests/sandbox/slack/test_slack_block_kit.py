"""What Slack refuses to show: judged by the limits of Slack's documentation and by two other libraries' blocks."""

import json
from typing import Any

import pytest
import slackblocks
from slack_sdk.errors import SlackApiError
from slack_sdk.models import blocks as sdk
from slack_sdk.models.views import View
from slack_world import World

from sandbox.slack.block_kit import check_blocks, check_view, normalised, state_values

BUTTON: dict[str, Any] = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def option(text: str = "One", value: str = "1") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def section(**fields: Any) -> dict[str, Any]:
    return {"type": "section", **fields}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def menu(**fields: Any) -> dict[str, Any]:
    return {"type": "static_select", **fields}


def asked(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "label": plain("Label"), "element": element}


def modal(*blocks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), **fields}


SIZES = [
    ("blocks", 50, lambda n: [{"type": "divider"}] * n),
    ("section text", 3000, lambda n: [section(text=mrkdwn("x" * n))]),
    ("section field", 2000, lambda n: [section(fields=[mrkdwn("x" * n)])]),
    ("section fields", 10, lambda n: [section(fields=[mrkdwn("x")] * n)]),
    ("header", 150, lambda n: [{"type": "header", "text": plain("x" * n)}]),
    ("context elements", 10, lambda n: [{"type": "context", "elements": [mrkdwn("x")] * n}]),
    ("actions elements", 25, lambda n: [actions(*[BUTTON] * n)]),
    ("button text", 75, lambda n: [actions({**BUTTON, "text": plain("x" * n)})]),
    ("button value", 2000, lambda n: [actions({**BUTTON, "value": "x" * n})]),
    ("button url", 3000, lambda n: [actions({**BUTTON, "url": "https://a.b/" + "x" * (n - 12)})]),
    ("action_id", 255, lambda n: [actions({**BUTTON, "action_id": "x" * n})]),
    ("block_id", 255, lambda n: [section(text=mrkdwn("x"), block_id="x" * n)]),
    ("options", 100, lambda n: [actions(menu(options=[option()] * n))]),
    ("option groups", 100, lambda n: [actions(menu(option_groups=[{"label": plain("x"), "options": [option()]}] * n))]),
    ("option text", 75, lambda n: [actions(menu(options=[option("x" * n)]))]),
    ("checkboxes", 10, lambda n: [actions({"type": "checkboxes", "options": [option()] * n})]),
    ("radio buttons", 10, lambda n: [actions({"type": "radio_buttons", "options": [option()] * n})]),
    ("image alt", 2000, lambda n: [{"type": "image", "image_url": "https://a.b/c.png", "alt_text": "x" * n}]),
    ("markdown", 12_000, lambda n: [{"type": "markdown", "text": "x" * n}]),
    (
        "confirm title",
        100,
        lambda n: [
            actions(
                {
                    **BUTTON,
                    "confirm": {
                        "title": plain("x" * n),
                        "text": plain("x"),
                        "confirm": plain("x"),
                        "deny": plain("x"),
                    },
                }
            )
        ],
    ),
]


@pytest.mark.parametrize(("most", "build"), [size[1:] for size in SIZES], ids=[size[0] for size in SIZES])
def test_a_limit_is_kept_to_the_unit(most: int, build: Any) -> None:
    assert check_blocks(build(most), "message") == []
    assert check_blocks(build(most + 1), "message") != []


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([section()], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
        ([{"type": "banner"}], "unsupported type: banner [json-pointer:/blocks/0/type]"),
        ([{}], "missing required field: type [json-pointer:/blocks/0]"),
        (
            [{"type": "header", "text": mrkdwn("x")}],
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        ([actions()], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (
            [actions({"type": "plain_text_input"})],
            "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
        ),
        ([asked(BUTTON)], "unsupported type: button [json-pointer:/blocks/0/element/type]"),
        (
            [{"type": "context", "elements": [BUTTON]}],
            "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            [actions({**BUTTON, "onclick": "x"})],
            "invalid additional property: onclick [json-pointer:/blocks/0/elements/0]",
        ),
        (
            [actions({**BUTTON, "url": "javascript:alert(1)"})],
            "invalid url [json-pointer:/blocks/0/elements/0/url]",
        ),
        ([section(text=mrkdwn(""))], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (
            [section(text=mrkdwn("x"), block_id="a"), section(text=mrkdwn("x"), block_id="a")],
            "`block_id` must be unique: a [json-pointer:/blocks/1/block_id]",
        ),
        (
            [actions({**BUTTON, "action_id": "a"}, {**BUTTON, "action_id": "a"})],
            '`action_id` "a" already exists for `block_id` "" [json-pointer:/blocks/0/elements/1/action_id]',
        ),
        (
            [actions(menu(options=[option()], option_groups=[{"label": plain("x"), "options": [option()]}]))],
            "must define exactly one of: options, option_groups [json-pointer:/blocks/0/elements/0]",
        ),
        (["text"], "must provide an object [json-pointer:/blocks/0]"),
    ],
)
def test_a_broken_rule_is_named_with_its_pointer(blocks: list[Any], message: str) -> None:
    assert check_blocks(blocks, "message") == [f"[ERROR] {message}"]


def test_markdown_is_for_messages_only() -> None:
    block = {"type": "markdown", "text": "# Hi"}
    assert check_blocks([block], "message") == []
    assert check_blocks([block], "home") == ["[ERROR] unsupported type: markdown [json-pointer:/blocks/0/type]"]


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
        (
            modal(private_metadata="x" * 3001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(asked({"type": "plain_text_input"})), "missing required field: submit [json-pointer:/view]"),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        (
            {"type": "home", "blocks": [], "title": plain("x")},
            "invalid additional property: title [json-pointer:/view]",
        ),
        (
            modal(asked({"type": "plain_text_input", "min_length": 5, "max_length": 4}), submit=plain("Go")),
            "min_length must not exceed max_length [json-pointer:/view/blocks/0/element]",
        ),
    ],
)
def test_a_broken_view_is_named_with_its_pointer(view: dict[str, Any], message: str) -> None:
    assert check_view(view) == [f"[ERROR] {message}"]


def test_blocks_made_by_slackblocks_pass() -> None:
    made = slackblocks.Message(
        channel="#c",
        blocks=[
            slackblocks.SectionBlock(
                "Change *CHG0030001*",
                fields=["*Risk*\nHigh", "*Requested by*\nPriya"],
                accessory=slackblocks.Button(text="Open", action_id="open", url="https://acme.service-now.com/x"),
            ),
            slackblocks.HeaderBlock("Change"),
            slackblocks.DividerBlock(),
            slackblocks.ContextBlock(elements=[slackblocks.Text("Requested by Priya")]),
            slackblocks.ImageBlock(image_url="https://acme.com/a.png", alt_text="A graph"),
            slackblocks.ActionsBlock(
                elements=[
                    slackblocks.Button(text="Approve", action_id="approve", value="1", style="primary"),
                    slackblocks.StaticSelectMenu(
                        action_id="pick",
                        placeholder="Pick",
                        options=[
                            slackblocks.Option(slackblocks.Text("High", type_=slackblocks.TextType.PLAINTEXT), "h")
                        ],
                    ),
                    slackblocks.UserSelectMenu(action_id="who", placeholder="Who"),
                    slackblocks.DatePicker(action_id="when"),
                ]
            ),
        ],
    )
    assert check_blocks(json.loads(made.json())["blocks"], "message") == []


def test_a_view_made_by_slacks_own_models_passes() -> None:
    options = [sdk.Option(value="a", label="A"), sdk.Option(value="b", label="B")]
    view = View(
        type="modal",
        title=sdk.PlainTextObject(text="New opportunity"),
        submit=sdk.PlainTextObject(text="Create"),
        close=sdk.PlainTextObject(text="Cancel"),
        callback_id="c",
        private_metadata="m",
        notify_on_close=True,
        blocks=[
            sdk.InputBlock(
                label="Name", element=sdk.PlainTextInputElement(action_id="v", multiline=True, max_length=9)
            ),
            sdk.InputBlock(label="Amount", element=sdk.NumberInputElement(action_id="v", is_decimal_allowed=True)),
            sdk.InputBlock(label="Stage", element=sdk.StaticSelectElement(action_id="v", options=options)),
            sdk.InputBlock(label="Close", element=sdk.DatePickerElement(action_id="v"), optional=True),
            sdk.InputBlock(label="Owner", element=sdk.UserSelectElement(action_id="v")),
            sdk.InputBlock(label="Flags", element=sdk.CheckboxesElement(action_id="v", options=options)),
            sdk.InputBlock(label="Kind", element=sdk.RadioButtonsElement(action_id="v", options=options)),
            sdk.InputBlock(label="Mail", element=sdk.EmailInputElement(action_id="v")),
        ],
    )
    assert check_view(view.to_dict()) == []


def test_the_web_api_answers_invalid_blocks_with_the_messages(world: World) -> None:
    with pytest.raises(SlackApiError) as refused:
        world.client().chat_postMessage(channel="C0APPROVALS", text="x", blocks=[section(text=mrkdwn("x" * 3001))])
    message = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert refused.value.response["error"] == "invalid_blocks"
    assert refused.value.response["errors"] == [message]
    assert refused.value.response["response_metadata"]["messages"] == [f"[ERROR] {message}"]
    assert world.messages("U0TOM", "C0APPROVALS") == []


def test_stored_blocks_have_ids_and_defaults() -> None:
    [stored] = normalised([actions(BUTTON)])
    assert stored["block_id"]
    assert stored["elements"][0]["action_id"]
    assert stored["elements"][0]["text"] == {"type": "plain_text", "text": "Go", "emoji": True}


@pytest.mark.parametrize(
    ("element", "given", "state"),
    [
        ({"type": "plain_text_input", "initial_value": "a"}, None, {"value": "a"}),
        ({"type": "plain_text_input", "initial_value": "a"}, "b", {"value": "b"}),
        ({"type": "plain_text_input", "initial_value": "a"}, "", {"value": None}),
        (menu(options=[option()]), None, {"selected_option": None}),
        (menu(options=[option()]), "1", {"selected_option": option()}),
        (menu(options=[option()]), {"selected_option": option()}, {"selected_option": option()}),
        (menu(options=[option()]), "nothing of the kind", {"selected_option": None}),
        (
            menu(option_groups=[{"label": plain("x"), "options": [option()]}]),
            "1",
            {"selected_option": option()},
        ),
        ({"type": "checkboxes", "options": [option()]}, None, {"selected_options": []}),
        ({"type": "checkboxes", "options": [option()]}, ["1"], {"selected_options": [option()]}),
        ({"type": "users_select", "initial_user": "U0TOM"}, None, {"selected_user": "U0TOM"}),
        ({"type": "datepicker"}, {"selected_date": "2026-12-01"}, {"selected_date": "2026-12-01"}),
        ({"type": "multi_users_select"}, None, {"selected_users": []}),
    ],
)
def test_the_state_of_an_input_has_slacks_shape(element: dict[str, Any], given: Any, state: dict[str, Any]) -> None:
    block = asked({**element, "action_id": "v"}) | {"block_id": "b"}
    chosen = {} if given is None else {"b": {"v": given}}
    assert state_values([block], chosen) == {"b": {"v": {"type": element["type"], **state}}}
