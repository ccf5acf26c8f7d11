"""The real template on a local AWS with the sandbox beside it, started once for all end-to-end tests."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from sandbox.stack.layout import LOCAL, State
from sandbox.stack.running import up
from sandbox.stack.world import World, read_world


@pytest.fixture(scope="session")
def world() -> World:
    """The sandbox's own world on ports that nobody else uses, so that a running demo is left alone."""
    port = os.environ.get("COUNTERSIGN_TEST_PORT") or str(_free_pair())
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


def _free_pair() -> int:
    """Return a port that is free, as is the next one."""
    first = 20_000 + os.getpid() % 1000 * 10  # apart from another run that looks at the same moment
    for port in range(first, first + 2_000, 2):
        with ExitStack() as probes:
            try:
                for number in (port, port + 1):
                    probe = probes.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", number))
            except OSError:
                continue
            return port
    raise RuntimeError("no two free ports in a row")
