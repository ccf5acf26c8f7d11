"""The AWS clients: bounded in time, made when first used."""

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient


@overload
def client(service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def client(service: Literal["kms"], *, hasty: bool = ...) -> "KMSClient": ...
@overload
def client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@cache
def client(service: str, *, hasty: bool = False) -> Any:
    """A client of an AWS service: 2 s to connect, 3 s to answer, three attempts in all.

    ``hasty``: 1 s and 1 s, one attempt, for a function whose caller waits for three seconds in all.

    botocore is imported here, not at the top: a function that needs no client does not pay for it.
    """
    import boto3  # noqa: PLC0415 - start-up cost, see the docstring
    from botocore.config import Config  # noqa: PLC0415

    seconds, attempts = ((1, 1), 1) if hasty else ((2, 3), 3)
    config = Config(
        connect_timeout=seconds[0],
        read_timeout=seconds[1],
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    return boto3.client(service, config=config)  # type: ignore[call-overload]
