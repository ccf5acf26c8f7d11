"""An admin's home tab, *forget me* and the audit trail, through the product's own entry points and a Slack."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from countersign.adapters.dynamodb.audit import DynamoAuditTrail
from countersign.adapters.dynamodb.table import Table
from countersign.domain.audit import AuditEvent, AuditQuery
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE


@pytest.fixture
def stack() -> Iterator[OneProcess]:
    with one_process(SOURCE) as running:
        running.sandbox.send_sample_cards()
        yield running


def home(person: Person) -> list[dict[str, Any]]:
    """What the home tab shows when it is opened anew."""
    person._do("home", {})
    person.stack.settle()
    blocks: list[dict[str, Any]] = person.screen()["home"]["blocks"]
    return blocks


def press(person: Person, label: str, value: str | None = None) -> None:
    """The element of the home tab with this label or placeholder; a picker gets a value."""
    for block in person.screen()["home"]["blocks"]:
        for element in [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]:
            said = element.get("text") or element.get("placeholder") or {}
            if isinstance(said, dict) and said.get("text") == label:
                view = {"view_id": person.screen()["home"]["id"], "block_id": block["block_id"], "value": value}
                person._do("click", {**view, "action_id": element["action_id"]})
                person.stack.settle()
                return
    raise AssertionError(f"no {label!r} in the home tab")


def text(blocks: list[dict[str, Any]]) -> str:
    return "\n".join(block["text"]["text"] for block in blocks if isinstance(block.get("text"), dict))


def approve(person: Person) -> None:
    person.click("Approve", on="Deal")
    person.stack.settle()
    person.connect()
    person.stack.settle()


def audited() -> list[AuditEvent]:
    trail = DynamoAuditTrail(Table(boto3.client("dynamodb"), "AuditTable"))
    return list(trail.events(AuditQuery(0, 4_000_000_000, person="U0JOSIE")))


def said(person: Person) -> str:
    return "\n".join(message["text"] for message in person.messages())


def test_an_admin_sees_counts_pauses_an_app_and_cuts_off_a_person(stack: OneProcess) -> None:
    josie, tom = Person(stack, "josie"), Person(stack, "tom")
    approve(josie)
    assert "*Salesforce*: 1 connected" in text(home(josie))
    press(josie, "Pause")
    assert "*Paused*: nothing is done in Salesforce" in text(home(josie))
    opportunity = {"name": "Acme: 10 seats", "stage": "Qualification", "close_date": "2027-01-01"}
    tom.type("/countersign create opportunity", fields=opportunity)
    stack.settle()
    assert "was not done: Salesforce is paused here." in said(tom)
    assert "For admins" not in text(home(tom))
    press(josie, "Resume")
    press(josie, "Choose a person", "U0JOSIE")
    assert "*Cut off <@U0JOSIE>?*" in text(josie.screen()["home"]["blocks"])
    press(josie, "Cut off")
    assert "is cut off, and can connect again" in said(josie)
    assert "*Salesforce*: 1 connected" not in text(home(josie))
    names = {event.event for event in audited()}
    assert names >= {
        "sign_in.connected",
        "action_ended",
        "admin.app_paused",
        "admin.app_resumed",
        "left.cut_off",
        "revocation",
    }


def test_who_asks_to_be_forgotten_is_and_the_trail_keeps_ids_alone(stack: OneProcess) -> None:
    josie = Person(stack, "josie")
    approve(josie)
    josie.type("forget me")
    stack.settle()
    josie.click("Forget me")
    stack.settle()
    assert "1 connection is being revoked" in said(josie)
    josie.type("history")
    stack.settle()
    assert {"left.forgotten", "revocation"} <= {event.event for event in audited()}
    rows = boto3.client("dynamodb").scan(TableName="AuditTable")["Items"]
    assert rows
    assert not [word for word in ("josie@acme.com", "Josie", "xoxb", "access_token") if word in str(rows)]
    ledger = str(boto3.client("dynamodb").scan(TableName="ActionsTable")["Items"])
    assert "forgotten" in ledger
    assert "josie@acme.com" not in ledger
