"""The browser's legs of a sign-in."""

from typing import Any

from countersign.bootstrap import LambdaContext, container
from countersign.entrypoints import oauth


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry point."""
    container().begin(context)
    return oauth.handle(event, container())
