"""`sam build`, skipped when nothing that goes into it has changed since an earlier one."""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.stack.aws import last_words
from sandbox.stack.errors import StackError
from sandbox.stack.layout import BUILDS, LOCAL, REPOSITORY, tool, uv

SOURCES = ("template.yaml", "samconfig.toml", "uv.lock", "pyproject.toml", "functions", "layers")
KEPT_BUILDS = 4
KEPT_SECONDS = 3600
"""A build is forgotten when it is neither among the newest nor was asked for within this time: it may be in use."""
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def host_architecture() -> str:
    """Return this machine's processor in the template's words: the local AWS runs functions as plain processes."""
    return ARCHITECTURES[platform.machine().lower()]


def build(catalog: Path) -> Path:
    """Build the template for this machine and return the path of the built template.

    Args:
        catalog: Folder with `apps/` and `recipes/` to compile into the catalog layer.

    Raises:
        StackError: The catalog has mistakes, each named by file and line; or `sam build` failed: its last words.
    """
    BUILDS.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time():
        folder = BUILDS / fingerprint(catalog)
        if not folder.exists():
            _check(catalog)
            _run_sam_build(catalog, folder)
        folder.touch()  # newest in use
        _forget_old_builds()
    return folder / "template.yaml"


def fingerprint(catalog: Path) -> str:
    """Return a short hash over everything that the build reads."""
    digest = hashlib.sha256(f"{host_architecture()} {sys.version}".encode())
    for root in (*(REPOSITORY / name for name in SOURCES), catalog / "apps", catalog / "recipes"):
        for path in _files(root):
            digest.update(f"{path}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    return sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _check(catalog: Path) -> None:
    """The same check that the catalog layer's build makes, before its answer is lost among that of all the others."""
    command = [sys.executable, "-m", "catalog_build", "--check", str(catalog)]
    folder = REPOSITORY / "layers" / "catalog"
    checked = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if checked.returncode:
        raise StackError(f"The catalog in {catalog} is not deployed:\n{checked.stderr.strip()}")


def _run_sam_build(catalog: Path, folder: Path) -> None:
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    log = BUILDS / "build.log"
    architecture = f"Architecture={host_architecture()}"
    with log.open("wb") as output:
        finished = subprocess.run(
            [str(tool("sam", "sam")), "build", "--build-dir", str(unfinished), "--parameter-overrides", architecture],
            cwd=REPOSITORY,
            env=_environment(catalog),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if finished.returncode:
        raise StackError(f"sam build failed:\n{last_words(log, 30)}")
    unfinished.rename(folder)


def _environment(catalog: Path) -> dict[str, str]:
    """What `sam build` and the layers' Makefiles read; see layers/build.mk."""
    found_first = os.pathsep.join([str(tool("sam", "sam").parent), str(uv().parent)])
    return {
        **os.environ,
        "PATH": f"{found_first}{os.pathsep}{os.environ.get('PATH', '')}",
        "ARCHITECTURE": host_architecture(),
        **({} if sys.platform == "linux" else {"WHEEL_PLATFORM": f"{platform.machine().lower()}-apple-darwin"}),
        "CATALOG_DIR": str(catalog),
        "PYTHON": sys.executable,
        "UV": str(uv()),
        "UV_SYSTEM_CERTS": "1",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(LOCAL / "sam"),
    }


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let stacks that start at the same time build one after the other, the second then finding the first's build."""
    with (BUILDS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget_old_builds() -> None:
    builds = sorted((path for path in BUILDS.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in builds[:-KEPT_BUILDS]:
        if time.time() - path.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
