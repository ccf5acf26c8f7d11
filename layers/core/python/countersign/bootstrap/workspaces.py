"""The workspaces that a deployment serves: which bot speaks where, and how one is installed."""

from functools import cached_property
from typing import TYPE_CHECKING

from countersign.adapters import aws
from countersign.bootstrap.adapters import Adapters
from countersign.domain.identity import Workspace
from countersign.domain.secret import Secret

if TYPE_CHECKING:
    from countersign.adapters.slack.bot_tokens import BotTokens, Installed
    from countersign.adapters.slack.install import SlackInstall
    from countersign.adapters.slack.people import Kept
    from countersign.domain.connection import Connection
    from countersign.domain.tokens import Tokens
    from countersign.ports.apps import TokenRenewal
    from countersign.ports.chat import ChatInstall
    from countersign.ports.keys import Opener
    from countersign.ports.stores import ConnectionStore, InstallationStore
    from countersign.usecases.admit_workspace import AdmitWorkspace
    from countersign.usecases.begin_install import BeginInstall
    from countersign.usecases.complete_install import CompleteInstall
    from countersign.usecases.find_workspace import FindWorkspace
    from countersign.usecases.fresh_token import FreshToken
    from countersign.usecases.keep_bots import KeepBots


class Workspaces(Adapters):
    """A deployment for one workspace whose bot's token is among its secrets asks nothing of this."""

    def bot_token(self, workspace: Workspace | None = None) -> Secret:
        """The bot's token where a workspace is; None: in the only one there is."""
        return self.bot_tokens(workspace)

    @cached_property
    def bot_tokens(self) -> "BotTokens":
        """Which bot speaks where."""
        from countersign.adapters.slack.bot_tokens import BotTokens

        return BotTokens(
            self.secrets.bot_token,
            self._home_of,
            lambda: self.installed,
            self.clock,
            several=self.settings.several_workspaces,
            allowed=self.settings.allowed_workspaces,
        )

    @property
    def serves_several(self) -> bool:
        """Whether there can be any bot but the one whose token is among the deployment's secrets."""
        return self.settings.several_workspaces or self.bot_tokens.given() is None

    def home(self) -> Workspace | None:
        """The workspace of the bot that an operator gave the deployment."""
        given = self.bot_tokens.given()
        return None if given is None else self._home_of(given)

    @cached_property
    def find_workspace(self) -> "FindWorkspace":
        """Which workspace a hook means."""
        from countersign.usecases.find_workspace import FindWorkspace

        allowed = self.settings.allowed_workspaces
        return FindWorkspace(self.people, self.installations, lambda: self.serves_several, self.home, allowed)

    @cached_property
    def installed(self) -> "Installed":
        """What installations left."""
        from countersign.adapters.slack.bot_tokens import Installed

        renew = self._renew_bot if self.settings.renews_bot_tokens else None
        return Installed(self.installations, self.bot_connections, self._open_bot, renew)

    @cached_property
    def installations(self) -> "InstallationStore":
        """Where Countersign is installed."""
        from countersign.adapters.dynamodb.installations import DynamoInstallationStore

        return DynamoInstallationStore(self._table("WORKSPACES_TABLE"))

    @cached_property
    def bot_connections(self) -> "ConnectionStore":
        """The bots' tokens, by workspace."""
        from countersign.adapters.dynamodb.connections import DynamoConnectionStore

        table = self._table("WORKSPACES_TABLE")
        return DynamoConnectionStore(table, notes=table)

    @cached_property
    def bot_opener(self) -> "Opener":
        """Seals and opens the bots' tokens, under a key of their own."""
        from countersign.adapters.kms import KmsSealer

        return KmsSealer(aws.client("kms"), self.settings.require("BOT_KEY_ID"))

    @cached_property
    def fresh_bot_token(self) -> "FreshToken":
        """The bots' tokens, renewed by the same lease as people's."""
        from countersign.domain.catalog import Catalog
        from countersign.domain.installation import CHAT
        from countersign.usecases.fresh_token import FreshToken

        return FreshToken(
            connections=self.bot_connections,
            opener=self.bot_opener,
            authorization=self.bot_token_server,
            catalog=Catalog({CHAT.id: CHAT}, {}),
            settings=lambda _: {},
            redirect_uri=lambda _: "",
            clock=self.clock,
            deadline=self.deadline,
            pause=self.pause,
            journal=self.journal,
            worker=self.worker,
        )

    @cached_property
    def bot_token_server(self) -> "TokenRenewal":
        """Where the bots' tokens are renewed."""
        from countersign.adapters.slack.install import SlackTokenServer

        return SlackTokenServer(self.slack_install)

    @cached_property
    def keep_bots(self) -> "KeepBots":
        """Renews tokens in time."""
        from countersign.usecases.keep_bots import KeepBots

        return KeepBots(
            installations=self.installations,
            bots=self.bot_connections,
            needed=lambda: self.serves_several,
            renew=lambda bot: self.fresh_bot_token(bot, renew=True),
            journal=self.journal,
            clock=self.clock,
        )

    # --- installing

    @cached_property
    def slack_install(self) -> "SlackInstall":
        """Slack's side of an installation."""
        from countersign.adapters.slack.install import SlackInstall

        settings = self.settings
        return SlackInstall(self.http, settings.slack_api_url, settings.slack_web_url, self.secrets.slack_client)

    @cached_property
    def chat_install(self) -> "ChatInstall":
        """The same as its port."""
        return self.slack_install

    @cached_property
    def begin_install(self) -> "BeginInstall":
        """Sends an admin's browser to Slack."""
        from countersign.usecases.begin_install import BeginInstall

        return BeginInstall(self.installations, self.chat_install, self.randomness, self.clock)

    @cached_property
    def complete_install(self) -> "CompleteInstall":
        """Back from Slack."""
        from countersign.usecases.complete_install import CompleteInstall

        return CompleteInstall(
            installations=self.installations,
            tokens=self.bot_connections,
            sealer=self.bot_opener,
            chat=self.chat_install,
            admit=self.admit_workspace,
            audit=self.audit,
            clock=self.clock,
        )

    @cached_property
    def admit_workspace(self) -> "AdmitWorkspace":
        """Which workspaces may have Countersign."""
        from countersign.usecases.admit_workspace import AdmitWorkspace

        allowed = self.settings.allowed_workspaces
        return AdmitWorkspace(allowed, self.installations, lambda: self.bot_tokens.given() is not None, self.people)

    def _renew_bot(self, connection: "Connection") -> "tuple[Connection, Tokens]":
        return self.fresh_bot_token(connection)

    def _open_bot(self, connection: "Connection") -> "Tokens":
        from countersign.domain.token_codec import unpack

        return unpack(self.bot_opener.open(connection.sealed, connection.owner))

    def _home_of(self, given: Secret) -> Workspace:
        from countersign.adapters.slack.people import SlackPeople
        from countersign.adapters.slack.web_api import WebApi

        return SlackPeople(WebApi(self.settings.slack_api_url, lambda _: given), self.clock, self._homes).workspace()

    @cached_property
    def _homes(self) -> "Kept":
        return {}
