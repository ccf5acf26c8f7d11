"""Whether there is an app of the name that an operator typed."""

from difflib import get_close_matches
from pathlib import Path
from typing import Final

import typer

from countersign.adapters.dynamodb.census import APP_INDEX
from countersign.adapters.dynamodb.pauses import DynamoPauses
from countersign_cli.catalog_folder import err, folder
from countersign_cli.deployment import Deployment

_ONE: Final = 1


def demand(deployment: Deployment, app: str, catalog: Path | None) -> None:
    """Exits with 2 for an app that neither the catalog nor the deployment knows. One that left the catalog is known."""
    said = unknown(app, catalog)
    if said and not _in_use(deployment, app):
        err.print(said, markup=False)
        raise typer.Exit(2)


def unknown(app: str, catalog: Path | None) -> str:
    """What to say of an app that the catalog doesn't have; empty if it does."""
    known = sorted(path.stem for path in (folder(catalog) / "apps").glob("*.yaml"))
    if app in known:
        return ""
    near = get_close_matches(app, known, n=1)
    hint = f"do you mean {near[0]}?" if near else f"there are {', '.join(known)} (name another catalog with --catalog)."
    return f"There is no app {app}: {hint}"


def _in_use(deployment: Deployment, app: str) -> bool:
    connections, sign_ins = deployment.table("ConnectionsTableName"), deployment.table("SignInsTableName")
    found = connections.count_some(APP_INDEX, "app = :app", {"app": app}, most=_ONE)
    return bool(found) or bool(DynamoPauses(sign_ins).places(app))
