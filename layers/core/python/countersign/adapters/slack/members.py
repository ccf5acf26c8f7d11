"""Who belongs to a workspace, page by page. docs.slack.dev/reference/methods/users.list, …/auth.teams.list."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from countersign.adapters.slack.payload import identifier, mapping, says_admin, string
from countersign.adapters.slack.web_api import WebApi
from countersign.domain.errors import ChatRefused, ChatUnavailable, Malformed
from countersign.domain.identity import Person, Workspace
from countersign.domain.member import Member

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse

PAGE: Final = 200
"""What Slack advises at most."""
MOST_PAGES: Final = 50

_NOBODY: Final = ("user_not_found", "users_not_found", "user_not_visible")


class SlackMembers:
    """Implements ``ports.chat.Members``. Nothing is kept: whoever sweeps wants to know how things stand."""

    def __init__(self, api: WebApi) -> None:
        self._api = api

    def page(self, workspace: Workspace, cursor: str) -> tuple[Sequence[Member], str]:
        """Up to 200 members, deactivated ones too, bots not; and where the next page begins (empty: that was all).

        The bot of a whole organisation has to name the workspace
        (docs.slack.dev/enterprise/developing-for-enterprise-orgs).
        """
        team = workspace.id if workspace.organisation else None

        def ask(client: "WebClient") -> "SlackResponse":
            return client.users_list(limit=PAGE, cursor=cursor or None, team_id=team)

        found = self._api.within(workspace).read(ask)
        try:
            users = [mapping({"user": user}, "user") for user in _list(found, "members")]
            members = [member for user in users if (member := _member(user, workspace)) is not None]
            return members, string(mapping(found, "response_metadata"), "next_cursor")
        except Malformed as error:
            raise ChatUnavailable("Slack's list of people has another shape") from error

    def is_gone(self, person: Person, workspace: Workspace) -> bool:
        """Deactivated, or not a member of this workspace of their organisation any more."""
        try:
            found = self._api.within(workspace).read(lambda client: client.users_info(user=person.user_id))
        except ChatRefused as error:
            if error.reason in _NOBODY:
                return True
            raise
        try:
            user = mapping(found, "user")
            teams = mapping(user, "enterprise_user").get("teams")
        except Malformed as error:
            raise ChatUnavailable("Slack's answer about a person has another shape") from error
        elsewhere = isinstance(teams, list) and workspace.id not in map(str, teams)
        return user.get("deleted") is True or (elsewhere and workspace.id != workspace.organisation)

    def workspaces(self, installed_in: Workspace) -> Sequence[Workspace]:
        """Where a bot is: in its workspace; or, of a whole organisation, in those that an admin added it to."""
        if installed_in.id != installed_in.organisation:
            return [installed_in]
        api, cursor, found = self._api.within(installed_in), "", list[Workspace]()

        def ask(client: "WebClient") -> "SlackResponse":
            return client.auth_teams_list(limit=PAGE, cursor=cursor or None)

        for _ in range(MOST_PAGES):
            page = api.read(ask)
            try:
                teams = [identifier(mapping({"team": team}, "team"), "id") for team in _list(page, "teams")]
                cursor = string(mapping(page, "response_metadata"), "next_cursor")
            except Malformed as error:
                raise ChatUnavailable("Slack's list of workspaces has another shape") from error
            found += [Workspace(team, installed_in.organisation) for team in teams if team]
            if not cursor:
                break
        return found


def _list(found: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = found.get(name)
    if not isinstance(value, list):
        raise Malformed(f"{name} is no list")
    return value


def _member(user: Mapping[str, Any], workspace: Workspace) -> Member | None:
    user_id = identifier(user, "id")
    if user_id is None or user.get("is_bot") is True or user_id == "USLACKBOT":
        return None
    enterprise = mapping(user, "enterprise_user")
    teams = enterprise.get("teams")
    elsewhere = isinstance(teams, list) and bool(set(map(str, teams)) - {workspace.id})
    return Member(
        person=Person(workspace.tenant, user_id),
        gone=user.get("deleted") is True,
        elsewhere=workspace.organisation is not None and elsewhere,
        admin=says_admin(user) or says_admin(enterprise),
    )
