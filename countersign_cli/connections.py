"""``countersign connections``: who is connected to an app, or what a person is connected to; and to end it."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Annotated, Final

import typer

from countersign.adapters.dynamodb.account_notes import AccountNotes
from countersign.adapters.dynamodb.census import DynamoCensus
from countersign.adapters.dynamodb.connections import DynamoConnectionStore
from countersign.adapters.dynamodb.pauses import DynamoPauses
from countersign.domain.connection import Connection
from countersign.domain.identity import Person
from countersign.ports.admin import EVERYWHERE
from countersign_cli import columns, cutting, health, known_apps
from countersign_cli.catalog_folder import CatalogFolder, out
from countersign_cli.cutting import Yes
from countersign_cli.deployment import Deployment, Local, Region, StackName, find, plainly
from countersign_cli.people import found_person
from countersign_cli.times import written

_PAGE: Final = 200
_HEAD: Final = (
    ("person", 24),
    ("app", 12),
    ("account", 26),
    ("state", 13),
    ("connected (UTC)", 20),
    ("last used (UTC)", 0),
)


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
    catalog: CatalogFolder = None,
    local: Local = False,
) -> None:
    """List connections by person or by app, with what failed since a day ago; cut them off; pause or resume an app."""
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
        if app:
            known_apps.demand(deployment, app, catalog)
        if pause or resume:
            health.pause(deployment, app, workspace, paused=pause)
        elif disconnect:
            cutting.disconnect(deployment, someone, app, workspace, yes=yes)
        else:
            found = _found(deployment, someone, app, workspace)
            wanted = (one for one in found if account in ("", one.account.id))
            marks = _Marks(deployment)
            if as_json:
                _write(wanted, marks)
            else:
                _show(wanted, marks)
                health.show(deployment, someone, app, workspace)


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


class _Marks:
    """What is to be said of a connection beside its row. Each thing is read once."""

    def __init__(self, deployment: Deployment) -> None:
        table = deployment.table("SignInsTableName")
        self._notes, self._pauses = AccountNotes(table), DynamoPauses(table)
        self._several: dict[str, frozenset[str]] = {}
        self._places: dict[str, frozenset[str]] = {}

    def of_several(self, connection: Connection) -> bool:
        """Whether several people are connected as its account."""
        tenant = connection.person.tenant
        if tenant not in self._several:
            self._several[tenant] = self._notes.of_several(tenant)
        return self._notes.named(connection) in self._several[tenant]

    def paused(self, connection: Connection) -> bool:
        """Whether its app is paused where it is used."""
        if connection.app not in self._places:
            self._places[connection.app] = self._pauses.places(connection.app)
        return not self._places[connection.app].isdisjoint({EVERYWHERE, connection.workspace})


def _write(found: Iterable[Connection], marks: _Marks) -> None:
    for one in found:
        facts = {**_facts(one), "account_of_several": marks.of_several(one), "paused": marks.paused(one)}
        sys.stdout.write(json.dumps(facts) + "\n")


def _show(found: Iterable[Connection], marks: _Marks) -> None:
    states: Counter[str] = Counter()
    for page in batched(found, _PAGE, strict=False):
        columns.show(_HEAD, [_row(connection, marks) for connection in page], head=not states)
        states.update(connection.status.value for connection in page)
    count = states.total()
    each = ", ".join(f"{states[name]} {name}" for name in sorted(states))
    out.print("Nobody is connected." if count == 0 else f"{count} connection{'s' * (count > 1)}: {each}")


def _row(connection: Connection, marks: _Marks) -> list[str]:
    account, state = connection.account.label, connection.status.value
    return [
        connection.person.key,
        connection.app,
        f"{account} (several people)" if marks.of_several(connection) else account,
        f"{state}, paused" if marks.paused(connection) else state,
        written(connection.connected_at),
        written(connection.last_used_at) if connection.last_used_at else "never",
    ]


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
