"""Where everything lies: the repository, the tools beside it, and one stack's state folder."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sandbox.stack.errors import StackError

REPOSITORY = Path(__file__).resolve().parents[2]
LOCAL = REPOSITORY / ".local"
"""Everything that is made on this machine and never committed."""
BUILDS = LOCAL / "build"
"""Built templates, one folder per state of the sources; shared by every stack of this repository."""


def tool(environment: str, program: str) -> Path:
    """Return the path of a program in one of the pinned environments that `make tools` fills.

    Raises:
        StackError: It isn't there yet.
    """
    path = LOCAL / "tools" / environment / "bin" / program
    if not path.exists():
        raise StackError(f"{program} is not installed in {path.parent}: run `make tools` first.")
    return path


def uv() -> Path:
    """Return the path of uv: the caller's, or the one that the Makefile brought.

    Raises:
        StackError: There is none.
    """
    brought = LOCAL / "uv" / "bin" / "uv"
    found = os.environ.get("UV") or shutil.which("uv") or (str(brought) if brought.exists() else None)
    if found is None:
        raise StackError("uv was found neither on the PATH nor in .local/uv: run `make tools` first.")
    return Path(found).absolute()


@dataclass(frozen=True)
class State:
    """One stack's folder: `stack.json` for outside programs, logs for people, the rest for us."""

    folder: Path

    @property
    def stack_file(self) -> Path:
        """The description that outside programs read; it exists only while the stack answers."""
        return self.folder / "stack.json"

    @property
    def sandbox_file(self) -> Path:
        """The sandbox's own configuration."""
        return self.folder / "sandbox.json"

    @property
    def demo_file(self) -> Path:
        """Which process shows a demo from this folder; it exists only while that runs."""
        return self.folder / "demo.json"

    @property
    def processes(self) -> Path:
        """One record per process that this stack started."""
        return self.folder / "processes"

    @property
    def logs(self) -> Path:
        """Output of the processes, of build and deployment."""
        return self.folder / "logs"

    @property
    def function_logs(self) -> Path:
        """One file per function, as CloudWatch Logs would show it."""
        return self.logs / "functions"

    @property
    def scratch(self) -> Path:
        """TMPDIR and HOME of the local AWS, which unpacks the functions there; emptied when the stack ends."""
        return self.folder / "scratch"

    def prepare(self) -> None:
        """Make the folders, empty of an earlier run's logs and scratch files."""
        for old in (self.logs, self.scratch):
            shutil.rmtree(old, ignore_errors=True)
        for folder in (self.processes, self.logs, self.function_logs, self.scratch):
            folder.mkdir(parents=True, exist_ok=True)
