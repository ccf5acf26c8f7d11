"""An admin's browser installs Countersign in a workspace."""

from typing import Any

from countersign.bootstrap import LambdaContext, container
from countersign.entrypoints import install

CONTAINER = container()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry point."""
    return install.handle(event, CONTAINER.begin(context))
