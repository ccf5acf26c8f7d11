"""What a card's recipe demands before an action on it may act: who, how many, not the requester, nothing changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countersign.domain.action import Action, ActionStatus, Outcome
from countersign.domain.answer import Refused
from countersign.domain.card_rules import is_account
from countersign.domain.card_template import CardTemplate
from countersign.domain.catalog import Catalog, Recipe
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import ChatRefused, SignInNeeded
from countersign.domain.recipe_view import Settings, requester
from countersign.domain.texts.outcomes import membership_unknown, requester_unknown
from countersign.ports import CardStore, ConnectionStore
from countersign.usecases.call_app import Opened
from countersign.usecases.cast_vote import CastVote
from countersign.usecases.compare_record import CompareRecord
from countersign.usecases.may_decide import MayDecide


@dataclass(frozen=True, slots=True)
class Stopped:
    """The action goes no further. ``changes``: what is written with that."""

    why: Outcome
    changes: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class HeedCard:
    """Asked before anything of an action was sent; afterwards it has nothing to say.

    Raises SignInNeeded, LeaseBusy, ChatUnavailable, StoreUnavailable, and what CompareRecord raises.
    """

    cards: CardStore
    connections: ConnectionStore
    catalog: Catalog
    settings: Settings
    may_decide: MayDecide
    cast_vote: CastVote
    compare: CompareRecord

    def before_connecting(self, action: Action, recipe: Recipe, inputs: Mapping[str, str]) -> Stopped | None:
        """Who may, and how many there must be. A vote that is not the last one touches no app, so it needs no sign-in.

        Only where the requester may not decide is the person's account asked for with every vote.
        """
        if not _heeds(action, recipe):
            return None
        procedure = recipe.procedures[action.procedure]
        if (stopped := self._listed(action, recipe)) is not None or procedure.votes == 1:
            return stopped
        named = requester(recipe, inputs, self.settings)
        if named is not None:
            settling = self._settling(action, recipe, {})
            if (stopped := _own(settling, named)) is not None:
                return stopped
        ended = self.cast_vote(action, procedure, inputs)
        return Stopped(ended) if ended else None

    def before_acting(
        self, action: Action, recipe: Recipe, inputs: Mapping[str, str], connections: Mapping[str, Connection]
    ) -> tuple[dict[str, Opened], Stopped | None]:
        """Whose request it is, and whether the record is still what the card shows; the connections opened for that."""
        template = _heeds(action, recipe)
        if template is None:
            return {}, None
        named = requester(recipe, inputs, self.settings)
        if named is not None and (stopped := _own(self._settling(action, recipe, connections), named)) is not None:
            return {}, stopped
        return self._compared(action, recipe, template, connections)

    def _settling(self, action: Action, recipe: Recipe, known: Mapping[str, Connection]) -> Connection:
        """The connection to the app in which the record is settled, also where its own step is not taken."""
        app = recipe.apps(action.procedure, self.catalog)[-1]
        connection = known.get(app) or self.connections.get(recipe.acts_with(action.person, action.workspace), app)
        if connection is None or connection.status is not Status.LIVE:
            raise SignInNeeded(app)
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


def _own(connection: Connection, named: str) -> Stopped | None:
    """Whoever asked for it does not decide it; and nobody does where it is not known who asked."""
    if not named:
        return Stopped(Outcome.MISCONFIGURED, {"detail": requester_unknown()})
    if is_account(connection.account, named):
        return Stopped(Outcome.OWN_REQUEST, {"account_label": connection.account.label})
    return None
