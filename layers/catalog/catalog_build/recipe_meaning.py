"""What a JSON Schema can't say of a recipe: what starts it, which names exist, whether its operations can be called."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from catalog_build.card_meaning import Apps, Raw, check_card, check_link, used_apps
from catalog_build.form_meaning import check_fields, check_form
from catalog_build.names import check_template
from catalog_build.problem import Path, Report, choices

RESERVED: Final = frozenset({"help", "connections", "history"})


def check_recipe(recipe: Raw, stem: str, apps: Apps, report: Report) -> None:
    """Report what is wrong with a recipe that fits its schema. ``stem``: the file's name without .yaml."""
    if recipe["id"] != stem:
        what = f"the id is {recipe['id']} but the file is {stem}.yaml"
        report.add(("id",), what, f"write id: {stem}, or rename the file")
    for place, what, instead in _wrong_start(recipe):
        report.add(place, what, instead)
    check_fields(recipe["inputs"], ("inputs",), report)
    if any(app in apps and apps[app] is None for app in used_apps(recipe, apps)):
        return  # what a recipe asks of a broken app can be judged when that is mended
    names = {f"input.{name}" for name in recipe["inputs"]} | _settings(recipe, apps)
    if "card" in recipe:
        check_card(recipe, names, apps, report)
    for name, procedure in recipe["procedures"].items():
        _Procedure(recipe, procedure, ("procedures", name), apps, report).check(names)


def _wrong_start(recipe: Raw) -> Iterator[tuple[Path, str, str]]:
    if not recipe["verify_user_access"]:
        yield (
            ("verify_user_access",),
            "shared connections do not exist yet",
            "leave it out: everybody acts as themselves",
        )
    typed = "command" in recipe or "shortcut" in recipe
    if not typed and "card" not in recipe:
        yield (), "nothing starts this recipe", "add a command, a shortcut or a card"
    if typed and "card" in recipe:
        yield ("card",), "a recipe is started by its hook or by a person, not both", "make two recipes of it"
    if typed and set(recipe["procedures"]) != {"run"}:
        yield ("procedures",), "a recipe that a person starts has one procedure", "name it run"
    for name, procedure in recipe["procedures"].items():
        if "card" not in recipe and procedure["votes"] > 1:
            yield ("procedures", name, "votes"), "votes are counted on a card, and this recipe has none", "remove it"
    if "card" not in recipe and recipe["inputs"]:
        yield ("inputs",), "only a hook brings inputs, and this recipe has no card", "ask for them in the form of run"
    if recipe.get("command", "").partition(" ")[0] in RESERVED:
        word = recipe["command"].partition(" ")[0]
        yield ("command",), f"{word} is a command of Countersign's own", "begin with another word"


def _settings(recipe: Raw, apps: Apps) -> set[str]:
    return {
        f"settings.{app}.{name}"
        for app in used_apps(recipe, apps)
        for name in (apps.get(app) or {}).get("settings", {})
    }


class _Procedure:
    """Checks one procedure of a recipe."""

    def __init__(self, recipe: Raw, procedure: Raw, path: Path, apps: Apps, report: Report) -> None:
        self._recipe = recipe
        self._procedure = procedure
        self._path = path
        self._apps = apps
        self._report = report

    def check(self, names: AbstractSet[str]) -> None:
        """Report everything. ``names``: what the recipe's own templates may use."""
        form = self._procedure["form"]
        check_form(self._recipe, self._procedure, self._path, self._report)
        for name in form:
            if name in self._recipe["inputs"]:
                what = f"{name} is already an input of the recipe"
                self._report.add((*self._path, "form", name), what, "give the field another name")
        known = names | {f"input.{name}" for name in form}
        seen: set[str] = set()
        for place, step in enumerate(self._procedure["steps"]):
            path = (*self._path, "steps", place)
            if step["id"] in seen:
                self._report.add((*path, "id"), f"there are two steps {step['id']}", "give each its own id")
            seen.add(step["id"])
            known = known | self._check_step(step, path, known)
        if "reply" in self._procedure:
            check_template(self._report, (*self._path, "reply"), self._procedure["reply"], known)
        if "link" in self._procedure:
            path = (*self._path, "link")
            check_template(self._report, (*path, "url"), self._procedure["link"]["url"], known)
            check_link(self._recipe, self._procedure["link"], path, self._apps, self._report)

    def _check_step(self, step: Raw, path: Path, known: AbstractSet[str]) -> set[str]:
        """The names of the step's results, for what comes after it."""
        for name, text in step["inputs"].items():
            check_template(self._report, (*path, "inputs", name), text, known)
        app_id, _, name = step["operation"].partition(".")
        app = self._apps.get(app_id)
        if app is None:
            self._report.add((*path, "operation"), f"there is no app {app_id}", choices(set(self._apps)))
            return set()
        if app["acts_as"] == "app" and self._recipe["verify_user_access"]:
            what = f"{app['name']}'s tokens carry the app's rights, not the person's"
            self._report.add((*path, "operation"), what, "shared connections do not exist yet: leave this app out")
        operation = app["operations"].get(name)
        if operation is None:
            what = f"{app_id} has no operation {name}"
            self._report.add((*path, "operation"), what, choices({f"{app_id}.{one}" for one in app["operations"]}))
            return set()
        self._check_inputs(step, operation, path)
        return {f"steps.{step['id']}.{result}" for result in operation["results"]}

    def _check_inputs(self, step: Raw, operation: Raw, path: Path) -> None:
        for name in step["inputs"]:
            if name not in operation["inputs"]:
                what = f"{step['operation']} takes no input {name}"
                self._report.add((*path, "inputs", name), what, choices(set(operation["inputs"])))
        for name, declared in operation["inputs"].items():
            if declared["required"] and name not in step["inputs"]:
                what = f"{step['operation']} needs the input {name}"
                self._report.add((*path, "operation"), what, f"add inputs: {name}: ${{input.…}}")
