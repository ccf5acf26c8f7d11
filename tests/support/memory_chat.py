"""Chat in memory: what was said, where; and it can be told not to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countersign.domain.card import MessageRef
from countersign.domain.errors import ChatRefused, ChatUnavailable, FormClosed
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import FormRef, ReplyTo
from countersign.domain.message import Button, Buttons, Form, Message, Paragraph, Text


@dataclass
class MemoryChat:
    """Implements ``ports.Messenger`` and ``ports.People``. ``down`` makes every message raise ChatUnavailable."""

    posted: list[tuple[str, Message]] = field(default_factory=list)
    updated: list[tuple[MessageRef, Message]] = field(default_factory=list)
    told: list[tuple[Person, Message]] = field(default_factory=list)
    """Everything said to one person in private, by whichever way."""
    direct_to: list[Person] = field(default_factory=list)
    replaced: list[tuple[str, Message]] = field(default_factory=list)
    homes: list[tuple[Person, Message]] = field(default_factory=list)
    forms: list[tuple[str, Form]] = field(default_factory=list)
    redrawn: list[tuple[FormRef, Form]] = field(default_factory=list)
    closed_forms: bool = False
    spoke_in: list[Workspace] = field(default_factory=list)
    """As whose bot each was said or asked, where that was said."""
    home: Workspace | None = field(default_factory=lambda: Workspace("T0ACME"))
    """Where the bot is; None: nowhere."""
    gone: list[Person] = field(default_factory=list)
    """Deactivated people of the workspace."""
    emails: Mapping[str, Person] = field(default_factory=dict)
    replied: list[tuple[MessageRef, Message]] = field(default_factory=list)
    """What was said in the threads of messages."""
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Members by the id of their user group or channel."""
    lost_channels: Mapping[str, str] = field(default_factory=dict)
    """Channel → why nothing can be said there any more."""
    admins: frozenset[tuple[str, str]] = frozenset()
    """(user id, workspace) of those whom chat calls admins there."""
    refuses_admins: bool = False
    foreign: str = "no"
    unknown_people: bool = False
    flags: dict[str, dict[str, str]] = field(default_factory=dict)
    """User id → what their profile says beside their name: ``guest``, ``gone``."""
    down: bool = False
    refuses: str = ""

    def within(self, workspace: Workspace) -> "MemoryChat":
        self.spoke_in.append(workspace)
        return self

    def post(self, channel: str, message: Message) -> MessageRef:
        self._answer(channel)
        self.posted.append((channel, message))
        return MessageRef(channel, f"{len(self.posted)}.0")

    def update(self, ref: MessageRef, message: Message) -> None:
        self._answer(ref.channel)
        self.updated.append((ref, message))

    def reply(self, ref: MessageRef, message: Message) -> None:
        self._answer(ref.channel)
        self.replied.append((ref, message))

    def direct(self, person: Person, message: Message) -> MessageRef:
        self._answer()
        self.told.append((person, message))
        self.direct_to.append(person)
        return MessageRef(f"D{person.user_id}", f"{len(self.told)}.0")

    def whisper(self, person: Person, reply_to: ReplyTo, message: Message) -> None:  # noqa: ARG002
        self._answer()
        self.told.append((person, message))

    def replace(self, reply_url: str, message: Message) -> None:
        self._answer()
        self.replaced.append((reply_url, message))

    def open_form(self, trigger_id: str, form: Form) -> FormRef:
        self._answer()
        self.forms.append((trigger_id, form))
        return FormRef(f"V{len(self.forms)}", "1")

    def update_form(self, ref: FormRef, form: Form) -> None:
        self._answer()
        if self.closed_forms:
            raise FormClosed("not_found")
        self.redrawn.append((ref, form))

    def publish_home(self, person: Person, message: Message) -> None:
        self._answer()
        self.homes.append((person, message))

    def find_by_email(self, email: str) -> Person | None:
        return self.emails.get(email)

    def profile(self, person: Person) -> Mapping[str, str]:
        if self.unknown_people:
            raise ChatRefused("user_not_found")
        profile = {"name": person.user_id.lower(), "workspace_name": "Acme", "foreign": self.foreign}
        profile |= self.flags.get(person.user_id, {})
        email = next((address for address, someone in self.emails.items() if someone == person), None)
        return profile if email is None else {**profile, "email": email}

    def workspace(self) -> Workspace:
        if self.home is None:
            raise ChatRefused("not_installed")
        return self.home

    def is_admin(self, person: Person, workspace: Workspace) -> bool:
        self._answer()
        if self.refuses_admins:
            raise ChatRefused("missing_scope")
        return (person.user_id, workspace.id) in self.admins

    def in_user_group(self, group: str, workspace: Workspace) -> frozenset[str]:
        self.spoke_in.append(workspace)
        return self._members(group, "no_such_subteam")

    def in_channel(self, channel: str, workspace: Workspace) -> frozenset[str]:
        self.spoke_in.append(workspace)
        return self._members(channel, "channel_not_found")

    def _members(self, of: str, unknown: str) -> frozenset[str]:
        self._answer(of)
        if of not in self.groups:
            raise ChatRefused(unknown)
        return self.groups[of]

    def _answer(self, channel: str = "") -> None:
        if self.down:
            raise ChatUnavailable("chat is down")
        if channel in self.lost_channels:
            raise ChatRefused(self.lost_channels[channel])
        if self.refuses:
            raise ChatRefused(self.refuses)

    def said_to(self, person: Person) -> list[str]:
        """Summaries of everything said to one person in private."""
        return [filled(message.summary) for someone, message in self.told if someone == person]


def filled(text: Text) -> str:
    """A text with its values in place, for reading."""
    return text.template.format(**{name: str(value) for name, value in text.values.items()})


def words(message: Message) -> str:
    """All running text of a message."""
    return "\n".join(filled(block.text) for block in message.blocks if isinstance(block, Paragraph))


def buttons(message: Message) -> list[Button]:
    """All buttons of a message, in rows and beside texts."""
    found: list[Button] = []
    for block in message.blocks:
        found += block.buttons if isinstance(block, Buttons) else ()
        found += [block.button] if isinstance(block, Paragraph) and block.button else ()
    return found
