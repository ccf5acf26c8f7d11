"""Cards on DynamoDB, and which hook deliveries were seen."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from countersign.adapters.dynamodb.rows import without_nothing
from countersign.adapters.dynamodb.table import Item, Table
from countersign.domain.card import Card, CardStatus, Decision, MessageRef
from countersign.domain.errors import Conflict
from countersign.domain.identity import Workspace

_HOOK_SECONDS: Final = 5 * 86_400
"""Standard Webhooks senders repeat a delivery for days with the same id (standard-webhooks specification)."""


class DynamoCardStore:
    """Implements ``ports.CardStore``. ``retention`` in seconds: how long a card stays known."""

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

    def hook_card(self, recipe: str, webhook_id: str, now: int) -> str | None:
        """The card of a delivery with this id that was carried out; rows outlive their ``ttl``, so it is checked."""
        there = self._table.get(f"hook#{recipe}#{webhook_id}", "hook")
        return str(there["card"]) if there and there["until"] >= now else None

    def remember_hook(self, recipe: str, webhook_id: str, card_id: str, now: int) -> None:
        """Note that a delivery was carried out."""
        until = now + _HOOK_SECONDS
        row = {"pk": f"hook#{recipe}#{webhook_id}", "sk": "hook", "card": card_id, "until": until, "ttl": until}
        self._table.put(row)

    def _item(self, card: Card) -> Item:
        return without_nothing(
            {
                "pk": f"card#{card.id}",
                "sk": "card",
                "recipe": card.recipe,
                "workspace": card.workspace.id,
                "organisation": card.workspace.organisation,
                "inputs": dict(card.inputs),
                "record": card.record,
                "status": card.status.value,
                "copies": [asdict(copy) for copy in card.copies],
                "created_at": card.created_at,
                "version": card.version,
                "decision": _decision_item(card.decision),
                "round": card.round,
                "posting_until": card.posting_until or None,
                "ttl": card.created_at + self._retention,
            }
        )


def _decision_item(decision: Decision | None) -> dict[str, Any] | None:
    return None if decision is None else without_nothing(asdict(decision))


def _read_decision(item: Mapping[str, Any] | None) -> Decision | None:
    return None if item is None else Decision(**{"user_id": None, **item})


def _read(item: Item) -> Card:
    return Card(
        id=item["pk"].removeprefix("card#"),
        recipe=item["recipe"],
        workspace=Workspace(item["workspace"], item.get("organisation")),
        inputs=item["inputs"],
        record=item["record"],
        status=CardStatus(item["status"]),
        copies=tuple(MessageRef(**copy) for copy in item["copies"]),
        created_at=item["created_at"],
        version=item["version"],
        decision=_read_decision(item.get("decision")),
        round=item.get("round", 0),
        posting_until=item.get("posting_until", 0),
    )
