"""The real template on a local AWS with the sandbox beside it, started once for all end-to-end tests."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.stack.layout import LOCAL, State
from sandbox.stack.running import up
from sandbox.stack.world import World, read_world
from tests.e2e.ports import free_pair


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
