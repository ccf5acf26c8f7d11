"""What admins of a workspace or an organisation do: switch accounts off, remove the app, add it to workspaces."""

from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json
from sandbox.slack.state import SlackState
from sandbox.slack.web_api.users import user_object


def deactivate(state: SlackState, user: str, _asked: Json) -> Json:
    """Switch a person's account off: `user_change` with `deleted`.

    Where the whole organisation's installation is what reaches the workspace, the event is about that installation.
    """
    with state.lock:
        workspace = state.workspace_of(user)
        workspace.deactivated.add(user)
        changed = user_object(workspace, workspace.people[user], emails=False)
        event = {"type": "user_change", "user": changed, "cache_ts": int(state.clock())}
        if workspace.enterprise_id is not None and workspace.id in state.added_to:
            state.events.send_of_organisation(workspace.enterprise_id, event)
        else:
            state.events.send(workspace, user, event)
    return {"ok": True}


def administer(state: SlackState, asked: Json) -> Json:
    """`remove`: the app from a workspace or organisation; `add_to`, `take_from`: an organisation's app, workspaces.

    Raises:
        SlackError: `unknown_deed`.
    """
    with state.lock:
        match asked:
            case {"remove": str(team_id)}:
                state.uninstall(team_id)
            case {"add_to": [*team_ids]}:
                state.added_to |= set(map(str, team_ids))
                _tell(state, "team_access_granted", team_ids)
            case {"take_from": [*team_ids]}:
                state.added_to -= set(map(str, team_ids))
                _tell(state, "team_access_revoked", team_ids)
            case _:
                raise SlackError("unknown_deed")
    return {"ok": True}


def _tell(state: SlackState, kind: str, team_ids: list[str]) -> None:
    for enterprise_id in dict.fromkeys(state.workspaces[each].enterprise_id for each in team_ids):
        if enterprise_id is not None:
            ours = [each for each in team_ids if state.workspaces[each].enterprise_id == enterprise_id]
            state.events.send_of_organisation(enterprise_id, {"type": kind, "team_ids": ours})
