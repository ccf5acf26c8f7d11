"""Tables of what a catalog holds."""

from typing import Final

import typer
from rich.table import Table

from countersign.domain.catalog import App, Catalog, Operation, Recipe
from countersign_cli.catalog_folder import err, out

_WHOLE: Final = ("kind", "protected by", "acts as")


def show(catalog: Catalog, app_id: str | None) -> None:
    """Apps and recipes, or one app's operations. Exits with 1 when there is no such app."""
    if app_id is None:
        out.print(_apps(catalog))
        out.print(_recipes(catalog))
        return
    if app_id not in catalog.apps:
        hint = f" {app_id} is a recipe: try `countersign try {app_id}`." if app_id in catalog.recipes else ""
        err.print(f"There is no app {app_id}.{hint} There are: {', '.join(sorted(catalog.apps))}.")
        raise typer.Exit(1)
    out.print(_operations(catalog.apps[app_id]))


def _apps(catalog: Catalog) -> Table:
    table = _table("Apps", "id", "name", "acts as", "operations")
    for app in sorted(catalog.apps.values(), key=lambda one: one.id):
        table.add_row(app.id, app.name, app.acts_as.value, "\n".join(app.operations))
    return table


def _recipes(catalog: Catalog) -> Table:
    table = _table("Recipes", "id", "starts with", "does", "as")
    for recipe in sorted(catalog.recipes.values(), key=lambda one: one.id):
        steps = [step.operation for procedure in recipe.procedures.values() for step in procedure.steps]
        whose = "whoever clicks" if recipe.verify_user_access else "the workspace"
        table.add_row(recipe.id, _start(recipe), "\n".join(dict.fromkeys(steps)), whose)
    return table


def _start(recipe: Recipe) -> str:
    ways = [f"POST /hooks/{recipe.id}"] if recipe.card else []
    ways += [f"/countersign {recipe.command}"] if recipe.command else []
    ways += [f"shortcut {recipe.shortcut}"] if recipe.shortcut else []
    ways += [f"message menu: {recipe.message_shortcut}"] if recipe.message_shortcut else []
    return "\n".join(ways)


def _operations(app: App) -> Table:
    table = _table(app.name, "operation", "kind", "takes", "gives", "protected by")
    for operation in app.operations.values():
        gives = "\n".join(operation.results)
        table.add_row(
            f"{app.id}.{operation.id}", operation.kind.value, _takes(operation), gives, operation.idempotency.value
        )
    return table


def _takes(operation: Operation) -> str:
    return "\n".join(f"{name}{'' if one.required else '?'}" for name, one in operation.inputs.items())


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for place, column in enumerate(columns):
        table.add_column(column, no_wrap=place == 0 or column in _WHOLE, overflow="fold")
    return table
