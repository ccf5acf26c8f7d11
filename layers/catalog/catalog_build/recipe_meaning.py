"""What a JSON Schema can't say of a recipe: what starts it, which names exist, whether its operations can be called."""

from collections.abc import Iterator
from typing import Final

from catalog_build.card_meaning import check_card
from catalog_build.form_meaning import check_fields
from catalog_build.link_meaning import Apps, Raw, used_apps
from catalog_build.names import mentioned
from catalog_build.problem import Path, Report
from catalog_build.procedure_meaning import ProcedureCheck
from countersign.domain.card_template import seconds

STARTS: Final = ("command", "shortcut", "message_shortcut")
"""How a person starts a recipe."""
_OF_FORMS: Final = frozenset({"options_from", "initial"})
YOUNGEST: Final = 300
"""Seconds: less, and a sign-in could be too old before the action that waited for it goes on."""
RESERVED: Final = frozenset({"help", "connections", "history"})


def check_recipe(recipe: Raw, stem: str, apps: Apps, report: Report) -> None:
    """Report what is wrong with a recipe that fits its schema. ``stem``: the file's name without .yaml."""
    if recipe["id"] != stem:
        what = f"the id is {recipe['id']} but the file is {stem}.yaml"
        report.add(("id",), what, f"write id: {stem}, or rename the file")
    for place, what, instead in _wrong_start(recipe):
        report.add(place, what, instead)
    for what, instead in _wrong_age(recipe):
        report.add(("max_sign_in_age",), what, instead)
    check_fields(recipe["inputs"], ("inputs",), report)
    for name, field in recipe["inputs"].items():
        for key in _OF_FORMS & field.keys():
            report.add(("inputs", name, key), f"a hook's input has no {key}: nobody is asked for it", "remove it")
        if field["secret"]:
            what = "what a hook brings is kept with its card, and cards are for others to read"
            report.add(("inputs", name, "secret"), what, "remove it, and let the hook leave the value out")
    if any(app in apps and apps[app] is None for app in used_apps(recipe, apps)):
        return  # what a recipe asks of a broken app can be judged when that is mended
    names = {f"input.{name}" for name in recipe["inputs"]} | _settings(recipe, apps)
    if "card" in recipe:
        check_card(recipe, names, apps, report)
    for name, procedure in recipe["procedures"].items():
        ProcedureCheck(recipe, procedure, ("procedures", name), apps, report)(names)


def _wrong_age(recipe: Raw) -> Iterator[tuple[str, str]]:
    if "max_sign_in_age" not in recipe:
        return
    if seconds(recipe["max_sign_in_age"]) < YOUNGEST:
        yield "a sign-in that young can be too old before the action goes on", "write 5m or more"
    if not recipe["verify_user_access"]:
        yield "it acts with the workspace's connection, so that nobody signs in", "remove one of the two"


def _wrong_start(recipe: Raw) -> Iterator[tuple[Path, str, str]]:
    typed = any(start in recipe for start in STARTS)
    if not typed and "card" not in recipe:
        yield (), "nothing starts this recipe", "add a command, a shortcut, a message_shortcut or a card"
    if typed and "card" in recipe:
        yield ("card",), "a recipe is started by its hook or by a person, not both", "make two recipes of it"
    if typed and set(recipe["procedures"]) != {"run"}:
        yield ("procedures",), "a recipe that a person starts has one procedure", "name it run"
    for name, procedure in recipe["procedures"].items():
        if "card" not in recipe and procedure["votes"] > 1:
            yield ("procedures", name, "votes"), "votes are counted on a card, and this recipe has none", "remove it"
    if not recipe["verify_user_access"] and not recipe.get("card", {}).get("self_approval", True):
        what = "a shared connection can't tell which account in the app is the person's own"
        yield ("card", "self_approval"), what, "remove it, or verify_user_access: false"
    if recipe["guests"] and recipe["verify_user_access"]:
        yield ("guests",), "it acts as the person, so the app decides about guests as about anybody", "remove it"
    if "card" not in recipe and recipe["inputs"]:
        yield ("inputs",), "only a hook brings inputs, and this recipe has no card", "ask for them in the form of run"
    if recipe.get("command", "").partition(" ")[0] in RESERVED:
        word = recipe["command"].partition(" ")[0]
        yield ("command",), f"{word} is a command of Countersign's own", "begin with another word"


def _settings(recipe: Raw, apps: Apps) -> set[str]:
    """The settings that templates may name; all that are named where an app is not known: that is reported already."""
    used = used_apps(recipe, apps)
    if not used <= set(apps):
        return {name for name in mentioned(recipe) if name.startswith("settings.")}
    return {f"settings.{app}.{name}" for app in used for name in (apps[app] or {}).get("settings", {})}
