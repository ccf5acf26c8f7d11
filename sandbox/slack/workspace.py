"""One workspace: its people, conversations and messages, and the rules by which messages come, change and go."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.people import PEOPLE, Person
from sandbox.slack.config import Clock
from sandbox.slack.errors import SlackError
from sandbox.slack.model import BOT_DISPLAY_NAME, BOT_USER, Conversation, Json, Message, UserGroup


@dataclass
class Workspace:
    """A Slack team. Not locked: callers hold the state's lock.

    Attributes:
        deactivated: Ids of people whose account was switched off.
    """

    id: str
    name: str
    domain: str
    people: dict[str, Person]
    clock: Clock
    enterprise_id: str | None = None
    conversations: dict[str, Conversation] = field(default_factory=dict)
    user_groups: tuple[UserGroup, ...] = ()
    deactivated: set[str] = field(default_factory=set)
    _last_ts: int = 0

    def next_ts(self) -> str:
        """A timestamp in Slack's form (`seconds.microseconds`), later than all before it."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def conversation(self, channel: str) -> Conversation:
        """The conversation with this id or `#name`.

        Raises:
            SlackError: `channel_not_found`.
        """
        found = self.conversations.get(channel)
        name = channel.removeprefix("#")
        found = found or next((c for c in self.conversations.values() if c.kind == "channel" and c.name == name), None)
        if found is None:
            raise SlackError("channel_not_found")
        return found

    def direct_messages(self, user: str) -> Conversation:
        """The app's conversation with this person.

        Raises:
            SlackError: `user_not_found`.
        """
        for conversation in self.conversations.values():
            if conversation.kind == "dm" and user in conversation.members:
                return conversation
        raise SlackError("user_not_found")

    def destination(self, channel: str) -> Conversation:
        """Where `chat.postMessage` posts: a channel's id or name, or a person's id for the app's Messages tab.

        Raises:
            SlackError: `channel_not_found`, `is_archived`.
        """
        found = self.direct_messages(channel) if channel in self.people else self.conversation(channel)
        if found.archived:
            raise SlackError("is_archived")
        return found

    def seen_by(self, user: str) -> list[Conversation]:
        """The conversations that this person is a member of."""
        return [conversation for conversation in self.conversations.values() if user in conversation.members]

    def message(self, channel: str, ts: str) -> Message:
        """A message that a Web API method may name by its `ts`: ephemerals have none that is usable.

        Raises:
            SlackError: `channel_not_found`, `message_not_found`.
        """
        found = self.conversation(channel).find(ts)
        if found is None or found.only_for:
            raise SlackError("message_not_found")
        return found

    def visible_message(self, user: str, channel: str, ts: str) -> Message:
        """A message as this person sees it, ephemerals included.

        Raises:
            SlackError: `channel_not_found`, `message_not_found`.
        """
        conversation = self.conversation(channel)
        found = conversation.find(ts)
        if user not in conversation.members or found is None or not found.visible_to(user):
            raise SlackError("message_not_found")
        return found

    def post(
        self,
        conversation: Conversation,
        user: str,
        text: str,
        blocks: list[Json],
        *,
        thread_ts: str | None = None,
        only_for: str | None = None,
    ) -> Message:
        """Add a message; with `only_for` an ephemeral one."""
        message = Message(self.next_ts(), conversation.id, user, text, blocks, thread_ts=thread_ts, only_for=only_for)
        conversation.messages.append(message)
        return message

    def edit(self, message: Message, text: str, blocks: list[Json]) -> None:
        """Replace a message's content in place: everyone who sees it sees the change."""
        message.text, message.blocks, message.edited_ts = text, blocks, self.next_ts()
        message.chosen.clear()

    def delete(self, message: Message) -> None:
        """Take a message away."""
        self.conversation(message.channel).messages.remove(message)


def acme(team_id: str, enterprise_id: str | None, clock: Clock) -> Workspace:
    """The workspace of the story: the app is a member of the channels where cards go, and not of #general."""
    people = {person.id: person for person in PEOPLE}
    workspace = Workspace(team_id, "Acme", "acme", people, clock, enterprise_id)
    cards = {"C0APPROVALS": "approvals", "C0ENGINEERING": "engineering", "C0EXPENSES": "expenses"}
    _fill(workspace, {**cards, "C0GENERAL": "general"}, joined=set(cards))
    workspace.user_groups = (UserGroup("S0APPROVERS", "change-approvers", "Change approvers", ("U0JOSIE",)),)
    return workspace


def acme_labs(clock: Clock) -> Workspace:
    """A second workspace in which some of the same humans are other users: signing in with it is the wrong one."""
    members = (
        Person("U1JOSIE", "josie", "Josie (Labs)", "josie@labs.acme.com", "Guest researcher"),
        Person("U1TOM", "tom", "Tom (Labs)", "tom@labs.acme.com", "Guest researcher"),
    )
    workspace = Workspace("T1LABS", "Acme Labs", "acme-labs", {person.id: person for person in members}, clock)
    _fill(workspace, {"C1GENERAL": "general"}, joined=set())
    return workspace


def _fill(workspace: Workspace, channels: dict[str, str], joined: Sequence[str] | set[str]) -> None:
    everyone = list(workspace.people)
    for channel, name in channels.items():
        members = [*everyone, BOT_USER] if channel in joined else list(everyone)
        workspace.conversations[channel] = Conversation(channel, name, "channel", members)
    for user in everyone:
        channel = f"D{user[1:]}"
        workspace.conversations[channel] = Conversation(channel, BOT_DISPLAY_NAME, "dm", [user, BOT_USER])
