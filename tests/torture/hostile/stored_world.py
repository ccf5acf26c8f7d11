"""The product on its real stores and sealer, in moto: rows of every kind, which can be put back as they were."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final
from unittest import mock

import boto3
from boto3.dynamodb.types import TypeSerializer
from moto import mock_aws

from countersign.adapters.dynamodb.actions import DynamoActionStore
from countersign.adapters.dynamodb.audit import DynamoAuditLog, DynamoAuditTrail
from countersign.adapters.dynamodb.belongings import DynamoBelongings
from countersign.adapters.dynamodb.cards import DynamoCardStore
from countersign.adapters.dynamodb.census import DynamoCensus
from countersign.adapters.dynamodb.connections import DynamoConnectionStore
from countersign.adapters.dynamodb.installations import DynamoInstallationStore
from countersign.adapters.dynamodb.pauses import DynamoPauses
from countersign.adapters.dynamodb.sign_ins import DynamoSignInStore
from countersign.adapters.dynamodb.table import Table
from countersign.adapters.kms import KmsSealer
from countersign.domain.action import ActionStatus
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.identity import Person, Workspace
from countersign.domain.installation import Installation, InstallState
from sandbox.one_process.aws import _ACCOUNT
from tests.contract.tables import template_table
from tests.support.acting_world import CARD, JOSIE, TOM, ActingWorld, MemoryAuthorization, MemoryJournal
from tests.support.memory_chat import MemoryChat
from tests.support.memory_sign_in import MemoryQueue
from tests.support.scripted_servicenow import ScriptedServiceNow
from tests.support.sign_in_world import ScriptedAuthorization, ScriptedOpenId, claims_of, servicenow_user
from tests.torture.hostile.journey import Journey
from tools.resolve import of_type, resolved

PRIYA: Final = Person("T0ACME", "U0PRIYA")
RETENTION: Final = 90 * 86_400
NOW: Final = 1_800_000_000
KEPT: Final = frozenset(
    {"settings", "worker", "now", "numbers", "lifetime", "servicenow", "_killed_at", "catalog"}
    | {"client", "touched", "read", "tables", "base", "links", "opener", "bot_opener"}
)
"""What of a world outlives a round; everything else is made anew for the next one."""

type Item = dict[str, Any]
type Place = tuple[str, str, str]
"""Table, partition key, sort key."""


class NotingTable(Table):
    """A table that notes which of its rows were read, and which written."""

    def __init__(self, client: Any, name: str, touched: set[Place], read: set[Place]) -> None:
        super().__init__(client, name)
        self._touched, self._read = touched, read

    def get(self, pk: str, sk: str) -> Item | None:
        """Read, and note it."""
        self._read.add((self._name, pk, sk))
        return super().get(pk, sk)

    def _query(self, condition: str, values: Mapping[str, Any], more: Mapping[str, Any], limit: int) -> Sequence[Item]:
        found = super()._query(condition, values, more, limit)
        self._read.update((self._name, item["pk"], item["sk"]) for item in found)
        return found

    def _pages(
        self, index: str | None, condition: str, values: Mapping[str, Any], more: Mapping[str, Any] | None = None
    ) -> Iterator[Any]:
        for answer in super()._pages(index, condition, values, more):
            self._read.update((self._name, item["pk"]["S"], item["sk"]["S"]) for item in answer.get("Items", ()))
            yield answer

    def put(self, item: Item, condition: str | None = None, values: Mapping[str, Any] | None = None) -> None:
        """Write, and note it."""
        self._touched.add((self._name, item["pk"], item["sk"]))
        super().put(item, condition, values)

    def update(self, pk: str, sk: str, change: str, condition: str, values: Mapping[str, Any]) -> None:
        """Change, and note it."""
        self._touched.add((self._name, pk, sk))
        super().update(pk, sk, change, condition, values)

    def delete(self, pk: str, sk: str, condition: str, values: Mapping[str, Any]) -> None:
        """Remove, and note it."""
        self._touched.add((self._name, pk, sk))
        super().delete(pk, sk, condition, values)


class SignInAtApp(ScriptedAuthorization, MemoryAuthorization):
    """Exchanges, refreshes and revokes."""

    def __init__(self) -> None:
        ScriptedAuthorization.__init__(self)
        MemoryAuthorization.__init__(self)

    refresh = MemoryAuthorization.refresh
    revoke = MemoryAuthorization.revoke


class NotingServiceNow(ScriptedServiceNow):
    """Notes with whose token each act came; says who signs in."""

    def __init__(self) -> None:
        super().__init__()
        self.acted_with: list[str] = []

    def send(self, request: HttpRequest, allowed_hosts: Sequence[str]) -> HttpAnswer:
        """Answer."""
        if request.method == "PATCH":
            self.acted_with.append(request.headers["Authorization"].removeprefix("Bearer "))
        if "/sys_user" in request.url:
            return HttpAnswer(200, servicenow_user("josie@acme.com"))
        return super().send(request, allowed_hosts)


@dataclass
class Links:
    """What browsers hold: the secrets and cookies of sign-ins at each step."""

    link: str = ""
    at_slack: tuple[str, str] = ("", "")
    at_app: tuple[str, str] = ("", "")
    confirm: tuple[dict[str, Any], str] = field(default_factory=lambda: ({}, ""))
    button: str = ""


class StoredWorld(ActingWorld):
    """One deployment. ``begin_round`` puts every row back, and everything else too."""

    def __init__(self) -> None:
        super().__init__()
        self.client: Any = boto3.client("dynamodb")
        self.touched: set[Place] = set()
        self.read: set[Place] = set()
        self.tables = {name: self._made(name) for name in of_type(resolved(Stage="local"), "AWS::DynamoDB::Table")}
        self.opener = KmsSealer(boto3.client("kms"), boto3.client("kms").create_key()["KeyMetadata"]["Arn"])
        self.bot_opener = self.opener
        self.base: dict[Place, Item] = {}
        self.links = Links()
        self._use_stores()
        self.begin_round()
        self._fill()
        self.base = {place: item for name in self.tables for place, item in self._scanned(name)}
        self.touched.clear()

    def begin_round(self) -> None:
        """Every row as it was; nothing said, queued or asked yet."""
        for table, pk, sk in self.touched:
            key = {"pk": {"S": pk}, "sk": {"S": sk}}
            if (item := self.base.get((table, pk, sk))) is not None:
                self.client.put_item(TableName=table, Item=item)
            else:
                self.client.delete_item(TableName=table, Key=key)
        self.touched.clear()
        for name in [name for name in self.__dict__ if name not in KEPT]:
            del self.__dict__[name]
        self.numbers += 1
        self.now, self.servicenow = NOW, NotingServiceNow()
        self._use_stores()

    def write(self, place: Place, item: Item) -> None:
        """Somebody's hand: a row as DynamoDB has it."""
        self.touched.add(place)
        self.client.put_item(TableName=place[0], Item=item)

    def _made(self, name: str) -> NotingTable:
        template_table(self.client, name)
        return NotingTable(self.client, name, self.touched, self.read)

    def _use_stores(self) -> None:
        """Everything outside anew, and the use cases on it."""
        tables, journal = self.tables, MemoryJournal()
        outside: dict[str, Any] = {
            "journal": journal,
            "slack": MemoryChat(),
            "actions_queue": MemoryQueue(),
            "connections_queue": MemoryQueue(),
            "authorization": SignInAtApp(),
            "chat_openid": ScriptedOpenId({JOSIE.user_id: claims_of(JOSIE)}),
            "actions": DynamoActionStore(tables["ActionsTable"], RETENTION),
            "cards": DynamoCardStore(tables["CardsTable"], RETENTION),
            "connections": DynamoConnectionStore(tables["ConnectionsTable"], tables["SignInsTable"]),
            "sign_ins": DynamoSignInStore(tables["SignInsTable"]),
            "audit": DynamoAuditLog(tables["AuditTable"], self.clock, RETENTION, journal),
            "failures": DynamoAuditTrail(tables["AuditTable"]),
            "pauses": DynamoPauses(tables["SignInsTable"]),
            "census": DynamoCensus(tables["ConnectionsTable"], tables["SignInsTable"]),
            "belongings": DynamoBelongings(tables["ConnectionsTable"], tables["SignInsTable"], tables["CardsTable"]),
            "bot_connections": DynamoConnectionStore(tables["WorkspacesTable"], notes=tables["WorkspacesTable"]),
            "installations": DynamoInstallationStore(tables["WorkspacesTable"]),
        }
        self.__dict__.update(outside)
        self.slack.admins = frozenset({(JOSIE.user_id, "T0ACME")})

    def _scanned(self, name: str) -> Iterator[tuple[Place, Item]]:
        for item in self.client.scan(TableName=name)["Items"]:
            yield (name, item["pk"]["S"], item["sk"]["S"]), item

    # --- rows of every kind

    def _fill(self) -> None:
        journey = Journey(self, "servicenow")
        self.links.at_app = journey.to_app()
        self.links.link = journey.link
        state, cookie = journey.to_app()
        page = journey.back(state, cookie)
        self.links.confirm = (page, cookie)
        self.links.at_slack = journey.to_slack()
        self.put_card()
        self.links.button = self.button().as_value()
        for person, name in ((JOSIE, "josie"), (TOM, "tom")):
            self.connections.hold_account(self.connect(person, name))
        self._actions()
        self.sign_ins.first_sight("Ev-seen", "m0", self.now)
        self.pauses.set("salesforce", "T0ACME", self.now, paused=True)
        self.installations.put(
            Installation(Workspace("T0ACME"), "Acme", "A1", "U0BOT", "U0JOSIE", ("chat:write",), self.now, None)
        )
        self.installations.put_state(InstallState("a" * 64, "c" * 64, "https://x/cb", self.now + 600))
        self.installations.first("T0ACME")
        self.cards.remember_hook("approve_change", "T0ACME", "hook-1", CARD, self.now)
        self.cards.move_channel("C0OLD", "C0APPROVALS", self.now)
        self.audit.record(
            "action_ended", JOSIE, {"app": "servicenow", "workspace": "T0ACME", "outcome": "refused"}, once="one"
        )

    def _actions(self) -> None:
        """Priya's waits for her sign-in; two of Josie's wait for nobody, were sent, or ended."""
        self.click(PRIYA)
        (waiting,) = self.actions.recent(PRIYA, 1)
        for number, status in enumerate((ActionStatus.SENT, ActionStatus.DONE, ActionStatus.UNKNOWN)):
            action = replace(
                waiting,
                person=JOSIE,
                id=f"other-{number}#approve#0",
                card=None,
                subject=f"servicenow#other-{number}#0",
                status=status,
                waiting_for=None,
                version=1,
                owner="gone" if status is ActionStatus.SENT else None,
                owned_until=self.now - 600,
                sends=1,
                sent_at=self.now - 700,
                ended_at=None if status is ActionStatus.SENT else self.now - 600,
                told=True,
            )
            self.actions.create(action)
            self.actions.claim_subject(action.subject or "", action)


@contextmanager
def stored_world() -> Iterator[StoredWorld]:
    """A world on tables of its own."""
    with mock.patch.dict(os.environ, _ACCOUNT), mock_aws():
        yield StoredWorld()


def typed(value: Any) -> Any:
    """A value as DynamoDB writes it."""
    return TypeSerializer().serialize(value)
