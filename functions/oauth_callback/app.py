"""The browser's legs of a sign-in."""

from typing import Any

from countersign.bootstrap import LambdaContext, container
from countersign.entrypoints import oauth

CONTAINER = container()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry point."""
    return oauth.handle(event, CONTAINER.begin(context))
