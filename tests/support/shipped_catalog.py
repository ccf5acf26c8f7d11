"""The catalog that ships, compiled from its YAML as the build does it."""

import functools
from pathlib import Path

from catalog_build.compile import compile_catalog
from countersign.domain.catalog import Catalog
from countersign.domain.catalog_data import load

SOURCE = Path(__file__).resolve().parents[2] / "layers" / "catalog"
SETTINGS = {"servicenow": {"instance": "acme"}, "salesforce": {"domain": "acme"}}


@functools.cache
def shipped() -> Catalog:
    """Both apps and the three recipes."""
    return load(compile_catalog(SOURCE))
