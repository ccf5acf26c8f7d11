"""Begins an app file."""

import json
import re
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

import typer

from countersign_cli.catalog_folder import err
from countersign_cli.new_file import require_id
from countersign_cli.new_file import write as write_file

_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def write(source: Path, app_id: str, name: str, host: str) -> None:
    """Write ``apps/<id>.yaml`` from a pattern that the build takes as it is. Exits with 1 or 2, saying why not."""
    require_id(app_id)
    if host and not _HOST.fullmatch(host):
        err.print(f"{host!r} is no host name alone, as in api.example.com: no https://, no path, small letters.")
        raise typer.Exit(2)
    pattern = Template((files("countersign_cli") / "patterns" / "app.yaml").read_text(encoding="utf-8"))
    title = name or app_id.replace("_", " ").title()
    write_file(
        source,
        "apps",
        app_id,
        pattern.safe_substitute(ID=app_id, NAME=json.dumps(title), HOST=host or "api.example.com"),
    )
