"""A large workspace leaves: everything goes, in bounded pieces, on the real stores and queue against moto."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from countersign.adapters.dynamodb.belongings import DynamoBelongings
from countersign.adapters.dynamodb.connections import DynamoConnectionStore
from countersign.adapters.dynamodb.table import Table
from countersign.adapters.sqs import SqsQueue
from countersign.domain.connection import Status
from countersign.domain.departure import Departure, Left
from countersign.domain.identity import Person
from countersign.domain.queue_messages import left_message
from countersign.entrypoints.queues import handle_actions
from countersign.usecases.clear_up import PAGE
from tests.contract.test_connection_store import LIVE
from tests.support.acting_world import ActingWorld

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

CONNECTIONS = int(os.environ.get("LARGE_WORKSPACE", "300"))
"""How many. moto reads its whole table for every page of an index, so 100,000 take a long run with more time."""
PAGES_EACH = 1
"""Pages of rows that an invocation has time for: the queue must go on again and again."""
LARGEST_MESSAGE = 1_000


class Leaving(ActingWorld):
    """Connections and queue on the local AWS. Its clock ticks with every page, so that invocations run out of time."""

    def __init__(self, dynamodb: "DynamoDBClient", sqs: "SQSClient") -> None:
        super().__init__()
        self.sqs, self.ticks = sqs, 0
        self.table = Table(dynamodb, "connections")
        self.empty = Table(dynamodb, "empty")
        self.queue_url = sqs.create_queue(QueueName="actions")["QueueUrl"]

    connections = cached_property(lambda self: DynamoConnectionStore(self.table, self.empty))  # type: ignore[assignment]
    belongings = cached_property(  # type: ignore[assignment]
        lambda self: DynamoBelongings(self.table, self.empty, self.empty)
    )
    actions_queue = cached_property(lambda self: SqsQueue(self.sqs, self.queue_url))  # type: ignore[assignment]

    def deadline(self) -> int:
        """Enough for so many pages, then for none."""
        self.ticks += 1
        return self.now + (0 if self.ticks % (PAGES_EACH + 1) == 0 else 100)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[Leaving]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        for name in ("connections", "empty"):
            create_table(dynamodb, name)
        yield Leaving(dynamodb, boto3.client("sqs"))


def create_table(dynamodb: "DynamoDBClient", name: str) -> None:
    def keys(partition: str, order: str) -> Any:
        return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": order, "KeyType": "RANGE"}]

    definition: Any = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": "S"} for attribute in ("pk", "sk", "tenant", "workspace")
        ],
        "KeySchema": keys("pk", "sk"),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "tenant-index",
                "KeySchema": keys("tenant", "workspace"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    }
    dynamodb.create_table(**definition)


def drain(world: Leaving) -> dict[str, int]:
    """Work the queue off as Lambda does, but for the revocations: how many messages of each kind there were."""
    kinds: dict[str, int] = {}
    while messages := world.sqs.receive_message(QueueUrl=world.queue_url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            world.sqs.delete_message(QueueUrl=world.queue_url, ReceiptHandle=message["ReceiptHandle"])
            kind = json.loads(message["Body"])["kind"]
            assert len(message["Body"]) < LARGEST_MESSAGE
            kinds[kind] = kinds.get(kind, 0) + 1
            if kind != "revoke":
                record = {"messageId": message["MessageId"], "body": message["Body"]}
                assert handle_actions({"Records": [record]}, world) == {"batchItemFailures": []}
    return kinds


def test_every_connection_of_a_large_workspace_is_cut_in_bounded_pieces(world: Leaving) -> None:
    for number in range(CONNECTIONS):
        world.connections.put(replace(LIVE, person=Person("T0ACME", f"U{number:06}")), replaces=None)
    sibling = replace(LIVE, person=Person("T1LABS", "U000001"), workspace="T1LABS")
    world.connections.put(sibling, replaces=None)
    left = Departure(Left.UNINSTALLED, "T0ACME", "T0ACME", None, None, world.now + 60)
    world.actions_queue.send(left_message(left))

    kinds = drain(world)

    assert kinds["revoke"] == CONNECTIONS
    assert kinds["purge"] >= CONNECTIONS / (PAGE * PAGES_EACH)
    everybody = (world.connections.get(Person("T0ACME", f"U{n:06}"), "servicenow") for n in range(CONNECTIONS))
    assert {row.status for row in everybody if row is not None} == {Status.REVOKING}
    assert world.connections.get(sibling.person, "servicenow") == sibling
