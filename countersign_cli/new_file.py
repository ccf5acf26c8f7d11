"""Writes a new catalog file, never over an old one, and only one with which the catalog is good."""

import re
from pathlib import Path
from typing import Final

import typer

from catalog_build.compile import compile_catalog
from catalog_build.problem import BrokenCatalog
from countersign_cli.catalog_folder import err, out, show

_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")


def require_id(name: str) -> None:
    """Exit with 2 when this can't be an id."""
    if not _ID.fullmatch(name):
        err.print(f"{name!r} can't be an id: small letters, digits and _, beginning with a letter.")
        raise typer.Exit(2)


def write(source: Path, kind: str, name: str, text: str) -> None:
    """Write ``<kind>/<name>.yaml``. Exits with 1, writing nothing, when it is there or would break the catalog."""
    path = source / kind / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        err.print(f"{path} is there already: choose another id, or edit it.")
        raise typer.Exit(1) from None
    try:
        compile_catalog(source)
    except BrokenCatalog as error:
        path.unlink()
        show(error.problems, source)
        err.print("Nothing was written.")
        raise typer.Exit(1) from None
    out.print(f"Written: {path}")
    out.print(f"The catalog is good with it. Edit it, then: countersign validate --catalog {source}")
