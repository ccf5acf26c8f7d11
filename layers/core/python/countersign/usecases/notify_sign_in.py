"""Tells a link's own person, in chat, what happened to it in a browser."""

from dataclasses import dataclass

from countersign.domain.catalog import Catalog
from countersign.domain.connection import Status
from countersign.domain.identity import Workspace
from countersign.domain.interaction import ReplyTo
from countersign.domain.message import Message
from countersign.domain.sign_in import Intent
from countersign.domain.texts import sign_in as texts
from countersign.domain.texts.shared import admins_only
from countersign.ports.chat import Messenger
from countersign.ports.sign_ins import SignInStore
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock
from countersign.usecases.ask_to_connect import AskToConnect
from countersign.usecases.recognise_admins import RecogniseAdmins


@dataclass(frozen=True)
class NotifySignIn:
    """Always by direct message to the person of the intent, never to the browser.

    Raises ChatUnavailable, StoreUnavailable.
    """

    sign_ins: SignInStore
    connections: ConnectionStore
    messenger: Messenger
    catalog: Catalog
    ask: AskToConnect
    is_admin: RecogniseAdmins
    clock: Clock

    def opened_by_another(self, intent_hash: str) -> None:
        """Somebody else's browser was stopped; the link is worthless now."""
        intent = self._known(intent_hash)
        if intent is not None:
            self._direct(intent, texts.link_was_opened_by_another(self._app(intent)))

    def new_link(self, intent_hash: str) -> None:
        """An expired link's page was asked for a new one."""
        intent = self._known(intent_hash)
        if intent is None:
            return
        person, workspace = intent.person, Workspace(intent.workspace, intent.organisation)
        if intent.shared and not self.is_admin(person, workspace):
            self._direct(intent, admins_only(self._app(intent)))  # not an admin any more
            return
        self.ask(
            person,
            workspace,
            intent.app,
            ReplyTo(),
            trace_id=intent.trace_id,
            why=texts.LINK_ENDED,
            shared=intent.shared,
            step_up=intent.step_up,
        )

    def help(self, intent: Intent) -> None:
        """The browser set out and did not come back, by this link or by another since; told once a day for each app."""
        if intent.app not in self.catalog.apps:
            return
        there = self.connections.get(intent.owner, intent.app)
        if there is not None and there.status is Status.LIVE and there.connected_at >= intent.created_at:
            return
        if not self.sign_ins.first_sight(f"help#{intent.owner.key}#{intent.app}", intent.id_hash, self.clock()):
            return
        self._direct(intent, texts.sign_in_help(self._app(intent)))

    def _known(self, intent_hash: str) -> Intent | None:
        """The sign-in, if its app is still one of the catalog's: nobody can sign in to what went."""
        intent = self.sign_ins.get_intent(intent_hash)
        return intent if intent is not None and intent.app in self.catalog.apps else None

    def _app(self, intent: Intent) -> str:
        return self.catalog.apps[intent.app].name

    def _direct(self, intent: Intent, message: Message) -> None:
        workspace = Workspace(intent.workspace, intent.organisation)
        self.messenger.within(workspace).direct(intent.person, message)
