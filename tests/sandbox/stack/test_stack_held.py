"""A demo that runs is left alone by whoever starts a stack in the same folder."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.stack.__main__ import main
from sandbox.stack.errors import StackError
from sandbox.stack.held import demand_not_held, held
from sandbox.stack.layout import State
from sandbox.stack.processes import end_recorded, start

HOLD = """
import sys, time
from pathlib import Path
from sandbox.stack.held import held
from sandbox.stack.layout import State
with held(State(Path(sys.argv[1])), "http://127.0.0.1:4660/"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """The command line listens to signals of its own."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    made = State(tmp_path)
    made.prepare()
    yield made
    end_recorded(made.processes)


@pytest.fixture
def demo(state: State) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the folder."""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", HOLD, str(state.folder)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.mark.parametrize("command", ["up", "demo"])
def test_nothing_is_started_beside_a_demo_and_nothing_of_it_touched(
    state: State, demo: subprocess.Popen[str], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    log = state.logs / "part.log"
    part = start("part", sleeper, env={}, cwd=state.folder, log=log, records=state.processes)
    assert main([command, "--state", str(state.folder)]) == 1
    assert f"A demo is running at http://127.0.0.1:4660/ (process {demo.pid})." in capsys.readouterr().err
    assert (part.alive(), log.exists(), state.demo_file.exists()) == (True, True, True)


def test_a_demo_that_was_killed_holds_nothing(state: State, demo: subprocess.Popen[str]) -> None:
    demo.kill()
    demo.wait()
    assert state.demo_file.exists()
    demand_not_held(state)


def test_a_demo_that_ended_leaves_no_trace(state: State) -> None:
    with held(state, "http://127.0.0.1:4660/"):
        assert json.loads(state.demo_file.read_text())["pid"] == os.getpid()
        with pytest.raises(StackError):
            demand_not_held(state)
    assert not state.demo_file.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_half_written_note_holds_nothing(state: State, text: str) -> None:
    state.demo_file.write_text(text)
    demand_not_held(state)
