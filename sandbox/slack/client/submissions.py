"""Forms sent and closed: `view_submission` with its four answers, and `view_closed`.

Source: docs.slack.dev/surfaces/modals and docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
"""

from sandbox.slack.client.required import missing_or_broken
from sandbox.slack.delivery import Outcome
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json
from sandbox.slack.state import SlackState
from sandbox.slack.views import View

TROUBLE = "We had some trouble connecting. Try again?"


def submit(state: SlackState, user: str, asked: Json) -> Json:
    """Send the open form and carry out what the app answers.

    Args:
        state: The sandbox Slack.
        user: Who sends it.
        asked: `view_id` and `values`, {block_id: {action_id: Slack's state value, or the bare value}}.

    Returns:
        `{"ok": true}`, or `{"ok": false, "errors": {block_id: text}}`; `errors` is empty when the app did not answer.

    Raises:
        SlackError: `not_found`: this form is not on top of the person's screen.
    """
    with state.lock:
        view = _top(state, user, asked["view_id"])
        view.type_in(asked.get("values") or {})
        if broken := missing_or_broken(view):
            return {"ok": False, "errors": broken}
        payload = _payload(state, user, view)
    outcome = state.deliverer.interaction(user, payload)
    with state.lock:
        return _carry_out(state, user, view, outcome)


def close(state: SlackState, user: str, asked: Json) -> Json:
    """Close the open form; the app hears of it only if it asked with `notify_on_close`.

    Raises:
        SlackError: `not_found`: this form is not on top of the person's screen.
    """
    with state.lock:
        view = _top(state, user, asked["view_id"])
        clears = bool(view.content.get("clear_on_close"))
        shape = view.as_json(state.config.app_id)
        workspace = state.workspace_of(user)
        if clears:
            state.views.clear(user)
        else:
            state.views.close(user, view)
    if view.content.get("notify_on_close"):
        person = workspace.people[user]
        payload = state.payloads.view_closed(workspace, person, shape, is_cleared=clears)
        state.deliverer.interaction(user, payload)
    return {"ok": True}


def _top(state: SlackState, user: str, view_id: str) -> View:
    view = state.views.top(user)
    if view is None or view.id != view_id:
        raise SlackError("not_found")
    return view


def _payload(state: SlackState, user: str, view: View) -> Json:
    workspace = state.workspace_of(user)
    shape = view.as_json(state.config.app_id)
    trigger_id = state.triggers.issue(user, in_form=True)
    return state.payloads.view_submission(workspace, workspace.people[user], shape, trigger_id)


def _carry_out(state: SlackState, user: str, view: View, outcome: Outcome) -> Json:
    answer = outcome.json()
    if not outcome.acknowledged or (outcome.body.strip() and not answer and outcome.body.strip() != b"{}"):
        return _trouble(state, user)
    action = answer.get("response_action")
    try:
        if action == "errors":
            return _errors(state, user, view, answer.get("errors"))
        if action == "update":
            state.views.update(view, answer.get("view"))
        elif action == "push":
            state.views.push(user, answer.get("view"))
        elif action == "clear":
            state.views.clear(user)
        elif action is None:
            _close_if_open(state, user, view)
        else:
            return _trouble(state, user)
    except SlackError:
        return _trouble(state, user)
    return {"ok": True}


def _errors(state: SlackState, user: str, view: View, errors: object) -> Json:
    inputs = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not inputs.issuperset(errors):
        return _trouble(state, user)
    return {"ok": False, "errors": errors}


def _close_if_open(state: SlackState, user: str, view: View) -> None:
    if state.views.top(user) is view:
        state.views.close(user, view)


def _trouble(state: SlackState, user: str) -> Json:
    state.journal.warn(user, TROUBLE)
    return {"ok": False, "errors": {}}
