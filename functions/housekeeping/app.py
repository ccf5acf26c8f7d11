"""On a schedule: what nobody else would do."""

from typing import Any

from countersign.bootstrap import LambdaContext, container


def handler(_event: dict[str, Any], context: LambdaContext) -> None:
    """Lambda's entry point."""
    container().begin(context)
    container().keep_house()
