"""Shortcuts and the App Home tab.

Source: docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload, …/events/app_home_opened.
"""

from sandbox.slack.client.clicks import warning_sign
from sandbox.slack.model import Json
from sandbox.slack.state import SlackState


def shortcut(state: SlackState, user: str, asked: Json) -> Json:
    """Run a shortcut: global with only `callback_id`, on a message with `channel` and `ts` too.

    Raises:
        SlackError: `message_not_found`, `channel_not_found`.
    """
    with state.lock:
        payload = _on_message(state, user, asked) if asked.get("ts") else _global(state, user, asked)
    outcome = state.deliverer.interaction(user, payload)
    if not outcome.acknowledged:
        state.journal.warn(user, warning_sign(outcome))
    return {"ok": outcome.acknowledged, "status": outcome.status, "ms": outcome.ms}


def open_home(state: SlackState, user: str) -> Json:
    """Open the app's Home tab: the app hears of it by an event, with the Home that it published before."""
    with state.lock:
        workspace = state.workspace_of(user)
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": workspace.direct_messages(user).id,
            "event_ts": workspace.next_ts(),
            "tab": "home",
        }
        if view := state.views.home(user):
            event["view"] = view.as_json(state.config.app_id)
    state.events.send(workspace, user, event)
    return {"ok": True}


def _global(state: SlackState, user: str, asked: Json) -> Json:
    workspace = state.workspace_of(user)
    trigger_id = state.triggers.issue(user)
    person = workspace.people[user]
    return state.payloads.shortcut(workspace, person, asked["callback_id"], trigger_id, workspace.next_ts())


def _on_message(state: SlackState, user: str, asked: Json) -> Json:
    workspace = state.workspace_of(user)
    message = workspace.visible_message(user, asked["channel"], asked["ts"])
    return state.payloads.message_action(
        workspace,
        workspace.people[user],
        message,
        callback_id=asked["callback_id"],
        trigger_id=state.triggers.issue(user),
        response_url=state.response_urls.issue(workspace, user, message.channel, message.ts),
    )
