"""``countersign forget``: what a person can ask for in Slack, for one who can't any more."""

from typing import Annotated

import typer

from countersign.adapters import system
from countersign.adapters.dynamodb.audit import DynamoAuditTrail
from countersign.domain.audit import AuditQuery
from countersign.domain.departure import Left
from countersign.domain.identity import Person
from countersign_cli.catalog_folder import err, out
from countersign_cli.cutting import Yes, cut_off, of_person
from countersign_cli.deployment import Deployment, Local, Region, StackName, find, plainly
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
    """Forget a person: connections revoked, links ended, waiting actions ended, history emptied. It can't be undone."""
    someone = found_person(person, workspace, "USER")
    deployment = find(stack, region, local=local)
    with plainly(stack):
        if not _known(deployment, someone):
            err.print(f"Nothing of {someone.key} is found: no connection, no event of the audit. Is the id right?")
    if not yes:
        typer.confirm(f"Forget {someone.key}? It can't be undone.", abort=True)
    with plainly(stack):
        cut_off(deployment, Left.FORGOTTEN, someone, "", deployment.operator())
    out.print(f"{someone.key} will be forgotten in a moment. The audit trail keeps their ids until its time is over.")


def _known(deployment: Deployment, person: Person) -> bool:
    """Whether anything tells of the person; waiting actions and history are found by AppActions alone."""
    trail = DynamoAuditTrail(deployment.table("AuditTableName"))
    told = trail.events(AuditQuery(0, system.now() + 1, person.user_id, workspace=person.tenant))
    return of_person(deployment, person) > 0 or any(True for _ in told)
