"""On a schedule: what nobody else would do."""

from typing import Any

from countersign.bootstrap import LambdaContext, container
from countersign.entrypoints import schedule

CONTAINER = container()


def handler(_event: dict[str, Any], context: LambdaContext) -> None:
    """Lambda's entry point."""
    schedule.handle(CONTAINER.begin(context))
