"""Answers what is not an action: connections, help, the home tab, and words nobody understands."""

from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.catalog import ActsAs, Catalog
from countersign.domain.identity import shared_owner
from countersign.domain.interaction import Interaction, Kind
from countersign.domain.message import Message
from countersign.domain.texts import conversation as texts
from countersign.domain.texts.forget import ask as ask_to_forget
from countersign.domain.texts.names import (
    ADMIN,
    ADMIN_CHOOSE_PERSON,
    ADMIN_KEEP_PERSON,
    CONNECTIONS_CONNECT,
    CONNECTIONS_CONNECT_SHARED,
    CONNECTIONS_DISCONNECT,
    CONNECTIONS_DISCONNECT_SHARED,
    CONNECTIONS_FORGET,
    CONNECTIONS_SHOW,
)
from countersign.domain.texts.shared import admins_only
from countersign.domain.texts.sign_in import ASKED_FOR, foreign_person
from countersign.ports.chat import Messenger
from countersign.ports.sign_ins import SignInStore
from countersign.ports.system import Clock
from countersign.usecases.administer import Administer, is_user_id
from countersign.usecases.ask_to_connect import AskToConnect
from countersign.usecases.disconnect import Disconnect
from countersign.usecases.forget_me import ForgetMe
from countersign.usecases.hear_code import HearCode
from countersign.usecases.list_connections import ListConnections
from countersign.usecases.recognise_admins import RecogniseAdmins
from countersign.usecases.recognise_strangers import RecogniseStrangers
from countersign.usecases.show_admin import ShowAdmin

APP_ID: Final = 64
"""Longer than any app's id: what a button brings may be anything."""


@dataclass(frozen=True)
class Converse:
    """One answer, in private. A delivery that comes twice is answered once.

    Every row is read by the person that the chat service's signature names, never by a button's value.
    Raises StoreUnavailable, ChatUnavailable.
    """

    sign_ins: SignInStore
    catalog: Catalog
    messenger: Messenger
    ask: AskToConnect
    disconnect: Disconnect
    hear_code: HearCode
    list_connections: ListConnections
    is_admin: RecogniseAdmins
    administer: Administer
    show_admin: ShowAdmin
    forget_me: ForgetMe
    is_stranger: RecogniseStrangers
    clock: Clock
    command: str

    def __call__(self, interaction: Interaction, delivery: str) -> None:
        """Answer one interaction; ``delivery`` is the queue's id of the message that brought it."""
        if self.is_stranger(interaction):
            self._say(interaction, foreign_person())
            return
        if not self.sign_ins.first_sight(interaction.id, delivery, self.clock()):
            return
        if interaction.kind is Kind.HOME:
            self._show_home(interaction)
        elif interaction.kind is Kind.BUTTON:
            self._button(interaction)
        else:
            words = " ".join(interaction.value.lower().split())
            self._say(interaction, self.hear_code(interaction) or self._answer(interaction, words))

    def _button(self, interaction: Interaction) -> None:
        match interaction.name, interaction.value:
            case str(name), _ if name == CONNECTIONS_SHOW:
                self._say(interaction, self._connections(interaction))
            case str(name), app if name == CONNECTIONS_CONNECT and self._can_be_own(app):
                self._ask(interaction, app)
            case str(name), app if name == CONNECTIONS_DISCONNECT:
                self._cut(interaction, self.disconnect(interaction.person, app[:APP_ID], interaction.trace_id))
            case str(name), app if name in (CONNECTIONS_CONNECT_SHARED, CONNECTIONS_DISCONNECT_SHARED):
                self._shared(interaction, app[:APP_ID])
            case str(name), _ if name == CONNECTIONS_FORGET:
                self._say(interaction, self.forget_me(interaction))
            case str(name), person if name in (ADMIN_CHOOSE_PERSON, ADMIN_KEEP_PERSON):
                self._show_home(interaction, chosen=person if is_user_id(person) else None)
            case str(name), _ if name.startswith(ADMIN):
                self._cut(interaction, self.administer(interaction))
            case _:
                self._say(interaction, self._help())

    def _can_be_own(self, app_id: str) -> bool:
        app = self.catalog.apps.get(app_id)
        return app is not None and app.acts_as is ActsAs.PERSON

    def _shared(self, interaction: Interaction, app_id: str) -> None:
        """A button of the shared connections: whoever brought it, only an admin of this very workspace is heard."""
        person, workspace = interaction.person, interaction.workspace
        if not self.is_admin(person, workspace):
            app = self.catalog.apps.get(app_id)
            self._say(interaction, admins_only(app.name if app else app_id))
        elif interaction.name == CONNECTIONS_DISCONNECT_SHARED:
            owner = shared_owner(workspace)
            self._cut(interaction, self.disconnect(owner, app_id, interaction.trace_id, steward=person))
        elif self.list_connections.needed(app_id):
            self._ask(interaction, app_id, shared=True)
        else:
            self._say(interaction, self._help())

    def _ask(self, interaction: Interaction, app_id: str, *, shared: bool = False) -> None:
        person, workspace, trace_id = interaction.person, interaction.workspace, interaction.trace_id
        self.ask(person, workspace, app_id, interaction.reply_to, trace_id=trace_id, why=ASKED_FOR, shared=shared)

    def _cut(self, interaction: Interaction, answer: Message) -> None:
        """Said first: what was queued with it is told soon."""
        self._say(interaction, answer)
        if interaction.reply_to.channel is None:
            self._show_home(interaction)  # the click came from there: its answer goes to a conversation

    def _show_home(self, interaction: Interaction, chosen: str | None = None) -> None:
        own = self._connections(interaction)
        admin = self.show_admin(interaction.person, interaction.workspace, chosen)
        home = replace(own, blocks=[*own.blocks, *admin])
        self.messenger.within(interaction.workspace).publish_home(interaction.person, home)

    def _answer(self, interaction: Interaction, words: str) -> Message:
        match words:
            case "connections":
                return self._connections(interaction)
            case "forget me":
                return ask_to_forget()
            case "" | "help":
                return self._help()
            case _:
                recipe = self.catalog.by_command(words)
                return texts.form_offer(recipe) if recipe else self._help(unknown_words=interaction.value[:80])

    def _connections(self, interaction: Interaction) -> Message:
        return self.list_connections(interaction.person, interaction.workspace)

    def _help(self, *, unknown_words: str | None = None) -> Message:
        return texts.help_message(list(self.catalog.recipes.values()), self.command, unknown_words=unknown_words)

    def _say(self, interaction: Interaction, message: Message) -> None:
        self.messenger.within(interaction.workspace).whisper(interaction.person, interaction.reply_to, message)
