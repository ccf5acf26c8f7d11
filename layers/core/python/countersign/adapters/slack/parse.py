"""Verified bytes from Slack → what a person did. One function per route; Malformed is the only thing they raise.

Payloads: docs.slack.dev/reference/interaction-payloads, docs.slack.dev/interactivity/implementing-slash-commands.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from countersign.adapters.slack.command_text import command_words
from countersign.adapters.slack.inbound import Ignored, Inbound, OptionsRequest, Received, SslCheck
from countersign.adapters.slack.origin import Origin, of_command, of_interaction
from countersign.adapters.slack.payload import (
    Json,
    first,
    identifier,
    mapping,
    open_form,
    read_form,
    read_json,
    safe_name,
    string,
)
from countersign.adapters.slack.quoted import quoted_message
from countersign.domain.errors import Malformed
from countersign.domain.interaction import Interaction, Kind, ReplyTo

_ANSWER_FIELDS: Final = ("value", "selected_date", "selected_user", "selected_channel", "selected_conversation")


def parse_command(body: bytes, trace_id: str) -> Inbound:
    """A slash command, or Slack's ``ssl_check``. Raises Malformed."""
    fields = read_form(body)
    if fields.get("ssl_check") == "1":
        return SslCheck()
    origin = of_command(fields)
    trigger = string(fields, "trigger_id")
    if not trigger or not fields.get("command"):
        raise Malformed("a command without its name or trigger")
    interaction = Interaction(
        id=f"command:{trigger}",
        kind=Kind.COMMAND,
        person=origin.person,
        workspace=origin.workspace,
        reply_to=ReplyTo(identifier(fields, "channel_id"), reply_url=fields.get("response_url") or None),
        value=command_words(string(fields, "text")),
        foreign=origin.foreign,
        trace_id=trace_id,
    )
    return Received(interaction, trigger, origin.installed_in)


def parse_interaction(body: bytes, trace_id: str) -> Inbound:
    """A click, a form, a shortcut or a typeahead. Raises Malformed."""
    fields = read_form(body)
    if fields.get("ssl_check") == "1":
        return SslCheck()
    if "payload" not in fields:
        raise Malformed("no payload")
    payload = read_json(fields["payload"])
    kind = string(payload, "type")
    if not kind:
        raise Malformed("a payload without a type")
    if kind == "block_suggestion":
        return OptionsRequest()
    reader = _READERS.get(kind)
    return reader(payload, trace_id) if reader else Ignored(f"type {safe_name(kind)}")


def _button(payload: Json, trace_id: str) -> Inbound:
    """``block_actions``: a button or select, in a message, a form or the App Home."""
    action, container = first(payload, "actions"), mapping(payload, "container")
    origin, trigger = of_interaction(payload), string(payload, "trigger_id")
    name = string(action, "action_id").partition("#")[0]
    unique = trigger or string(action, "action_ts")
    if not name or not unique:
        raise Malformed("a click without a name or an id")
    channel = identifier(mapping(payload, "channel"), "id") or identifier(container, "channel_id")
    ts, view = string(container, "message_ts"), mapping(payload, "view")
    form = open_form(view) if view.get("type") == "modal" else None
    interaction = Interaction(
        id=f"block_actions:{unique}",
        kind=Kind.BUTTON,
        person=origin.person,
        workspace=origin.workspace,
        reply_to=ReplyTo(channel, string(container, "thread_ts") or None, string(payload, "response_url") or None),
        name=name,
        value=_answer(action) or "",
        state=string(view, "private_metadata") if form else "",
        message=(channel, ts) if channel and ts else None,
        form=form,
        private=container.get("is_ephemeral") is True,
        foreign=origin.foreign,
        trace_id=trace_id,
    )
    return Received(interaction, trigger or None, origin.installed_in)


def _form(payload: Json, trace_id: str) -> Inbound:
    """``view_submission``: its answers by field name, which is the block's id."""
    view, origin = mapping(payload, "view"), of_interaction(payload)
    view_id = identifier(view, "id")
    if not view_id:
        raise Malformed("a form without an id")
    interaction = Interaction(
        id=f"view_submission:{view_id}:{string(view, 'hash')}",
        kind=Kind.FORM,
        person=origin.person,
        workspace=origin.workspace,
        reply_to=ReplyTo(),
        name=string(view, "callback_id"),
        answers=_answers(mapping(mapping(view, "state"), "values")),
        state=string(view, "private_metadata"),
        foreign=origin.foreign,
        trace_id=trace_id,
    )
    return Received(interaction, string(payload, "trigger_id") or None, origin.installed_in)


def _global_shortcut(payload: Json, trace_id: str) -> Inbound:
    """``shortcut``: brings neither a channel nor a reply address."""
    return _shortcut(payload, trace_id, of_interaction(payload), ReplyTo(), None)


def _message_shortcut(payload: Json, trace_id: str) -> Inbound:
    """``message_action``: only the installed workspace's own people have it (docs.slack.dev/apis/slack-connect)."""
    channel = identifier(mapping(payload, "channel"), "id")
    ts = string(mapping(payload, "message"), "ts") or string(payload, "message_ts")
    reply_to = ReplyTo(channel, reply_url=string(payload, "response_url") or None)
    message = (channel, ts) if channel and ts else None
    received = _shortcut(payload, trace_id, of_interaction(payload), reply_to, message)
    return replace(received, quoted=quoted_message(payload))


def _shortcut(
    payload: Json, trace_id: str, origin: Origin, reply_to: ReplyTo, message: tuple[str, str] | None
) -> Received:
    name, trigger = string(payload, "callback_id"), string(payload, "trigger_id")
    if not name or not trigger:
        raise Malformed("a shortcut without a name or trigger")
    interaction = Interaction(
        id=f"shortcut:{trigger}",
        kind=Kind.SHORTCUT,
        person=origin.person,
        workspace=origin.workspace,
        reply_to=reply_to,
        name=name,
        message=message,
        foreign=origin.foreign or (False if message else origin.foreign),
        trace_id=trace_id,
    )
    return Received(interaction, trigger, origin.installed_in)


def _answers(values: Json) -> dict[str, str]:
    """``view.state.values``: block id → action id → value object. Unanswered questions are absent."""
    answers = {}
    for block_id in values:
        elements = mapping(values, block_id)
        for action_id in elements:
            answer = _answer(mapping(elements, action_id))
            if answer is not None:
                answers[block_id] = answer
    return answers


def _answer(element: Json) -> str | None:
    """An element's value, whichever field its type puts it in; None when nothing was chosen."""
    chosen = string(mapping(element, "selected_option"), "value")
    return chosen or next(filter(None, (string(element, field) for field in _ANSWER_FIELDS)), None)


def _closed(_payload: Json, _trace_id: str) -> Inbound:
    return Ignored("view_closed")


_READERS: Final[Mapping[str, Callable[[Json, str], Inbound]]] = {
    "block_actions": _button,
    "view_submission": _form,
    "view_closed": _closed,
    "shortcut": _global_shortcut,
    "message_action": _message_shortcut,
}
