"""A demo holds its state folder for as long as it runs in its terminal: no other stack is started there meanwhile."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict

from sandbox.stack.errors import StackError
from sandbox.stack.layout import State
from sandbox.stack.processes import Record, start_time


@contextmanager
def held(state: State, url: str) -> Iterator[None]:
    """Hold the folder for this very process, which shows its demo at `url`.

    Raises:
        StackError: Another demo holds it.
    """
    demand_not_held(state)
    mine = Record("demo", os.getpid(), start_time(os.getpid()) or "")
    state.folder.mkdir(parents=True, exist_ok=True)
    state.demo_file.write_text(json.dumps({**asdict(mine), "url": url}) + "\n")
    try:
        yield
    finally:
        state.demo_file.unlink(missing_ok=True)


def demand_not_held(state: State) -> None:
    """Make sure that no demo runs there; one that was killed holds nothing any more.

    Raises:
        StackError: One does.
    """
    with suppress(OSError, ValueError, KeyError, TypeError):  # none, or half-written by a run that was killed
        noted = json.loads(state.demo_file.read_text())
        url = str(noted.pop("url"))
        if Record(**noted).alive():
            raise StackError(
                f"A demo is running at {url} (process {noted['pid']}). End it first, with Ctrl-C in its terminal; "
                "nothing was touched."
            )
