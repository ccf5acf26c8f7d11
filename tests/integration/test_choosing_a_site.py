"""Josie is in two accounts of DocuSign: through the product's entry points, its tables, and the sandbox's DocuSign."""

import re
from collections.abc import Iterator

import boto3
import pytest

from sandbox.browser import Page
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE

CHOOSE, NO = "Connect this one", "No, cancel"


@pytest.fixture
def stack() -> Iterator[OneProcess]:
    with one_process(SOURCE) as running:
        yield running


def asked(stack: OneProcess, josie: Person) -> tuple[Page, dict[str, str]]:
    """The page that asks, and the places on it: name → id."""
    josie.type("/countersign connections")
    stack.settle()
    josie.click("Connect DocuSign")
    stack.settle()
    page = josie.connect("DocuSign")
    places = re.findall(r'name="site" value="([^"]+)" required=""><span>([^<]+)</span>', page.text)
    return page, {name: place for place, name in places}


def rows(table: str) -> list[object]:
    """Everything that is stored in a table, as it is stored."""
    client = boto3.client("dynamodb")
    name = next(name for name in client.list_tables()["TableNames"] if table in name)
    return list(client.scan(TableName=name)["Items"])


def test_the_one_she_chooses_is_the_one_she_is_connected_to(stack: OneProcess) -> None:
    josie = Person(stack, "josie")
    page, places = asked(stack, josie)
    assert ("<h1>Where in DocuSign?</h1>" in page.text, len(places)) == (True, 2)
    assert rows("Connections") == []
    name, chosen = list(places.items())[1]

    done = josie.browser.press(page, CHOOSE, site=chosen)
    stack.settle()

    assert "<h1>Connected</h1>" in done.text
    assert f"josie@acme.com, {name}" in done.text
    (stored,) = [row for row in rows("Connections") if "sealed" in str(row)]
    assert f"'site': {{'S': '{chosen}'}}" in str(stored)
    everything = str([rows("Connections"), rows("SignIns")])
    assert "/restapi/" not in everything, "where a choice leads stands nowhere in clear"
    again = josie.browser.press(page, CHOOSE, site=next(iter(places.values())))
    assert f"josie@acme.com, {name}" in again.text, "what was chosen first counts"
    assert "used already" not in again.text


def test_nothing_chosen_is_asked_again_and_no_is_no(stack: OneProcess) -> None:
    josie = Person(stack, "josie")
    page, places = asked(stack, josie)

    again = josie.browser.press(page, CHOOSE, site="somebody-elses")
    assert "Choose one of these." in again.text
    assert [button.label for button in again.buttons] == [CHOOSE, NO]

    assert "Nothing was connected" in josie.browser.press(again, NO).text
    assert "Nothing was connected" in josie.browser.press(page, CHOOSE, site=next(iter(places.values()))).text
    assert rows("Connections") == []
