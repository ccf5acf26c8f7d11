"""Acts in the apps, as the people who clicked."""

from typing import Any

from countersign.bootstrap import LambdaContext, container
from countersign.entrypoints import queues

CONTAINER = container()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry point."""
    return queues.handle_actions(event, CONTAINER.begin(context))
