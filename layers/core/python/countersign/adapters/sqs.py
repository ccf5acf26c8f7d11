"""Queues on SQS."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from countersign.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsQueue:
    """Implements ``ports.system.Queue``."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: Mapping[str, Any], *, delay: int = 0) -> None:
        """Enqueue one message, to be seen after ``delay`` seconds. Raises StoreUnavailable."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with the client, not before

        try:
            message = json.dumps(body, separators=(",", ":"))
            self._client.send_message(QueueUrl=self._url, MessageBody=message, DelaySeconds=delay)
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailable(f"the queue did not take a message ({type(error).__name__})") from error
