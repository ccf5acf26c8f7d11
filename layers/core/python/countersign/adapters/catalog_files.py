"""Reads the compiled catalog that stands beside the code as the package ``countersign_catalog``."""

import functools
import json
from importlib import resources

from countersign.domain.catalog import Catalog
from countersign.domain.catalog_data import load
from countersign.domain.errors import ConfigurationError


@functools.cache
def read_catalog() -> Catalog:
    """The deployment's catalog, read once per process. Raises ConfigurationError: the layer is missing or damaged."""
    try:
        return load(json.loads(resources.files("countersign_catalog").joinpath("catalog.json").read_bytes()))
    except (ModuleNotFoundError, FileNotFoundError, ValueError, KeyError) as error:
        raise ConfigurationError(f"the catalog layer is missing or damaged: {type(error).__name__}") from error
