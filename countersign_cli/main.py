"""``countersign``: what a recipe builder types, and what an operator does."""

from pathlib import Path
from typing import Annotated

import typer

from countersign_cli import audit, connections, forget, listing, new_app, new_catalog, new_recipe
from countersign_cli.catalog_folder import CatalogFolder, compiled, folder, out

app = typer.Typer(
    name="countersign",
    help="Check a catalog of app files and recipes, begin new ones, try them, and see what there is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Name = Annotated[str, typer.Argument(metavar="ID", help="Small letters, digits and _; the file's name without .yaml.")]


@app.command()
def validate(catalog: CatalogFolder = None) -> None:
    """Check every app file and recipe as the deployment's build does: file, line, what to write instead."""
    source = folder(catalog)
    checked = compiled(source)
    out.print(f"{source}: {len(checked.apps)} apps and {len(checked.recipes)} recipes are fine")


@app.command("list")
def list_(
    app_id: Annotated[
        str | None, typer.Argument(metavar="[APP]", help="Show one app's operations.", show_default=False)
    ] = None,
    catalog: CatalogFolder = None,
) -> None:
    """List apps and recipes; with an app, what can be done there and what each operation takes."""
    listing.show(compiled(folder(catalog)), app_id)


@app.command("try")
def try_(
    recipe_id: Annotated[str, typer.Argument(metavar="RECIPE", help="The recipe's id.")],
    choice: Annotated[
        str, typer.Option("--choose", metavar="CHOICE", help="Which of a card's buttons; the first without it.")
    ] = "",
    people: Annotated[
        list[str] | None,
        typer.Option(
            "--as", metavar="PERSON", help="Who: josie (the default), tom or priya; repeated, one after the other."
        ),
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--input", "-i", metavar="NAME=VALUE", help="A value of the hook or the form; may be repeated."),
    ] = None,
    catalog: CatalogFolder = None,
) -> None:
    """Run a recipe against the sandbox's apps, as one of its people, and show each request (secrets masked)."""
    from countersign_cli.trying import try_recipe  # noqa: PLC0415 - loads the whole sandbox; the others needn't wait

    pairs = [pair.partition("=") for pair in given or ()]
    if wrong := [name for name, equals, _ in pairs if not equals or not name]:
        raise typer.BadParameter(f"{wrong[0]!r} is not NAME=VALUE", param_hint="--input")
    try_recipe.run(folder(catalog), recipe_id, choice, people or ["josie"], {name: value for name, _, value in pairs})


@app.command("new-catalog")
def new_catalog_(
    new: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet.", show_default=False)],
) -> None:
    """Begin a catalog of your own: a copy of the shipped app files, recipes and schemas."""
    new_catalog.write(new)


@app.command("new-app")
def new_app_(
    app_id: Name,
    name: Annotated[str, typer.Option(help="What people call it.", show_default=False)] = "",
    host: Annotated[
        str, typer.Option(metavar="HOST", help="Where its API is, as in api.example.com.", show_default=False)
    ] = "",
    catalog: CatalogFolder = None,
) -> None:
    """Begin an app file: everything that a vendor's documentation must answer, in order, with a note at each."""
    new_app.write(folder(catalog), app_id, name, host)


@app.command("new-recipe")
def new_recipe_(
    recipe_id: Name,
    operations: Annotated[
        list[str],
        typer.Option(
            "--operation",
            "-o",
            metavar="APP.OPERATION",
            help="What it does (see `countersign list APP`). Repeated: a card's buttons, or a command's steps.",
        ),
    ],
    *,
    card: Annotated[
        bool | None,
        typer.Option(
            "--card/--command",
            help="A card with buttons, posted by a hook; or a form, started by typing a command.",
            show_default="a card for what decides",
        ),
    ] = None,
    catalog: CatalogFolder = None,
) -> None:
    """Begin a recipe around operations: their inputs become the form, or the values that the hook brings."""
    new_recipe.write(folder(catalog), recipe_id, operations, card=card)


app.command("audit")(audit.audit)
app.command("connections")(connections.connections)
app.command("forget")(forget.forget)

if __name__ == "__main__":
    app()
