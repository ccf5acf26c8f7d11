"""The `users.*` and `usergroups.*` methods. Source: docs.slack.dev/reference/methods/users.info and its siblings."""

from sandbox.people import Person
from sandbox.slack.errors import SlackError
from sandbox.slack.model import BOT_DISPLAY_NAME, BOT_ID, BOT_NAME, BOT_USER, Json
from sandbox.slack.state import SlackState
from sandbox.slack.web_api.call import Call
from sandbox.slack.workspace import Workspace


def info(state: SlackState, call: Call) -> Json:
    """`users.info`; an e-mail address only with `users:read.email`."""
    user = call.maybe("user")
    if user == BOT_USER:
        return {"user": _bot(state, call.workspace)}
    if user not in call.workspace.people:
        raise SlackError("user_not_found")
    return {"user": user_object(call.workspace, call.workspace.people[user], emails=_emails(call))}


def list_users(state: SlackState, call: Call) -> Json:
    """`users.list`, in pages: deactivated people and the bot are in it too."""
    everyone = [user_object(call.workspace, each, emails=_emails(call)) for each in call.workspace.people.values()]
    members, metadata = call.page([*everyone, _bot(state, call.workspace)])
    return {"members": members, "cache_ts": int(state.clock()), "response_metadata": metadata}


def lookup_by_email(_state: SlackState, call: Call) -> Json:
    """`users.lookupByEmail`: exact but for case; deactivated people are not found."""
    email = call.text("email").lower()
    for person in call.workspace.people.values():
        if person.email.lower() == email and person.id not in call.workspace.deactivated:
            return {"user": user_object(call.workspace, person, emails=True)}
    raise SlackError("users_not_found")


def list_user_groups(_state: SlackState, call: Call) -> Json:
    """`usergroups.list`; the members only with `include_users`."""
    groups = [group.as_json(call.workspace.id) for group in call.workspace.user_groups]
    if not call.flag("include_users"):
        for group in groups:
            del group["users"]
    return {"usergroups": groups}


def list_user_group_members(_state: SlackState, call: Call) -> Json:
    """`usergroups.users.list`."""
    wanted = call.text("usergroup")
    for group in call.workspace.user_groups:
        if group.id == wanted:
            return {"users": list(group.users)}
    raise SlackError("no_such_subteam")


def user_object(workspace: Workspace, person: Person, *, emails: bool) -> Json:
    """The user object of the Web API and of `user_change` events."""
    profile = {
        "title": person.title,
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "team": workspace.id,
    }
    if emails:
        profile["email"] = person.email
    shape: Json = {
        "id": person.id,
        "team_id": workspace.id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.id in workspace.deactivated,
        "tz": "Europe/London",
        "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "profile": profile,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "is_email_confirmed": True,
        "updated": 0,
    }
    if workspace.enterprise_id:
        shape["enterprise_user"] = {"id": person.id, "enterprise_id": workspace.enterprise_id, "teams": [workspace.id]}
    return shape


def _bot(state: SlackState, workspace: Workspace) -> Json:
    return {
        "id": BOT_USER,
        "team_id": workspace.id,
        "name": BOT_NAME,
        "real_name": BOT_DISPLAY_NAME,
        "deleted": False,
        "is_bot": True,
        "is_app_user": False,
        "profile": {"real_name": BOT_DISPLAY_NAME, "bot_id": BOT_ID, "api_app_id": state.config.app_id},
    }


def _emails(call: Call) -> bool:
    return "users:read.email" in call.token.scopes
