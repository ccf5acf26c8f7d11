"""On a schedule: what nobody else would do."""

from typing import Any

from countersign.bootstrap import LambdaContext, container

CONTAINER = container()


def handler(_event: dict[str, Any], context: LambdaContext) -> None:
    """Lambda's entry point."""
    house = CONTAINER.begin(context)
    house.keep_bots()
    house.keep_house()
    house.sweep_members.begin()
