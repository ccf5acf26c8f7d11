"""Checks the links of a recipe: people are sent to the apps that the recipe uses, and nowhere else."""

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_build.app_meaning import filled_in
from catalog_build.names import authority
from catalog_build.problem import Path, Report
from countersign.domain.hosts import host_allowed

type Raw = Mapping[str, Any]
type Apps = Mapping[str, Raw | None]
"""App id → its file with defaults, or None where that file does not even fit its schema."""


def used_apps(recipe: Raw, apps: Apps) -> set[str]:
    """The apps of a recipe's steps and forms; of a card that only leads to its app, which has none: every app."""
    used = {call["operation"].partition(".")[0] for one in recipe["procedures"].values() for call in _calls(one)}
    return used if recipe["procedures"] else set(apps)


def needed_apps(recipe: Raw, apps: Apps) -> set[str]:
    """The apps without which a recipe is of no use: those of its steps and forms, or the one that its card leads to."""
    if recipe["procedures"]:
        return used_apps(recipe, apps)
    host = authority(recipe["card"]["link"]["url"]) or ""
    return {app_id for app_id, app in apps.items() if app is not None and _leads_to(host, app_id, app)}


def _calls(procedure: Raw) -> Iterator[Raw]:
    yield from procedure["steps"]
    yield from (field["options_from"] for field in procedure["form"].values() if "options_from" in field)


def check_link(recipe: Raw, link: Raw, path: Path, apps: Apps, report: Report) -> None:
    """Report a link that leaves the hosts of the recipe's apps."""
    used = used_apps(recipe, apps)
    host = authority(link["url"]) or ""
    for app_id in used:
        app = apps.get(app_id)
        if app is None:
            return  # unknown, and reported with the step
        if _leads_to(host, app_id, app):
            return
    what = f"the host {host} is not among the hosts of {' or '.join(sorted(used))}"
    report.add((*path, "url"), what, "link to the app itself")


def _leads_to(host: str, app_id: str, app: Raw) -> bool:
    patterns = [filled_in(pattern, app) for pattern in app["hosts"]]
    return host_allowed(filled_in(host.replace(f"settings.{app_id}.", "settings."), app), patterns)
