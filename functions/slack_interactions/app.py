"""Slack's requests: verify, enqueue, answer within three seconds."""

from typing import Any

from countersign.bootstrap import LambdaContext, container
from countersign.entrypoints import slack

CONTAINER = container(hasty=True)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry point."""
    return slack.handle(event, CONTAINER.begin(context))
