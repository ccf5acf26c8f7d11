"""Every port with its adapter. Each is made, and its library imported, when it is first asked for.

A function that only verifies and enqueues never pays for what others need; tests put fakes in place of any property.
"""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol, Self

from countersign.adapters import aws, system
from countersign.config import Settings
from countersign.domain.secret import Secret

if TYPE_CHECKING:
    from countersign.adapters.dynamodb.table import Table
    from countersign.adapters.http import HardenedHttp
    from countersign.adapters.secrets import Secrets
    from countersign.adapters.slack.web_api import WebApi
    from countersign.domain.catalog import App, Catalog
    from countersign.domain.identity import Workspace
    from countersign.domain.local_hosts import LocalHosts
    from countersign.ports.admin import Census, Failures, Pauses
    from countersign.ports.apps import AuthorizationServer
    from countersign.ports.chat import ChatOpenId, Messenger, People
    from countersign.ports.keys import Opener, Sealer
    from countersign.ports.records import AuditLog
    from countersign.ports.sign_ins import SignInStore
    from countersign.ports.stores import ActionStore, CardStore, ConnectionStore
    from countersign.ports.system import Journal, Queue

_UNTIL_TOLD: Final = 60
"""Seconds an invocation is taken to have left when its context doesn't say."""


class LambdaContext(Protocol):
    """What of Lambda's context is read."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until this invocation is killed."""


