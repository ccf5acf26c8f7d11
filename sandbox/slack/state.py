"""All that the sandbox Slack holds: put together in one place, handed to every part that answers requests."""

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sandbox.people import Person
from sandbox.slack.config import Clock, SlackConfig
from sandbox.slack.delivery import Deliverer
from sandbox.slack.errors import SlackError
from sandbox.slack.events import Events
from sandbox.slack.faults import Faults
from sandbox.slack.grants import Grants
from sandbox.slack.journal import Journal
from sandbox.slack.model import BOT_USER, Json
from sandbox.slack.openid import SigningKey
from sandbox.slack.payloads import Payloads
from sandbox.slack.response_urls import ResponseUrls
from sandbox.slack.sessions import Sessions
from sandbox.slack.tokens import Token, Tokens
from sandbox.slack.triggers import Triggers
from sandbox.slack.views import Views
from sandbox.slack.workspace import Workspace, acme, acme_labs


@dataclass
class SlackState:
    """The state of one sandbox Slack.

    Attributes:
        lock: Held while state is read or changed, never while the app is waited for: it calls back.
        workspaces: By id; the first one has the app installed.
        added_to: Workspaces that an admin added the whole organisation's installation to.
        signed_in_at: The apps' hosts where a browser's session may have to be ended.
    """

    config: SlackConfig
    clock: Clock
    lock: threading.RLock
    workspaces: dict[str, Workspace]
    tokens: Tokens
    triggers: Triggers
    response_urls: ResponseUrls
    views: Views
    grants: Grants
    sessions: Sessions
    signing_key: SigningKey
    faults: Faults
    journal: Journal
    payloads: Payloads
    deliverer: Deliverer
    events: Events
    signed_in_at: Callable[[], Sequence[str]]
    added_to: set[str] = field(default_factory=set)

    def of_organisation(self, enterprise_id: str) -> list[Workspace]:
        """Its workspaces."""
        return [each for each in self.workspaces.values() if each.enterprise_id == enterprise_id]

    def uninstall(self, team_id: str) -> None:
        """End an installation. Two events say so, in an order that Slack doesn't promise."""
        self.tokens.uninstall(team_id)
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}}
        happened: list[Json] = [revoked, {"type": "app_uninstalled"}]
        for event in happened:
            if team_id in self.workspaces:
                self.events.send(self.workspaces[team_id], "", event)
            else:
                self.events.send_of_organisation(team_id, event)

    @property
    def home_workspace(self) -> Workspace:
        """The workspace in which the app is installed from the start."""
        return self.workspaces[self.config.team_id]

    def workspace_of(self, user: str) -> Workspace:
        """The workspace that this user id belongs to.

        Raises:
            SlackError: `user_not_found`.
        """
        for workspace in self.workspaces.values():
            if user in workspace.people:
                return workspace
        raise SlackError("user_not_found")

    def person(self, user: str) -> Person:
        """The person with this user id.

        Raises:
            SlackError: `user_not_found`.
        """
        return self.workspace_of(user).people[user]


def new_state(config: SlackConfig, clock: Clock, signed_in_at: Callable[[], Sequence[str]]) -> SlackState:
    """A fresh Slack: two workspaces, the app installed in the first, nothing posted yet."""
    journal = Journal(clock)
    payloads = Payloads(config, secrets.token_urlsafe(18))
    deliverer = Deliverer(config, clock, journal)
    workspaces = (acme(config.team_id, config.enterprise_id, clock), acme_labs(clock))
    tokens = Tokens()
    tokens.grant(Token("bot", config.team_id, BOT_USER, frozenset(config.scopes.split(","))), config.bot_token)
    return SlackState(
        config=config,
        clock=clock,
        lock=threading.RLock(),
        workspaces={workspace.id: workspace for workspace in workspaces},
        tokens=tokens,
        triggers=Triggers(clock),
        response_urls=ResponseUrls(config.program_url, clock),
        views=Views(clock),
        grants=Grants(clock),
        sessions=Sessions(),
        signing_key=SigningKey(),
        faults=Faults(),
        journal=journal,
        payloads=payloads,
        deliverer=deliverer,
        events=Events(config, clock, payloads, deliverer),
        signed_in_at=signed_in_at,
    )
