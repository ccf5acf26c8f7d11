"""The ledger and the cards in memory. ``tests/contract`` holds them to what the real stores do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from countersign.domain import card_life
from countersign.domain.action import Action, ActionStatus, due_at
from countersign.domain.card import Card
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person
from countersign.domain.interaction import ReplyTo

HOOK_SECONDS = 5 * 86_400


@dataclass
class MemoryActionStore:
    """Implements ``ports.ActionStore``."""

    rows: dict[tuple[str, str], Action] = field(default_factory=dict)
    subjects: dict[str, dict[str, str]] = field(default_factory=dict)
    postponed: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def get(self, person: Person, action_id: str) -> Action | None:
        return self.rows.get((person.key, action_id))

    def of_card(self, person: Person, card: str) -> Sequence[Action]:
        return self._of(person, lambda action: action.id.startswith(f"{card}#"))

    def waiting(self, person: Person, app: str) -> Sequence[Action]:
        return self._of(person, lambda a: a.status is ActionStatus.OPEN and a.waiting_for == app)

    def all_waiting(self, person: Person, after: str | None, limit: int) -> tuple[Sequence[Action], str | None]:
        waits = self._of(person, lambda a: a.status is ActionStatus.OPEN and a.waiting_for is not None)
        left = sorted((action for action in waits if action.id > (after or "")), key=lambda action: action.id)
        return left[:limit], left[limit - 1].id if len(left) > limit else None

    def recent(self, person: Person, limit: int) -> Sequence[Action]:
        return list(reversed(self._of(person, lambda _: True)))[:limit]

    def history(self, person: Person, after: str | None, limit: int) -> tuple[Sequence[Action], str | None]:
        mine = sorted(self._of(person, lambda action: action.id > (after or "")), key=lambda action: action.id)
        return mine[:limit], mine[limit - 1].id if len(mine) > limit else None

    def create(self, action: Action) -> None:
        if (action.person.key, action.id) in self.rows:
            raise Conflict("there is one")
        self._write(action)

    def save(self, action: Action) -> Action:
        there = self.get(action.person, action.id)
        if there is None or there.version != action.version:
            raise Conflict("the row moved")
        saved = replace(action, version=action.version + 1)
        self._write(saved)
        return saved

    def claim_subject(self, subject: str, action: Action) -> Mapping[str, str] | None:
        mine = {"person": action.person.key, "action": action.id, "status": "held"}
        there = self.subjects.setdefault(subject, mine)
        return None if there == mine else dict(there)

    def take_subject(self, subject: str, action: Action, *, was: Mapping[str, str]) -> None:
        there = self.subjects.get(subject, {})
        if (there.get("person"), there.get("action")) != (was["person"], was["action"]):
            raise Conflict("somebody else holds it")
        self.subjects[subject] = {"person": action.person.key, "action": action.id, "status": "held"}

    def postpone(self, action: Action, due_at: int) -> None:
        there = self.get(action.person, action.id)
        if there is not None and there.version == action.version:
            self.postponed[action.person.key, action.id] = (action.version, due_at)

    def settle_subject(self, subject: str, action: Action) -> None:
        there = self.subjects.get(subject, {})
        if (there.get("person"), there.get("action")) != (action.person.key, action.id):
            raise Conflict("somebody else holds it")
        self.subjects[subject] = {**there, "status": "settled"}

    def free_subject(self, subject: str, action: Action) -> None:
        if self.subjects.get(subject) == {"person": action.person.key, "action": action.id, "status": "held"}:
            del self.subjects[subject]

    def due(self, now: int, limit: int) -> Sequence[Action]:
        dated = [
            (at, action) for action in self.rows.values() if (at := self._due_at(action)) is not None and at <= now
        ]
        return [action for _, action in sorted(dated, key=lambda pair: pair[0])][:limit]

    def _due_at(self, action: Action) -> int | None:
        version, postponed = self.postponed.get((action.person.key, action.id), (0, 0))
        return postponed if version == action.version else due_at(action)

    def _write(self, action: Action) -> None:
        # A reply address is a capability and is never stored.
        stored = replace(action, reply_to=ReplyTo(action.reply_to.channel, action.reply_to.thread))
        self.rows[action.person.key, action.id] = stored

    def _of(self, person: Person, wanted: Callable[[Action], bool]) -> list[Action]:
        mine = [action for (key, _), action in self.rows.items() if key == person.key and wanted(action)]
        return sorted(mine, key=lambda action: action.created_at)


@dataclass
class MemoryCardStore:
    """Implements ``ports.CardStore``."""

    rows: dict[str, Card] = field(default_factory=dict)
    hooks: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    waits: dict[str, dict[tuple[str, str], None]] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    postponed: dict[str, tuple[int, int]] = field(default_factory=dict)

    def get(self, card_id: str) -> Card | None:
        return self.rows.get(card_id)

    def create(self, card: Card) -> bool:
        if card.id in self.rows:
            return False
        self.rows[card.id] = card
        return True

    def save(self, card: Card) -> Card:
        if self.rows[card.id].version != card.version:
            raise Conflict("the row moved")
        self.rows[card.id] = replace(card, version=card.version + 1)
        return self.rows[card.id]

    def hook_card(self, recipe: str, workspace: str, webhook_id: str, now: int) -> str | None:
        card_id, until = self.hooks.get((recipe, workspace, webhook_id), (None, 0))
        return card_id if until >= now else None

    def remember_hook(self, recipe: str, workspace: str, webhook_id: str, card_id: str, now: int) -> None:
        self.hooks[recipe, workspace, webhook_id] = (card_id, now + HOOK_SECONDS)

    def note_waiting(self, card_id: str, person: Person, action_id: str, now: int) -> None:  # noqa: ARG002
        self.waits.setdefault(card_id, {})[person.key, action_id] = None

    def waiting(self, card_id: str) -> Sequence[tuple[Person, str]]:
        return [(Person.from_key(key), action_id) for key, action_id in sorted(self.waits.get(card_id, {}))]

    def due(self, now: int, limit: int) -> Sequence[Card]:
        dated = [(at, card) for card in self.rows.values() if (at := self._due_at(card)) is not None and at <= now]
        return [card for _, card in sorted(dated, key=lambda pair: pair[0])][:limit]

    def postpone(self, card: Card, due_at: int) -> None:
        if self.rows[card.id].version == card.version and card_life.due_at(card) is not None:
            self.postponed[card.id] = (card.version, due_at)

    def move_channel(self, old: str, new: str, now: int) -> None:  # noqa: ARG002
        self.channels[old] = new

    def moved_channel(self, old: str) -> str | None:
        return self.channels.get(old)

    def _due_at(self, card: Card) -> int | None:
        version, postponed = self.postponed.get(card.id, (0, 0))
        return postponed if version == card.version else card_life.due_at(card)
