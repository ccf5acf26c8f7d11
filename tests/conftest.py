"""Rules for all tests: no network but loopback, no skipped test in CI, one browser, one stack."""

import os
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from tools import browser as chromium

E2E = Path(__file__).parent / "e2e"


def pytest_configure() -> None:
    """Refuse every connection to another machine, whichever library asks for it."""
    sys.addaudithook(_only_loopback)


def _only_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    host = str(arguments[1][0])
    if not _is_loopback(host):
        raise ConnectionRefusedError(f"a test tried to reach {host}: only loopback is allowed")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the end-to-end tests and put them first: they take longest, and the others fill the time beside them."""
    for item in items:
        if E2E in item.path.parents:
            item.add_marker("e2e")
    items.sort(key=lambda item: E2E not in item.path.parents)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Distribute whole files, and all end-to-end tests to one worker: each worker would start a stack of its own.

    (xdist 3.8 has groups for this, which pytest 9.2 no longer lets it write into a test's id.)
    """
    return _OneStack(config, log)


class _OneStack(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "tests/e2e" if file.startswith("tests/e2e/") else file


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Make a skipped test a failed one where CI is true: a green run must mean that everything ran."""
    report = yield
    return _failed_if_skipped(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """The same for a module that skips itself."""
    report = yield
    return _failed_if_skipped(report)


def _failed_if_skipped(report: Any) -> Any:
    expected_to_fail = hasattr(report, "wasxfail")
    if report.outcome == "skipped" and not expected_to_fail and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI counts as failed: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium: the machine's own, else Playwright's. Each test opens its own context in it."""
    executable = chromium.find()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=list(chromium.FLAGS))
        yield launched
        launched.close()
