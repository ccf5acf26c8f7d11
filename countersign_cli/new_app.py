"""Begins an app file."""

from importlib.resources import files
from pathlib import Path
from string import Template

from countersign_cli.new_file import require_id
from countersign_cli.new_file import write as write_file


def write(source: Path, app_id: str, name: str, host: str) -> None:
    """Write ``apps/<id>.yaml`` from a pattern that the build takes as it is. Exits with 1 or 2, saying why not."""
    require_id(app_id)
    pattern = Template((files("countersign_cli") / "patterns" / "app.yaml").read_text(encoding="utf-8"))
    title = name or app_id.replace("_", " ").title()
    write_file(source, "apps", app_id, pattern.safe_substitute(ID=app_id, NAME=title, HOST=host or "api.example.com"))
