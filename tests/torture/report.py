"""What the long runs found: a table for people, and the published figures in `.local/torture.json`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.torture.measure import Figures

FIGURES: Final[Mapping[str, tuple[str, ...]]] = {
    "attacks": ("rounds", "wrong_bindings"),
    "hostile": (
        "requests",
        "through_api",
        "uncaught",
        "status_5xx",
        "parses_before_signature",
        "aws_calls_before_signature",
    ),
    "secrets": ("canaries_planted", "canaries_found"),
    "sealing": ("swaps", "swaps_opened"),
}
"""Part → its figures. Outside programs read them by these names; a part that wasn't run is absent, never 0."""
LEFT_OUT: Final = frozenset({"through_api"})
"""Figures of which the same holds: those of a step that can be left out."""


def write(
    path: Path,
    parts: Mapping[str, Figures],
    seed: int,
    seconds: float,
    *,
    classes: Figures | None = None,
    skipped: Sequence[str] = (),
) -> None:
    """Write the figures; ``classes``: how many of each class of hostile input, beside that part's own.

    ``skipped``: what was asked for and could not be done, in words. Raises ValueError for a part whose figures are not
    the published ones.
    """
    for name, figures in parts.items():
        done = tuple(figure for figure in FIGURES[name] if figure in figures or figure not in LEFT_OUT)
        if tuple(figures) != done:
            raise ValueError(f"{name} has the figures {list(figures)}, not {list(FIGURES[name])}")
    more = {"hostile": {**parts["hostile"], "classes": classes}} if classes and "hostile" in parts else {}
    missing = {"skipped": list(skipped)} if skipped else {}
    run = {"seed": seed, "seconds": round(seconds, 1), **missing}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**parts, **more, **run}, indent=2) + "\n")


def show(parts: Mapping[str, Figures], seed: int, seconds: float, console: Console) -> None:
    """Print the figures, a line each."""
    table = Table("part", "figure", "value", title=f"seed {seed}, {seconds:.0f} s")
    for name, figures in parts.items():
        for number, (figure, value) in enumerate(figures.items()):
            table.add_row("" if number else name, figure, f"{value:,}")
    console.print(table)
