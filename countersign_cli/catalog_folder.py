"""The catalog folder that a command works on, and how its mistakes are shown."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from catalog_build import CATALOG
from catalog_build.compile import compile_catalog
from catalog_build.problem import BrokenCatalog, Problem
from countersign.domain.catalog import Catalog
from countersign.domain.catalog_data import load

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

CatalogFolder = Annotated[
    Path | None,
    typer.Option(
        "--catalog",
        metavar="DIR",
        help="Folder with apps/ and recipes/; without it $CATALOG_DIR, else the shipped catalog.",
        show_default=False,
    ),
]


def folder(given: Path | None) -> Path:
    """The folder meant. Exits with 2 when there is none."""
    chosen = given or Path(os.environ.get("CATALOG_DIR") or CATALOG)
    if not (chosen / "apps").is_dir():
        err.print(f"{chosen} has no folder apps: name a catalog folder with --catalog, or copy layers/catalog.")
        raise typer.Exit(2)
    return chosen


def compiled(source: Path) -> Catalog:
    """The catalog, checked as the deployment's build checks it. Exits with 1 after showing every mistake."""
    try:
        return load(compile_catalog(source))
    except BrokenCatalog as error:
        show(error.problems, source)
        raise typer.Exit(1) from None


def show(problems: list[Problem], source: Path) -> None:
    """Every mistake as ``file:line``, what is wrong, and what to write instead."""
    for problem in problems:
        line = Text(f"{source / problem.file}:{problem.line}: ", "bold")
        line.append(problem.what, "red").append("; ").append(problem.instead, "green")
        err.print(line)
    err.print(f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'} in {source}")
