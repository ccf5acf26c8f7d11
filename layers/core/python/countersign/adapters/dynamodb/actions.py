"""The ledger on DynamoDB: actions under their person, subjects beside them."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from countersign.adapters.dynamodb.reading import checked, listed, readable
from countersign.adapters.dynamodb.rows import read_reply, read_sealed, reply_item, sealed_item, without_nothing
from countersign.adapters.dynamodb.table import Item, Table
from countersign.domain.action import Action, ActionStatus, Outcome, due_at
from countersign.domain.errors import Conflict, Unreadable
from countersign.domain.identity import Person, Workspace
from countersign.domain.standing import Standing

_DUE: Final = "action"
_LOG: Final = logging.getLogger(__name__)


class DynamoActionStore:
    """Implements ``ports.stores.ActionStore``. ``retention`` in seconds: how long ended actions are the history."""

    def __init__(self, table: Table, retention: int) -> None:
        self._table = table
        self._retention = retention

    def get(self, person: Person, action_id: str) -> Action | None:
        """One action of a person."""
        item = self._table.get(person.key, f"action#{action_id}")
        return None if item is None else _read(item)

    def of_card(self, person: Person, card: str) -> Sequence[Action]:
        """A person's actions on a card, oldest first."""
        actions = [_read(item) for item in self._table.query(person.key, f"action#{card}#")]
        return sorted(actions, key=lambda action: action.created_at)

    def waiting(self, person: Person, app: str) -> Sequence[Action]:
        """What waits for the person's sign-in to ``app``, oldest first. Read consistently, by a local index."""
        items = self._table.query_local("waiting-index", person.key, ("waiting", f"{app}#"), limit=100)
        return [_read(item) for item in items]

    def all_waiting(self, person: Person, after: str | None, limit: int) -> tuple[Sequence[Action], str | None]:
        """A page of what waits for the person's sign-in to any app, and where the next begins.

        A row that can't be read is logged and passed over: whoever ends all of them must not be stopped by one.
        """
        items, following = self._table.page("waiting-index", "pk = :pk", {"pk": person.key}, after, limit)
        found = []
        for item in items:
            try:
                found.append(_read(item))
            except Unreadable as error:
                _LOG.error("unreadable row", extra={"index": "waiting-index", "detail": str(error)})
        return found, following

    def recent(self, person: Person, limit: int) -> Sequence[Action]:
        """The person's last actions, newest first."""
        items = self._table.query_local("created-index", person.key, None, limit=limit, newest_first=True)
        return [_read(item) for item in items]

    def history(self, person: Person, after: str | None, limit: int) -> tuple[Sequence[Action], str | None]:
        """A page of all of the person's actions, and where the next begins."""
        values = {"pk": person.key, "prefix": "action#"}
        items, following = self._table.page(None, "pk = :pk AND begins_with(sk, :prefix)", values, after, limit)
        return [_read(item) for item in items], following

    def create(self, action: Action) -> None:
        """Write a new action. Raises Conflict when there is one of this id."""
        self._table.put(self._item(action), "attribute_not_exists(pk)")

    def save(self, action: Action) -> Action:
        """Write over the version that was read; returns the row with its new version. Raises Conflict."""
        saved = replace(action, version=action.version + 1)
        self._table.put(self._item(saved), "version = :before", {"before": action.version})
        return saved

    def claim_subject(self, subject: str, action: Action) -> Mapping[str, str] | None:
        """Hold the record for this action; None when it is ours, else who has it."""
        row = {"pk": f"subject#{subject}", "sk": "subject", "status": "held", **_holder(action)}
        try:
            self._table.put(row, "attribute_not_exists(pk)")
        except Conflict:
            there = self._table.get(row["pk"], "subject")
            if there is None:
                raise
            with readable("subject"):
                holder = {key: str(there[key]) for key in ("person", "holder", "status")}
                Person.from_key(holder["person"])
            ours = holder["status"] == "held" and holder.items() >= _holder(action).items()
            return (
                None if ours else {"person": holder["person"], "action": holder["holder"], "status": holder["status"]}
            )
        return None

    def take_subject(self, subject: str, action: Action, *, was: Mapping[str, str]) -> None:
        """Hold what ``was`` holds or has settled, if it still does. Raises Conflict."""
        self._table.update(
            f"subject#{subject}",
            "subject",
            "SET #status = :held, holder = :holder, person = :person",
            "holder = :was_holder AND person = :was_person",
            {"held": "held", **_holder(action), "was_holder": was["action"], "was_person": was["person"]},
        )

    def postpone(self, action: Action, due_at: int) -> None:
        """Move the row's place in the due index; the row having changed is no error."""
        values = {"due_at": due_at, "version": action.version}
        condition = "version = :version AND attribute_exists(due_at)"
        try:
            self._table.update(action.person.key, f"action#{action.id}", "SET due_at = :due_at", condition, values)
        except Conflict:
            return

    def settle_subject(self, subject: str, action: Action) -> None:
        """Settled for good by this action. Raises Conflict when somebody else holds it."""
        self._table.update(
            f"subject#{subject}",
            "subject",
            "SET #status = :settled",
            "holder = :holder AND person = :person",
            {"settled": "settled", **_holder(action)},
        )

    def free_subject(self, subject: str, action: Action) -> None:
        """Let others try. Not held by this action is no error."""
        try:
            self._table.delete(
                f"subject#{subject}",
                "subject",
                "holder = :holder AND person = :person AND #status = :held",
                {"held": "held", **_holder(action)},
            )
        except Conflict:
            return

    def due(self, now: int, limit: int) -> Sequence[Action]:
        """Actions that nobody is at any more, or whose end nobody was told."""
        return self._table.due(_DUE, now, limit, _read)

    def _item(self, action: Action) -> Item:
        due = due_at(action)
        waits = action.status is ActionStatus.OPEN and action.waiting_for is not None
        return without_nothing(
            {
                "pk": action.person.key,
                "sk": f"action#{action.id}",
                "workspace": action.workspace.id,
                "organisation": action.workspace.organisation,
                "recipe": action.recipe,
                "procedure": action.procedure,
                "card": action.card,
                "subject": action.subject,
                "status": action.status.value,
                "created_at": action.created_at,
                "version": action.version,
                "trace_id": action.trace_id,
                "reply_to": reply_item(action.reply_to),
                "waiting_for": action.waiting_for,
                "waiting": f"{action.waiting_for}#{action.created_at:012d}" if waits else None,
                "inputs": sealed_item(action.inputs),
                "owner": action.owner,
                "owned_until": action.owned_until,
                "step": action.step,
                "results": {step: dict(values) for step, values in action.results.items()},
                "sent_at": action.sent_at,
                "ended_at": action.ended_at,
                "outcome": action.outcome.value if action.outcome else None,
                "detail": action.detail,
                "account_id": action.account_id,
                "account_label": action.account_label,
                "recorded_id": action.recorded_id,
                "recorded_label": action.recorded_label,
                "link_label": action.link_label,
                "link_url": action.link_url,
                "clicks": list(action.clicks),
                "clicked_at": action.clicked_at,
                "sends": action.sends,
                "shown": action.shown,
                "told": action.told,
                "request_id": action.request_id,
                "forgotten": action.forgotten or None,
                "decided_at": action.decided_at,
                "standing": action.standing.value if action.standing else None,
                "shortfall": action.shortfall,
                "also_as": list(action.also_as) or None,
                "due_kind": None if due is None else _DUE,
                "due_at": due,
                "ttl": action.ended_at + self._retention if action.ended_at is not None else None,
            }
        )


