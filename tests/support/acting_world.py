"""Everything an action runs on, in memory, wired by the product's own composition root."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from countersign.bootstrap import Container
from countersign.config import Settings
from countersign.domain.action import Action
from countersign.domain.card import Card, CardStatus, MessageRef
from countersign.domain.card_button import CardButton, fingerprint
from countersign.domain.connection import Account, Connection, Status, seal_owner
from countersign.domain.errors import InvalidGrant
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.oauth import TokenAnswer
from countersign.domain.secret import Secret
from countersign.domain.texts.names import CARD_CHOOSE
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Tokens
from countersign.entrypoints.queues import handle_actions, handle_connections
from tests.support.memory_admin import MemoryCensus, MemoryFailures, MemoryPauses
from tests.support.memory_chat import MemoryChat
from tests.support.memory_ledger import MemoryActionStore, MemoryCardStore
from tests.support.memory_sign_in import (
    MemoryAuditLog,
    MemoryConnectionStore,
    MemoryQueue,
    MemorySealer,
    MemorySignInStore,
)
from tests.support.memory_workspaces import (
    MemoryBelongings,
    MemoryChatInstall,
    MemoryInstallationStore,
    MemoryMembers,
)
from tests.support.scripted_servicenow import CHANGE, ScriptedServiceNow
from tests.support.shipped_catalog import shipped

WORKSPACE = Workspace("T0ACME")
JOSIE, TOM = Person("T0ACME", "U0JOSIE"), Person("T0ACME", "U0TOM")
CARD = "c" * 32
COPY = MessageRef("C0APPROVALS", "100.1")
ENVIRONMENT = {
    "STAGE": "local",
    "PUBLIC_URL": "http://api.execute-api.localhost:4561/local",
    "APP_SETTINGS": "servicenow.instance=acme,salesforce.domain=acme",
}


_OUTSIDE = {
    "settings",
    "worker",
    "now",
    "numbers",
    "lifetime",
    "servicenow",
    "_killed_at",
    "catalog",
    "journal",
    "http",
} | {
    "actions",
    "cards",
    "connections",
    "sign_ins",
    "audit",
    "actions_queue",
    "connections_queue",
    "opener",
    "slack",
    "authorization",
    "installations",
    "bot_connections",
    "bot_opener",
    "chat_install",
    "pauses",
}


@dataclass
class MemoryAuthorization:
    """Implements what an action asks of ``ports.AuthorizationServer``: refresh and revoke."""

    refreshed: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    answers: list[TokenAnswer | Exception] = field(default_factory=list)
    revocable: bool = True
    revoke_fails: Exception | None = None

    def refresh(self, app: Any, tokens: Tokens, redirect_uri: str) -> TokenAnswer:  # noqa: ARG002
        self.refreshed.append(tokens.refresh_token.reveal() if tokens.refresh_token else "")
        answer = self.answers.pop(0) if self.answers else InvalidGrant("gone")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def revoke(self, app: Any, tokens: Tokens) -> bool:
        if self.revoke_fails is not None:
            raise self.revoke_fails
        sends_access_token = app.server.revocation.sends_access_token
        token = tokens.access_token if sends_access_token or tokens.refresh_token is None else tokens.refresh_token
        self.revoked.append(token.reveal() if token else "")
        return self.revocable


@dataclass
class MemoryJournal:
    """Implements ``ports.Journal``."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, event: str, **facts: Any) -> None:
        self.events.append((event, facts))

    @property
    def names(self) -> list[str]:
        return [event for event, _ in self.events]


