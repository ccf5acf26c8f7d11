"""The rules of tests/conftest.py, tried on small test files of their own."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from sandbox.stack.layout import REPOSITORY

SKIPPED = "import pytest\ndef test_it(): pytest.skip('no reason')\n"
SKIPPED_MODULE = "import pytest\npytest.importorskip('no_such_module')\ndef test_it(): pass\n"
EXPECTED_FAILURE = "import pytest\n@pytest.mark.xfail\ndef test_it(): assert False\n"
OUTWARD = "import socket\ndef test_it(): socket.create_connection(('192.0.2.1', 80), timeout=5)\n"
LOOPBACK = """
import socket
def test_it():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()): pass
"""


def outcome(tmp_path: Path, source: str, *, ci: bool) -> tuple[int, str]:
    test = tmp_path / "test_small.py"
    test.write_text(source)
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", test],
        cwd=REPOSITORY,
        env={"PATH": "", "CI": "true" if ci else "", "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    return finished.returncode, finished.stdout


@pytest.mark.parametrize("source", [SKIPPED, SKIPPED_MODULE])
def test_a_skipped_test_fails_in_ci_and_only_there(tmp_path: Path, source: str) -> None:
    status, shown = outcome(tmp_path, source, ci=True)
    assert status != 0
    assert "skipped, which CI counts as failed" in shown
    assert "failed" not in outcome(tmp_path, source, ci=False)[1]


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    assert outcome(tmp_path, EXPECTED_FAILURE, ci=True)[0] == 0


def test_a_test_reaches_loopback_and_nothing_else(tmp_path: Path) -> None:
    assert outcome(tmp_path, LOOPBACK, ci=False)[0] == 0
    status, shown = outcome(tmp_path, OUTWARD, ci=False)
    assert status == 1
    assert "a test tried to reach 192.0.2.1: only loopback is allowed" in shown


def test_no_two_modules_of_tests_have_one_name() -> None:
    """Tests are no packages: of two modules of one name, whichever comes second is not run."""
    found = Counter(path.name for path in (REPOSITORY / "tests").rglob("test_*.py"))
    assert [name for name, times in found.items() if times > 1] == []
