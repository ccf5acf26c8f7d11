"""``countersign forget``: what a person can ask for in Slack, for one who can't any more."""

from typing import Annotated

import typer

from countersign.domain.departure import Left
from countersign_cli.catalog_folder import out
from countersign_cli.connections import Yes, cut_off
from countersign_cli.deployment import Local, Region, StackName, find, plainly
from countersign_cli.people import found_person


def forget(
    person: Annotated[
        str, typer.Argument(metavar="USER", help="A Slack user: T0ACME/U0JOSIE, or U0JOSIE with --workspace.")
    ],
    workspace: Annotated[str, typer.Option(metavar="ID", help="The workspace or organisation they belong to.")] = "",
    stack: StackName = "countersign",
    region: Region = "",
    *,
    yes: Yes = False,
    local: Local = False,
) -> None:
    """Forget a person: connections revoked, links burnt, waiting actions ended, history emptied. It can't be undone."""
    someone = found_person(person, workspace)
    deployment = find(stack, region, local=local)
    if not yes:
        typer.confirm(f"Forget {someone.key}? It can't be undone.", abort=True)
    with plainly(stack):
        cut_off(deployment, Left.FORGOTTEN, someone, "", deployment.operator())
    out.print(f"{someone.key} will be forgotten in a moment. The audit trail keeps their ids until its time is over.")
