"""Why an action goes no further, for those who look before it acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countersign.domain.action import Outcome
from countersign.domain.card import Card, CardStatus


@dataclass(frozen=True, slots=True)
class Stopped:
    """The action goes no further. ``changes``: what is written with that."""

    why: Outcome
    changes: Mapping[str, str | None] = field(default_factory=dict)


def no_longer_asked(card: Card | None) -> Stopped:
    """Its card waits for nobody any more: it was settled, it expired, or it went with time."""
    if card is None or card.status is not CardStatus.CLOSED:
        return Stopped(Outcome.CARD_EXPIRED)
    decision = card.decision
    said = {"detail": decision.past, "recorded_label": decision.account_label} if decision else {}
    return Stopped(Outcome.ALREADY, said)
