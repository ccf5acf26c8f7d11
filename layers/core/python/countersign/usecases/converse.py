"""Answers what is not an action: connections, help, the home tab, and words nobody understands."""

from dataclasses import dataclass

from countersign.domain.catalog import ActsAs, Catalog
from countersign.domain.interaction import Interaction, Kind
from countersign.domain.message import Message
from countersign.domain.texts import connections as connection_texts
from countersign.domain.texts import conversation as texts
from countersign.domain.texts.names import CONNECTIONS_CONNECT, CONNECTIONS_DISCONNECT, CONNECTIONS_SHOW
from countersign.domain.texts.sign_in import ASKED_FOR, foreign_person
from countersign.ports import Clock, ConnectionStore, Messenger, SignInStore
from countersign.usecases.ask_to_connect import AskToConnect
from countersign.usecases.disconnect import Disconnect
from countersign.usecases.recognise_strangers import RecogniseStrangers


@dataclass(frozen=True)
class Converse:
    """One answer, in private. A delivery that comes twice is answered once.

    Every row is read by the person that the chat service's signature names, never by a button's value.
    Raises StoreUnavailable, ChatUnavailable.
    """

    connections: ConnectionStore
    sign_ins: SignInStore
    catalog: Catalog
    messenger: Messenger
    ask: AskToConnect
    disconnect: Disconnect
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
            self._say(interaction, self._answer(interaction, " ".join(interaction.value.lower().split())))

    def _button(self, interaction: Interaction) -> None:
        match interaction.name, interaction.value:
            case str(name), _ if name == CONNECTIONS_SHOW:
                self._say(interaction, self._connections(interaction))
            case str(name), app if name == CONNECTIONS_CONNECT and app in self.catalog.apps:
                person, workspace, reply_to = interaction.person, interaction.workspace, interaction.reply_to
                self.ask(person, workspace, app, reply_to, trace_id=interaction.trace_id, why=ASKED_FOR)
            case str(name), app if name == CONNECTIONS_DISCONNECT and app in self.catalog.apps:
                answer = self.disconnect(interaction.person, app, interaction.trace_id)
                if interaction.reply_to.channel is None:
                    self._show_home(interaction)  # the click came from there: its answer goes to a conversation
                self._say(interaction, answer)
            case _:
                self._say(interaction, self._help())

    def _show_home(self, interaction: Interaction) -> None:
        self.messenger.publish_home(interaction.person, self._connections(interaction))

    def _answer(self, interaction: Interaction, words: str) -> Message:
        match words:
            case "connections":
                return self._connections(interaction)
            case "" | "help":
                return self._help()
            case _:
                recipe = self.catalog.by_command(words)
                return texts.form_offer(recipe) if recipe else self._help(unknown_words=interaction.value[:80])

    def _connections(self, interaction: Interaction) -> Message:
        names = {app.id: app.name for app in self.catalog.apps.values() if app.acts_as is ActsAs.PERSON}
        return connection_texts.connections(self.connections.list(interaction.person), names)

    def _help(self, *, unknown_words: str | None = None) -> Message:
        return texts.help_message(list(self.catalog.recipes.values()), self.command, unknown_words=unknown_words)

    def _say(self, interaction: Interaction, message: Message) -> None:
        self.messenger.whisper(interaction.person, interaction.reply_to, message)
