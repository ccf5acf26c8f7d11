"""Whether a person still wants what they clicked: about what the card shows now, and nothing else since."""

from dataclasses import dataclass
from typing import Final

from countersign.domain.action import Action, ActionStatus, Outcome
from countersign.domain.card import CardStatus
from countersign.domain.card_button import fingerprint
from countersign.domain.sign_in import RESUME_SECONDS
from countersign.ports.stores import ActionStore, CardStore
from countersign.ports.system import Clock
from countersign.usecases.stopped import Stopped, no_longer_asked

_NOT_SENT: Final = frozenset({ActionStatus.OPEN, ActionStatus.CLAIMED})


@dataclass(frozen=True)
class Consent:
    """Reads the card and the person's other actions on it. Raises StoreUnavailable."""

    actions: ActionStore
    cards: CardStore
    clock: Clock

    def in_the_way(self, action: Action) -> Stopped | None:
        """What of the card says that its person must be asked anew, or not at all; before anything was sent."""
        if action.card is None or action.sends or action.step or action.status not in _NOT_SENT:
            return None
        card = self.cards.get(action.card)
        if card is None:
            return None
        if card.status is not CardStatus.OPEN:
            return no_longer_asked(card)
        same = card.is_about(action.subject) and fingerprint(card.inputs) == action.shown
        return None if same else Stopped(Outcome.CHANGED)

    def still_wanted(self, action: Action) -> bool:
        """Whether what did not arrive may be sent again: asked for a short while ago, and nothing else since."""
        if self.clock() - max(action.clicked_at, action.created_at) > RESUME_SECONDS:
            return False
        if action.card is None:
            return True
        card = self.cards.get(action.card)
        others = [other for other in self.actions.of_card(action.person, action.card) if other.id != action.id]
        superseded = any(other.clicked_at > action.clicked_at for other in others)
        return card is not None and fingerprint(card.inputs) == action.shown and not superseded
