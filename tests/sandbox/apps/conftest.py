"""The apps on a real server, one fixture each."""

from collections.abc import Iterator

import pytest

from tests.support.running_app import CALLBACK, REGISTRATION, Browser, Clock, RunningApp, run

__all__ = ["CALLBACK", "REGISTRATION", "Browser", "Clock", "RunningApp", "run"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hooks() -> dict[str, dict[str, str]]:
    """No card hooks, unless a test module says otherwise."""
    return {}


@pytest.fixture
def servicenow(clock: Clock, hooks: dict[str, dict[str, str]]) -> Iterator[RunningApp]:
    yield from run("servicenow", clock, hooks)


@pytest.fixture
def salesforce(clock: Clock, hooks: dict[str, dict[str, str]]) -> Iterator[RunningApp]:
    yield from run("salesforce", clock, hooks)


@pytest.fixture
def box(clock: Clock, hooks: dict[str, dict[str, str]]) -> Iterator[RunningApp]:
    yield from run("box", clock, hooks)


@pytest.fixture
def github(clock: Clock, hooks: dict[str, dict[str, str]]) -> Iterator[RunningApp]:
    yield from run("github", clock, hooks)


@pytest.fixture(params=["servicenow", "salesforce"])
def app(request: pytest.FixtureRequest) -> RunningApp:
    """Each app in turn."""
    running: RunningApp = request.getfixturevalue(request.param)
    return running


@pytest.fixture
def josie(app: RunningApp) -> str:
    """Josie's login in the app."""
    return {"servicenow": "josie", "salesforce": "josie@acme.com"}[app.state.description.app_id]
