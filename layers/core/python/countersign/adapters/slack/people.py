"""What Slack knows of people and of its workspace. docs.slack.dev/reference/methods/users.info."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from countersign.adapters.slack.payload import identifier, identifiers, mapping, says_admin, string
from countersign.adapters.slack.web_api import WebApi
from countersign.domain.errors import ChatRefused, ChatUnavailable, Malformed
from countersign.domain.identity import Person, Workspace

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse

    from countersign.ports.system import Clock

KEEP_SECONDS: Final = 600
_GUESTS: Final = ("is_restricted", "is_ultra_restricted")
_NO_ADMINS: Final = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
PAGE: Final = 999
"""The most members that one call gives (docs.slack.dev/reference/methods/conversations.members)."""
MOST_PAGES: Final = 30

type Kept = dict[tuple[str, str], tuple[int, Mapping[str, Any]]]
"""What was read: (whose bot asked, what) → until when it counts, and the answer."""


class SlackPeople:
    """Implements ``ports.chat.People``. What was read is kept for ten minutes in this process.

    ``profile`` also holds ``foreign``: ``yes`` for somebody of another organisation or, outside one, of another
    workspace; ``no`` for one of us; ``unknown`` in doubt (docs.slack.dev/apis/slack-connect).
    """

    def __init__(self, api: WebApi, clock: "Clock", kept: "Kept | None" = None) -> None:
        self._api, self._clock = api, clock
        self._kept: Kept = {} if kept is None else kept

    def within(self, workspace: Workspace) -> "SlackPeople":
        """The same, asking as the bot of this workspace."""
        return SlackPeople(self._api.within(workspace), self._clock, self._kept)

    def find_by_email(self, email: str) -> Person | None:
        """One of us with this address; None when there is nobody, or nobody any more."""
        with _expected_shape():
            try:
                user = mapping(self._api.read(lambda client: client.users_lookupByEmail(email=email)), "user")
            except ChatRefused as error:
                if error.reason in {"users_not_found", "user_not_found"}:
                    return None
                raise
            user_id = identifier(user, "id")
            gone = user.get("deleted") or user.get("is_bot") or self._foreign(self._api, user) == "yes"
            return Person(self.workspace().tenant, user_id) if user_id and not gone else None

    def profile(self, person: Person) -> Mapping[str, str]:
        """``name``, ``email`` (where the scope and the profile have one), ``workspace_name``, ``foreign``.

        ``gone`` and ``guest`` are ``yes`` or missing: switched off, or let into some channels only
        (docs.slack.dev/reference/objects/user-object).
        """
        api = self._api.where(person)
        with _expected_shape():
            user = mapping(self._info(api, person), "user")
            profile = mapping(user, "profile")
            names = (string(profile, "display_name"), string(profile, "real_name"), string(user, "name"))
            found = {
                "name": next(filter(None, names), ""),
                "email": string(profile, "email"),
                "workspace_name": string(self._installation(api), "team"),
                "foreign": self._foreign(api, user),
                "gone": "yes" if user.get("deleted") else "",
                "guest": "yes" if any(user.get(flag) for flag in _GUESTS) else "",
            }
            return {name: value for name, value in found.items() if value}

    def workspace(self) -> Workspace:
        """The workspace that the bot is installed in, or the organisation where it is installed on the whole of it."""
        return self._workspace(self._api)

    def in_user_group(self, group: str, workspace: Workspace) -> frozenset[str]:
        """Everybody in a user group (docs.slack.dev/reference/methods/usergroups.users.list).

        The bot of an organisation has to name the workspace; with any other Slack takes no notice of it.
        """
        team = workspace.id

        def ask(client: "WebClient") -> "SlackResponse":
            return client.usergroups_users_list(usergroup=group, team_id=team)

        with _expected_shape():
            return frozenset(identifiers(self._keep(self._api.within(workspace), f"group {group}", ask), "users"))

    def in_channel(self, channel: str, workspace: Workspace) -> frozenset[str]:
        """Everybody in a channel, read page by page. One with more people than can be read is refused."""
        api, cursor, found = self._api.within(workspace), "", set[str]()

        def ask(client: "WebClient") -> "SlackResponse":
            return client.conversations_members(channel=channel, limit=PAGE, cursor=cursor or None)

        for _ in range(MOST_PAGES):
            with _expected_shape():
                page = self._keep(api, f"channel {channel} {cursor}", ask)
                found |= set(identifiers(page, "members"))
                cursor = string(mapping(page, "response_metadata"), "next_cursor")
            if not cursor:
                return frozenset(found)
        raise ChatRefused("too_many_members")

    def is_admin(self, person: Person, workspace: Workspace) -> bool:
        """An admin or owner of the workspace (docs.slack.dev/reference/objects/user-object), or of its organisation.

        The flags of a person speak of the workspace that the same answer names as theirs: of no other one.
        """
        api = self._api.within(workspace)
        with _expected_shape():
            user = mapping(self._info(api, person), "user")
            if self._foreign(api, user) != "no" or any(user.get(flag) for flag in _NO_ADMINS):
                return False
            here = user if identifier(user, "team_id") == workspace.id else {}
            return says_admin(here) or says_admin(mapping(user, "enterprise_user"))

    def _workspace(self, api: WebApi) -> Workspace:
        with _expected_shape():
            found = self._installation(api)
            team, organisation = identifier(found, "team_id"), identifier(found, "enterprise_id")
        if not team and not organisation:
            raise ChatUnavailable("Slack did not say which workspace this is")
        return Workspace(team or organisation or "", organisation)

    def _foreign(self, api: WebApi, user: Mapping[str, Any]) -> str:
        here = self._workspace(api)
        if user.get("is_stranger"):
            return "yes"
        if here.organisation:
            home, ours = identifier(mapping(user, "enterprise_user"), "enterprise_id"), here.organisation
        else:
            home, ours = identifier(user, "team_id"), here.id
        return "unknown" if home is None else "no" if home == ours else "yes"

    def _installation(self, api: WebApi) -> Mapping[str, Any]:
        return self._keep(api, "installation", lambda client: client.auth_test())

    def _info(self, api: WebApi, person: Person) -> Mapping[str, Any]:
        return self._keep(api, f"user {person.user_id}", lambda client: client.users_info(user=person.user_id))

    def _keep(self, api: WebApi, what: str, method: "Callable[[WebClient], SlackResponse]") -> Mapping[str, Any]:
        now, key = self._clock(), (api.whose(), what)
        kept = self._kept.get(key)
        if kept is None or kept[0] <= now:
            kept = (now + KEEP_SECONDS, api.read(method))
            for old in [name for name, (until, _) in self._kept.items() if until <= now]:
                del self._kept[old]
            self._kept[key] = kept
        return kept[1]


@contextmanager
def _expected_shape() -> Iterator[None]:
    try:
        yield
    except Malformed as error:
        raise ChatUnavailable("Slack's answer has another shape") from error
