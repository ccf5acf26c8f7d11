"""The things in a workspace: messages, conversations and user groups, in Slack's own JSON."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

BOT_USER = "UBOT"
BOT_ID = "B0BOT"
BOT_NAME = "countersign"
BOT_DISPLAY_NAME = "Countersign"
SLACKBOT = "USLACKBOT"


@dataclass
class Message:
    """One message. `ts` identifies it in its conversation; an ephemeral message is seen by `only_for` alone.

    Attributes:
        user: Who wrote it: a person's id, the bot's user id, or Slackbot's.
        edited_ts: When it was last changed, or None.
        chosen: Per person, what they selected in the message's inputs: {block_id: {action_id: value}}.
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json]
    thread_ts: str | None = None
    only_for: str | None = None
    edited_ts: str | None = None
    metadata: Json | None = None
    attachments: list[Json] = field(default_factory=list)
    chosen: dict[str, Json] = field(default_factory=dict)

    @property
    def by_app(self) -> bool:
        """Whether the app itself posted it."""
        return self.user == BOT_USER

    def visible_to(self, user: str) -> bool:
        """Whether this member of the conversation sees it."""
        return self.only_for in (None, user)

    def as_json(self, team_id: str, app_id: str) -> Json:
        """The message object of the Web API and of interaction payloads."""
        shape: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": team_id}
        if self.by_app:
            shape |= {"bot_id": BOT_ID, "app_id": app_id}
        if self.blocks:
            shape["blocks"] = self.blocks
        if self.attachments:
            shape["attachments"] = self.attachments
        if self.thread_ts:
            shape["thread_ts"] = self.thread_ts
        if self.edited_ts:
            shape["edited"] = {"user": BOT_ID if self.by_app else self.user, "ts": self.edited_ts}
        if self.metadata:
            shape["metadata"] = self.metadata
        return shape


@dataclass
class Conversation:
    """A channel, or the app's direct messages with one person."""

    id: str
    name: str
    kind: Literal["channel", "dm"]
    members: list[str]
    messages: list[Message] = field(default_factory=list)
    archived: bool = False

    def find(self, ts: str) -> Message | None:
        """The message with this timestamp, if there is one."""
        return next((message for message in self.messages if message.ts == ts), None)

    def as_json(self, creator: str) -> Json:
        """The conversation object of `conversations.list` and `conversations.info`."""
        if self.kind == "dm":
            person = next(member for member in self.members if member != BOT_USER)
            return {"id": self.id, "created": 0, "is_im": True, "is_archived": False, "user": person, "is_open": True}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": True,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": False,
            "is_archived": self.archived,
            "is_general": self.name == "general",
            "is_shared": False,
            "is_ext_shared": False,
            "is_org_shared": False,
            "is_member": BOT_USER in self.members,
            "created": 0,
            "creator": creator,
            "num_members": len(self.members),
        }


@dataclass(frozen=True)
class UserGroup:
    """A named group of people that can be mentioned, e.g. `@change-approvers`."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]

    def as_json(self, team_id: str) -> Json:
        """The usergroup object of `usergroups.list`."""
        return {
            "id": self.id,
            "team_id": team_id,
            "is_usergroup": True,
            "handle": self.handle,
            "name": self.name,
            "user_count": len(self.users),
            "users": list(self.users),
            "date_delete": 0,
        }
