"""The sandbox Slack: signed deliveries, the Web API, Block Kit's limits, forms, Sign in with Slack. In memory.

`create_slack(config)` makes one; `sandbox.server` serves it beside the sandbox apps and the page.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask

from sandbox.slack.client.routes import client_api
from sandbox.slack.config import Clock, SlackConfig
from sandbox.slack.state import SlackState, new_state
from sandbox.slack.web import web_pages
from sandbox.slack.web_api.routes import web_api

__all__ = ["SandboxSlack", "create_slack"]


@dataclass(frozen=True)
class SandboxSlack:
    """A running sandbox Slack, yet to be served.

    Attributes:
        wsgi: The Flask app of `slack.localhost`, to be mounted under `/slack` for programs as well.
        client_api: The blueprint with `/api/people/…`, for the site of the page.
        state: Everything it holds, e.g. to plant faults in process.
    """

    wsgi: Flask
    client_api: Blueprint
    state: SlackState

    def close(self) -> None:
        """Stop what runs in the background: events under way and their retries."""
        self.state.events.close()


def create_slack(
    config: Mapping[str, Any], clock: Clock = time.time, signed_in_at: Callable[[], Sequence[str]] = tuple
) -> SandboxSlack:
    """A sandbox Slack for the app that the sandbox's config file registers.

    Args:
        config: The config file's object; `port`, `api_url`, `browser_url` and `slack` are read, and the keys of `apps`.
        clock: Seconds since the epoch.
        signed_in_at: The apps' hosts, with their port, where a browser's session may have to be ended.

    Raises:
        KeyError: A required key is missing.
    """
    state = new_state(SlackConfig.from_json(config), clock, signed_in_at)
    wsgi = web_pages(state)
    wsgi.register_blueprint(web_api(state))
    wsgi.register_blueprint(client_api(state))
    return SandboxSlack(wsgi, client_api(state), state)
