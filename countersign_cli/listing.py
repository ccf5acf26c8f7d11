"""Tables of what a catalog holds."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Final

import typer
from rich.table import Table
from rich.text import Text

from countersign.domain.catalog import App, Catalog, Operation, Recipe
from countersign_cli.catalog_folder import err, out

_UNBOUNDED: Final = 10_000


def show(catalog: Catalog, app_id: str | None) -> None:
    """Apps and recipes, or one app's operations. Exits with 1 when there is no such app."""
    if app_id is None:
        _apps(catalog)
        _recipes(catalog)
        return
    if app_id not in catalog.apps:
        hint = f" {app_id} is a recipe: try `countersign try {app_id}`." if app_id in catalog.recipes else ""
        err.print(f"There is no app {app_id}.{hint} There are: {', '.join(sorted(catalog.apps))}.")
        raise typer.Exit(1)
    _operations(catalog.apps[app_id])


def _apps(catalog: Catalog) -> None:
    apps = sorted(catalog.apps.values(), key=lambda one: one.id)
    rows = [(app.id, app.name, app.acts_as.value, "\n".join(app.operations)) for app in apps]
    _print("Apps", ("id", "name", "acts as", "operations"), rows)


def _recipes(catalog: Catalog) -> None:
    rows = []
    for recipe in sorted(catalog.recipes.values(), key=lambda one: one.id):
        steps = [step.operation for procedure in recipe.procedures.values() for step in procedure.steps]
        whose = "whoever clicks" if recipe.verify_user_access else "the workspace"
        rows.append((recipe.id, _start(recipe), "\n".join(dict.fromkeys(steps)), whose))
    _print("Recipes", ("id", "starts with", "does", "as"), rows)


def _start(recipe: Recipe) -> str:
    ways = [f"POST /hooks/{recipe.id}"] if recipe.card else []
    ways += [f"/countersign {recipe.command}"] if recipe.command else []
    ways += [f"shortcut {recipe.shortcut}"] if recipe.shortcut else []
    ways += [f"message menu: {recipe.message_shortcut}"] if recipe.message_shortcut else []
    return "\n".join(ways)


def _operations(app: App) -> None:
    rows = [
        (
            f"{app.id}.{operation.id}",
            operation.kind.value,
            _takes(operation),
            "\n".join(operation.results),
            operation.idempotency.value,
        )
        for operation in app.operations.values()
    ]
    _print(app.name, ("operation", "kind", "takes", "gives", "protected by"), rows)


def _takes(operation: Operation) -> str:
    return "\n".join(f"{name}{'' if one.required else '?'}" for name, one in operation.inputs.items())


def _print(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table where it fits, else a paragraph for each row: no word is ever broken."""
    table = Table(*columns, title=title, title_justify="left", title_style="bold")
    cells = list(rows)
    for row in cells:
        table.add_row(*map(Text, row))
    if out.measure(table, options=out.options.update(max_width=_UNBOUNDED)).maximum <= out.width:
        out.print(table)
        return
    out.print(Text(f"{title}\n", "bold"))
    for first, *others in cells:
        out.print(Text(first))
        for column, cell in zip(columns[1:], others, strict=True):
            out.print(Text(_line(column, cell)))


def _line(column: str, cell: str) -> str:
    written = f"{column}: {', '.join(cell.splitlines()) or 'nothing'}"
    wrapper = textwrap.TextWrapper(
        out.width, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    return wrapper.fill(written)
