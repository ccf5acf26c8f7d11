"""What a card's recipe demands before an action on it may act: who, how many, not the requester, nothing changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from countersign.domain.action import Action, ActionStatus, Outcome
from countersign.domain.answer import Refused
from countersign.domain.card import Card, Vote
from countersign.domain.card_rules import Requester
from countersign.domain.card_template import CardTemplate
from countersign.domain.catalog import Catalog, Recipe
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import ChatRefused, SignInNeeded
from countersign.domain.identity import Person
from countersign.domain.recipe_view import Settings, requester
from countersign.domain.texts.outcomes import membership_unknown, requester_unknown
from countersign.ports.chat import People
from countersign.ports.stores import CardStore, ConnectionStore
from countersign.usecases.call_app import Opened
from countersign.usecases.cast_vote import CastVote
from countersign.usecases.compare_record import CompareRecord
from countersign.usecases.hold_in_use import HoldInUse
from countersign.usecases.may_decide import MayDecide
from countersign.usecases.stopped import Stopped


@dataclass(frozen=True)
class HeedCard:
    """Asked before anything of an action was sent; afterwards it has nothing to say.

    Raises SignInNeeded, LeaseBusy, ChatUnavailable, StoreUnavailable, and what CompareRecord raises.
    """

    cards: CardStore
    connections: ConnectionStore
    catalog: Catalog
    settings: Settings
    people: People
    may_decide: MayDecide
    cast_vote: CastVote
    compare: CompareRecord
    hold_in_use: HoldInUse

    def before_connecting(self, action: Action, recipe: Recipe, inputs: Mapping[str, str]) -> Stopped | None:
        """Who may, and how many there must be. A vote that is not the last one touches no app, so it needs no sign-in.

        Only where the requester may not decide is the person's account asked for with every vote. A choice that needs
        one person takes back what they voted for before: nobody is for two choices.
        """
        if not _heeds(action, recipe):
            return None
        procedure = recipe.procedures[action.procedure]
        if (stopped := self._listed(action, recipe)) is not None:
            return stopped
        if procedure.votes == 1:
            counted = any(other.votes > 1 for other in recipe.procedures.values())
            return self.cast_vote.withdraw(action) if counted else None
        if (asked := self.requester(action, recipe, inputs)) is not None:
            stopped = _own(self._settling(action, recipe, {}), asked)
            if stopped is not None:
                return stopped
        try:
            return self.cast_vote(action, procedure, inputs, lambda card, vote: self._counts(card, vote, recipe))
        except ChatRefused as error:
            return Stopped(Outcome.MISCONFIGURED, {"detail": membership_unknown(error.reason)})

    def requester(self, action: Action, recipe: Recipe, inputs: Mapping[str, str]) -> Requester | None:
        """Who may not decide, and what chat knows of whoever is about to; None where everybody may."""
        named = requester(recipe, inputs, self.settings)
        if named is None:
            return None
        asked = Requester(named, shared=not recipe.verify_user_access)
        return replace(asked, address=self._address(action)) if asked.by_address else asked

    def _address(self, action: Action) -> str | None:
        try:
            return self.people.within(action.workspace).profile(action.person).get("email") or None
        except ChatRefused:
            return None

    def _counts(self, card: Card, vote: Vote, recipe: Recipe) -> bool:
        """Whether an earlier vote is of somebody who is still here, and may still decide."""
        voter = Person(card.workspace.tenant, vote.user_id)
        if self.people.within(card.workspace).profile(voter).get("gone") == "yes":
            return False
        return self.may_decide(voter, card, recipe.card.who if recipe.card else None)

    def before_acting(
        self, action: Action, recipe: Recipe, inputs: Mapping[str, str], connections: Mapping[str, Connection]
    ) -> tuple[dict[str, Opened], Stopped | None]:
        """Whose request it is, and whether the record is still what the card shows; the connections opened for that."""
        template = _heeds(action, recipe)
        if template is None:
            return {}, None
        if (asked := self.requester(action, recipe, inputs)) is not None:
            stopped = _own(self._settling(action, recipe, connections), asked)
            if stopped is not None:
                return {}, stopped
        return self._compared(action, recipe, template, connections)

    def _settling(self, action: Action, recipe: Recipe, known: Mapping[str, Connection]) -> Connection:
        """The connection to the app in which the record is settled, also where its own step is not taken."""
        app = recipe.apps(action.procedure, self.catalog)[-1]
        connection = known.get(app) or self.connections.get(recipe.acts_with(action.person, action.workspace), app)
        if connection is None or connection.status is not Status.LIVE:
            raise SignInNeeded(app)
        self.hold_in_use.of_action(connection, action)
        return connection

    def _listed(self, action: Action, recipe: Recipe) -> Stopped | None:
        card = self.cards.get(action.card or "") if recipe.card and recipe.card.who else None
        if card is None or recipe.card is None:
            return None
        try:
            may = self.may_decide(action.person, card, recipe.card.who)
        except ChatRefused as error:
            return Stopped(Outcome.MISCONFIGURED, {"detail": membership_unknown(error.reason)})
        return None if may else Stopped(Outcome.NOT_LISTED)

    def _compared(
        self, action: Action, recipe: Recipe, template: CardTemplate, connections: Mapping[str, Connection]
    ) -> tuple[dict[str, Opened], Stopped | None]:
        card = self.cards.get(action.card or "") if template.unchanged else None
        if card is None or template.unchanged is None:
            return {}, None
        compared = self.compare(action, recipe, card, template.unchanged, self._settling(action, recipe, connections))
        opened = {compared.opened.connection.app: compared.opened}
        account = compared.opened.connection.account
        if compared.changed is not None:
            return opened, Stopped(Outcome.CHANGED, {"detail": compared.changed})
        if isinstance(compared.trouble, Refused):
            said = {"detail": compared.trouble.message, "account_id": account.id, "account_label": account.label}
            return opened, Stopped(Outcome.REFUSED, said)
        return opened, Stopped(compared.trouble.why) if compared.trouble else None


def _heeds(action: Action, recipe: Recipe) -> CardTemplate | None:
    """The card's template while nothing was sent; None where there is nothing (any more) to heed."""
    begun = action.sends or action.results or action.status is not ActionStatus.CLAIMED
    return None if action.card is None or begun else recipe.card


def _own(connection: Connection, asked: Requester) -> Stopped | None:
    """Whoever asked for it does not decide it; and nobody does where it can't be told who that is."""
    own = asked.decides_with(connection.account)
    if own is None:
        return Stopped(Outcome.MISCONFIGURED, {"detail": requester_unknown()})
    return Stopped(Outcome.OWN_REQUEST, {"account_label": connection.account.label}) if own else None
