"""Business systems post and update cards."""

from typing import Any

from countersign.bootstrap import LambdaContext, container
from countersign.entrypoints import hooks

CONTAINER = container()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry point."""
    return hooks.handle(event, CONTAINER.begin(context))
