"""AWS in this process, by moto: the tables, queues, keys and secrets that the template names, and nothing else."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from unittest import mock

import boto3
from moto import mock_aws

from countersign.adapters import aws
from sandbox.stack.aws import OWNER, REGION

_ACCOUNT = {"AWS_ACCESS_KEY_ID": OWNER, "AWS_SECRET_ACCESS_KEY": OWNER, "AWS_DEFAULT_REGION": REGION}
_TABLE = ("KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")


@dataclass(frozen=True)
class Resource:
    """A made resource: what `!Ref` of it gives, and what `!GetAtt` of its Arn or Id does."""

    ref: str
    arn: str


@contextmanager
def aws_of(template: Mapping[str, Any]) -> Iterator[dict[str, Resource]]:
    """Make the template's resources in moto for as long as the block runs; logical id → resource.

    Whatever the caller's environment says of an AWS account is covered up meanwhile.
    """
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with mock.patch.dict(os.environ, elsewhere | _ACCOUNT, clear=True), mock_aws():
        _forget_clients()
        try:
            yield {name: made for name, resource in template["Resources"].items() if (made := _make(name, resource))}
        finally:
            _forget_clients()


def _forget_clients() -> None:
    """A client made before moto, or in it, is of another world."""
    cast("Any", aws.client).cache_clear()


def _make(name: str, resource: Mapping[str, Any]) -> Resource | None:
    match resource["Type"]:
        case "AWS::DynamoDB::Table":
            properties = {key: resource["Properties"][key] for key in _TABLE if key in resource["Properties"]}
            made = boto3.client("dynamodb").create_table(TableName=name, **properties)
            return Resource(name, made["TableDescription"]["TableArn"])
        case "AWS::SQS::Queue":
            client = boto3.client("sqs")
            url = client.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "120"})["QueueUrl"]
            return Resource(
                url, client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            )
        case "AWS::KMS::Key":
            key = boto3.client("kms").create_key()["KeyMetadata"]
            return Resource(key["KeyId"], key["Arn"])
        case "AWS::SecretsManager::Secret":
            arn = boto3.client("secretsmanager").create_secret(Name=name, SecretString="{}")["ARN"]
            return Resource(arn, arn)
    return None
