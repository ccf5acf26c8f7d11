"""Every shipped app through the whole product: sign in, act, disconnect, be told the truth, leave nothing there."""

from collections.abc import Iterator

import pytest

from countersign.domain.catalog import App, Procedure, Recipe
from countersign_cli.trying.starting import Start
from sandbox.apps.state import AppState
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE, shipped

APPS = sorted(shipped().apps)


@pytest.fixture
def stack() -> Iterator[OneProcess]:
    with one_process(SOURCE) as running:
        yield running


def recipe_of(app: str) -> tuple[Recipe, Procedure]:
    """The first choice that acts in this app and no other."""
    return next(
        (recipe, choice)
        for recipe in shipped().recipes.values()
        for choice in recipe.procedures.values()
        if recipe.apps(choice.id, shipped()) == (app,)
    )


def twin(stack: OneProcess, app: str) -> AppState:
    """What the app itself knows."""
    state: AppState = stack.sandbox.apps[app].extensions["sandbox-app"]
    return state


def noted(stack: OneProcess, event: str) -> list[tuple[object, object]]:
    return [(facts["status"], facts["outcome"]) for found, facts in stack.notes.events if found == event]


def said(person: Person) -> list[str]:
    """All that their newest messages say."""
    newest = person.messages()[-3:]
    sections = [block["text"]["text"] for one in newest for block in one["blocks"] if "text" in block]
    return [*(one["text"] for one in newest), *sections]


def truth(app: App) -> str:
    """What must be said once an app was disconnected: what ended, and what did not."""
    if app.oauth is None:
        return (
            f"*{app.name}*: your key was deleted here. It still works in {app.name} until you delete it there yourself."
        )
    if app.oauth.revocation is None:
        return f"*{app.name}*: removed here. {app.name} has no revoke call; remove it there yourself."
    return f"*{app.name}*: removed here, and revoked at {app.name}."


@pytest.mark.parametrize("app_id", APPS)
def test_an_app_is_connected_used_and_left(stack: OneProcess, app_id: str) -> None:
    app, (recipe, procedure) = shipped().apps[app_id], recipe_of(app_id)
    person = Person(stack, "josie" if recipe.card or not recipe.verify_user_access else "tom")

    page = person.share(app.name)
    assert "<h1>Connected" in page.text
    stack.settle()
    Start(stack, person, recipe, procedure, {})()
    stack.settle()
    assert noted(stack, "action_ended") == [("done", "done")]
    assert noted(stack, "action_waits") == [], "who is connected is not asked to sign in again"

    person.type("/countersign connections")
    stack.settle()
    person.click("Disconnect")
    stack.settle()
    assert truth(app) in said(person)
    if app.oauth and app.oauth.revocation:
        assert [grant for grant in twin(stack, app_id).grants.as_json() if not grant["ended_because"]] == []
    person.type("/countersign connections")
    stack.settle()
    assert f"Connect {app.name}" in str(person.messages()[-1]["blocks"])
