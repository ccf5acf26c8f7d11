"""The Slack function's composition with memory at its edges: queues, chat and clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from countersign.config import Settings
from countersign.domain.card import MessageRef
from countersign.domain.catalog import Catalog
from countersign.domain.errors import CountersignError, StoreUnavailable
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import FormRef, ReplyTo
from countersign.domain.message import Form, Message
from countersign.domain.secret import Secret
from countersign.usecases.receive_interaction import ReceiveInteraction
from countersign.usecases.seal_answers import SealAnswers
from tests.support.memory_sign_in import MemorySealer
from tests.support.slack_requests import NOW, SIGNING_SECRET
from tests.support.small_catalog import CATALOG
from tests.support.two_apps_world import two_apps

EVERY = Catalog(two_apps().apps, {**CATALOG.recipes, **two_apps().recipes})
"""Recipes of each kind, with and without choices that an app is asked for."""


@dataclass
class ListQueue:
    """Keeps what was sent; ``broken`` makes it refuse."""

    sent: list[Mapping[str, Any]] = field(default_factory=list)
    broken: bool = False

    def send(self, body: Mapping[str, Any], *, delay: int = 0) -> None:
        if self.broken:
            raise StoreUnavailable("the queue is broken")
        self.sent.append({**body, "delay": delay} if delay else body)


@dataclass
class ListMessenger:
    """Keeps what was said; ``open_error`` and ``whisper_error`` are raised instead."""

    forms: list[tuple[str, Form]] = field(default_factory=list)
    whispers: list[tuple[Person, ReplyTo, Message]] = field(default_factory=list)
    open_error: CountersignError | None = None
    whisper_error: CountersignError | None = None

    def within(self, workspace: Workspace) -> "ListMessenger":  # noqa: ARG002 - one workspace here
        return self

    def open_form(self, trigger_id: str, form: Form) -> FormRef:
        if self.open_error:
            raise self.open_error
        self.forms.append((trigger_id, form))
        return FormRef("V0FORM", "1.hash")

    def update_form(self, ref: FormRef, form: Form) -> None:
        raise NotImplementedError

    def whisper(self, person: Person, reply_to: ReplyTo, message: Message) -> None:
        if self.whisper_error:
            raise self.whisper_error
        self.whispers.append((person, reply_to, message))

    def post(self, channel: str, message: Message) -> MessageRef:
        raise NotImplementedError

    def update(self, ref: MessageRef, message: Message) -> None:
        raise NotImplementedError

    def reply(self, ref: MessageRef, message: Message) -> None:
        raise NotImplementedError

    def direct(self, person: Person, message: Message) -> MessageRef:
        raise NotImplementedError

    def replace(self, reply_url: str, message: Message) -> None:
        raise NotImplementedError

    def publish_home(self, person: Person, message: Message) -> None:
        raise NotImplementedError


@dataclass
class Ingress:
    """A ``SlackContainer``."""

    environment: dict[str, str] = field(default_factory=dict)
    secrets: Sequence[Secret] = (SIGNING_SECRET,)
    now: int = NOW
    actions: ListQueue = field(default_factory=ListQueue)
    connections: ListQueue = field(default_factory=ListQueue)
    messenger: ListMessenger = field(default_factory=ListMessenger)
    sealer: MemorySealer = field(default_factory=MemorySealer)

    @property
    def settings(self) -> Settings:
        return Settings(self.environment)

    def clock(self) -> int:
        return self.now

    def signing_secrets(self) -> Sequence[Secret]:
        return self.secrets

    @property
    def actions_queue(self) -> ListQueue:
        return self.actions

    @property
    def receive_interaction(self) -> ReceiveInteraction:
        return ReceiveInteraction(self.catalog, self.messenger, self.actions, self.connections, self.seal_answers)

    def catalog(self) -> Catalog:
        return EVERY

    def seal_answers(self) -> SealAnswers:
        return SealAnswers(self.sealer)

    @property
    def untouched(self) -> bool:
        """Whether nothing was queued, opened or said."""
        return not (self.actions.sent or self.connections.sent or self.messenger.forms or self.messenger.whispers)
