"""Cards on DynamoDB, and beside them: which hook deliveries were seen, who waits, which channels moved."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, Final

from countersign.adapters.dynamodb.reading import checked, listed, readable
from countersign.adapters.dynamodb.rows import without_nothing
from countersign.adapters.dynamodb.table import Item, Table
from countersign.domain.card import Card, CardStatus, Decision, MessageRef, Vote
from countersign.domain.card_life import due_at
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person, Workspace
from countersign.domain.standing import Standing

_HOOK_SECONDS: Final = 5 * 86_400
"""Standard Webhooks senders repeat a delivery for days with the same id (standard-webhooks specification)."""


_DUE: Final = "card"
_MOST_WAITING: Final = 1_000
_WAIT_SECONDS: Final = 86_400
"""No action waits longer for its person."""


class DynamoCardStore:
    """Implements ``ports.stores.CardStore``. ``retention`` in seconds: how long a card stays known."""

    def __init__(self, table: Table, retention: int) -> None:
        self._table = table
        self._retention = retention

    def get(self, card_id: str) -> Card | None:
        """The card, or None."""
        item = self._table.get(f"card#{card_id}", "card")
        return None if item is None else _read(item)

    def create(self, card: Card) -> bool:
        """Write a new card; False when there is one of this id."""
        try:
            self._table.put(self._item(card), "attribute_not_exists(pk)")
        except Conflict:
            return False
        return True

    def save(self, card: Card) -> Card:
        """Write over the version that was read; returns the card with its new one. Raises Conflict."""
        saved = replace(card, version=card.version + 1)
        self._table.put(self._item(saved), "version = :before", {"before": card.version})
        return saved

    def hook_card(self, recipe: str, workspace: str, webhook_id: str, now: int) -> str | None:
        """The card of a delivery with this id that was carried out; rows outlive their ``ttl``, so it is checked."""
        there = self._table.get(_delivery(recipe, workspace, webhook_id), "hook")
        with readable("delivery"):
            return str(there["card"]) if there and there["until"] >= now else None

    def remember_hook(self, recipe: str, workspace: str, webhook_id: str, card_id: str, now: int) -> None:
        """Note that a delivery was carried out."""
        until = now + _HOOK_SECONDS
        row = {"pk": _delivery(recipe, workspace, webhook_id), "sk": "hook", "card": card_id}
        self._table.put({**row, "until": until, "ttl": until})

    def note_waiting(self, card_id: str, person: Person, action_id: str, now: int) -> None:
        """Note that an action on this card waits; noting it again is no error."""
        row = {"pk": f"card#{card_id}", "sk": f"waits#{person.key}#{action_id}", "person": person.key}
        self._table.put({**row, "action": action_id, "ttl": now + _WAIT_SECONDS})

    def waiting(self, card_id: str) -> Sequence[tuple[Person, str]]:
        """Who waited on this card, with their actions' ids; they may have ended since."""
        rows = self._table.query(f"card#{card_id}", "waits#", limit=_MOST_WAITING)
        with readable("waiting"):
            return [(Person.from_key(row["person"]), str(row["action"])) for row in rows]

    def due(self, now: int, limit: int) -> Sequence[Card]:
        """Cards whose reminder or end has come, or whose end was not followed up."""
        return self._table.due(_DUE, now, limit, _read)

    def postpone(self, card: Card, due_at: int) -> None:
        """Move the row's place in the due index; the row having changed is no error."""
        condition = "version = :version AND attribute_exists(due_at)"
        with suppress(Conflict):
            values = {"due_at": due_at, "version": card.version}
            self._table.update(f"card#{card.id}", "card", "SET due_at = :due_at", condition, values)

    def move_channel(self, old: str, new: str, now: int) -> None:
        """A channel has a new id from here on."""
        self._table.put({"pk": f"channel#{old}", "sk": "channel", "new": new, "ttl": now + self._retention})

    def moved_channel(self, old: str) -> str | None:
        """The channel's new id, where it has one."""
        there = self._table.get(f"channel#{old}", "channel")
        with readable("channel"):
            return str(there["new"]) if there else None

    def _item(self, card: Card) -> Item:
        due = due_at(card)
        return without_nothing(
            {
                "pk": f"card#{card.id}",
                "sk": "card",
                "recipe": card.recipe,
                "workspace": card.workspace.id,
                "tenant": card.workspace.tenant,
                "organisation": card.workspace.organisation,
                "inputs": dict(card.inputs),
                "record": card.record,
                "status": card.status.value,
                "copies": [asdict(copy) for copy in card.copies],
                "created_at": card.created_at,
                "version": card.version,
                "decision": _decision_item(card.decision),
                "parts": [_decision_item(part) for part in card.parts] or None,
                "round": card.round,
                "posting_until": card.posting_until or None,
                "votes": [without_nothing(asdict(vote)) for vote in card.votes] or None,
                "lapsed": card.lapsed or None,
                "remind_at": card.remind_at,
                "expires_at": card.expires_at,
                "unfinished": card.unfinished or None,
                "busy_until": card.busy_until or None,
                "due_kind": None if due is None else _DUE,
                "due_at": due,
                "ttl": card.created_at + self._retention,
            }
        )


def _decision_item(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return without_nothing({**asdict(decision), "standing": decision.standing.value})


def _read_decision(item: Mapping[str, Any] | None) -> Decision | None:
    if item is None:
        return None
    return Decision(**{"user_id": None, **item, "standing": Standing(item.get("standing", Standing.SETTLED))})


@checked
def _read(item: Item) -> Card:
    return Card(
        id=item["pk"].removeprefix("card#"),
        recipe=item["recipe"],
        workspace=Workspace(item["workspace"], item.get("organisation")),
        inputs=item["inputs"],
        record=item["record"],
        status=CardStatus(item["status"]),
        copies=tuple(MessageRef(**copy) for copy in listed(item["copies"])),
        created_at=item["created_at"],
        version=item["version"],
        decision=_read_decision(item.get("decision")),
        parts=tuple(part for part in map(_read_decision, listed(item.get("parts", ()))) if part is not None),
        round=item.get("round", 0),
        posting_until=item.get("posting_until", 0),
        votes=tuple(Vote(**vote) for vote in listed(item.get("votes", ()))),
        lapsed=item.get("lapsed", 0),
        remind_at=item.get("remind_at"),
        expires_at=item.get("expires_at"),
        unfinished=item.get("unfinished", False),
        busy_until=item.get("busy_until", 0),
    )


def _delivery(recipe: str, workspace: str, webhook_id: str) -> str:
    """Senders number their deliveries as they like, each in its workspace. The id goes last: it may hold anything."""
    return f"hook#{recipe}#{workspace}#{webhook_id}"
