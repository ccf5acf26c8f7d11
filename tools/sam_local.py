"""Run each function in Lambda's own container image with each of its events: `python -m tools.sam_local`.

`sam local invoke` needs a Docker engine; where there is none, this says `skipped` and is no failure. The functions run
against the local AWS (the running stack's, whose data the events change, or one brought up for it), with the deployed
functions' own environment. They run as the owner of the local AWS: roles are enforced in `make demo` and `make test`.
An event takes about three seconds on two cores.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

from sandbox.stack.build import build
from sandbox.stack.deploy import parameters
from sandbox.stack.errors import StackError
from sandbox.stack.layout import LOCAL, State
from sandbox.stack.running import up
from sandbox.stack.world import read_world
from tools.events import goes_back, recorded_events
from tools.sam_invoke import Invoker, docker, invoker

FIRST_FAULT = 500
"""From here on an HTTP status says that it was the server's fault (RFC 9110 §15.6)."""
AT_ONCE = 2
"""An invocation is nearly all SAM's own start and its look at the image; more than two gain little on two cores."""


def main() -> int:
    """Print a line per event and return the exit status: 1 when a function has no event, or did not answer one."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    if docker("info") is None:
        print("skipped: no Docker engine answers")
        return 0
    try:
        faults = _run()
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 1 if faults else 0


def _run() -> int:
    world = read_world(os.environ)
    state = State(LOCAL)
    stack = None if state.stack_file.exists() else up(world, state, sample_cards=False, say=print)
    try:
        description = json.loads(state.stack_file.read_text())
        began = time.monotonic()
        with invoker(description, build(world.catalog), parameters(world)) as invoke:
            events = recorded_events()
            faults = invoke_all(invoke, events)
    finally:
        if stack:
            stack.end()
    count = sum(len(paths) for paths in events.values())
    print(f"{count} events of {len(events)} functions in {time.monotonic() - began:.0f} s: {faults or 'none'} failed")
    return faults


def invoke_all(invoke: Invoker, events: Mapping[str, list[Path]]) -> int:
    """Invoke each function with each of its events, a few at once, and print a line for each in their order.

    Args:
        invoke: Runs one.
        events: Logical id → files of its events.

    Returns:
        How many failed; a function without any event is one more.
    """
    calls = [(logical_id, path) for logical_id, paths in events.items() for path in paths]
    forgotten = [logical_id for logical_id, paths in events.items() if not paths]
    for logical_id in forgotten:
        print(f"FAIL {logical_id} has no events", flush=True)
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        waiting = [(call, pool.submit(invoke, *call)) for call in calls]
        return len(forgotten) + sum(not _is_told(*call, *future.result()) for call, future in waiting)
    finally:
        pool.shutdown(cancel_futures=True)  # interrupted, it waits for the containers that run, and starts no more


def _is_told(logical_id: str, path: Path, answer: str, log: str) -> bool:
    """Print the outcome of an event, and tell whether it is well."""
    outcome = outcome_of(answer, goes_back(path))
    print(f"{'FAIL' if outcome is None else 'ok  '} {logical_id} {path.name} → {outcome or 'wrong'}", flush=True)
    if outcome is None:
        print(answer, log, sep="\n", file=sys.stderr, flush=True)
    return outcome is not None


def outcome_of(answer: str, back: int) -> str | None:
    """Return what a function answered in a word: an HTTP status, how many messages go back to their queue, or "done".

    None is for what no caller of Lambda's is content with: an exception, a fault of ours (5xx), another shape, or
    another number of messages that go back than `back`.
    """
    try:
        content: Any = json.loads(answer)
    except ValueError:
        return None
    match content:
        case {"statusCode": int(status)} if status < FIRST_FAULT:
            return str(status)
        case {"batchItemFailures": list(failed)} if len(failed) == back:
            return f"{back} back to the queue"
        case None:
            return "done"
        case _:
            return None


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
