"""Checks app files and recipes, and compiles them into the package ``countersign_catalog``.

Runs where the catalog is built, never on Lambda. It reads templates, hosts and queries with the product's own code, so
that build and run time can't differ; that code is found beside this folder when nothing else put it on the path.
"""

import importlib.util
import sys
from pathlib import Path

CATALOG = Path(__file__).resolve().parents[1]
"""The shipped catalog: ``apps``, ``recipes``, ``schema``."""

if importlib.util.find_spec("countersign") is None:
    sys.path.append(str(CATALOG.parent / "core" / "python"))
