"""Checks what starts the recipes of a catalog against each other: each start starts one, and Slack takes them all."""

from collections.abc import Mapping
from typing import Any, Final

from catalog_build.problem import Report

type Raw = Mapping[str, Any]

MOST_SHORTCUTS: Final = 10
"""Global and message shortcuts of one Slack app together. [U] Said by the page where an app is set up."""


def check_starts(recipes: Mapping[str, Raw], reports: Mapping[str, Report]) -> None:
    """Report commands and shortcuts that can't be told apart, and shortcuts that Slack has no room for."""
    _check_commands(recipes, reports)
    _check_shortcuts(recipes, reports)


def _check_commands(recipes: Mapping[str, Raw], reports: Mapping[str, Report]) -> None:
    """No two recipes are started by the same words, nor one by the beginning of another's."""
    taken: dict[str, str] = {}
    for stem, recipe in recipes.items():
        command = recipe.get("command")
        if command is None:
            continue
        for other, owner in taken.items():
            if f"{command} ".startswith(f"{other} ") or f"{other} ".startswith(f"{command} "):
                what = f"the command {command!r} can't be told from {other!r} of recipes/{owner}.yaml"
                reports[stem].add(("command",), what, "begin with other words")
        taken[command] = stem


def _check_shortcuts(recipes: Mapping[str, Raw], reports: Mapping[str, Report]) -> None:
    taken: dict[tuple[str, str], str] = {}
    named = [(stem, kind) for stem, one in recipes.items() for kind in ("shortcut", "message_shortcut") if kind in one]
    for place, (stem, kind) in enumerate(named, 1):
        name = recipes[stem][kind]
        if (owner := taken.setdefault((kind, name), stem)) != stem:
            what = f"recipes/{owner}.yaml has the {kind} {name!r} too"
            reports[stem].add((kind,), what, "give it another name: people see nothing else of it")
        if place == MOST_SHORTCUTS + 1:
            what = f"Slack takes {MOST_SHORTCUTS} shortcuts of an app, and this is one more"
            reports[stem].add((kind,), what, "leave it out in one of the recipes")
