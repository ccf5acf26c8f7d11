"""`python -m tests.torture`: the long runs of faults, races and attacks. Exit code 1 when anything went wrong."""

import argparse
import sys
from dataclasses import fields
from pathlib import Path

from rich.console import Console

from sandbox.stack.layout import LOCAL
from tests.torture.measure import Figures, seconds
from tests.torture.parts import PARTS, Options
from tests.torture.report import show, write


def main(arguments: list[str] | None = None) -> int:
    """Run the parts that were asked for, print their figures and write them."""
    asked = _parser().parse_args(arguments)
    options = Options(**{field.name: getattr(asked, field.name) for field in fields(Options)})
    console, begun = Console(), seconds()
    console.print(f"seed {options.seed}")
    found: dict[str, Figures] = {}
    faults: list[str] = []
    skipped: list[str] = []
    classes: Figures = {}
    took = 0.0
    for name in asked.part or PARTS:
        console.print(f"{name} …")
        outcome = PARTS[name](options)
        found[name] = outcome.figures
        classes |= outcome.classes
        faults += [f"{name}: {fault}" for fault in outcome.faults]
        skipped += [f"{name}: {what}" for what in outcome.skipped]
        took = seconds() - begun
        # After each part: a long run that is broken off leaves what it has found.
        write(asked.out, found, options.seed, took, classes=classes, skipped=skipped)
    show(found | ({"hostile, by class": classes} if classes else {}), options.seed, took, console)
    for what in skipped:
        console.print(f"skipped: {what}", markup=False)
    for fault in faults:
        console.print(fault, markup=False)
    return 1 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--part", choices=list(PARTS), action="append", help="this part only; may be repeated")
    parser.add_argument("--out", type=Path, default=LOCAL / "torture.json", help="where the figures are written")
    for field in fields(Options):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=int, default=field.default, help="%(default)s")
    return parser


if __name__ == "__main__":
    sys.exit(main())
