"""Begins a catalog folder of one's own."""

import shutil
from pathlib import Path

import typer

from catalog_build import CATALOG
from countersign_cli.catalog_folder import err, out


def write(folder: Path) -> None:
    """Copy the shipped app files, recipes and schemas into a new folder. Exits with 1 when something is there."""
    if folder.exists() and any(folder.iterdir()):
        err.print(f"{folder} is there already, and not empty: choose another folder.")
        raise typer.Exit(1)
    for kind in ("apps", "recipes", "schema"):
        shutil.copytree(CATALOG / kind, folder / kind)
    out.print(f"Written: {folder}, with the shipped apps and recipes. Keep what you use.")
    out.print(f"Next: countersign list --catalog {folder}")
