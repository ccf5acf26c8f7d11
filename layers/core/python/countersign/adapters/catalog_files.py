"""Reads the compiled catalog that stands beside the code as the package ``countersign_catalog``."""

import functools
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from importlib import resources
from typing import Any

from countersign.domain.catalog import Catalog
from countersign.domain.catalog_data import load
from countersign.domain.enabled import enabled
from countersign.domain.errors import ConfigurationError


def read_catalog(apps: AbstractSet[str], settings: Mapping[str, Mapping[str, str]], *, local: bool = False) -> Catalog:
    """The deployment's catalog: these apps and what needs no other; where none is named, as ``enabled`` says.

    The file is read once per process. Raises ConfigurationError: the layer is missing or damaged, or an app is unknown.
    """
    return load(enabled(_compiled(), apps, settings, local=local))


@functools.cache
def _compiled() -> Any:
    try:
        return json.loads(resources.files("countersign_catalog").joinpath("catalog.json").read_bytes())
    except (ModuleNotFoundError, FileNotFoundError, ValueError) as error:
        raise ConfigurationError(f"the catalog layer is missing or damaged: {type(error).__name__}") from error
