"""To cut people off, by the queue like any other: AppActions cuts, revokes and writes it down."""

from typing import Annotated, Final

import typer

from countersign.adapters import system
from countersign.adapters.dynamodb.census import DynamoCensus
from countersign.adapters.dynamodb.connections import DynamoConnectionStore
from countersign.adapters.dynamodb.table import Table
from countersign.domain.cut_app import CutApp
from countersign.domain.departure import Departure, Left
from countersign.domain.identity import Person
from countersign.domain.queue_messages import cut_app_message, left_message
from countersign_cli.catalog_folder import out
from countersign_cli.deployment import Deployment

_PAGE: Final = 1_000

Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]


def disconnect(deployment: Deployment, person: Person | None, app: str, workspace: str, *, yes: bool) -> None:
    """A person's connections, or everybody's to an app, once the operator saw how many there are and said yes."""
    whose = f"all connections of {person.key}" if person else f"everybody's connection to {app}"
    where = f" in {workspace}" if workspace else ""
    count = of_person(deployment, person, workspace) if person else _of_app(deployment, app, workspace)
    many = f"{count or 'no'} connection{'s' * (count != 1)}"
    if yes:
        out.print(f"{whose[0].upper()}{whose[1:]}{where}: {many}.")
    else:
        typer.confirm(f"End {whose}{where}, here and at the apps ({many})?", abort=True)
    operator, now = deployment.operator(), system.now()
    if person is not None:
        cut_off(deployment, Left.CUT_OFF, person, workspace, operator)
    else:
        cutting = CutApp(app, workspace or None, operator, now, f"cli-{system.random_hex()[:12]}")
        deployment.queue("ActionsQueueUrl").send(cut_app_message(cutting))
    out.print(f"{whose[0].upper()}{whose[1:]}{where} will be cut in a moment; `countersign audit` tells how it went.")


def cut_off(deployment: Deployment, left: Left, person: Person, workspace: str, operator: str) -> None:
    """Ask AppActions to end what a person has."""
    departure = Departure(
        left,
        tenant=person.tenant,
        workspace=workspace if workspace and workspace != person.tenant else None,
        organisation=person.tenant if person.tenant.startswith("E") else None,
        person=person.user_id,
        at=system.now(),
        trace_id=f"cli-{system.random_hex()[:12]}",
        by=operator,
    )
    deployment.queue("ActionsQueueUrl").send(left_message(departure))


def of_person(deployment: Deployment, person: Person, workspace: str = "") -> int:
    """How many connections a person has, in a workspace or through any."""
    store = DynamoConnectionStore(*_tables(deployment))
    return sum(1 for row in store.list(person) if workspace in ("", row.workspace))


def _of_app(deployment: Deployment, app: str, workspace: str) -> int:
    """Counted over keys alone: there may be a hundred thousand."""
    census = DynamoCensus(*_tables(deployment))
    people, after = census.page(app, workspace or None, None, _PAGE)
    count = len(people)
    while after is not None:
        people, after = census.page(app, workspace or None, after, _PAGE)
        count += len(people)
    return count


def _tables(deployment: Deployment) -> tuple[Table, Table]:
    return deployment.table("ConnectionsTableName"), deployment.table("SignInsTableName")
