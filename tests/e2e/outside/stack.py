"""The local stack as an outside program meets it: two commands, environment variables, and stack.json."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.stack.layout import REPOSITORY, State
from sandbox.stack.processes import Record, recorded

LOG_SECONDS = 20.0


@dataclass(frozen=True)
class OutsideStack:
    """One stack in a state folder of its own, as `make up` and `make down` run it.

    Attributes:
        environment: the caller's variables beside HOME and PATH.
    """

    folder: Path
    environment: Mapping[str, str]

    def command(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run `up` or `down` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "sandbox.stack", name, "--state", self.folder],
            cwd=REPOSITORY,
            env={"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def description(self) -> dict[str, Any]:
        """What stack.json says."""
        described: dict[str, Any] = json.loads(State(self.folder).stack_file.read_text())
        return described

    @property
    def described(self) -> bool:
        """Whether there is a stack.json."""
        return State(self.folder).stack_file.exists()

    @property
    def processes(self) -> list[Record]:
        """What the last `up` started and no `down` has ended."""
        return list(recorded(State(self.folder).processes))

    def leftovers(self) -> list[str]:
        """Command lines of all processes that name this stack's folder, the functions' workers included (Linux)."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # it ended meanwhile
                found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        return [line for line in found if str(self.folder) in line]

    def logged(self) -> str:
        """Everything that the functions logged until a moment ago."""
        return "\n".join(path.read_text() for path in sorted(State(self.folder).function_logs.glob("*.log")))

    def wait_until_logged(self, word: str, *, beyond: str) -> str:
        """Everything that the functions logged, once this word is there more often than in ``beyond``."""
        deadline = time.monotonic() + LOG_SECONDS
        while (logged := self.logged()).count(word) <= beyond.count(word):
            assert time.monotonic() < deadline, f"{word} was not logged again"
            time.sleep(0.1)
        return logged
