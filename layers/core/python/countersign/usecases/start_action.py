"""Turns a click, form or command into an action of the ledger: the same intent is the same action."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from countersign.domain.action import Action, ActionStatus
from countersign.domain.card import Card, CardStatus
from countersign.domain.catalog import Catalog, Procedure, Recipe
from countersign.domain.errors import Conflict
from countersign.domain.form_check import accepted, check_answers
from countersign.domain.interaction import Interaction
from countersign.domain.message import Message
from countersign.domain.texts import cards as texts
from countersign.domain.texts.say import say
from countersign.domain.texts.sign_in import foreign_person
from countersign.domain.tokens import Sealed
from countersign.ports import ActionStore, AuditLog, CardStore, Clock, Messenger, Opener
from countersign.usecases.end_action import SUPERSEDED, EndAction
from countersign.usecases.recognise_strangers import RecogniseStrangers
from countersign.usecases.run_action import RunAction, inputs_owner


@dataclass(frozen=True)
class StartAction:
    """From what a person asked for to an action that runs. Says so in private when it can't be.

    Raises StoreUnavailable and ChatUnavailable: the queue delivers the message again, and the same intent finds the
    same action.
    """

    actions: ActionStore
    cards: CardStore
    catalog: Catalog
    opener: Opener
    messenger: Messenger
    audit: AuditLog
    is_stranger: RecogniseStrangers
    run: RunAction
    end: EndAction
    clock: Clock

    def decide(self, interaction: Interaction, recipe_id: str, card_id: str, procedure_id: str) -> None:
        """A click on a card, or its form: the card is looked up and must be the one that was clicked."""
        card = self.cards.get(card_id)
        if self.is_stranger(interaction):
            self._say(interaction, foreign_person())
            return
        if card is None or not self._is_clicked(card, interaction, recipe_id, procedure_id):
            self.audit.record("card_mismatch", interaction.person, {"card": card_id[:64], "recipe": recipe_id[:64]})
            self._say(interaction, texts.card_gone())
            return
        if card.status is CardStatus.CLOSED:
            self._closed(interaction, card)
            return
        recipe = self.catalog.recipes[card.recipe]
        action = self._on_card(interaction, card, recipe, recipe.procedures[procedure_id])
        if action is not None:
            self.run(action, interaction.reply_to)

    def command(self, interaction: Interaction) -> None:
        """A command whose words name a recipe that asks nothing."""
        words = interaction.value.casefold()
        found = (r.id for r in self.catalog.recipes.values() if r.command and r.command.casefold() == words)
        self.start(interaction, next(found, ""))

    def start(self, interaction: Interaction, recipe_id: str) -> None:
        """A recipe that is no card's, with the answers of its form."""
        recipe = self.catalog.recipes.get(recipe_id)
        if self.is_stranger(interaction):
            self._say(interaction, foreign_person())
            return
        if recipe is None or recipe.card is not None:
            self._say(interaction, say("Countersign doesn't know this command any more. Nothing was done."))
            return
        action_id = f"run#{hashlib.sha256(interaction.id.encode()).hexdigest()[:32]}"
        action = self.actions.get(interaction.person, action_id) or self._create(
            interaction, recipe, recipe.run, action_id, card=None
        )
        if action is not None:
            self.run(action, interaction.reply_to)

    def _closed(self, interaction: Interaction, card: Card) -> None:
        """Told who decided; but a decision of this very person that was not seen to its end is, first."""
        for action in self.actions.of_card(interaction.person, card.id):
            if action.ended and not action.told:
                self.run(action, interaction.reply_to)
                return
        self._say(interaction, texts.already_decided(card.decision))

    def _is_clicked(self, card: Card, interaction: Interaction, recipe_id: str, procedure_id: str) -> bool:
        """The button's value is not to be believed: its card must be of this tenant and recipe, and be this message."""
        recipe = self.catalog.recipes.get(card.recipe)
        if recipe is None or card.recipe != recipe_id or procedure_id not in recipe.procedures:
            return False
        if card.workspace.tenant != interaction.person.tenant:
            return False
        copies = {(copy.channel, copy.ts) for copy in card.copies}
        return interaction.message is None or not copies or interaction.message in copies

    def _on_card(self, interaction: Interaction, card: Card, recipe: Recipe, procedure: Procedure) -> Action | None:
        mine = self.actions.of_card(interaction.person, card.id)
        attempts = [action for action in mine if action.procedure == procedure.id]
        self._supersede([action for action in mine if action.procedure != procedure.id], recipe, procedure)
        latest = max(attempts, key=lambda action: int(action.id.rpartition("#")[2]), default=None)
        if latest is not None and latest.status is not ActionStatus.FAILED:
            return self._answered_again(latest, interaction, procedure)
        return self._create(interaction, recipe, procedure, f"{card.id}#{procedure.id}#{len(attempts)}", card=card)

    def _answered_again(self, action: Action, interaction: Interaction, procedure: Procedure) -> Action:
        """The same intent again. While it waits, a form that was filled in anew replaces the earlier answers."""
        if action.status is not ActionStatus.OPEN or not interaction.answers:
            if action.ended:
                return replace(action, told=False)  # say again how it ended
            return action
        answers = accepted(procedure.form, interaction.answers)
        return self.actions.save(replace(action, inputs=self._sealed(action, answers)))

    def _supersede(self, others: list[Action], recipe: Recipe, chosen: Procedure) -> None:
        """Only a person's last choice counts: what still waits for another one ends, unsaid."""
        for action in others:
            if action.status is ActionStatus.OPEN:
                earlier = recipe.procedures[action.procedure].label
                why = texts.superseded(earlier, chosen.label)
                self.end(action, ActionStatus.FAILED, SUPERSEDED, reply_to=None, detail=why)

    def _create(
        self, interaction: Interaction, recipe: Recipe, procedure: Procedure, action_id: str, *, card: Card | None
    ) -> Action | None:
        if problems := check_answers(procedure.form, interaction.answers):
            field, problem = next(iter(problems.items()))
            self._say(interaction, say("Nothing was done. {field}: {problem}", field=field, problem=problem))
            return None
        app = recipe.apps(procedure.id, self.catalog)[-1]
        action = Action(
            id=action_id,
            person=interaction.person,
            workspace=interaction.workspace,
            recipe=recipe.id,
            procedure=procedure.id,
            card=card.id if card else None,
            subject=f"{app}#{card.record}" if card else None,
            status=ActionStatus.OPEN,
            created_at=self.clock(),
            version=1,
            trace_id=interaction.trace_id,
            reply_to=interaction.reply_to,
            shown=fingerprint(card.inputs) if card else None,
        )
        action = replace(action, inputs=self._sealed(action, accepted(procedure.form, interaction.answers)))
        try:
            self.actions.create(action)
        except Conflict:
            return self.actions.get(action.person, action.id)
        return action

    def _sealed(self, action: Action, answers: Mapping[str, str]) -> Sealed | None:
        return self.opener.seal(answers, inputs_owner(action)) if answers else None

    def _say(self, interaction: Interaction, message: Message) -> None:
        self.messenger.whisper(interaction.person, interaction.reply_to, message)


def fingerprint(inputs: Mapping[str, str]) -> str:
    """What a card showed, as one short word: another one means that the card has changed."""
    shown = "\0".join(f"{name}={value}" for name, value in sorted(inputs.items()))
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def confirmed(action: Action, card: Card | None) -> Action:
    """The action with its person's renewed consent to the card as it stands now."""
    return replace(action, shown=fingerprint(card.inputs) if card else None)
