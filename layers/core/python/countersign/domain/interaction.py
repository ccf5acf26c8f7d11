"""What a verified person did in chat, without a chat vendor's shapes. It rides the queues as JSON.

Nothing here was taken from a button's value, a query parameter or a form field except where the field says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from countersign.domain.identity import Person, Workspace


class Kind(StrEnum):
    """How the person reached us."""

    BUTTON = "button"
    FORM = "form"
    COMMAND = "command"
    """A slash command: brings a trigger and a reply address."""
    TEXT = "text"
    """A message to the app, or a mention of it: brings neither."""
    SHORTCUT = "shortcut"
    HOME = "home"
    """The app's home tab was opened."""


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Where a private answer to this interaction can go.

    ``reply_url`` (Slack: ``response_url``) is a capability for 30 minutes: it may ride the queue, never a log.
    """

    channel: str | None = None
    thread: str | None = None
    reply_url: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON for the queue."""
        return {"channel": self.channel, "thread": self.thread, "reply_url": self.reply_url}


@dataclass(frozen=True, slots=True)
class FormRef:
    """A form that is open: its id, and a hash of what it shows, so that nothing newer is written over."""

    id: str
    hash: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A message that a shortcut was used on. Contents for a form to begin with, and never who anybody is.

    Attributes:
        text: without markup.
        link: where the message is; None where the chat does not say.
        author: the chat's id of who wrote it; None for other apps' messages.
    """

    text: str
    link: str | None
    author: str | None


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing one person did, proved by the chat service's signature.

    Attributes:
        id: unique per delivery (event id, trigger id, view id and hash): the key that tells a redelivery.
        name: what was used: a button's action, a form's name, a shortcut's name; empty for text and commands.
        value: the button's own value, or the words typed after the command or mention. Not to be trusted for who.
        answers: a form's answers by field name; empty otherwise.
        sealed: an envelope as texts: the answers that were marked secret, which are not among ``answers`` then.
        state: a form's own ``state``.
        form: the open form that a button stands in; ``state`` is that form's.
        message: (channel, ts) of the message that a button stands in; ``private`` says it is an ephemeral one.
        foreign: True when the chat says this person is of another organisation, None when it cannot tell.
        trace_id: follows the click through queues and logs.
        at: when it reached us, epoch seconds: queues reorder, people do not.
    """

    id: str
    kind: Kind
    person: Person
    workspace: Workspace
    reply_to: ReplyTo
    name: str = ""
    value: str = ""
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)
    state: str = ""
    message: tuple[str, str] | None = None
    form: FormRef | None = None
    private: bool = False
    foreign: bool | None = None
    trace_id: str = ""
    at: int = 0
    sealed: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON for the queue."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "tenant": self.person.tenant,
            "user_id": self.person.user_id,
            "workspace": self.workspace.id,
            "organisation": self.workspace.organisation,
            "reply_to": self.reply_to.as_json(),
            "name": self.name,
            "value": self.value,
            "answers": dict(self.answers),
            "state": self.state,
            "message": list(self.message) if self.message else None,
            "form": [self.form.id, self.form.hash] if self.form else None,
            "private": self.private,
            "foreign": self.foreign,
            "trace_id": self.trace_id,
            "at": self.at,
            **({"sealed": dict(self.sealed)} if self.sealed else {}),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Interaction":
        """Read back what ``as_json`` wrote. Raises KeyError, TypeError or ValueError on any other shape."""
        message, form = body["message"], body.get("form")  # no form: queued by an earlier version
        return cls(
            id=str(body["id"]),
            kind=Kind(body["kind"]),
            person=Person(str(body["tenant"]), str(body["user_id"])),
            workspace=Workspace(str(body["workspace"]), body["organisation"]),
            reply_to=ReplyTo(**body["reply_to"]),
            name=str(body["name"]),
            value=str(body["value"]),
            answers={str(k): str(v) for k, v in dict(body["answers"]).items()},
            state=str(body["state"]),
            message=(str(message[0]), str(message[1])) if message else None,
            form=FormRef(str(form[0]), str(form[1])) if form else None,
            private=bool(body["private"]),
            foreign=body["foreign"],
            trace_id=str(body["trace_id"]),
            at=int(body.get("at", 0)),  # absent in what an earlier version queued
            sealed=dict(body["sealed"]) if body.get("sealed") else None,
        )
