"""``countersign connections``: who is connected to an app, or what a person is connected to; and to end it."""

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Annotated, Final

import typer
from rich.table import Table
from rich.text import Text

from countersign.adapters import system
from countersign.adapters.dynamodb.account_notes import AccountNotes
from countersign.adapters.dynamodb.census import DynamoCensus
from countersign.adapters.dynamodb.connections import DynamoConnectionStore
from countersign.adapters.dynamodb.pauses import DynamoPauses
from countersign.admin_ports import EVERYWHERE
from countersign.domain.audit import pause_record
from countersign.domain.connection import Connection
from countersign.domain.cut_app import CutApp
from countersign.domain.departure import Departure, Left
from countersign.domain.identity import Person
from countersign.domain.queue_messages import cut_app_message, left_message
from countersign_cli.catalog_folder import out
from countersign_cli.deployment import Deployment, Local, Region, StackName, audit_log, find, plainly
from countersign_cli.people import found_person
from countersign_cli.times import written

_PAGE: Final = 200

Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]


def connections(
    person: Annotated[
        str, typer.Option(metavar="USER", help="A Slack user: T0ACME/U0JOSIE, or U0JOSIE with --workspace.")
    ] = "",
    app: Annotated[str, typer.Option(metavar="APP", help="An app's id, as servicenow.")] = "",
    account: Annotated[
        str, typer.Option(metavar="ID", help="With --app: only who is connected as this account, by its id there.")
    ] = "",
    workspace: Annotated[
        str, typer.Option(metavar="ID", help="Only what came through this workspace; without it, through any.")
    ] = "",
    stack: StackName = "countersign",
    region: Region = "",
    *,
    disconnect: Annotated[
        bool, typer.Option("--disconnect", help="Cut all of them off, here and at the apps.")
    ] = False,
    pause: Annotated[bool, typer.Option("--pause", help="Let nobody act in the app, or sign in to it.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="End a pause.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON per connection.")] = False,
    yes: Yes = False,
    local: Local = False,
) -> None:
    """List connections by person or by app; cut them off; pause an app, or resume it."""
    if bool(person) is bool(app):
        raise typer.BadParameter("name a person or an app, one of the two", param_hint="--person / --app")
    if account and (not app or disconnect or pause or resume):
        raise typer.BadParameter("an account is looked for among those of an app", param_hint="--account")
    if disconnect + pause + resume > 1:
        raise typer.BadParameter("one thing at a time", param_hint="--disconnect / --pause / --resume")
    if (pause or resume) and not app:
        raise typer.BadParameter("an app is what can be paused", param_hint="--app")
    someone = found_person(person, workspace) if person else None
    deployment = find(stack, region, local=local)
    with plainly(stack):
        if pause or resume:
            _pause(deployment, app, workspace, paused=pause)
        elif disconnect:
            _disconnect(deployment, someone, app, workspace, yes=yes)
        else:
            found = _found(deployment, someone, app, workspace)
            wanted = (one for one in found if account in ("", one.account.id))
            _show(wanted, _OfSeveral(deployment), as_json=as_json)


def _found(deployment: Deployment, person: Person | None, app: str, workspace: str) -> Iterator[Connection]:
    """Each as it is read: an app's may be a hundred thousand."""
    tables = deployment.table("ConnectionsTableName"), deployment.table("SignInsTableName")
    store, census = DynamoConnectionStore(*tables), DynamoCensus(*tables)
    if person is not None:
        yield from (row for row in store.list(person) if workspace in ("", row.workspace))
        return
    after: str | None = None
    while True:
        people, after = census.page(app, workspace or None, after, _PAGE)
        for someone, _ in people:
            connection = store.get(someone, app)
            if connection is not None:  # the index may lag
                yield connection
        if after is None:
            return


class _OfSeveral:
    """Which connections are to accounts that several people are connected as; read once for each tenant."""

    def __init__(self, deployment: Deployment) -> None:
        self._notes = AccountNotes(deployment.table("SignInsTableName"))
        self._known: dict[str, frozenset[str]] = {}

    def __call__(self, connection: Connection) -> bool:
        tenant = connection.person.tenant
        if tenant not in self._known:
            self._known[tenant] = self._notes.of_several(tenant)
        return self._notes.named(connection) in self._known[tenant]


def _show(found: Iterable[Connection], of_several: _OfSeveral, *, as_json: bool) -> None:
    count = 0
    for page in batched(found, _PAGE, strict=False):
        if as_json:
            facts = ({**_facts(one), "account_of_several": of_several(one)} for one in page)
            sys.stdout.writelines(json.dumps(each) + "\n" for each in facts)
        else:
            out.print(_table(page, of_several, head=count == 0))
        count += len(page)
    if not as_json:
        out.print("Nobody is connected." if count == 0 else f"{count} {'connection' if count == 1 else 'connections'}")


def _table(page: Iterable[Connection], of_several: _OfSeveral, *, head: bool) -> Table:
    table = Table(box=None, show_header=head)
    for name, width in (("person", 24), ("app", 12), ("account", 26), ("state", 13), ("connected (UTC)", 20)):
        table.add_column(name, min_width=width, no_wrap=True)
    table.add_column("last used (UTC)")
    for connection in page:
        used = written(connection.last_used_at) if connection.last_used_at else "never"
        account, since = connection.account.label, written(connection.connected_at)
        if of_several(connection):
            account += " (several people)"
        row = (connection.person.key, connection.app, account, connection.status.value, since, used)
        table.add_row(*map(Text, row))
    return table


def _facts(connection: Connection) -> dict[str, str | None]:
    return {
        "tenant": connection.person.tenant,
        "person": connection.person.user_id,
        "app": connection.app,
        "workspace": connection.workspace,
        "account": connection.account.id,
        "label": connection.account.label,
        "status": connection.status.value,
        "connected_at": written(connection.connected_at),
        "last_used_at": written(connection.last_used_at) if connection.last_used_at else None,
    }


def _disconnect(deployment: Deployment, person: Person | None, app: str, workspace: str, *, yes: bool) -> None:
    """By the queue, like any other: AppActions cuts, revokes and writes it down."""
    whose = f"all connections of {person.key}" if person else f"everybody's connection to {app}"
    where = f" in {workspace}" if workspace else ""
    if not yes:
        typer.confirm(f"End {whose}{where}, here and at the apps?", abort=True)
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


def _pause(deployment: Deployment, app: str, workspace: str, *, paused: bool) -> None:
    where = workspace or EVERYWHERE
    pauses = DynamoPauses(deployment.table("SignInsTableName"))
    changed = pauses.set(app, where, system.now(), paused=paused)
    said = f"{app} is {'paused' if paused else 'not paused'} {f'in {workspace}' if workspace else 'everywhere'}"
    facts = {"app": app, "workspace": workspace, "by": deployment.operator()}
    if (since := pauses.changed_at(app, where)) is not None:
        # Also where it was so already: whoever made it so may have failed to write it down, and tries again.
        event, once = pause_record(app, where, since, paused=paused)
        audit_log(deployment).record(event, None, facts, once=once, at=since)
    out.print(f"{said} {'from now on' if changed else 'already'}.")