def _holder(action: Action) -> dict[str, str]:
    return {"holder": action.id, "person": action.person.key}


@checked
def _read(item: Item) -> Action:
    return Action(
        id=item["sk"].removeprefix("action#"),
        person=Person.from_key(item["pk"]),
        workspace=Workspace(item["workspace"], item.get("organisation")),
        recipe=item["recipe"],
        procedure=item["procedure"],
        card=item.get("card"),
        subject=item.get("subject"),
        status=ActionStatus(item["status"]),
        created_at=item["created_at"],
        version=item["version"],
        trace_id=item["trace_id"],
        reply_to=read_reply(item["reply_to"]),
        waiting_for=item.get("waiting_for"),
        inputs=read_sealed(item.get("inputs")),
        owner=item.get("owner"),
        owned_until=item["owned_until"],
        step=item["step"],
        results=item["results"],
        sent_at=item.get("sent_at"),
        ended_at=item.get("ended_at"),
        outcome=Outcome(item["outcome"]) if "outcome" in item else None,
        detail=item.get("detail"),
        account_id=item.get("account_id"),
        account_label=item.get("account_label"),
        recorded_id=item.get("recorded_id"),
        recorded_label=item.get("recorded_label"),
        link_label=item.get("link_label"),
        link_url=item.get("link_url"),
        clicks=tuple(listed(item["clicks"])),
        clicked_at=item["clicked_at"],
        sends=item["sends"],
        shown=item.get("shown"),
        told=item["told"],
        request_id=item.get("request_id"),
        forgotten=item.get("forgotten", False),
        decided_at=item.get("decided_at"),
        standing=Standing(item["standing"]) if "standing" in item else None,
        shortfall=item.get("shortfall"),
        also_as=tuple(listed(item.get("also_as", ()))),
    )
