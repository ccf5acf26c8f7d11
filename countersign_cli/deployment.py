"""A running deployment, as its operator reaches it: its tables and queues, by the names among its stack's outputs."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from countersign.adapters import system
from countersign.adapters.dynamodb.audit import DynamoAuditLog
from countersign.adapters.dynamodb.table import Table
from countersign.adapters.sqs import SqsQueue
from countersign.config import DEFAULT_RETENTION_DAYS
from countersign.domain.errors import StoreUnavailable
from countersign_cli.catalog_folder import err

LOCAL_STACK: Final = Path(__file__).parents[1] / ".local" / "stack.json"
"""What `make up` and `make demo` write about the stack on this machine."""
_LOCAL_KEY: Final = "test"
"""Access key and secret of the local AWS's owner."""

StackName = Annotated[str, typer.Option("--stack", metavar="NAME", help="Name of the CloudFormation stack.")]
Region = Annotated[
    str, typer.Option("--region", metavar="REGION", help="AWS region; without it, your profile's.", show_default=False)
]
Local = Annotated[bool, typer.Option("--local", help="The stack that `make up` or `make demo` runs on this machine.")]


@dataclass(frozen=True)
class Deployment:
    """The operator's own credentials decide what can be done with it."""

    session: boto3.Session
    outputs: Mapping[str, str]
    endpoint_url: str | None = None

    def table(self, output: str) -> Table:
        """A table, by the name of the output that names it."""
        return Table(self._client("dynamodb"), self.outputs[output])

    def queue(self, output: str) -> SqsQueue:
        """A queue, by the name of the output that gives its address."""
        return SqsQueue(self._client("sqs"), self.outputs[output])

    def operator(self) -> str:
        """Who runs this command, as AWS knows them: an ARN."""
        return str(self._client("sts").get_caller_identity()["Arn"])

    def _client(self, service: str) -> Any:
        return _client(self.session, service, self.endpoint_url)


def find(stack: str, region: str, *, local: bool) -> Deployment:
    """The deployment meant. Exits with 2, in plain words, when there is none or AWS does not let us see it."""
    if local:
        return _local()
    session = boto3.Session(region_name=region or None)
    with plainly(stack):
        stacks = _client(session, "cloudformation", None).describe_stacks(StackName=stack)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}
    if "AuditTableName" not in outputs:
        err.print(f"The stack {stack} is not one of Countersign's (it has no output AuditTableName).")
        raise typer.Exit(2)
    return Deployment(session, outputs)


def audit_log(deployment: Deployment) -> DynamoAuditLog:
    """Where what an operator does is written down, for as long as the stack keeps such rows."""
    days = int(deployment.outputs.get("AuditRetentionDays", DEFAULT_RETENTION_DAYS))
    return DynamoAuditLog(deployment.table("AuditTableName"), system.now, days * 86_400, _unlogged)


def _unlogged(event: str, **facts: str | int | None) -> None:
    """An operator's terminal is no log: the row is what counts."""


@contextmanager
def plainly(stack: str) -> Iterator[None]:
    """What AWS says, as a sentence, and exit 2."""
    try:
        yield
    except NoCredentialsError:
        said = "There are no AWS credentials: sign in (aws sso login) or set AWS_PROFILE."
    except NoRegionError:
        said = "No AWS region is set: name one with --region, or set AWS_REGION."
    except ClientError as error:
        told = error.response.get("Error", {})
        said = f"AWS refused to show the stack {stack}: {told.get('Message') or told.get('Code', 'no reason given')}"
    except (BotoCoreError, StoreUnavailable) as error:
        said = f"AWS did not answer as it should: {error}"
    else:
        return
    err.print(said, markup=False)
    raise typer.Exit(2) from None


def _local() -> Deployment:
    try:
        described = json.loads(LOCAL_STACK.read_text())
    except FileNotFoundError:
        err.print("No stack runs on this machine: start one with `make up` or `make demo`.")
        raise typer.Exit(2) from None
    session = boto3.Session(
        aws_access_key_id=_LOCAL_KEY, aws_secret_access_key=_LOCAL_KEY, region_name=described["region"]
    )
    return Deployment(session, described["outputs"], described["aws_endpoint_url"] or None)


def _client(session: boto3.Session, service: str, endpoint_url: str | None) -> Any:
    config = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4})
    return session.client(service, endpoint_url=endpoint_url, config=config)  # type: ignore[call-overload]
