"""Takes waiting actions up again: after a sign-in, after a pause, after their person's own word."""

from dataclasses import dataclass, replace

from countersign.domain.action import WAITING_SECONDS, Action, ActionStatus, Outcome
from countersign.domain.card import Card, CardStatus
from countersign.domain.card_button import RetryButton, fingerprint
from countersign.domain.catalog import Catalog, Operation
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import ChatRefused, ChatUnavailable, SealBroken
from countersign.domain.identity import Person
from countersign.domain.interaction import Interaction
from countersign.domain.message import Message
from countersign.domain.queue_messages import resume_message
from countersign.domain.sign_in import RESUME_SECONDS, Intent
from countersign.domain.texts import doubt, outcomes
from countersign.domain.texts import sign_in as texts
from countersign.domain.texts.shared import shared_connected
from countersign.domain.tokens import SealOwner
from countersign.ports.chat import Messenger
from countersign.ports.keys import Opener
from countersign.ports.records import AuditLog
from countersign.ports.sign_ins import SignInStore
from countersign.ports.stores import ActionStore, CardStore, ConnectionStore
from countersign.ports.system import Clock, Journal, Queue
from countersign.usecases.action_inputs import inputs_owner
from countersign.usecases.end_action import EndAction
from countersign.usecases.flag_shared_account import FlagSharedAccount
from countersign.usecases.run_action import RunAction


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
    flag_shared_account: FlagSharedAccount
    audit: AuditLog
    journal: Journal
    clock: Clock

    def after_sign_in(self, person: Person, app_id: str, intent_hash: str) -> None:
        """A connection was stored: tell its person, turn the prompt, and send every waiting action on its way.

        Without an intent it is housekeeping that found actions waiting beside a live connection.
        """
        connection = self.connections.get(person, app_id)
        if connection is None or connection.status is not Status.LIVE:
            return  # cut again before this message came
        if intent_hash:
            self.flag_shared_account(connection)
        waiting = self.actions.waiting(person, app_id)
        going_on = [action for action in waiting if self._goes_on(action)]
        if intent_hash:
            self._tell_connected(connection, intent_hash, len(going_on))
        for action in going_on:
            self.queue.send(resume_message(action))
        for action in waiting:
            if action not in going_on:
                self._ask_again(action, connection)

    def resume(self, person: Person, action_id: str) -> None:
        """A pause is over, or housekeeping found the action alone."""
        action = self.actions.get(person, action_id)
        if action is not None:
            self.run(action, None)

    def retry(self, interaction: Interaction) -> None:
        """Its person still wants it: the button of *ask again*."""
        button = RetryButton.from_value(interaction.value)
        action = self.actions.get(interaction.person, button.action)
        if action is None:
            self._whisper(interaction, outcomes.over())
        elif action.ended:
            self.run(replace(action, told=False), interaction.reply_to)  # say again how it ended
        elif action.status is ActionStatus.OPEN:
            self.run(self._confirmed(action, button), interaction.reply_to)
        else:
            self.run(action, interaction.reply_to)

    def told(self, interaction: Interaction, *, happened: bool) -> None:
        """Its person looked in the app and says whether an UNKNOWN action happened.

        Where the app can be asked, its own word counts and theirs only makes us ask it again.
        """
        action = self.actions.get(interaction.person, interaction.value)
        if action is None or action.status is not ActionStatus.UNKNOWN:
            self._whisper(interaction, outcomes.over())
            return
        facts = {
            "action": action.id,
            "workspace": action.workspace.id,
            "recipe": action.recipe,
            "record": action.subject,
            "happened": "yes" if happened else "no",
            "trace_id": interaction.trace_id,
        }
        once, at = interaction.id, interaction.at
        self.audit.record("unknown_settled_by_word", interaction.person, facts, once=once, at=at)
        operation = self._operation(action)
        if operation is not None and operation.check is not None:
            self._ask_the_app(action, operation, interaction)
        elif happened:
            comment = self._comment(action)
            self.end(action, ActionStatus.DONE, Outcome.TOLD, reply_to=interaction.reply_to, detail=comment)
        else:
            self.end(action, ActionStatus.FAILED, Outcome.TOLD, reply_to=interaction.reply_to)

    def _ask_the_app(self, action: Action, operation: Operation, interaction: Interaction) -> None:
        self.run(action, interaction.reply_to)
        there = self.actions.get(action.person, action.id)
        if there is not None and there.status is ActionStatus.UNKNOWN:
            self._whisper(interaction, doubt.still_unknown(self.catalog.apps[operation.app].name))

    def _operation(self, action: Action) -> Operation | None:
        """The operation that is in doubt; None where its recipe, or this step of it, is gone."""
        recipe = self.catalog.recipes.get(action.recipe)
        procedure = recipe.procedures.get(action.procedure) if recipe else None
        if procedure is None or action.step >= len(procedure.steps):
            return None
        return self.catalog.operation(procedure.steps[action.step].operation)

    def _comment(self, action: Action) -> str | None:
        if action.inputs is None:
            return None
        try:
            found = self.opener.open(action.inputs, inputs_owner(action)).get("comment")
        except SealBroken:
            return None
        return str(found) if found else None

    def _confirmed(self, action: Action, button: RetryButton) -> Action:
        """With its person's renewed consent: to what the card showed when they were asked, not to what it shows now.

        Where that is another thing by now, they are asked once more (``Consent``).
        """
        shown = button.shown if action.card else None
        return self.actions.save(replace(action, shown=shown, owned_until=0, clicked_at=self.clock()))

    def prompt_opened(self, interaction: Interaction) -> None:
        """The *Connect* button was clicked: its reply address can turn the prompt into *Connected* later; keep it."""
        intent = self.sign_ins.get_intent(interaction.value)
        url = interaction.reply_to.reply_url
        if intent is None or url is None or intent.person != interaction.person:
            return
        sealed = self.opener.seal({"reply_url": url}, prompt_owner(intent))
        self.sign_ins.save_prompt(intent.id_hash, sealed)

    def _goes_on(self, action: Action) -> bool:
        """Whether it may go on by itself: asked for a short while ago, and about a card that has not changed.

        One whose card waits for nobody any more, or asks for another decision, goes on to its end.
        """
        card = self._card(action)
        if card is not None and not (card.status is CardStatus.OPEN and card.is_about(action.subject)):
            return True
        if self.clock() - action.created_at > RESUME_SECONDS:
            return False
        return card is None or action.shown == fingerprint(card.inputs)

    def _card(self, action: Action) -> Card | None:
        return self.cards.get(action.card) if action.card else None

    def _ask_again(self, action: Action, connection: Connection) -> None:
        """It waited too long, or its card changed: its person is asked, and has half an hour."""
        recipe = self.catalog.recipes.get(action.recipe)
        if recipe is None or action.procedure not in recipe.procedures:
            self.end(action, ActionStatus.FAILED, Outcome.GONE, reply_to=None)
            return
        choice, account = recipe.procedures[action.procedure].label, connection.account.label
        card = self._card(action)
        again = RetryButton(action.id, fingerprint(card.inputs) if card else "")
        question = outcomes.approve_as(self.end.what(action, recipe), choice, account, again)
        self.messenger.within(action.workspace).direct(action.person, question)
        self.actions.save(replace(action, waiting_for=None, owned_until=self.clock() + WAITING_SECONDS))

    def _tell_connected(self, connection: Connection, intent_hash: str, going_on: int) -> None:
        app = self.catalog.apps[connection.app]
        label = connection.account.label
        self._turn_prompt(intent_hash, app.name, label)
        said = texts.connected(app.name, app.id, label, going_on, connection.proof)
        try:
            self.messenger.within(connection.installation).direct(
                connection.contact, shared_connected(app.name, label) if connection.shared else said
            )
        except ChatRefused as error:  # what waited goes on all the same
            self.journal("person_not_told", app=app.id, reason=error.reason)

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

    def _whisper(self, interaction: Interaction, message: Message) -> None:
        self.messenger.within(interaction.workspace).whisper(interaction.person, interaction.reply_to, message)


def prompt_owner(intent: Intent) -> SealOwner:
    """To whom a prompt's reply address is sealed: its person, and this very sign-in."""
    return SealOwner(intent.person, intent.workspace, intent.app, "reply", intent.id_hash, 1)
