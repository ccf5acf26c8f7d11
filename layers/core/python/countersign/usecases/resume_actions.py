"""Takes waiting actions up again: after a sign-in, after a pause, after their person's own word."""

from dataclasses import dataclass, replace

from countersign.domain.action import Action, ActionStatus
from countersign.domain.catalog import Catalog
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import ChatRefused, ChatUnavailable, SealBroken
from countersign.domain.identity import Person
from countersign.domain.interaction import Interaction
from countersign.domain.sign_in import RESUME_SECONDS, Intent
from countersign.domain.texts import outcomes
from countersign.domain.texts import sign_in as texts
from countersign.domain.tokens import SealOwner
from countersign.ports import (
    ActionStore,
    CardStore,
    Clock,
    ConnectionStore,
    Journal,
    Messenger,
    Opener,
    Queue,
    SignInStore,
)
from countersign.usecases.end_action import EndAction
from countersign.usecases.run_action import RunAction, resume_message
from countersign.usecases.start_action import confirmed, fingerprint


@dataclass(frozen=True)
class ResumeActions:
    """Goes on with what waited. Raises StoreUnavailable and ChatUnavailable: the queue delivers the message again."""

    actions: ActionStore
    cards: CardStore
    connections: ConnectionStore
    sign_ins: SignInStore
    catalog: Catalog
    opener: Opener
    messenger: Messenger
    queue: Queue
    run: RunAction
    end: EndAction
    journal: Journal
    clock: Clock

    def after_sign_in(self, person: Person, app_id: str, intent_hash: str) -> None:
        """A connection was stored: tell its person, turn the prompt, and send every waiting action on its way."""
        connection = self.connections.get(person, app_id)
        if connection is None or connection.status is not Status.LIVE:
            return  # cut again before this message came
        waiting = self.actions.waiting(person, app_id)
        self._tell_connected(connection, intent_hash, [action for action in waiting if self._goes_on(action)])
        for action in waiting:
            if self._goes_on(action):
                self.queue.send(resume_message(action))
            else:
                self._ask_again(action, connection)

    def resume(self, person: Person, action_id: str) -> None:
        """A pause is over, or housekeeping found the action alone."""
        action = self.actions.get(person, action_id)
        if action is not None:
            self.run(action, None)

    def retry(self, interaction: Interaction) -> None:
        """Its person still wants it: the button of *ask again*."""
        action = self.actions.get(interaction.person, interaction.value)
        if action is None:
            return
        if action.status is ActionStatus.OPEN:
            card = self.cards.get(action.card) if action.card else None
            action = self.actions.save(confirmed(action, card))
        self.run(action, interaction.reply_to)

    def told(self, interaction: Interaction, *, happened: bool) -> None:
        """Its person looked in the app and says whether an UNKNOWN action happened."""
        action = self.actions.get(interaction.person, interaction.value)
        if action is None or action.status is not ActionStatus.UNKNOWN:
            return
        self.journal("unknown_settled", trace_id=interaction.trace_id, action=action.id, happened=str(happened))
        if happened:
            label = f"{action.account_label}, by their own word"
            self.end(action, ActionStatus.DONE, "told", reply_to=interaction.reply_to, recorded_label=label)
        else:
            why = "you looked, and it had not happened. You can click again."
            self.end(action, ActionStatus.FAILED, "told", reply_to=interaction.reply_to, detail=why)

    def prompt_opened(self, interaction: Interaction) -> None:
        """The *Connect* button was clicked: its reply address can turn the prompt into *Connected* later; keep it."""
        intent = self.sign_ins.get_intent(interaction.value)
        url = interaction.reply_to.reply_url
        if intent is None or url is None or intent.person != interaction.person:
            return
        sealed = self.opener.seal({"reply_url": url}, prompt_owner(intent))
        self.sign_ins.save_prompt(intent.id_hash, sealed)

    def _goes_on(self, action: Action) -> bool:
        """Whether it may go on by itself: asked for a short while ago, and about a card that has not changed."""
        if self.clock() - action.created_at > RESUME_SECONDS:
            return False
        card = self.cards.get(action.card) if action.card else None
        return card is None or action.shown == fingerprint(card.inputs)

    def _ask_again(self, action: Action, connection: Connection) -> None:
        procedure = self.catalog.recipes[action.recipe].procedures[action.procedure]
        self.messenger.direct(action.person, outcomes.approve_as(procedure.label, connection.account.label, action.id))
        self.actions.save(replace(action, waiting_for=None))

    def _tell_connected(self, connection: Connection, intent_hash: str, going_on: list[Action]) -> None:
        app = self.catalog.apps[connection.app]
        label = connection.account.label
        self._turn_prompt(intent_hash, app.name, label)
        self.messenger.direct(connection.person, texts.connected(app.name, app.id, label, len(going_on)))

    def _turn_prompt(self, intent_hash: str, app_name: str, label: str) -> None:
        """Best effort: the prompt is one private line, and the direct message says the same."""
        intent = self.sign_ins.get_intent(intent_hash)
        if intent is None or intent.prompt is None:
            return
        try:
            url = str(self.opener.open(intent.prompt, prompt_owner(intent))["reply_url"])
            self.messenger.replace(url, texts.prompt_done(app_name, label))
        except (ChatRefused, ChatUnavailable, SealBroken) as error:
            self.journal("prompt_not_turned", code=error.code)


def prompt_owner(intent: Intent) -> SealOwner:
    """To whom a prompt's reply address is sealed: its person, and this very sign-in."""
    return SealOwner(intent.person, intent.workspace, intent.app, "reply", intent.id_hash, 1)
