"""Real adapters on moto, beside the fakes that must behave like them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from countersign.adapters.dynamodb.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> "Iterator[DynamoDBClient]":
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield boto3.client("dynamodb")


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> Table:
    """A table with the template's keys and every index that a store uses."""
    names = {"pk": "S", "sk": "S", "waiting": "S", "created_at": "N", "due_kind": "S", "due_at": "N"}
    names |= {"tenant": "S", "workspace": "S"}
    definition: Any = {
        "TableName": "table",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in names.items()],
        "KeySchema": _keys("pk", "sk"),
        "LocalSecondaryIndexes": [
            _index("waiting-index", "pk", "waiting"),
            _index("created-index", "pk", "created_at"),
        ],
        "GlobalSecondaryIndexes": [
            _index("due-index", "due_kind", "due_at"),
            {**_index("tenant-index", "tenant", "workspace"), "Projection": {"ProjectionType": "KEYS_ONLY"}},
        ],
    }
    dynamodb.create_table(**definition)
    return Table(dynamodb, "table")


def _keys(partition: str, order: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": order, "KeyType": "RANGE"}]


def _index(name: str, partition: str, order: str) -> dict[str, object]:
    return {"IndexName": name, "KeySchema": _keys(partition, order), "Projection": {"ProjectionType": "ALL"}}
