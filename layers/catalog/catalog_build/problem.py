"""What is wrong with a catalog: where, what, and what to write instead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

type Path = tuple[str | int, ...]
"""The way to a value inside a file: keys and positions."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file; ``line`` counts from 1."""

    file: str
    line: int
    what: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}; {self.instead}"


class BrokenCatalog(Exception):
    """A catalog that must not be deployed, with everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(slots=True)
class Report:
    """Collects the problems of one file. ``lines``: where each value stands."""

    file: str
    lines: Mapping[Path, int]
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, what: str, instead: str) -> None:
        """Note a mistake at ``path``, or at what encloses it where nothing stands there."""
        self.problems.append(Problem(self.file, self.line(path), what, instead))

    def line(self, path: Path) -> int:
        """The line of the value at ``path``, or of the nearest that encloses it."""
        return next((self.lines[near] for near in _outwards(path) if near in self.lines), 1)


def _outwards(path: Path) -> Iterator[Path]:
    for end in range(len(path), -1, -1):
        yield path[:end]


def choices(names: object) -> str:
    """``write one of a, b, c``: for names that exist."""
    listed = sorted(map(str, names)) if isinstance(names, (set, frozenset, dict, list, tuple)) else []
    return f"write one of {', '.join(listed)}" if listed else "leave it out: there are none here"