class ActingWorld(Container):
    """The product with its outside in memory. ``now`` moves only when a test moves it."""

    def __init__(self) -> None:
        super().__init__(Settings(ENVIRONMENT))
        self.now = 1_800_000_000
        self.numbers = 0
        self.lifetime = 20
        self.servicenow = ScriptedServiceNow()

    serves_several = False  # type: ignore[assignment]

    def clock(self) -> int:
        return self.now

    def randomness(self) -> str:
        self.numbers += 1
        return f"{self.numbers:064x}"

    def deadline(self) -> int:
        return self.now + self.lifetime

    def follow(self, trace_id: str) -> None:
        """Leave the logs of the test process, which other tests read too, as they are."""

    def pause(self, seconds: int) -> None:
        self.now += seconds

    catalog = cached_property(lambda _: shipped())
    journal = cached_property(lambda _: MemoryJournal())  # type: ignore[assignment]
    actions = cached_property(lambda _: MemoryActionStore())  # type: ignore[assignment]
    cards = cached_property(lambda _: MemoryCardStore())  # type: ignore[assignment]
    connections = cached_property(lambda _: MemoryConnectionStore())  # type: ignore[assignment]
    sign_ins = cached_property(lambda _: MemorySignInStore())  # type: ignore[assignment]
    audit = cached_property(lambda self: MemoryAuditLog(journal=self.journal))  # type: ignore[assignment]
    audit_trail = cached_property(lambda self: self.audit)  # type: ignore[assignment]
    actions_queue = cached_property(lambda _: MemoryQueue())  # type: ignore[assignment]
    connections_queue = cached_property(lambda _: MemoryQueue())  # type: ignore[assignment]
    opener = cached_property(lambda _: MemorySealer())  # type: ignore[assignment]
    installations = cached_property(lambda _: MemoryInstallationStore())  # type: ignore[assignment]
    bot_connections = cached_property(lambda _: MemoryConnectionStore())  # type: ignore[assignment]
    bot_opener = cached_property(lambda _: MemorySealer())  # type: ignore[assignment]
    belongings = cached_property(  # type: ignore[assignment]
        lambda self: MemoryBelongings(self.connections, self.sign_ins, self.cards)
    )
    pauses = cached_property(lambda _: MemoryPauses())  # type: ignore[assignment]
    census = cached_property(lambda self: MemoryCensus(self.connections))  # type: ignore[assignment]
    failures = cached_property(lambda self: MemoryFailures(self.audit))  # type: ignore[assignment]
    members = cached_property(lambda self: MemoryMembers(self.slack))  # type: ignore[assignment]
    chat_install = cached_property(lambda _: MemoryChatInstall())  # type: ignore[assignment]
    slack = cached_property(lambda _: MemoryChat())
    messenger = cached_property(lambda self: self.slack)  # type: ignore[assignment]
    people = cached_property(lambda self: self.slack)  # type: ignore[assignment]
    authorization = cached_property(lambda _: MemoryAuthorization())  # type: ignore[assignment]
    http = cached_property(lambda self: self.servicenow)  # type: ignore[assignment]

    # --- what a test does

    def be_another_worker(self) -> None:
        """From here on another process goes on: whatever was made for the first one is made anew."""
        self.worker = f"worker-{self.randomness()[-4:]}"
        for name in [name for name in self.__dict__ if name not in _OUTSIDE]:
            del self.__dict__[name]

    def put_card(self, **changes: Any) -> Card:
        inputs = {
            "sys_id": CHANGE,
            "number": "CHG0030001",
            "short_description": "Upgrade the payroll database",
            "requested_by": "Priya",
        }
        plain = Card(CARD, "approve_change", WORKSPACE, inputs, CHANGE, CardStatus.OPEN, (COPY,), self.now, 1)
        card = replace(plain, **changes)
        self.cards.create(card)
        return card

    def connect(self, person: Person, name: str, *, expires_in: int | None = 1_800, **changes: Any) -> Connection:
        account = Account(f"id-{name}", name, name.title(), f"{name}@acme.com")
        owner = seal_owner(person, WORKSPACE.id, "servicenow", account.id, 1)
        sealed = self.opener.seal(pack(Tokens(Secret(f"at-{name}"), Secret(f"rt-{name}"))), owner)
        expires_at = None if expires_in is None else self.now + expires_in
        plain = Connection(
            person, WORKSPACE.id, "servicenow", account, Status.LIVE, 1, sealed, (), expires_at, self.now
        )
        connection = replace(plain, **changes)
        self.connections.put(connection, replaces=None)
        return connection

    def click(self, person: Person, choice: str = "approve", **changes: Any) -> Interaction:
        """A click on the card, as the Slack function hands it on; a new trigger each time."""
        plain = Interaction(
            id=f"trigger-{self.randomness()}",
            kind=Kind.BUTTON,
            person=person,
            workspace=WORKSPACE,
            reply_to=ReplyTo("C0APPROVALS", None, "https://hooks.slack.com/actions/x"),
            name=CARD_CHOOSE,
            value=self.button(choice).as_value(),
            message=(COPY.channel, COPY.ts),
            trace_id="trace",
            at=self.now,
        )
        interaction = replace(plain, **changes)
        self.deliver({"v": 1, "kind": "interaction", "interaction": interaction.as_json()})
        return interaction

    def button(self, choice: str = "approve", **changes: str) -> CardButton:
        """A button of the card as it stands now."""
        card = self.cards.get(CARD)
        plain = CardButton("approve_change", CARD, choice, fingerprint(card.inputs) if card else "")
        return replace(plain, **changes)

    def deliver(self, body: dict[str, Any], *, queue: str = "actions") -> list[Any]:
        """One delivery by a queue; what failed."""
        import json  # noqa: PLC0415

        record = {"messageId": "m1", "body": json.dumps(body), "attributes": {"SentTimestamp": f"{self.now}000"}}
        event = {"Records": [record]}
        handle = handle_actions if queue == "actions" else handle_connections
        failed: list[Any] = handle(event, self)["batchItemFailures"]
        return failed

    def run_queue(self) -> None:
        """Deliver everything that was queued for actions, and what that queues again without a delay."""
        queue = self.actions_queue
        queue.resting.clear()  # their time has come
        while ready := [message for message in queue.sent if message not in queue.resting]:
            queue.sent.remove(ready[0])
            self.deliver(dict(ready[0]))

    def action_of(self, person: Person, choice: str = "approve", attempt: int = 0) -> Action:
        action = self.actions.get(person, f"{CARD}#{choice}#{attempt}")
        assert action is not None
        return action
