"""The shipped catalog with some recipes that act with the workspace's connection."""

from dataclasses import replace
from typing import Any

from countersign.domain.catalog import Catalog


def two_apps(catalog: Catalog) -> Catalog:
    """ServiceNow, Salesforce and what can be done there, so that no test hangs on how many apps ship."""
    apps = {name: catalog.apps[name] for name in ("salesforce", "servicenow")}
    recipes = {name: recipe for name, recipe in catalog.recipes.items() if set(recipe.needs) <= set(apps)}
    return Catalog(apps, recipes)


def with_shared(catalog: Catalog, *recipes: str) -> Catalog:
    """The same two apps, whose recipes named here, and no others, say ``verify_user_access: false``."""
    two = two_apps(catalog)
    changed = {name: replace(one, verify_user_access=name not in recipes) for name, one in two.recipes.items()}
    return Catalog(two.apps, changed)


def with_app(catalog: Catalog, app: str, **changes: Any) -> Catalog:
    """The same catalog, with one app changed."""
    return Catalog({**catalog.apps, app: replace(catalog.apps[app], **changes)}, catalog.recipes)
