"""Which part of the catalog a deployment has switched on. Works on compiled data, so that nothing is read for it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from countersign.domain.errors import ConfigurationError

type Compiled = Mapping[str, Any]


def enabled(
    compiled: Compiled, apps: AbstractSet[str], settings: Mapping[str, Mapping[str, str]], *, local: bool = False
) -> Compiled:
    """The apps that exist for people, and the recipes that need no other.

    Args:
        compiled: what the catalog's build wrote.
        apps: ids of the apps; empty: every app whose settings are all there. One that has none has to be named:
            nothing else tells that the deployment means it, and holds a client that its vendor knows.
        settings: app id → its per-deployment settings.
        local: the stack on a laptop, where a sandbox or a test stands in for every app: those without settings as well.

    Raises ConfigurationError for an id that the catalog does not know: nothing is better than the wrong things.
    """
    if unknown := apps - compiled["apps"].keys():
        raise ConfigurationError(f"Apps names {', '.join(sorted(unknown))}, which the catalog does not know")
    chosen = apps or {
        name
        for name, app in compiled["apps"].items()
        if (app["settings"] or local) and all(map(settings.get(name, {}).get, app["settings"]))
    }
    return {
        "apps": {name: app for name, app in compiled["apps"].items() if name in chosen},
        "recipes": {name: recipe for name, recipe in compiled["recipes"].items() if set(recipe["needs"]) <= chosen},
        "policies": compiled["policies"],
    }
