"""Rows under each other, as wide as what they hold: nothing is cut off, in a narrow window or a pipe either."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.text import Text

from countersign_cli.catalog_folder import out

_GAP: Final = "  "


def show(columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]], *, head: bool) -> None:
    """A page of rows; ``columns``: each one's name and least width, so that the next page stands under this one.

    The last column is free text.
    """
    cells = list(rows)
    widths = [max([least, *(len(row[place]) for row in cells)]) for place, (_, least) in enumerate(columns)]
    if head:
        out.print(Text(_line([name for name, _ in columns], widths), "bold"))
    for row in cells:
        out.print(Text(_line(row, widths)))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
