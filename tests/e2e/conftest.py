"""The real template on a local AWS with the sandbox beside it, started once for all end-to-end tests."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from sandbox.stack.layout import LOCAL, State
from sandbox.stack.running import up
from sandbox.stack.world import World, read_world
from tests.e2e.business_apps import BusinessApp
from tests.e2e.local_aws import LocalAws
from tests.e2e.ports import free_pair
from tests.e2e.slack_window import SlackWindow


@pytest.fixture(scope="session")
def world() -> World:
    """The sandbox's own world on ports that nobody else uses, so that a running demo is left alone."""
    port = os.environ.get("COUNTERSIGN_TEST_PORT") or str(free_pair())
    return read_world({"COUNTERSIGN_PORT": port})


@pytest.fixture(scope="session")
def stack(world: World) -> Iterator[dict[str, Any]]:
    """What stack.json says of a running stack with sample cards; its state and logs lie in .local/e2e."""
    state = State(LOCAL / "e2e")
    running = up(world, state, sample_cards=True, say=lambda _text: None)
    try:
        yield json.loads(state.stack_file.read_text())
    finally:
        running.end()


@pytest.fixture
def aws(stack: dict[str, Any]) -> LocalAws:
    """The stack's tables."""
    return LocalAws(stack)


@pytest.fixture
def servicenow(stack: dict[str, Any]) -> BusinessApp:
    """The sandbox ServiceNow."""
    return BusinessApp("servicenow", stack["sandbox_url"])


@pytest.fixture
def salesforce(stack: dict[str, Any]) -> BusinessApp:
    """The sandbox Salesforce."""
    return BusinessApp("salesforce", stack["sandbox_url"])


@pytest.fixture
def nobody_connected(aws: LocalAws, servicenow: BusinessApp, salesforce: BusinessApp) -> None:
    """Nobody has used the product yet: neither Countersign nor the apps remember anyone."""
    aws.forget_everyone()
    for app in (servicenow, salesforce):
        app.end_grants()


@pytest.fixture
def new_browser(browser: Browser, stack: dict[str, Any]) -> Iterator[Callable[[str], SlackWindow]]:
    """Open another browser, with cookies of its own, as a person; what any page throws fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_browser(person: str) -> SlackWindow:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="UTC")
        contexts.append(context)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        window = SlackWindow(context, stack["sandbox_url"])
        window.open(person)
        return window

    yield open_browser
    for context in contexts:
        context.close()
    assert complaints == []
