"""Whole journeys through the product: the good ones, the refused ones, and those that break on the way."""

import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from random import Random
from typing import Any, Final

import requests
from botocore.exceptions import EndpointConnectionError

from countersign.adapters import aws
from sandbox.apps.faults import Fault
from sandbox.browser import Astray
from sandbox.one_process.person import NotSeen, Person
from sandbox.one_process.stack import OneProcess

FAILS: Final = 0.04
"""How often a call to AWS fails while everything breaks."""


def approve(stack: OneProcess, _: Random) -> None:
    """A click, a sign-in, and the action that goes on by itself; then a second app, and the list."""
    stack.sandbox.send_sample_cards()
    josie = Person(stack, "josie")
    for card in ("Deal", "Change"):
        josie.click("Approve", on=card)
        stack.settle(seconds=0)
        josie.connect()
        stack.settle(seconds=0)
    josie.type("/countersign connections")
    josie.type("/countersign history")
    josie.type("/countersign help")
    stack.settle(seconds=0)


def links(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The buttons of a message that lead to a sign-in."""
    elements = [element for block in message["blocks"] for element in block.get("elements", ())]
    return [element for element in elements if "/connect/" in str(element.get("url", ""))]


def noted(stack: OneProcess, event: str) -> list[Mapping[str, Any]]:
    """The facts of what happened."""
    return [facts for found, facts in stack.notes.events if found == event]


def refused(stack: OneProcess, _: Random) -> None:
    """Who may not is told; their link in another browser is stopped, and so is the second half."""
    stack.sandbox.send_sample_cards()
    tom, josie = Person(stack, "tom"), Person(stack, "josie")
    tom.click("Approve", on="Change")
    stack.settle(seconds=0)
    link = next(button["url"] for message in tom.messages() for button in links(message))
    thief = Person(stack, "priya").browser
    thief.get(f"http://slack.localhost:{stack.world.port}/session/switch?person={josie.id}")
    stopped = thief.press(thief.press(thief.get(link), "Continue"), "Allow")
    assert noted(stack, "sign_in.burnt"), stopped.text
    stack.settle(seconds=0)
    tom.click("Approve", on="Deal")
    stack.settle(seconds=0)
    tom.connect()
    stack.settle(seconds=0)
    josie.type("/countersign connections")
    stack.settle(seconds=0)


def key(stack: OneProcess, _: Random) -> None:
    """A personal key: a wrong one, a right one, and its end."""
    tom = Person(stack, "tom")
    tom.type("/countersign connections")
    stack.settle(seconds=0)
    tom.click("Connect Expensify")
    stack.settle(seconds=0)
    tom.connect("Expensify")
    stack.settle(seconds=0)
    tom.type("/countersign connections")
    stack.settle(seconds=0)
    tom.click("Not you? Disconnect")
    stack.settle(seconds=0)


def secret_form(stack: OneProcess, _: Random) -> None:
    """A form with secrets in it: waits for a sign-in, is done, is done at once, and is told of; its app quotes it."""
    josie = Person(stack, "josie")
    hand_over(josie)
    stack.settle(seconds=0)
    josie.connect()
    stack.settle(seconds=0)
    hand_over(josie)
    stack.settle(seconds=0)
    josie.type("/countersign history")
    stack.settle(seconds=0)


def hand_over(person: Person) -> None:
    """Fill in the form of ``tests.support.secret_form`` with secrets of its own."""
    lines = f"user: payroll\npassword: {secrets.token_urlsafe(24)}"
    answers = {"account": "Payroll", "password": lines, "spare": secrets.token_urlsafe(24)}
    person.type("/countersign hand over", fields=answers)


def disconnect(stack: OneProcess, chance: Random) -> None:
    """Connected and disconnected, while the apps' answers to the revocation are nonsense."""
    approve(stack, chance)
    josie = Person(stack, "josie")
    for app in ("salesforce", "servicenow"):
        stack.sandbox.apps[app].extensions["sandbox-app"].faults.add(Fault("*revo*", "html", times=2))
        josie.type("/countersign connections")
        stack.settle(seconds=0)
        josie.click("Disconnect")
        stack.settle(seconds=0)


def torn(stack: OneProcess, chance: Random) -> None:
    """The apps answer with pages and floods where tokens are asked for and used."""
    for kind in ("html", "huge"):
        for app in ("salesforce", "servicenow"):
            stack.sandbox.apps[app].extensions["sandbox-app"].faults.add(Fault("/*", kind))
    for _ in range(2):
        with suppress(NotSeen, Astray, requests.RequestException):
            approve(stack, chance)


def breaking(stack: OneProcess, chance: Random) -> None:
    """The journeys once more while calls to AWS fail and the apps' answers are torn: everything ends somewhere."""
    with failing_aws(chance):
        for journey in (approve, refused, key, secret_form):
            with suppress(NotSeen, Astray, requests.RequestException, StopIteration):
                journey(stack, chance)
            stack.settle(seconds=0)


def late_audit(stack: OneProcess, chance: Random) -> None:
    """The audit trail can't be had for a while: what happens meanwhile goes there by way of a queue."""

    def fail(request: Any, **_: Any) -> None:
        # What a browser or Slack waits for; the queues are worked off here.
        if b'"AuditTable"' in (request.body or b"") and threading.current_thread() is not threading.main_thread():
            raise EndpointConnectionError(endpoint_url="https://aws.example")

    events = aws.client("dynamodb").meta.events
    events.register("before-send", fail, unique_id="torture")
    try:
        approve(stack, chance)
    finally:
        events.unregister("before-send", unique_id="torture")
    stack.settle()


@contextmanager
def failing_aws(chance: Random) -> Iterator[None]:
    """Some calls of the product to AWS find nobody there."""

    def fail(**_: Any) -> None:
        if chance.random() < FAILS:
            raise EndpointConnectionError(endpoint_url="https://aws.example")

    services: tuple[Any, ...] = ("dynamodb", "sqs", "kms")
    for service in services:
        aws.client(service).meta.events.register("before-send", fail, unique_id="torture")
    aws.client("kms", hasty=True).meta.events.register("before-send", fail, unique_id="torture")
    try:
        yield
    finally:
        for service in services:
            aws.client(service).meta.events.unregister("before-send", unique_id="torture")
        aws.client("kms", hasty=True).meta.events.unregister("before-send", unique_id="torture")
