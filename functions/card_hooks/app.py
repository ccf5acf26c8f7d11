"""Business systems post and update cards."""

from typing import Any

from countersign.bootstrap import LambdaContext, container
from countersign.entrypoints import hooks


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry point."""
    container().begin(context)
    return hooks.handle(event, container())
