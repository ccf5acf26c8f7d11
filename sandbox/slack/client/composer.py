"""Typing: messages that become events, and slash commands.

Source: docs.slack.dev/reference/events/message.im, …/events/app_mention, …/interactivity/implementing-slash-commands.
"""

import uuid

from sandbox.slack.client.mentions import escape_command, escape_message, rich_text
from sandbox.slack.delivery import Outcome
from sandbox.slack.errors import SlackError
from sandbox.slack.model import BOT_USER, Conversation, Json
from sandbox.slack.response_urls import respond
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import Workspace


def type_text(state: SlackState, user: str, asked: Json) -> Json:
    """Post what a person typed in a conversation; what begins with `/` is a command.

    Raises:
        SlackError: `channel_not_found` where they are no member, `no_text`.
    """
    text = str(asked.get("text") or "").strip()
    if not text:
        raise SlackError("no_text")
    with state.lock:
        workspace = state.workspace_of(user)
        conversation = workspace.conversation(asked["channel"])
        if user not in conversation.members:
            raise SlackError("channel_not_found")
    if text.startswith("/"):
        return _command(state, workspace, user, conversation, text)
    return _message(state, workspace, user, conversation, text)


def _message(state: SlackState, workspace: Workspace, user: str, conversation: Conversation, text: str) -> Json:
    with state.lock:
        escaped = escape_message(workspace, text)
        message = workspace.post(conversation, user, escaped, rich_text(escaped))
        event = message.as_json(workspace.id, state.config.app_id) | {
            "client_msg_id": str(uuid.uuid4()),
            "channel": conversation.id,
            "event_ts": message.ts,
        }
    if conversation.kind == "dm":
        state.events.send(workspace, user, event | {"channel_type": "im"})
    elif BOT_USER in conversation.members and f"<@{BOT_USER}>" in escaped:
        state.events.send(workspace, user, event | {"type": "app_mention"})
    return {"ok": True, "ts": message.ts}


def _command(state: SlackState, workspace: Workspace, user: str, conversation: Conversation, text: str) -> Json:
    name, _, argument = text.partition(" ")
    if name != state.config.command:
        state.journal.warn(user, f"{name} is not a valid command.")
        return {"ok": False}
    with state.lock:
        fields = state.payloads.command(
            workspace,
            workspace.people[user],
            conversation,
            escape_command(workspace, argument.strip()),
            trigger_id=state.triggers.issue(user),
            response_url=state.response_urls.issue(workspace, user, conversation.id),
        )
    outcome = state.deliverer.command(user, fields)
    if not outcome.acknowledged:
        error = "operation_timeout" if outcome.failure == "http_timeout" else "dispatch_failed"
        state.journal.warn(user, f'{name} failed with the error "{error}"')
    else:
        _show_answer(state, workspace, user, conversation, outcome)
    return {"ok": outcome.acknowledged, "status": outcome.status, "ms": outcome.ms}


def _show_answer(
    state: SlackState, workspace: Workspace, user: str, conversation: Conversation, outcome: Outcome
) -> None:
    answer = outcome.json()
    if not answer and outcome.body.strip() not in (b"", b"{}"):
        answer = {"text": outcome.body.decode(errors="replace")}
    if not answer:
        return
    try:
        with state.lock:
            respond(workspace, answer, user=user, channel=conversation.id, ts=None)
    except SlackError:
        state.journal.warn(user, f'{state.config.command} failed with the error "invalid_command_response"')
