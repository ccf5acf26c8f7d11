"""A broken catalog file: one edit of a good one, and the one problem that the build must report for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog_build.problem import Problem
from tests.support.shipped_catalog import SOURCE

GOOD = {"apps": ("salesforce", "servicenow"), "recipes": ("approve_change", "approve_deal", "create_opportunity")}
"""The files that the examples are edits of; a catalog of their own, so that another app changes no example."""


def good_files(kind: str) -> Iterator[Path]:
    """The good files of a kind, ``apps`` or ``recipes``."""
    return (SOURCE / kind / f"{name}.yaml" for name in GOOD[kind])


@dataclass(frozen=True)
class Broken:
    """``old`` (its first place after ``after``) becomes ``new``.

    The problem is expected on the first line after ``after`` that holds ``at``. ``also``: how many more problems the
    same mistake causes; they are not compared. ``change``: one more edit that the mistake needs.
    """

    name: str
    file: str
    old: str
    new: str
    at: str
    what: str
    instead: str
    also: int = 0
    after: str = ""
    change: tuple[str, str] | None = None

    def write(self, folder: Path) -> Problem:
        """Make the catalog with the broken file in ``folder``; the problem to expect."""
        for kind in GOOD:
            (folder / kind).mkdir(parents=True)
            for path in good_files(kind):
                (folder / kind / path.name).write_bytes(path.read_bytes())
        text = self._edited((folder / self.file).read_text(encoding="utf-8"))
        (folder / self.file).write_text(text, encoding="utf-8")
        return Problem(self.file, self._line(text), self.what, self.instead)

    def _edited(self, text: str) -> str:
        for old, new in filter(None, [self.change]):
            assert text.count(old) == 1
            text = text.replace(old, new)
        start = text.index(self.after)
        assert self.old in text[start:], f"{self.old!r} is not in {self.file}"
        return text[:start] + text[start:].replace(self.old, self.new, 1)

    def _line(self, text: str) -> int:
        lines = text.split("\n")
        start = text[: text.index(self.after)].count("\n")
        return next(n for n, line in enumerate(lines, 1) if n > start and self.at in line)
