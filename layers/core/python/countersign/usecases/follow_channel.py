"""A channel got another id: what is said in it from here on is said under the new one."""

from dataclasses import dataclass

from countersign.ports.stores import CardStore
from countersign.ports.system import Clock, Journal


@dataclass(frozen=True)
class FollowChannel:
    """Notes where the channel is now. Cards find it when their own channel answers no more. Raises StoreUnavailable."""

    cards: CardStore
    journal: Journal
    clock: Clock

    def __call__(self, old: str, new: str) -> None:
        """Note it; noting it again is no error."""
        self.cards.move_channel(old, new, self.clock())
        self.journal("channel_moved", old=old, new=new)
