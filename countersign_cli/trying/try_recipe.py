"""Runs a recipe from its start to its end in the sandbox, as one of its people."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import typer
from rich.text import Text

from countersign.domain.catalog import Catalog, Procedure, Recipe
from countersign_cli.catalog_folder import compiled, err, out
from countersign_cli.trying.screen import show_screen
from countersign_cli.trying.shown_http import ShownHttp
from countersign_cli.trying.starting import Start, say
from sandbox.apps.factory import DESCRIPTIONS
from sandbox.one_process.person import NotSeen, Person
from sandbox.one_process.stack import OneProcess, one_process
from sandbox.people import PEOPLE


def run(source: Path, recipe_id: str, choice: str, names: Sequence[str], given: Mapping[str, str]) -> None:
    """Try a recipe and show all that it sends and says. ``names``: who chooses, one after the other.

    Exits with 1 when it was not done, with 2 when it can't be tried, saying why.
    """
    catalog = compiled(source)
    recipe, procedure = _chosen(catalog, recipe_id, choice)
    _require_known(recipe, procedure, names, given)
    _require_twins(catalog, recipe, procedure)
    shared = () if recipe.verify_user_access or not procedure else recipe.apps(procedure.id, catalog)
    with one_process(source) as stack:
        worker = stack.functions["AppActions"].container
        hidden = Start(stack, Person(stack, names[0]), recipe, procedure, given).hidden()
        worker.__dict__["http"] = ShownHttp(worker.http, out, hidden)
        try:
            for place, name in enumerate(names):
                person = Person(stack, name)
                apps = [] if place else [catalog.apps[app].name for app in shared]
                stack.notes.events.clear()
                Start(stack, person, recipe, procedure, given, apps)()
                stack.settle()
                _sign_in_where_asked(stack, person, catalog)
        except NotSeen as error:
            _stop(str(error), 1)
        for name in names:
            show_screen(Person(stack, name))
        if procedure is not None:
            _tell_end(stack)


def _chosen(catalog: Catalog, recipe_id: str, choice: str) -> tuple[Recipe, Procedure | None]:
    recipe = catalog.recipes.get(recipe_id)
    if recipe is None:
        _stop(f"There is no recipe {recipe_id}. There are: {', '.join(sorted(catalog.recipes))}.", 2)
    names = list(recipe.procedures)
    if choice and choice not in names:
        _stop(f"{recipe_id} has no choice {choice}. There are: {', '.join(names) or 'none, only a link'}.", 2)
    return recipe, recipe.procedures[choice or names[0]] if names else None


def _require_known(recipe: Recipe, procedure: Procedure | None, names: Sequence[str], given: Mapping[str, str]) -> None:
    """Exit with 2 for a person or a value that nobody knows."""
    if strange := sorted(set(names) - {person.name for person in PEOPLE}):
        _stop(f"Nobody in the sandbox is called {strange[0]}. There are: {', '.join(one.name for one in PEOPLE)}.", 2)
    known = [*recipe.inputs, *(field.name for field in (procedure.form if procedure else ()))]
    if strange := sorted(set(given) - set(known)):
        _stop(f"{recipe.id} takes no {strange[0]}. It takes: {', '.join(known) or 'nothing'}.", 2)


def _require_twins(catalog: Catalog, recipe: Recipe, procedure: Procedure | None) -> None:
    needed = recipe.apps(procedure.id, catalog) if procedure else ()
    lacking = [app for app in needed if app not in DESCRIPTIONS]
    if lacking:
        _stop(
            f"The sandbox has no {' and no '.join(lacking)}, so nothing would answer. sandbox/apps/README.md says how "
            "an app is described to it; until then, `countersign validate` says what can be said.",
            2,
        )


def _sign_in_where_asked(stack: OneProcess, person: Person, catalog: Catalog) -> None:
    """Follow each connect link that the action waits for: one per app that it touches."""
    asked = 0
    while len(waited := _noted(stack, "action_waits")) > asked and not _noted(stack, "action_ended"):
        asked = len(waited)
        app = catalog.apps[str(waited[-1]["app"])].name
        heading = person.connect(app).text.partition("<h1>")[2].partition("</h1>")[0]
        say(f"{person.name} is asked to connect {app}, and signs in there: {heading}")
        stack.settle()


def _tell_end(stack: OneProcess) -> None:
    """How the last action ended; exits with 1 unless it was done in the app."""
    ended = _noted(stack, "action_ended")
    if not ended:
        _stop("It was not done: it still waits.", 1)
    if ended[-1]["outcome"] == "voted":
        _stop("Counted, and not done yet: nothing was sent. Let others choose, too: --as josie --as tom.", 1)
    if ended[-1]["status"] != "done":
        _stop(f"It was not done: {ended[-1]['outcome']}.", 1)
    say("Done.", "bold green")


def _noted(stack: OneProcess, event: str) -> list[Mapping[str, str | int | None]]:
    return [facts for noted, facts in stack.notes.events if noted == event]


def _stop(text: str, status: int) -> NoReturn:
    err.print(Text(text))
    raise typer.Exit(status)
