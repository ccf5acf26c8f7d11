"""Every shipped recipe, from its start to its end, through the product's entry points and the sandbox's Slack and apps.

A new recipe is in this suite by being in the catalog: what its hook or form needs is taken from a record that waits in
the sandbox app, or from the recipe's own examples.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from countersign.domain.catalog import Procedure, Recipe
from countersign_cli.trying.starting import Start
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE, shipped

type Facts = Mapping[str, str | int | None]

CHOICES = [(recipe, choice) for recipe in shipped().recipes.values() for choice in recipe.procedures.values()]


@pytest.fixture
def stack() -> Iterator[OneProcess]:
    with one_process(SOURCE) as running:
        yield running


@pytest.mark.parametrize(
    ("recipe", "procedure"), CHOICES, ids=[f"{recipe.id}-{choice.id}" for recipe, choice in CHOICES]
)
def test_a_recipe_is_refused_to_who_may_not_and_done_by_who_may(
    stack: OneProcess, recipe: Recipe, procedure: Procedure
) -> None:
    app_id = recipe.apps(procedure.id, shipped())[-1]
    if recipe.card is not None:
        assert_refused(stack, recipe, procedure)
    if not recipe.verify_user_access:
        assert_missing(stack, recipe, procedure)
        share(stack, shipped().apps[app_id].name)
    ended = run(stack, recipe, procedure, "josie" if recipe.card else "tom")
    assert (ended["status"], ended["outcome"]) == ("done", "done")
    recorded = stack.sandbox.apps[app_id].extensions["sandbox-app"].audit.entries()
    assert recorded[-1].login.startswith("josie" if recipe.card or not recipe.verify_user_access else "tom")
    if recipe.card is not None:
        assert any(procedure.past in card["text"] for card in cards(stack))


def assert_refused(stack: OneProcess, recipe: Recipe, procedure: Procedure) -> None:
    """Tom's click is turned down, and the card still waits for somebody else."""
    ended = run(stack, recipe, procedure, "tom")
    assert ended["status"] == "failed"
    assert ended["outcome"] in {"refused", "not_named"}
    stack.notes.events.clear()


def assert_missing(stack: OneProcess, recipe: Recipe, procedure: Procedure) -> None:
    """Nobody is asked to sign in for themselves: an admin has to."""
    ended = run(stack, recipe, procedure, "tom")
    assert (ended["status"], ended["outcome"]) == ("failed", "not_shared")
    stack.notes.events.clear()


def share(stack: OneProcess, app: str) -> None:
    """Josie, who is an admin, connects the app for the whole workspace."""
    josie = Person(stack, "josie")
    josie.type("/countersign connections")
    stack.settle()
    josie.click(f"Connect {app}")
    stack.settle()
    josie.connect(app)


def run(stack: OneProcess, recipe: Recipe, procedure: Procedure, name: str) -> Facts:
    """How the action of this person ended."""
    person = Person(stack, name)
    Start(stack, person, recipe, procedure, {})()
    stack.settle()
    waits = 0
    while len(noted(stack, "action_waits")) > waits and not noted(stack, "action_ended"):
        waits += 1
        person.connect()
        stack.settle()
    return noted(stack, "action_ended")[-1]


def cards(stack: OneProcess) -> list[Mapping[str, Any]]:
    """What stands in channels, as Priya sees it."""
    screen = Person(stack, "priya").screen()["conversations"]
    return [message for one in screen if one["kind"] == "channel" for message in one["messages"] if message["blocks"]]


def noted(stack: OneProcess, event: str) -> list[Facts]:
    return [facts for found, facts in stack.notes.events if found == event]
