"""The outside world, brought up once for its stories."""

import secrets
from collections.abc import Iterator

import pytest

from tests.e2e.outside import records as app
from tests.e2e.outside import slack_server
from tests.e2e.outside.records import Records
from tests.e2e.outside.slack import Slack
from tests.e2e.outside.stack import OutsideStack
from tests.e2e.outside.world import World, environment
from tests.e2e.ports import free_pair


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The stack brought up twice, with nothing of the sandbox's in its world."""
    folder = tmp_path_factory.mktemp("outside")
    port, slack_port = free_pair(), free_pair()
    slack, records = Slack(f"http://127.0.0.1:{slack_port}"), Records(slack_port + 1)
    hook_secret = secrets.token_urlsafe(24)
    stack = OutsideStack(folder / "state", environment(port, slack, records, hook_secret, folder))
    try:
        bring_up(stack)
        replaced = stack.processes
        bring_up(stack)
        callback = f"{stack.description['browser_url']}/oauth"
        slack.app.api_url, slack.app.redirect_uri = stack.description["api_url"], f"{callback}/slack/callback"
        world = World(stack, slack, records, hook_secret, replaced, [])
        with (
            slack_server.serving(slack, slack_port),
            app.running(records, f"{callback}/callback/records", folder / "records.log"),
        ):
            yield world
        for browser in world.browsers:
            browser.close()
    finally:
        stack.command("down")


def bring_up(stack: OutsideStack) -> None:
    """`make up`, which must succeed."""
    started = stack.command("up")
    assert started.returncode == 0, started.stderr
