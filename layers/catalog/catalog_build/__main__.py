"""``python -m catalog_build SOURCE OUTPUT`` compiles a catalog; with ``--check [SOURCE]`` it is only checked.

SOURCE is a folder with ``apps`` and ``recipes``; the environment's CATALOG_DIR overrides it where it is left out. Every
mistake is printed as ``file:line: what is wrong; what to write instead``, and the exit status is then 1.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from catalog_build import CATALOG
from catalog_build.compile import compile_catalog, write_package
from catalog_build.problem import BrokenCatalog


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the command line; 0 when the catalog is good, 1 when it isn't."""
    parser = argparse.ArgumentParser(prog="python -m catalog_build", description="Checks and compiles a catalog.")
    parser.add_argument("--check", action="store_true", help="check only; write nothing")
    parser.add_argument("source", nargs="?", type=Path, help="folder with apps/ and recipes/")
    parser.add_argument("output", nargs="?", type=Path, help="folder to put the package countersign_catalog into")
    asked = parser.parse_args(arguments)
    source: Path = asked.source or Path(environment.get("CATALOG_DIR") or CATALOG)
    if asked.output is None and not asked.check:
        parser.error("OUTPUT is missing; --check needs none")
    try:
        compiled = compile_catalog(source)
    except BrokenCatalog as error:
        print(error, file=sys.stderr)
        count = len(error.problems)
        print(f"{count} {'problem' if count == 1 else 'problems'} in {source}", file=sys.stderr)
        return 1
    if asked.check:
        print(f"{source}: {len(compiled['apps'])} apps and {len(compiled['recipes'])} recipes are fine")
    else:
        print(write_package(compiled, asked.output))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
