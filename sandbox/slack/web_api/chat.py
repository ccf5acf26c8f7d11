"""The `chat.*` methods. Source: docs.slack.dev/reference/methods/chat.postMessage and its siblings."""

from typing import Any

from sandbox.slack.errors import SlackError
from sandbox.slack.model import BOT_USER, Conversation, Json
from sandbox.slack.state import SlackState
from sandbox.slack.web_api.call import Call

LONGEST_TEXT = 40_000
LONGEST_UPDATE = 4_000
MOST_ATTACHMENTS = 100


def post_message(state: SlackState, call: Call) -> Json:
    """`chat.postMessage`: to a channel of the app, any public one with `chat:write.public`, or a person's DM."""
    conversation = _destination(call)
    if BOT_USER not in conversation.members and "chat:write.public" not in call.token.scopes:
        raise SlackError("not_in_channel")
    text, blocks = call.content(LONGEST_TEXT)
    attachments = _attachments(call)
    message = call.workspace.post(conversation, BOT_USER, text, blocks, thread_ts=call.maybe("thread_ts"))
    message.attachments = attachments
    message.metadata = call.document("metadata", "invalid_metadata_format")
    shape = message.as_json(call.workspace.id, state.config.app_id)
    if conversation.kind == "dm":
        # The app is told of its own direct messages too; it has to know them by their bot_id.
        echo = {"channel": conversation.id, "channel_type": "im", "event_ts": message.ts}
        state.events.send(call.workspace, BOT_USER, shape | echo)
    return {"channel": conversation.id, "ts": message.ts, "message": shape}


def update(state: SlackState, call: Call) -> Json:
    """`chat.update`: only the app's own messages; text without blocks drops the old blocks."""
    message = call.workspace.message(_known_id(call), call.text("ts"))
    if not message.by_app:
        raise SlackError("cant_update_message")
    if call.workspace.conversation(message.channel).archived:
        raise SlackError("is_inactive")
    text, blocks = call.content(LONGEST_UPDATE)
    call.workspace.edit(message, text, blocks)
    shape = message.as_json(call.workspace.id, state.config.app_id)
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": shape}


def delete(_state: SlackState, call: Call) -> Json:
    """`chat.delete`: only the app's own messages."""
    message = call.workspace.message(_known_id(call), call.text("ts"))
    if not message.by_app:
        raise SlackError("cant_delete_message")
    call.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(_state: SlackState, call: Call) -> Json:
    """`chat.postEphemeral`: the app and the person must both be in the conversation."""
    conversation = _destination(call)
    if BOT_USER not in conversation.members:
        raise SlackError("not_in_channel")
    user = call.text("user")
    if user not in conversation.members:
        raise SlackError("user_not_in_channel")
    text, blocks = call.content(LONGEST_TEXT)
    message = call.workspace.post(
        conversation, BOT_USER, text, blocks, thread_ts=call.maybe("thread_ts"), only_for=user
    )
    return {"message_ts": message.ts}


def get_permalink(state: SlackState, call: Call) -> Json:
    """`chat.getPermalink`: the address of a message in Slack's web client."""
    message = call.workspace.message(call.text("channel"), call.text("message_ts"))
    path = f"archives/{message.channel}/p{message.ts.replace('.', '')}"
    return {"channel": message.channel, "permalink": f"{state.config.web_url}/{path}"}


def _destination(call: Call) -> Conversation:
    channel = call.maybe("channel")
    if channel is None:
        raise SlackError("channel_not_found")
    try:
        return call.workspace.destination(channel)
    except SlackError as error:
        raise SlackError("channel_not_found" if error.code == "user_not_found" else error.code) from None


def _known_id(call: Call) -> str:
    # chat.update and chat.delete want the conversation's own id: neither a person's id nor a name.
    channel = call.maybe("channel") or ""
    if channel not in call.workspace.conversations:
        raise SlackError("channel_not_found")
    return channel


def _attachments(call: Call) -> list[Any]:
    attachments = call.document("attachments", "invalid_attachments") or []
    if len(attachments) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return list(attachments)
