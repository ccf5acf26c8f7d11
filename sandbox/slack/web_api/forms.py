"""The `views.*` methods. Source: docs.slack.dev/reference/methods/views.open and its siblings."""

from sandbox.slack.errors import SlackError, invalid_arguments
from sandbox.slack.model import Json
from sandbox.slack.state import SlackState
from sandbox.slack.views import View
from sandbox.slack.web_api.call import Call


def open_view(state: SlackState, call: Call) -> Json:
    """`views.open`: shows a form to whoever caused the trigger."""
    trigger = state.triggers.exchange(call.text("trigger_id"))
    return _shown(state, state.views.open(trigger.user, call.workspace.id, _view(call)))


def push_view(state: SlackState, call: Call) -> Json:
    """`views.push`: stacks a form on the open one; the trigger must come from inside a form."""
    trigger = state.triggers.exchange(call.text("trigger_id"))
    if not trigger.in_form:
        raise SlackError("invalid_trigger_id")
    return _shown(state, state.views.push(trigger.user, _view(call)))


def update_view(state: SlackState, call: Call) -> Json:
    """`views.update`: by `view_id` or `external_id`, not both; an outdated `hash` is refused."""
    view_id, external_id = call.maybe("view_id"), call.maybe("external_id")
    if (view_id is None) == (external_id is None):
        raise invalid_arguments("[ERROR] must provide exactly one of: view_id, external_id")
    view = state.views.find(view_id, external_id)
    state.views.update(view, _view(call), call.maybe("hash"))
    return _shown(state, view)


def publish_view(state: SlackState, call: Call) -> Json:
    """`views.publish`: the App Home of one person."""
    user = call.text("user_id")
    if user not in call.workspace.people:
        raise invalid_arguments("invalid `user_id`")
    view = state.views.publish(user, call.workspace.id, _view(call), call.maybe("hash"))
    return _shown(state, view)


def _view(call: Call) -> object:
    view = call.document("view", "invalid_arguments")
    if not isinstance(view, dict):
        raise invalid_arguments("[ERROR] must provide an object [json-pointer:/view]")
    return view


def _shown(state: SlackState, view: View) -> Json:
    return {"view": view.as_json(state.config.app_id)}
