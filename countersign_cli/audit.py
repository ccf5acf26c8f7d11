"""``countersign audit``: who did what, as whom, on which record, and how it ended."""

from typing import Annotated, Final

import typer

from countersign.adapters import system
from countersign.adapters.dynamodb.audit import DynamoAuditTrail
from countersign.domain.audit import AuditQuery
from countersign_cli import audit_formats, known_apps
from countersign_cli.audit_formats import Format
from countersign_cli.catalog_folder import err
from countersign_cli.deployment import Local, Region, StackName, find, plainly
from countersign_cli.times import behind_last_second, first_second

WEEK: Final = 7 * 86_400


def audit(  # noqa: PLR0917 - options, which nobody passes by position
    since: Annotated[
        str, typer.Option("--from", metavar="TIME", help="A date or time, UTC; without it, a week before --to.")
    ] = "",
    until: Annotated[
        str, typer.Option("--to", metavar="TIME", help="A date (all of that day) or time; without it, now.")
    ] = "",
    person: Annotated[str, typer.Option(metavar="USER", help="A Slack user id, as U0JOSIE.")] = "",
    app: Annotated[str, typer.Option(metavar="APP", help="An app's id, as servicenow.")] = "",
    workspace: Annotated[str, typer.Option(metavar="ID", help="A workspace's or organisation's id, as T0ACME.")] = "",
    form: Annotated[Format, typer.Option("--format", help="For people, for spreadsheets, or for programs.")] = (
        Format.TABLE
    ),
    stack: StackName = "countersign",
    region: Region = "",
    *,
    local: Local = False,
) -> None:
    """Print the audit trail, oldest first, as it is read: sign-ins, actions, refusals, disconnections, admins' acts."""
    end = behind_last_second(until, "--to") if until else system.now() + 1
    start = first_second(since, "--from") if since else end - WEEK
    if start >= end:
        raise typer.BadParameter("the time to begin at is not before the time to end at", param_hint="--from")
    deployment = find(stack, region, local=local)
    with plainly(stack):
        trail = DynamoAuditTrail(deployment.table("AuditTableName"))
        query = AuditQuery(start, end, person.rpartition("/")[2], app, workspace or person.rpartition("/")[0])
        count = audit_formats.write(trail.events(query), form)
    if count == 0:
        err.print("Nothing was recorded then that fits.")
        if app and (said := known_apps.unknown(app, None)):
            err.print(said, markup=False)
