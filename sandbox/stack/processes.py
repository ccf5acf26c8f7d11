"""Background processes that can be ended by another program run, and only they.

A process id alone may have been given to a stranger since; so each record holds the time the process started too, and
a process is ours only while both agree.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

GRACE_SECONDS = 5.0
"""How long a process may take to end by itself before it is killed."""
_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}
"""Those that this very program started: only a parent can collect an exit status."""


@dataclass(frozen=True)
class Record:
    """A process that we started, as leader of its own group (so its children end with it)."""

    name: str
    pid: int
    started: str
    """Its start time, as the operating system words it; only compared."""

    def alive(self) -> bool:
        """Tell whether exactly this process still runs."""
        return start_time(self.pid) == self.started

    def end(self) -> None:
        """End the process and its group: asked first, killed after a grace period. Nothing happens if it is gone."""
        if not self.alive():
            return
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while self.alive() and time.monotonic() < deadline:
            _reap(self.pid)
            time.sleep(0.02)
        self._signal(signal.SIGKILL)  # what is left of the group
        deadline = time.monotonic() + GRACE_SECONDS
        while self._group_there() and time.monotonic() < deadline:  # a killed process takes its moment to go
            _reap(self.pid)
            time.sleep(0.01)
        _reap(self.pid)

    def _group_there(self) -> bool:
        try:
            os.killpg(self.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def start_time(pid: int) -> str | None:
    """Return when the process with this id started, or None if there is none (or only its remains)."""
    ps = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():  # Linux, where `ps` may be missing
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] == "Z" else fields[19]
    shown = subprocess.run(ps, capture_output=True, text=True, check=False).stdout.split(maxsplit=1)
    return None if not shown or shown[0].startswith("Z") else shown[1].strip()


def _reap(pid: int) -> None:
    """Collect the exit status if it is our own child and has ended, so that it does not linger as a zombie."""
    if pid in _CHILDREN and _CHILDREN[pid].poll() is not None:
        del _CHILDREN[pid]


def start(
    name: str, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, log: Path, records: Path
) -> Record:
    """Start a background process and leave a record of it in the folder `records`.

    Args:
        name: What people call it; the name of its record.
        command: Program and arguments.
        env: Its whole environment.
        cwd: Its working directory.
        log: File that takes its output.
        records: Folder of the records.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _CHILDREN[process.pid] = process
    record = Record(name, process.pid, start_time(process.pid) or "")
    (records / f"{name}.json").write_text(json.dumps(asdict(record)) + "\n")
    return record


def recorded(records: Path) -> Iterator[Record]:
    """Yield the records that an earlier run left, newest first (what was started last is ended first)."""
    for path in sorted(records.glob("*.json"), key=lambda file: file.stat().st_mtime_ns, reverse=True):
        with suppress(ValueError, TypeError):  # half-written by a run that was killed
            yield Record(**json.loads(path.read_text()))


def end_recorded(records: Path) -> list[str]:
    """End every recorded process that still runs, forget the records, and return the names of those that were ended."""
    ended = []
    for record in recorded(records):
        if record.alive():
            record.end()
            ended.append(record.name)
    for path in records.glob("*.json"):
        path.unlink(missing_ok=True)
    return ended
