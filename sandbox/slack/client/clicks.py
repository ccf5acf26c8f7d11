"""Clicks and choices in messages, forms and Home tabs, delivered as `block_actions`.

Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload.
"""

from typing import Any

from sandbox.slack.block_kit import chosen_value, find_element, state_values
from sandbox.slack.delivery import Outcome
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json
from sandbox.slack.state import SlackState

_COPIED = ("text", "value", "url", "style", "placeholder")
_PRESSED = frozenset({"button"})


def click(state: SlackState, user: str, asked: Json) -> Json:
    """Press a button or make a choice, and wait for the app's acknowledgement.

    Args:
        state: The sandbox Slack.
        user: Who clicks.
        asked: `action_id`, `block_id`, `value` (what was chosen), and either `channel` and `ts` or `view_id`; in a
            view also `values`, what is typed in it at that moment.

    Raises:
        SlackError: `message_not_found`, `not_found`, `action_not_found`.
    """
    with state.lock:
        build = _in_view if asked.get("view_id") else _in_message
        payload = build(state, user, asked)
    outcome = state.deliverer.interaction(user, payload)
    if not outcome.acknowledged:
        state.journal.warn(user, warning_sign(outcome))
    return {"ok": outcome.acknowledged, "status": outcome.status, "ms": outcome.ms}


def warning_sign(outcome: Outcome) -> str:
    """What Slack says beside a click that the app did not acknowledge."""
    if outcome.failure == "http_timeout":
        return "This app did not respond in time (operation_timeout)."
    if outcome.failure:
        return "This app could not be reached."
    return f"This app responded with status code {outcome.status}."


def _in_message(state: SlackState, user: str, asked: Json) -> Json:
    workspace = state.workspace_of(user)
    message = workspace.visible_message(user, asked["channel"], asked["ts"])
    chosen = message.chosen.setdefault(user, {})
    action = _action(message.blocks, asked, chosen, workspace.next_ts())
    return state.payloads.block_actions_in_message(
        workspace,
        workspace.people[user],
        message,
        state_values(message.blocks, chosen),
        trigger_id=state.triggers.issue(user),
        response_url=state.response_urls.issue(workspace, user, message.channel, message.ts),
    ) | {"actions": [action]}


def _in_view(state: SlackState, user: str, asked: Json) -> Json:
    workspace = state.workspace_of(user)
    view = state.views.find(asked["view_id"])
    if view.user != user:
        raise SlackError("not_found")
    view.type_in(asked.get("values") or {})
    action = _action(view.content["blocks"], asked, view.typed, workspace.next_ts())
    trigger_id = state.triggers.issue(user, in_form=view.content["type"] == "modal")
    shape = view.as_json(state.config.app_id)
    payload = state.payloads.block_actions_in_view(workspace, workspace.people[user], shape, trigger_id)
    return payload | {"actions": [action]}


def _action(blocks: list[Json], asked: Json, chosen: Json, action_ts: str) -> Json:
    found = find_element(blocks, asked.get("block_id"), str(asked["action_id"]))
    if found is None:
        raise SlackError("action_not_found")
    block, element = found
    action: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
    action |= {name: element[name] for name in _COPIED if name in element}
    if element["type"] not in _PRESSED:
        value: Any = chosen_value(element, asked.get("value"))
        action |= value
        chosen.setdefault(block["block_id"], {})[element["action_id"]] = value
    return action | {"action_ts": action_ts}
