"""Turns a click, form or command into an action of the ledger: the same intent is the same action."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from countersign.domain.action import VOTES, Action, ActionStatus, Outcome
from countersign.domain.card import Card, CardStatus, MessageRef
from countersign.domain.card_button import CardButton, fingerprint
from countersign.domain.catalog import Catalog, Procedure, Recipe
from countersign.domain.errors import Conflict, SealBroken
from countersign.domain.form_check import accepted, check_answers
from countersign.domain.interaction import Interaction
from countersign.domain.message import Message, Paragraph
from countersign.domain.texts import cards as texts
from countersign.domain.texts.conversation import answers_unreadable, command_gone, wrong_answer
from countersign.domain.texts.sign_in import foreign_person
from countersign.domain.tokens import Sealed
from countersign.ports.chat import Messenger
from countersign.ports.keys import Opener
from countersign.ports.records import AuditLog
from countersign.ports.stores import ActionStore, CardStore
from countersign.ports.system import Clock, Journal
from countersign.usecases.action_inputs import inputs_owner
from countersign.usecases.end_action import EndAction
from countersign.usecases.may_share import MayShare
from countersign.usecases.open_answers import OpenAnswers
from countersign.usecases.recognise_strangers import RecogniseStrangers
from countersign.usecases.run_action import RunAction

CLICKS_KEPT = 20


@dataclass(frozen=True)
class StartAction:
    """From what a person asked for to an action that runs. Says so in private when it can't be.

    Raises StoreUnavailable and ChatUnavailable: the queue delivers the message again, and the same click finds the
    action that it made, whatever has become of it.
    """

    actions: ActionStore
    cards: CardStore
    catalog: Catalog
    opener: Opener
    answers: OpenAnswers
    messenger: Messenger
    audit: AuditLog
    journal: Journal
    is_stranger: RecogniseStrangers
    may_share: MayShare
    run: RunAction
    end: EndAction
    clock: Clock

    def decide(self, interaction: Interaction, button: CardButton) -> None:
        """A click on a card, or its form: the card is looked up and must be the one that was clicked."""
        opened = self._let_in(interaction, button.recipe)
        if opened is None:
            return
        interaction = opened
        card = self.cards.get(button.card)
        if card is None or not self._is_clicked(card, interaction, button):
            self._record("card_mismatch", interaction, {"card": button.card[:64], "recipe": button.recipe[:64]})
            self._say(interaction, texts.card_gone())
            return
        if self._not_shared_with(interaction, self.catalog.recipes[card.recipe], card):
            return
        mine = self.actions.of_card(interaction.person, card.id)
        if (known := _of_click(mine, interaction, button.procedure)) is not None:
            self.run(known, interaction.reply_to)  # delivered again: nothing new is begun
        elif card.status is CardStatus.CLOSED:
            self._say(interaction, texts.already_decided(card.decision))
        elif card.status is CardStatus.EXPIRED:
            self._say(interaction, texts.card_expired(card.ended_at))
        elif button.shown != fingerprint(card.inputs):
            self._say(interaction, texts.card_changed())
        elif any(action.clicked_at > interaction.at for action in mine):
            self.journal("late_click", trace_id=interaction.trace_id, card=card.id)  # their last choice counts
        else:
            self._choose(interaction, card, button.procedure, mine)

    def command(self, interaction: Interaction) -> None:
        """A command whose words name a recipe that asks nothing."""
        recipe = self.catalog.by_command(interaction.value)
        self.start(interaction, recipe.id if recipe else "")

    def start(self, interaction: Interaction, recipe_id: str) -> None:
        """A recipe that is no card's, with the answers of its form."""
        recipe = self.catalog.recipes.get(recipe_id)
        opened = self._let_in(interaction, recipe_id)
        if opened is None:
            return
        interaction = opened
        if recipe is None or recipe.card is not None:
            self._say(interaction, command_gone())
            return
        if self._not_shared_with(interaction, recipe, None):
            return
        action_id = f"run#{hashlib.sha256(interaction.id.encode()).hexdigest()[:32]}"
        action = self.actions.get(interaction.person, action_id) or self._create(
            interaction, recipe, recipe.run, action_id, card=None
        )
        if action is not None:
            self.run(action, interaction.reply_to)

    def _let_in(self, interaction: Interaction, recipe_id: str) -> Interaction | None:
        """With its secret answers opened; None, and said so, where nothing can come of it."""
        if self._turned_away(interaction, recipe_id):
            return None
        try:
            return self.answers(interaction, recipe_id)
        except SealBroken:
            self.journal("answers_unreadable", trace_id=interaction.trace_id, recipe=recipe_id[:64])
            self._say(interaction, answers_unreadable())
            return None

    def _turned_away(self, interaction: Interaction, recipe_id: str) -> bool:
        """People of another organisation can do nothing here."""
        if not self.is_stranger(interaction):
            return False
        self._record("stranger_refused", interaction, {"recipe": recipe_id[:64]})
        self._say(interaction, foreign_person())
        return True

    def _record(self, event: str, interaction: Interaction, facts: Mapping[str, str]) -> None:
        """Once for each click, however often the queue brings it."""
        facts = {**facts, "workspace": interaction.workspace.id, "trace_id": interaction.trace_id}
        self.audit.record(event, interaction.person, facts, once=interaction.id, at=interaction.at)

    def _not_shared_with(self, interaction: Interaction, recipe: Recipe, card: Card | None) -> bool:
        why = self.may_share.refusal(interaction, recipe, card)
        if why is not None:
            self._say(interaction, Message(why, (Paragraph(why),)))
        return why is not None

    def _is_clicked(self, card: Card, interaction: Interaction, button: CardButton) -> bool:
        """The button's value is not to be believed: its card must be of this tenant and recipe.

        It must also be this very message, or a private one that asked its person again.
        """
        recipe = self.catalog.recipes.get(card.recipe)
        if recipe is None or card.recipe != button.recipe or button.procedure not in recipe.procedures:
            return False
        if card.workspace.tenant != interaction.person.tenant:
            return False
        if interaction.message is None or interaction.private or not card.copies:
            return True
        clicked = MessageRef(*interaction.message)
        if clicked in card.copies or clicked.channel.startswith("D"):
            return True
        same_time = [copy for copy in card.copies if copy.ts == clicked.ts]
        return any(self.cards.moved_channel(copy.channel) == clicked.channel for copy in same_time)

    def _choose(self, interaction: Interaction, card: Card, procedure_id: str, mine: Sequence[Action]) -> None:
        recipe = self.catalog.recipes[card.recipe]
        procedure = recipe.procedures[procedure_id]
        attempts = [action for action in mine if action.procedure == procedure.id]
        self._supersede([action for action in mine if action.procedure != procedure.id])
        this_round = [action for action in attempts if action.subject == card.subject(self._app(recipe, procedure))]
        latest = max(this_round, key=lambda action: int(action.id.rpartition("#")[2]), default=None)
        if latest is not None and _waits_for_others(latest, card):
            self._say(interaction, texts.waits_for_others(self.end.close_card.decision(latest)))
            return
        if latest is not None and not _over(latest, card):
            action: Action | None = self._asked_again(latest, interaction, procedure, card)
        else:
            action_id = f"{card.id}#{procedure.id}#{len(attempts)}"
            action = self._create(interaction, recipe, procedure, action_id, card=card)
        if action is not None:
            self.run(action, interaction.reply_to)

    def _asked_again(self, action: Action, interaction: Interaction, procedure: Procedure, card: Card) -> Action:
        """The same intent, clicked again. While it waits, a form that was filled in anew replaces the answers."""
        if action.status is ActionStatus.DONE:
            return replace(action, told=False)  # said again how it ended; nothing is written for that
        if action.status in (ActionStatus.CLAIMED, ActionStatus.SENT):
            return action  # under way, or resting in doubt: writing would pull the row from under its worker
        action = replace(
            action,
            clicks=(*action.clicks, interaction.id)[-CLICKS_KEPT:],
            clicked_at=interaction.at,
            told=False if action.ended else action.told,
        )
        if action.status is ActionStatus.OPEN:
            action = replace(action, shown=fingerprint(card.inputs), owned_until=0)
        if action.status is ActionStatus.OPEN and interaction.answers:
            action = replace(action, inputs=self._sealed(action, accepted(procedure.form, interaction.answers)))
        return self.actions.save(action)

    def _supersede(self, others: Sequence[Action]) -> None:
        """Only a person's last choice counts: what still waits for another one ends, unsaid."""
        for action in others:
            if action.status is ActionStatus.OPEN:
                self.end(action, ActionStatus.FAILED, Outcome.SUPERSEDED, reply_to=None)

    def _create(
        self, interaction: Interaction, recipe: Recipe, procedure: Procedure, action_id: str, *, card: Card | None
    ) -> Action | None:
        if problems := check_answers(procedure.form, interaction.answers):
            name, problem = next(iter(problems.items()))
            label = next(field.label for field in procedure.form if field.name == name)
            self._say(interaction, wrong_answer(label, problem))
            return None
        action = Action(
            id=action_id,
            person=interaction.person,
            workspace=interaction.workspace,
            recipe=recipe.id,
            procedure=procedure.id,
            card=card.id if card else None,
            subject=card.subject(self._app(recipe, procedure)) if card else None,
            status=ActionStatus.OPEN,
            created_at=self.clock(),
            version=1,
            trace_id=interaction.trace_id,
            reply_to=interaction.reply_to,
            shown=fingerprint(card.inputs) if card else None,
            clicks=(interaction.id,),
            clicked_at=interaction.at,
        )
        action = replace(action, inputs=self._sealed(action, accepted(procedure.form, interaction.answers)))
        try:
            self.actions.create(action)
        except Conflict:
            return self.actions.get(action.person, action.id)
        return action

    def _app(self, recipe: Recipe, procedure: Procedure) -> str:
        """The app whose record is settled: the last step's."""
        return recipe.apps(procedure.id, self.catalog)[-1]

    def _sealed(self, action: Action, answers: Mapping[str, str]) -> Sealed | None:
        return self.opener.seal(answers, inputs_owner(action)) if answers else None

    def _say(self, interaction: Interaction, message: Message) -> None:
        self.messenger.within(interaction.workspace).whisper(interaction.person, interaction.reply_to, message)


def _waits_for_others(latest: Action, card: Card) -> bool:
    """The app took this very choice about what the card shows, and others have to settle it."""
    ended = latest.status is ActionStatus.DONE and latest.told
    return ended and latest.decides and not latest.settles and latest.shown == fingerprint(card.inputs)


def _over(latest: Action, card: Card) -> bool:
    """Whether the same choice is a new intent: nothing came of it, or it was one of several, about something else."""
    if latest.status is ActionStatus.FAILED or latest.outcome in VOTES:
        return True
    part = latest.status is ActionStatus.DONE and latest.told and not latest.settles
    return part and latest.shown != fingerprint(card.inputs)


def _of_click(actions: Sequence[Action], interaction: Interaction, procedure: str) -> Action | None:
    """The attempt that this very click asked for, or joined while it was under way."""
    for action in actions:
        joined = action.procedure == procedure and action.clicked_at <= interaction.at < (action.ended_at or 0)
        if interaction.id in action.clicks or joined:
            return action
    return None
