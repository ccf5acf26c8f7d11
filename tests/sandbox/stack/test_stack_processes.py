"""Processes of a local stack: ended by a later program run, and nobody else's ever."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.stack.processes import Record, end_recorded, recorded, start, start_time

SLEEP = "import time; time.sleep(60)"
SPAWN = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])
print(child.pid, flush=True)
child.wait()
"""
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "processes"
    folder.mkdir()
    yield folder
    end_recorded(folder)


def launch(records: Path, program: str, name: str = "sleeper") -> Record:
    log = records.parent / f"{name}.log"
    return start(name, [sys.executable, "-c", program], env={}, cwd=records, log=log, records=records)


def first_line(log: Path) -> str:
    while not (text := log.read_text()).endswith("\n"):
        pass
    return text.strip()


def test_a_started_process_is_found_and_ended_by_its_record(records: Path) -> None:
    process = launch(records, SLEEP)
    assert list(recorded(records)) == [process]
    assert process.alive()
    assert end_recorded(records) == ["sleeper"]
    assert (process.alive(), list(recorded(records))) == (False, [])


def test_the_children_end_with_it(records: Path) -> None:
    process = launch(records, SPAWN)
    child = int(first_line(records.parent / "sleeper.log"))
    assert start_time(child)
    process.end()
    assert start_time(child) is None


def test_a_process_that_does_not_listen_is_killed(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.stack.processes.GRACE_SECONDS", 0.2)
    process = launch(records, DEAF)
    first_line(records.parent / "sleeper.log")
    process.end()
    assert not process.alive()


def test_a_stranger_who_got_the_same_id_is_left_alone(records: Path) -> None:
    process = launch(records, SLEEP)
    mistaken = replace(process, started="another time")
    mistaken.end()
    assert process.alive()


def test_the_newest_is_ended_first(records: Path) -> None:
    for name in ("aws", "sandbox"):
        launch(records, SLEEP, name)
    assert end_recorded(records) == ["sandbox", "aws"]


def test_a_record_cut_short_by_a_crash_stops_nobody(records: Path) -> None:
    (records / "broken.json").write_text('{"name": "aw')
    (records / "old.json").write_text(json.dumps({"name": "old", "pid": 2**22 + 1, "started": "1"}))
    assert end_recorded(records) == []
    assert list(records.iterdir()) == []


def test_a_process_that_has_ended_but_was_not_collected_counts_as_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.read()  # returns when the process has closed its output, that is, ended
        while start_time(process.pid):
            pass
        assert process.poll() is not None
