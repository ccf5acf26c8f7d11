"""The audit trail on DynamoDB: appended under its day, never changed; read by time, by person and by app."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from countersign.adapters import system
from countersign.adapters.dynamodb.reading import checked
from countersign.adapters.dynamodb.rows import without_nothing
from countersign.adapters.dynamodb.table import Item, Table
from countersign.domain.audit import AuditEvent, AuditQuery, kept_facts
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person
from countersign.ports.system import Clock, Journal

PERSON_INDEX: Final = "person-index"
APP_INDEX: Final = "app-index"
FAILURE_INDEX: Final = "failure-index"
_ID_LENGTH: Final = 16


class DynamoAuditLog:
    """Implements ``ports.records.AuditLog``. ``retention`` in seconds; ``journal`` gets each event's line and count.

    ``moment`` gives ever later epoch microseconds. They are no part of the key: a repeat has to find the row under the
    key that the first try gave it, and much of what is recorded knows its second alone.
    """

    def __init__(
        self,
        table: Table,
        clock: Clock,
        retention: int,
        journal: Journal,
        moment: Callable[[], int] = system.moment,
    ) -> None:
        self._table = table
        self._clock = clock
        self._retention = retention
        self._journal = journal
        self._moment = moment

    def record(
        self,
        event: str,
        person: Person | None,
        facts: Mapping[str, str | None],
        *,
        once: str,
        at: int | None = None,
        tried_at: int | None = None,
    ) -> None:
        """Append one event, and log it. Raises StoreUnavailable."""
        kept, recorded = kept_facts(facts), _record_of(event, once)
        when = self._first_tried(recorded, tried_at) if at is None else at
        happened = AuditEvent(recorded[:_ID_LENGTH], when, event, person, kept, self._moment())
        try:
            # Never over a row that is there: nobody's mistake, and no repeat, changes what was written.
            self._table.put(self._item(happened), "attribute_not_exists(pk)")
        except Conflict:
            return  # written before
        who = {"tenant": person.tenant, "person": person.user_id} if person else {}
        self._journal(event, **{**kept, **who})

    def _first_tried(self, recorded: str, tried_at: int | None) -> int:
        """A repeat finds the time that the first try noted: an event stands under its time, and so stands there once.

        The note comes first. Whoever dies before the event's own row is written leaves a time, and no event.
        """
        now = self._clock() if tried_at is None else tried_at
        note = {"pk": f"once#{recorded}", "sk": "once", "at": now, "ttl": now + self._retention}
        try:
            return int(self._table.put_first(note)["at"])
        except Conflict:
            return now  # it is there, and was not shown: twice in the trail is better than not at all

    def _item(self, event: AuditEvent) -> Item:
        app = event.facts.get("app")
        return without_nothing(
            {
                "pk": _day(event.at),
                "sk": _sort_key(event.at, event.id),
                "event": event.event,
                "person": event.person.key if event.person else None,
                "user_id": event.person.user_id if event.person else None,
                "app": app,
                "failed_app": (app or "none") if event.failed else None,
                "workspace": event.facts.get("workspace"),
                "facts": dict(event.facts),
                "at": event.at,
                "noted": event.noted,
                "ttl": event.at + self._retention,
            }
        )


class DynamoAuditTrail:
    """What was written, for those whose role lets them read it."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def events(self, query: AuditQuery) -> Iterator[AuditEvent]:
        """Oldest first, page by page as they are taken: never the whole trail in memory.

        Those of one second in the order in which they were written down; from before that was kept, in any.
        """
        events = (event for event in map(_read, self._items(query)) if query.fits(event))
        for _, of_one_second in groupby(events, lambda event: event.at):
            yield from sorted(of_one_second, key=lambda event: event.noted)

    def failures(self, app: str, workspace: str, since: int) -> int:
        """How many failures of ``app`` came through ``workspace`` since then (epoch seconds). May lag by a moment."""
        condition = "failed_app = :app AND sk >= :since"
        values = {"app": app, "since": _sort_key(since, ""), "workspace": workspace}
        return self._table.count(FAILURE_INDEX, condition, values, only="workspace = :workspace")

    def failures_anywhere(self, app: str, since: int) -> int:
        """The same through any workspace, for whoever looks after all of them."""
        values = {"app": app, "since": _sort_key(since, "")}
        return sum(1 for _ in self._table.pages(FAILURE_INDEX, "failed_app = :app AND sk >= :since", values))

    def _items(self, query: AuditQuery) -> Iterator[Item]:
        # A sort key ends with the event's id, so what begins with ``until`` is later than ``until`` itself.
        values = {"since": _sort_key(query.since, ""), "until": _sort_key(query.until, "")}
        between = "sk BETWEEN :since AND :until"
        if query.person:
            yield from self._table.pages(PERSON_INDEX, f"user_id = :key AND {between}", {**values, "key": query.person})
        elif query.app:
            yield from self._table.pages(APP_INDEX, f"app = :key AND {between}", {**values, "key": query.app})
        else:
            for day in _days(query.since, query.until):
                yield from self._table.pages(None, f"pk = :key AND {between}", {**values, "key": day})


def _record_of(event: str, once: str) -> str:
    return hashlib.sha256(f"{event}\n{once}".encode()).hexdigest()


def _sort_key(at: int, event_id: str) -> str:
    return f"{at:012d}#{event_id}"


def _day(at: int) -> str:
    return f"day#{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def _days(since: int, until: int) -> Iterator[str]:
    """Every day of UTC from ``since`` to just before ``until``."""
    day = datetime.fromtimestamp(since, UTC).replace(hour=0, minute=0, second=0)
    while day.timestamp() < until:
        yield f"day#{day:%Y-%m-%d}"
        day += timedelta(days=1)


@checked
def _read(item: Item) -> AuditEvent:
    person = Person.from_key(item["person"]) if "person" in item else None
    return AuditEvent(
        item["sk"].partition("#")[2], item["at"], item["event"], person, item["facts"], item.get("noted", 0)
    )