class Adapters(ABC):
    """The outside world, port by port, for one process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.worker = secrets.token_hex(8)
        """This process; it runs one invocation at a time, so it is one worker of the ledger and the leases."""
        self._killed_at = 0

    def begin(self, context: LambdaContext) -> Self:
        """Note when this invocation ends: every lease taken in it outlives it."""
        self._killed_at = self.clock() + -(-context.get_remaining_time_in_millis() // 1000)
        return self

    def follow(self, trace_id: str) -> None:
        """Every log line from here on carries this id: one leads from the click to the card."""
        from countersign.adapters.logging import configure

        configure(self.settings.get("LOG_LEVEL", "INFO")).append_keys(trace_id=trace_id)

    def clock(self) -> int:
        """Now, in epoch seconds."""
        return system.now()

    def randomness(self) -> str:
        """64 unguessable hex characters."""
        return system.random_hex()

    def pause(self, seconds: int) -> None:
        """Wait."""
        system.pause(seconds)

    def deadline(self) -> int:
        """When this invocation is killed, in epoch seconds."""
        return self._killed_at or self.clock() + _UNTIL_TOLD

    @cached_property
    def catalog(self) -> "Catalog":
        """The deployment's apps and recipes: what is switched on, and nothing else."""
        from countersign.adapters.catalog_files import read_catalog

        return read_catalog(self.settings.apps, self.settings.app_settings, local=self.settings.local)

    @cached_property
    def stand_ins(self) -> "LocalHosts":
        """Loopback stand-ins of the apps' hosts; none but on a laptop."""
        from countersign.domain.local_hosts import LocalHosts

        return LocalHosts(self.settings.local_hosts)

    def app_settings(self, app: str) -> Mapping[str, str]:
        """Per-deployment settings of an app."""
        return self.settings.app_settings.get(app, {})

    def account_url(self, app: "App") -> str | None:
        """Where a person removes our access to an app by hand."""
        from countersign.domain.hosts import fill_settings

        if app.account_url is None:
            return None
        return self.stand_ins.resolve(fill_settings(app, app.account_url, self.app_settings(app.id)))

    @cached_property
    def secrets(self) -> "Secrets":
        """The deployment's secrets."""
        from countersign.adapters.secrets import Secrets

        return Secrets(lambda: aws.client("secretsmanager"), self.settings, self.clock)

    def signing_secrets(self) -> Sequence[Secret]:
        """What Slack signs its requests with."""
        return self.secrets.signing_secrets()

    def hook_secrets(self, recipe: str) -> Mapping[str, Secret]:
        """What a recipe's hook is called with, by workspace."""
        return self.secrets.hook(recipe)

    @cached_property
    def journal(self) -> "Journal":
        """Logs and counts."""
        from countersign.adapters.logging import PowertoolsJournal

        return PowertoolsJournal(self.settings)

    @cached_property
    def actions_queue(self) -> "Queue":
        """The queue of what is to be done in apps."""
        return self._queue("ACTIONS_QUEUE_URL")

    @cached_property
    def connections_queue(self) -> "Queue":
        """The queue of what people ask about their connections."""
        return self._queue("CONNECTIONS_QUEUE_URL")

    @cached_property
    def connections(self) -> "ConnectionStore":
        """People's connections."""
        from countersign.adapters.dynamodb.connections import DynamoConnectionStore

        return DynamoConnectionStore(self._table("CONNECTIONS_TABLE"), self._table("SIGN_INS_TABLE"))

    @cached_property
    def sign_ins(self) -> "SignInStore":
        """Sign-ins under way."""
        from countersign.adapters.dynamodb.sign_ins import DynamoSignInStore

        return DynamoSignInStore(self._table("SIGN_INS_TABLE"))

    @cached_property
    def actions(self) -> "ActionStore":
        """The ledger."""
        from countersign.adapters.dynamodb.actions import DynamoActionStore

        return DynamoActionStore(self._table("ACTIONS_TABLE"), self.settings.history_retention)

    @cached_property
    def cards(self) -> "CardStore":
        """Cards."""
        from countersign.adapters.dynamodb.cards import DynamoCardStore

        return DynamoCardStore(self._table("CARDS_TABLE"), self.settings.history_retention)

    @cached_property
    def audit(self) -> "AuditLog":
        """The audit trail, by way of a queue where its table can't be had."""
        from countersign.usecases.record_surely import RecordSurely

        return RecordSurely(self.audit_trail, self.actions_queue, self.clock)

    @cached_property
    def audit_trail(self) -> "AuditLog":
        """The audit trail's own table."""
        from countersign.adapters.dynamodb.audit import DynamoAuditLog

        return DynamoAuditLog(self._table("AUDIT_TABLE"), self.clock, self.settings.audit_retention, self.journal)

    @cached_property
    def pauses(self) -> "Pauses":
        """What is paused."""
        from countersign.adapters.dynamodb.pauses import DynamoPauses

        return DynamoPauses(self._table("SIGN_INS_TABLE"))

    @cached_property
    def census(self) -> "Census":
        """Who is connected to an app."""
        from countersign.adapters.dynamodb.census import DynamoCensus

        return DynamoCensus(self._table("CONNECTIONS_TABLE"), self._table("SIGN_INS_TABLE"))

    @cached_property
    def failures(self) -> "Failures":
        """What went wrong lately."""
        from countersign.adapters.dynamodb.audit import DynamoAuditTrail

        return DynamoAuditTrail(self._table("AUDIT_TABLE"))

    @cached_property
    def opener(self) -> "Opener":
        """Seals and opens; what a function's role does not allow, KMS refuses."""
        from countersign.adapters.kms import KmsSealer

        return KmsSealer(aws.client("kms"), self.settings.require("TOKEN_KEY_ID"))

    @property
    def sealer(self) -> "Sealer":
        """Seals; its type cannot open."""
        return self.opener

    @cached_property
    def hasty_sealer(self) -> "Sealer":
        """The same for a function that must answer Slack itself within three seconds."""
        from countersign.adapters.kms import KmsSealer

        return KmsSealer(aws.client("kms", hasty=True), self.settings.require("TOKEN_KEY_ID"))

    @cached_property
    def http(self) -> "HardenedHttp":
        """The way out to apps."""
        from countersign.adapters.http import HardenedHttp

        return HardenedHttp(self.stand_ins, local=self.settings.local)

    @cached_property
    def authorization(self) -> "AuthorizationServer":
        """The apps' authorization servers."""
        from countersign.adapters.oauth_http import OAuthHttp

        return OAuthHttp(
            self.http, self.app_settings, self.secrets.app, self.stand_ins, self.clock, local=self.settings.local
        )

    @cached_property
    def chat_openid(self) -> "ChatOpenId":
        """Sign in with Slack."""
        from countersign.adapters.slack.openid import SlackAddresses, SlackOpenId

        settings = self.settings
        addresses = SlackAddresses(
            settings.slack_api_url, settings.slack_web_url, settings.slack_openid_jwks_url, settings.slack_openid_issuer
        )
        return SlackOpenId(self.http, addresses, self.secrets.slack_client, self.clock)

    @abstractmethod
    def bot_token(self, workspace: "Workspace | None" = None) -> Secret:
        """The bot's token where a workspace is; None: in the only one there is."""

    @cached_property
    def slack_api(self) -> "WebApi":
        """Slack's Web API, as the bot."""
        from countersign.adapters.slack.web_api import WebApi

        return WebApi(self.settings.slack_api_url, self.bot_token)

    @cached_property
    def messenger(self) -> "Messenger":
        """Chat, to speak in."""
        return self._messenger(self.slack_api, lambda: self.http)

    @cached_property
    def hasty_messenger(self) -> "Messenger":
        """The same for a function that must answer Slack itself within three seconds."""
        from countersign.adapters.bounded import Limits
        from countersign.adapters.http import HardenedHttp
        from countersign.adapters.slack.web_api import WebApi

        def http() -> HardenedHttp:
            return HardenedHttp(self.stand_ins, local=self.settings.local, limits=Limits(connect=1, read=1, total=1))

        return self._messenger(WebApi(self.settings.slack_api_url, self.bot_token, timeout=2), http)

    @cached_property
    def people(self) -> "People":
        """Chat, to ask about people."""
        from countersign.adapters.slack.people import SlackPeople

        return SlackPeople(self.slack_api, self.clock)

    def _messenger(self, api: "WebApi", http: "Callable[[], HardenedHttp]") -> "Messenger":
        from countersign.adapters.slack.messenger import SlackMessenger
        from countersign.adapters.slack.reply_address import ReplyAddress
        from countersign.domain.hosts import host_of

        own = (host_of(self.settings.slack_api_url),) if self.settings.local else ()
        return SlackMessenger(api, ReplyAddress(http, own))

    def _queue(self, name: str) -> "Queue":
        from countersign.adapters.sqs import SqsQueue

        return SqsQueue(aws.client("sqs"), self.settings.require(name))

    def _table(self, name: str) -> "Table":
        from countersign.adapters.dynamodb.table import Table

        return Table(aws.client("dynamodb"), self.settings.require(name))
