"""Whether a recipe lets a person decide on its cards: by name, by user group, by channel."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from countersign.domain.card import Card
from countersign.domain.card_template import Who
from countersign.domain.errors import ChatRefused
from countersign.domain.identity import Person
from countersign.domain.policy import same_address
from countersign.ports.chat import People
from countersign.ports.stores import CardStore
from countersign.ports.system import Journal


@dataclass(frozen=True)
class MayDecide:
    """Any of the recipe's ways suffices; where none says yes and one could not be asked, nobody knows.

    Raises ChatRefused then, and ChatUnavailable when chat does not answer.
    """

    cards: CardStore
    people: People
    journal: Journal

    def __call__(self, person: Person, card: Card, who: Who | None) -> bool:
        """Ask chat, unless there is nothing to ask."""
        if who is None or person.user_id in who.people:
            return True
        unknown: ChatRefused | None = None
        for ask in self._ways(person, card, who):
            try:
                if ask():
                    return True
            except ChatRefused as error:
                self.journal("membership_unknown", recipe=card.recipe, reason=error.reason)
                unknown = error
        if unknown is not None:
            raise unknown
        self.journal("not_listed", recipe=card.recipe, card=card.id, person=person.user_id)
        return False

    def _ways(self, person: Person, card: Card, who: Who) -> Iterator[Callable[[], bool]]:
        workspace = card.workspace
        if addresses := [known for known in who.people if "@" in known]:
            here = self.people.within(workspace)
            yield lambda: any(same_address(here.profile(person).get("email"), known) for known in addresses)
        if (group := who.user_group) is not None:
            yield lambda: person.user_id in self.people.in_user_group(group, workspace)
        if (channel := who.channel) is not None:
            yield lambda: person.user_id in self._members(channel, card)

    def _members(self, channel: str, card: Card) -> frozenset[str]:
        try:
            return self.people.in_channel(channel, card.workspace)
        except ChatRefused:
            moved = self.cards.moved_channel(channel)
            if moved is None:
                raise
            return self.people.in_channel(moved, card.workspace)
