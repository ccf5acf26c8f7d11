"""The command line of the local stack: `python -m sandbox.stack demo|up|down [--state FOLDER]`."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from sandbox.stack.errors import StackError
from sandbox.stack.held import demand_not_held, held
from sandbox.stack.layout import LOCAL, State
from sandbox.stack.running import Stack, down, up
from sandbox.stack.world import World, read_world


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.stack", description=__doc__)
    parser.add_argument("command", choices=("demo", "up", "down"))
    parser.add_argument("--state", type=Path, default=LOCAL, help="folder of this stack (default: .local)")
    options = parser.parse_args(arguments)
    state = State(options.state.absolute())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return {"demo": _demo, "up": _up, "down": _down}[options.command](state)
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _demo(state: State) -> int:
    world = read_world(os.environ)
    with held(state, f"{world.sandbox_url}/"):
        return _show(world, state)


def _show(world: World, state: State) -> int:
    stack = up(world, state, sample_cards=True, say=_say)
    try:
        _say(f"\n  Countersign is running. Open {stack.world.sandbox_url}/ in a browser.\n  Ctrl-C ends it.\n")
        return _watch(stack)
    except KeyboardInterrupt:
        _say("\nEnding …")
        return 0
    finally:
        stack.end()


def _watch(stack: Stack) -> int:
    while True:
        ended = [record.name for record in stack.records if not record.alive()]
        if ended:
            _say(f"The {' and the '.join(ended)} process ended; see {stack.state.logs}.")
            return 1
        time.sleep(0.5)


def _up(state: State) -> int:
    demand_not_held(state)
    stack = up(read_world(os.environ), state, sample_cards=False, say=_say)
    _say(f"Running: {stack.world.sandbox_url}/, described in {state.stack_file}. `make down` ends it.")
    return 0


def _down(state: State) -> int:
    ended = down(state)
    _say(f"Ended: {', '.join(ended)}." if ended else "Nothing was running.")
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
