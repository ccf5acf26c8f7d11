"""Runs a recipe from its start to its end in the sandbox, as one of its people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.text import Text

from countersign.domain.catalog import Catalog, Procedure, Recipe
from countersign_cli.catalog_folder import compiled, err, out
from countersign_cli.trying.shown_http import ShownHttp
from countersign_cli.trying.starting import Start, say
from sandbox.apps.factory import DESCRIPTIONS
from sandbox.one_process.person import NotSeen, Person
from sandbox.one_process.stack import OneProcess, one_process
from sandbox.people import PEOPLE


def run(source: Path, recipe_id: str, choice: str, name: str, given: Mapping[str, str]) -> None:
    """Try a recipe and show all that it sends and says.

    Exits with 1 when it was not done, with 2 when it can't be tried, saying why.
    """
    catalog = compiled(source)
    recipe, procedure = _chosen(catalog, recipe_id, choice)
    _require_twins(catalog, recipe, procedure)
    if name not in {person.name for person in PEOPLE}:
        _stop(f"Nobody in the sandbox is called {name}. There are: {', '.join(one.name for one in PEOPLE)}.", 2)
    with one_process(source) as stack:
        worker = stack.functions["AppActions"].container
        worker.__dict__["http"] = ShownHttp(worker.http, out)
        person = Person(stack, name)
        try:
            apps = () if recipe.verify_user_access else recipe.apps(procedure.id, catalog)
            Start(stack, person, recipe, procedure, given, [catalog.apps[app].name for app in apps])()
            stack.settle()
            _sign_in_where_asked(stack, person)
        except NotSeen as error:
            _stop(str(error), 1)
        _tell_end(stack, person)


def _chosen(catalog: Catalog, recipe_id: str, choice: str) -> tuple[Recipe, Procedure]:
    recipe = catalog.recipes.get(recipe_id)
    if recipe is None:
        _stop(f"There is no recipe {recipe_id}. There are: {', '.join(sorted(catalog.recipes))}.", 2)
    names = list(recipe.procedures)
    if not names:
        _stop(f"{recipe_id} only shows a card with a link: there is nothing to choose on it.", 2)
    if choice and choice not in names:
        _stop(f"{recipe_id} has no choice {choice}. There are: {', '.join(names)}.", 2)
    return recipe, recipe.procedures[choice or names[0]]


def _require_twins(catalog: Catalog, recipe: Recipe, procedure: Procedure) -> None:
    lacking = [app for app in recipe.apps(procedure.id, catalog) if app not in DESCRIPTIONS]
    if lacking:
        _stop(
            f"The sandbox has no {' and no '.join(lacking)}, so nothing would answer. sandbox/apps/README.md says how "
            "an app is described to it; until then, `countersign validate` says what can be said.",
            2,
        )


def _sign_in_where_asked(stack: OneProcess, person: Person) -> None:
    """Follow each connect link that the recipe waits for: one per app that it touches."""
    asked = 0
    while len(waited := _noted(stack, "action_waits")) > asked and not _noted(stack, "action_ended"):
        asked = len(waited)
        heading = person.connect().text.partition("<h1>")[2].partition("</h1>")[0]
        say(f"{person.name} is asked to connect {waited[-1]['app']}, and signs in there: {heading}")
        stack.settle()


def _tell_end(stack: OneProcess, person: Person) -> None:
    say(f"\nWhat {person.name} sees in Slack")
    for message in person.messages():
        for line in _lines(message):
            out.print(Text(f"   {line}"))
        out.print()
    ended = _noted(stack, "action_ended")
    if not ended or ended[-1]["status"] != "done":
        _stop(f"It was not done: {ended[-1]['outcome'] if ended else 'it still waits'}.", 1)
    say("Done.", "bold green")


def _noted(stack: OneProcess, event: str) -> list[Mapping[str, str | int | None]]:
    return [facts for noted, facts in stack.notes.events if noted == event]


def _lines(message: Mapping[str, Any]) -> list[str]:
    """What a message says, block by block; its summary where it has no blocks."""
    return [line for block in message["blocks"] for line in _texts(block)] or [message["text"]]


def _texts(block: Mapping[str, Any]) -> list[str]:
    facts = [_text(part).replace("\n", ": ") for part in block.get("fields", ())]
    said = [_text(part) for part in (block.get("text"), *block.get("elements", ())) if part]
    if block["type"] == "actions":
        return ["  ".join(f"[{text}]" for text in said)]
    return [line for text in (*said, *facts) for line in text.splitlines()]


def _text(part: Mapping[str, Any]) -> str:
    held = part.get("text", "")
    return held if isinstance(held, str) else str(held.get("text", ""))


def _stop(text: str, status: int) -> NoReturn:
    err.print(Text(text))
    raise typer.Exit(status)
