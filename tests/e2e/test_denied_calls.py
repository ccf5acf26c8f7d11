"""What no function's role allows, tried under each role on the local AWS, which enforces them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.infra.test_roles import TABLE

KEY = {"pk": {"S": "nobody"}, "sk": {"S": "nothing"}}
CONTEXT = {"tenant": "T0ACME", "person": "U0JOSIE", "app": "servicenow"}
DENIED = {"AccessDeniedException", "AccessDenied"}

type Call = Callable[[Any, str], object]

CALLS: Mapping[str, Mapping[str, Call]] = {
    "Table": {
        "dynamodb:GetItem": lambda client, name: client.get_item(TableName=name, Key=KEY),
        "dynamodb:PutItem": lambda client, name: client.put_item(TableName=name, Item=KEY),
        "dynamodb:UpdateItem": lambda client, name: client.update_item(TableName=name, Key=KEY),
        "dynamodb:DeleteItem": lambda client, name: client.delete_item(TableName=name, Key=KEY),
        "dynamodb:Scan": lambda client, name: client.scan(TableName=name),
        "dynamodb:DeleteTable": lambda client, name: client.delete_table(TableName=name),
        "dynamodb:Query": lambda client, name: client.query(
            TableName=name, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": KEY["pk"]}
        ),
    },
    "Key": {
        "kms:Encrypt": lambda client, key: client.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=CONTEXT),
        "kms:Decrypt": lambda client, key: client.decrypt(KeyId=key, CiphertextBlob=b"x", EncryptionContext=CONTEXT),
        "kms:GenerateDataKey": lambda client, key: client.generate_data_key(
            KeyId=key, KeySpec="AES_256", EncryptionContext=CONTEXT
        ),
        "kms:ScheduleKeyDeletion": lambda client, key: client.schedule_key_deletion(KeyId=key),
    },
    "Secret": {
        "secretsmanager:GetSecretValue": lambda client, arn: client.get_secret_value(SecretId=arn),
        "secretsmanager:PutSecretValue": lambda client, arn: client.put_secret_value(SecretId=arn, SecretString="{}"),
    },
    "Queue": {
        "sqs:SendMessage": lambda client, url: client.send_message(QueueUrl=url, MessageBody="{}"),
        "sqs:ReceiveMessage": lambda client, url: client.receive_message(QueueUrl=url),
        "sqs:PurgeQueue": lambda client, url: client.purge_queue(QueueUrl=url),
    },
}
"""Kind of resource, by the end of its logical id → action → how it is tried."""


class Aws:
    """The local AWS, as its owner or under a function's role."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self.stack = stack
        found = self.client("cloudformation").describe_stack_resources(StackName=stack["stack_name"])
        self.resources = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found["StackResources"]}

    def client(self, service: str, credentials: Mapping[str, str] | None = None) -> Any:
        """A client of a service."""
        owner = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        where = {"endpoint_url": self.stack["aws_endpoint_url"], "region_name": self.stack["region"]}
        return boto3.client(service, **where, **(credentials or owner))

    def credentials(self, function: str) -> dict[str, str]:
        """What a function holds while it runs."""
        name = self.stack["functions"][function]
        role = self.client("lambda").get_function_configuration(FunctionName=name)["Role"]
        found = self.client("sts").assume_role(RoleArn=role, RoleSessionName="denied-calls")["Credentials"]
        return {
            "aws_access_key_id": found["AccessKeyId"],
            "aws_secret_access_key": found["SecretAccessKey"],
            "aws_session_token": found["SessionToken"],
        }


@pytest.fixture
def own_aws(stack: dict[str, Any]) -> Aws:
    return Aws(stack)


def tried(aws: Aws) -> Iterator[tuple[str, str, Call]]:
    """(logical id, action, call) of everything that could be done to what the stack holds."""
    for logical_id in aws.resources:
        for kind, calls in CALLS.items():
            if logical_id.endswith(kind) and "DeadLetter" not in logical_id:
                yield from ((logical_id, action, call) for action, call in calls.items())


def is_denied(call: Call, client: Any, resource: str) -> bool:
    try:
        call(client, resource)
    except ClientError as error:
        return error.response["Error"]["Code"] in DENIED
    return False


@pytest.mark.parametrize("function", TABLE)
def test_whatever_is_not_in_the_table_is_denied(own_aws: Aws, function: str) -> None:
    credentials, opened, refused = own_aws.credentials(function), [], 0
    for logical_id, action, call in tried(own_aws):
        if action not in TABLE[function].get(logical_id, set()):
            client = own_aws.client(action.partition(":")[0], credentials)
            if is_denied(call, client, own_aws.resources[logical_id]):
                refused += 1
            else:
                opened.append(f"{action} on {logical_id}")
    assert opened == []
    assert refused > 20


@pytest.mark.parametrize("function", TABLE)
def test_what_is_in_the_table_is_not(own_aws: Aws, function: str) -> None:
    """So that a denial above is the role's, and not that of credentials that open nothing."""
    credentials = own_aws.credentials(function)
    mine = [
        is_denied(call, own_aws.client(action.partition(":")[0], credentials), own_aws.resources[logical_id])
        for logical_id, action, call in tried(own_aws)
        if action in TABLE[function].get(logical_id, set())
        and action in {"dynamodb:GetItem", "dynamodb:Query", "kms:GenerateDataKey", "secretsmanager:GetSecretValue"}
    ]
    assert mine
    assert not any(mine)
