"""Every card that a twin sends, from its hook to the record in the app: whole journeys through all shipped apps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.apps.factory import DESCRIPTIONS
from sandbox.apps.hosts import site
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE, shipped

CARDS = [
    pytest.param(recipe.id, app, id=f"{app}.{recipe.id}")
    for recipe in shipped().recipes.values()
    if recipe.card and recipe.procedures
    for app in recipe.needs
    if app in DESCRIPTIONS
]


@dataclass
class Twin:
    """A business app of the stack."""

    app: Any

    def send_card(self, recipe: str) -> str:
        """Post the card of the first record that waits for Josie; the address of its page in the app."""
        records, cards = self.app.extensions["sandbox-records"], self.app.extensions["sandbox-cards"]
        found = {
            card.recipe: one.record_id for one in reversed(records.listing()) if (card := records.card(one.record_id))
        }
        assert cards.send(found[recipe]).status == 202
        return str(records.view(found[recipe]).url)

    def account(self, person: str) -> dict[str, str]:
        """What somebody types on the app's sign-in page."""
        directory = self.app.extensions["sandbox-app"].directory
        found = next(one for one in directory if one.email == f"{person}@acme.com")
        return {"login": found.login, "password": found.password}

    def recorded(self) -> list[str]:
        """Short names of everybody whom the app recorded for anything."""
        state = self.app.extensions["sandbox-app"]
        accounts = [state.directory.by_id(entry.account_id) for entry in state.audit.entries()]
        return [account.email.partition("@")[0] for account in accounts]


@pytest.fixture
def stack() -> Iterator[OneProcess]:
    """A new one each time: nobody may open more than a few sign-ins in ten minutes."""
    with one_process(SOURCE) as running:
        yield running


@pytest.fixture(scope="module")
def shared() -> Iterator[OneProcess]:
    """One for all, where nobody connects: no two cards are of the same record."""
    with one_process(SOURCE) as running:
        yield running


def decide(person: Person, label: str, card: str) -> None:
    """Press the card's button, fill in what its form asks for, and connect if Countersign asks for it."""
    before = float(person.messages()[-1]["ts"])
    person.click(label, on=card)
    form = person.form()
    if form:
        person.submit({one["block_id"]: "As discussed" for one in form["blocks"] if one["type"] == "input"})
    person.stack.settle()
    if any("Connect" in message["text"] and float(message["ts"]) > before for message in person.messages()):
        assert person.connect().status == 200
        person.stack.settle()


@pytest.mark.parametrize(("recipe", "app"), CARDS)
def test_tom_is_stopped_and_josie_is_the_one_recorded(stack: OneProcess, recipe: str, app: str) -> None:
    """With the first button of the card; who gets it by direct message has it alone."""
    twin, josie, tom = Twin(stack.sandbox.apps[app]), Person(stack, "josie"), Person(stack, "tom")
    before = twin.recorded()
    twin.send_card(recipe)
    stack.settle()
    procedure = next(iter(shipped().recipes[recipe].procedures.values()))
    card = josie.messages()[-1]["text"]
    if any(message["text"] == card for message in tom.messages()):
        decide(tom, procedure.label, card)
        assert twin.recorded() == before
    decide(josie, procedure.label, card)
    assert twin.recorded() == [*before, "josie"]
    assert any(message["text"].startswith(procedure.past) for message in josie.messages()[-3:])


@pytest.mark.parametrize(("recipe", "app"), CARDS)
def test_who_decides_in_the_app_itself_closes_the_card(shared: OneProcess, recipe: str, app: str) -> None:
    twin, josie = Twin(shared.sandbox.apps[app]), Person(shared, "josie")
    address = twin.send_card(recipe)
    shared.settle()
    labels = {one.label for one in shipped().recipes[recipe].procedures.values()}
    assert labels <= buttons(josie)
    page = josie.browser.get(f"http://{site(app)}.localhost:{shared.world.port}{address}")
    if any(button.label.strip() == "Sign in" for button in page.buttons):
        page = josie.browser.press(page, "Sign in", **twin.account("josie"))
    josie.browser.press(page, "Approve", comments="By hand")
    shared.settle()
    assert twin.recorded()[-1] == "josie"
    assert not labels & buttons(josie)


def buttons(person: Person) -> set[str]:
    """The labels on the newest message that they see."""
    blocks = person.messages()[-1]["blocks"]
    return {one["text"]["text"] for block in blocks for one in block.get("elements", ()) if one.get("type") == "button"}
