"""What one person sees in Slack at this moment."""

from dataclasses import asdict

from sandbox.slack.model import BOT_DISPLAY_NAME, BOT_USER, Conversation, Json, Message
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import Workspace


def people(state: SlackState) -> Json:
    """The people of the workspace in which the app is installed, that workspace, and the app with its shortcuts."""
    workspace = state.home_workspace
    shape = {"id": workspace.id, "name": workspace.name, "domain": workspace.domain}
    if workspace.enterprise_id:
        shape["enterprise_id"] = workspace.enterprise_id
    app = {
        "id": state.config.app_id,
        "user": BOT_USER,
        "name": BOT_DISPLAY_NAME,
        "command": state.config.command,
        "shortcuts": [asdict(shortcut) for shortcut in state.config.shortcuts],
    }
    everyone = [asdict(person) for person in workspace.people.values()]
    return {"people": everyone, "workspace": shape, "app": app}


def screen(state: SlackState, user: str) -> Json:
    """Conversations with their messages, Home tab, the form on top, warning signs and deliveries.

    Raises:
        SlackError: `user_not_found`.
    """
    with state.lock:
        workspace = state.workspace_of(user)
        form, home = state.views.top(user), state.views.home(user)
        return {
            "person": asdict(workspace.people[user]),
            "conversations": [_conversation(workspace, each, user) for each in workspace.seen_by(user)],
            "home": home.as_json(state.config.app_id) if home else None,
            "form": form.as_json(state.config.app_id) if form else None,
            "notices": state.journal.notices(user),
            "deliveries": state.journal.deliveries(user),
        }


def _conversation(workspace: Workspace, conversation: Conversation, user: str) -> Json:
    return {
        "id": conversation.id,
        "name": conversation.name,
        "kind": conversation.kind,
        "app_is_member": BOT_USER in conversation.members,
        "messages": [
            _message(workspace, message, user) for message in conversation.messages if message.visible_to(user)
        ],
    }


def _message(workspace: Workspace, message: Message, user: str) -> Json:
    author = BOT_DISPLAY_NAME if message.by_app else workspace.people[message.user].real_name
    return {
        "ts": message.ts,
        "user": message.user,
        "username": author,
        "text": message.text,
        "blocks": message.blocks,
        "ephemeral": message.only_for is not None,
        "edited": message.edited_ts is not None,
        "thread_ts": message.thread_ts,
        "chosen": message.chosen.get(user, {}),
    }
