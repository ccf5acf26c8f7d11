"""`make demo` as a newcomer meets it: an address is printed, cards are there, Ctrl-C ends it all."""

import os
import re
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.stack.layout import REPOSITORY
from tests.e2e.outside.stack import OutsideStack
from tests.e2e.ports import free_pair

ADDRESS = re.compile(r"Countersign is running\. Open (http://127\.0\.0\.1:\d+)/ in a browser\.")
PATIENCE = 90.0
"""Seconds until this is taken to hang: other tests run beside it."""
ENDS_WITHIN = 20.0
"""Seconds: Ctrl-C is answered by the processes themselves, not by the signal that kills them."""


def made_by(target: str) -> list[str]:
    """The command that a target of the Makefile comes down to, where all its tools are there."""
    environment = {"HOME": os.environ["HOME"], "PATH": os.environ["PATH"]}
    shown = subprocess.run(
        ["make", "--dry-run", target], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    return shlex.split(shown.stdout.splitlines()[-1])


class Demo:
    """A demo on ports and in a folder of its own, so that one that runs already is left alone."""

    def __init__(self, folder: Path) -> None:
        self.ports = [port := free_pair(), port + 1]
        self.stack = OutsideStack(folder / "state", {"COUNTERSIGN_PORT": str(port)})
        self._output = folder / "output"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [*made_by("demo"), "--state", self.stack.folder],
                cwd=REPOSITORY,
                env={"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], **self.stack.environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        """Everything that it printed."""
        return self._output.read_text()

    def address(self) -> str:
        """The page's address, once it is printed."""

        def printed() -> str | None:
            assert self.process.poll() is None, self.output
            found = ADDRESS.search(self.output)
            return found and found[1]

        return waited_for(printed)

    def listening(self) -> list[int]:
        """Those of its ports on which something answers."""
        probes = {port: socket.socket() for port in self.ports}
        try:
            return [port for port, probe in probes.items() if probe.connect_ex(("127.0.0.1", port)) == 0]
        finally:
            for probe in probes.values():
                probe.close()


def waited_for[T](look: Callable[[], T | None]) -> T:
    """What a look finds in the end."""
    deadline = time.monotonic() + PATIENCE
    while (found := look()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def card_in(channel: str, address: str) -> dict[str, Any] | None:
    """The first message that Josie sees in a channel."""
    seen = requests.get(f"{address}/api/people/U0JOSIE/messages", timeout=10).json()
    (messages,) = (there["messages"] for there in seen["conversations"] if there["name"].lstrip("#") == channel)
    return messages[0] if messages else None


def labels(message: dict[str, Any]) -> list[str]:
    """What stands on the buttons of a message."""
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo that was started as from a terminal, and is ended if the test did not end it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored under `make test &`, and then inherited
    started = Demo(tmp_path)
    signal.signal(signal.SIGINT, before)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(ENDS_WITHIN)


@pytest.mark.timeout(180)
def test_the_demo_prints_its_address_shows_cards_and_leaves_nothing_running(demo: Demo) -> None:
    address = demo.address()
    card = waited_for(lambda: card_in("approvals", address))
    running, listening = demo.stack.processes, demo.listening()

    demo.process.send_signal(signal.SIGINT)
    status = demo.process.wait(ENDS_WITHIN)

    assert "Change CHG" in card["text"]
    assert labels(card) == ["Approve", "Reject", "Open in ServiceNow"]
    assert (len(running), listening) == (3, demo.ports)
    assert (status, demo.output.splitlines()[-1]) == (0, "Ending …")
    assert not any(record.alive() for record in running)
    assert (demo.stack.leftovers(), demo.listening(), demo.stack.described) == ([], [], False)
