"""The `conversations.*` methods. Source: docs.slack.dev/reference/methods/conversations.list and its siblings."""

from sandbox.slack.errors import SlackError
from sandbox.slack.model import BOT_USER, Conversation, Json
from sandbox.slack.state import SlackState
from sandbox.slack.web_api.call import Call

_KINDS = {"public_channel": "channel", "im": "dm"}
_TYPES = frozenset({*_KINDS, "private_channel", "mpim"})


def list_conversations(_state: SlackState, call: Call) -> Json:
    """`conversations.list`, in pages; public channels unless `types` says otherwise."""
    types = (call.maybe("types") or "public_channel").split(",")
    if not _TYPES.issuperset(types):
        raise SlackError("invalid_types")
    kinds = {_KINDS[each] for each in types if each in _KINDS}
    found = [c for c in call.workspace.conversations.values() if c.kind in kinds]
    if call.flag("exclude_archived"):
        found = [c for c in found if not c.archived]
    channels, metadata = call.page([c.as_json(_creator(call)) for c in found])
    return {"channels": channels, "response_metadata": metadata}


def history(state: SlackState, call: Call) -> Json:
    """`conversations.history`: newest first, never an ephemeral message; only where the app is a member."""
    conversation = _known(call)
    if BOT_USER not in conversation.members:
        raise SlackError("not_in_channel")
    lasting = [message for message in reversed(conversation.messages) if not message.only_for]
    wanted = [message for message in lasting if _between(message.ts, call)]
    messages, metadata = call.page([m.as_json(call.workspace.id, state.config.app_id) for m in wanted])
    more = bool(metadata["next_cursor"])
    answer: Json = {"messages": messages, "has_more": more, "pin_count": 0}
    return answer | ({"response_metadata": metadata} if more else {})


def open_conversation(_state: SlackState, call: Call) -> Json:
    """`conversations.open`: the app's DM with one person."""
    if channel := call.maybe("channel"):
        conversation = call.workspace.conversation(channel)
    else:
        users = call.text("users").split(",")
        if len(users) > 1:
            raise SlackError("missing_scope", needed="mpim:write", provided=",".join(sorted(call.token.scopes)))
        conversation = call.workspace.direct_messages(users[0])
    shape: Json = {"id": conversation.id}
    if call.flag("return_im"):
        shape = conversation.as_json(_creator(call))
    return {"channel": shape, "no_op": True, "already_open": True}


def members(_state: SlackState, call: Call) -> Json:
    """`conversations.members`, in pages."""
    ids, metadata = call.page(_known(call).members)
    return {"members": ids, "response_metadata": metadata}


def info(_state: SlackState, call: Call) -> Json:
    """`conversations.info`."""
    shape = _known(call).as_json(_creator(call))
    if not call.flag("include_num_members"):
        shape.pop("num_members", None)
    return {"channel": shape}


def _known(call: Call) -> Conversation:
    return call.workspace.conversation(call.maybe("channel") or "")


def _creator(call: Call) -> str:
    return next(iter(call.workspace.people))


def _between(ts: str, call: Call) -> bool:
    oldest, latest = call.maybe("oldest"), call.maybe("latest")
    inclusive = call.flag("inclusive")
    moment = float(ts)
    try:
        low, high = float(oldest or 0), float(latest or "inf")
    except ValueError:
        raise SlackError("invalid_ts_oldest") from None
    return low < moment < high or (inclusive and moment in (low, high))
