"""The audit trail on the template's own table: appended, never changed; read by time, by person and by app."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from countersign.adapters.dynamodb.audit import DynamoAuditLog, DynamoAuditTrail
from countersign.adapters.dynamodb.table import Table
from countersign.adapters.system import moment
from countersign.domain.audit import AuditEvent, AuditQuery
from countersign.domain.errors import StoreUnavailable
from countersign.domain.identity import Person
from tests.contract.tables import template_table
from tests.support.acting_world import MemoryJournal
from tests.support.memory_sign_in import MemoryAuditLog

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MIDNIGHT = 1_800_057_600
"""2027-01-16 00:00:00 UTC."""
DAY = 86_400
JOSIE, TOM = Person("T0ACME", "U0JOSIE"), Person("T0ACME", "U0TOM")


class Trail:
    """What writes and what reads, with a clock that a test moves."""

    def __init__(self, table: Table) -> None:
        self.table, self.now, self.count, self.journal = table, MIDNIGHT, 0, MemoryJournal()
        self.log = DynamoAuditLog(table, lambda: self.now, 90 * DAY, self.journal)
        self.trail = DynamoAuditTrail(table)

    def happened(self, event: str, person: Person | None, at: int, **facts: str) -> None:
        self.now = at
        self.count += 1
        self.log.record(event, person, {"workspace": "T0ACME", **facts}, once=f"event {self.count}")

    def names(self, since: int = MIDNIGHT - 9 * DAY, until: int = MIDNIGHT + 9 * DAY, **asked: str) -> list[str]:
        return [event.event for event in self.trail.events(AuditQuery(since, until, **asked))]


@pytest.fixture
def trail(dynamodb: "DynamoDBClient") -> Trail:
    return Trail(template_table(dynamodb, "AuditTable"))


def test_an_event_is_read_back_whole(trail: Trail) -> None:
    trail.happened("disconnected", JOSIE, MIDNIGHT, app="servicenow", account="a1")
    (event,) = trail.trail.events(AuditQuery(MIDNIGHT, MIDNIGHT + 1))
    facts = {"app": "servicenow", "account": "a1", "workspace": "T0ACME"}
    assert event == AuditEvent(event.id, MIDNIGHT, "disconnected", JOSIE, facts, event.noted)


def test_one_call_writes_the_row_and_the_log_line(trail: Trail) -> None:
    trail.happened("disconnected", JOSIE, MIDNIGHT, app="servicenow")
    facts = {"workspace": "T0ACME", "app": "servicenow", "tenant": "T0ACME", "person": "U0JOSIE"}
    assert trail.journal.events == [("disconnected", facts)]


def test_a_row_ends_when_its_retention_does(trail: Trail) -> None:
    trail.happened("disconnected", JOSIE, MIDNIGHT)
    (row,) = trail.table.query("day#2027-01-16")
    assert row["ttl"] == MIDNIGHT + 90 * DAY


@pytest.mark.parametrize("kind", ["memory", "dynamodb"])
def test_what_is_recorded_once_stands_there_once_however_often_it_is_said(trail: Trail, kind: str) -> None:
    journal = MemoryJournal()
    log = MemoryAuditLog(journal=journal) if kind == "memory" else DynamoAuditLog(trail.table, lambda: 0, 9, journal)
    for outcome in ("done", "done", "tampered"):
        log.record("action_ended", JOSIE, {"outcome": outcome}, at=MIDNIGHT, once="josie run#1 done")
    log.record("action_ended", JOSIE, {"outcome": "told"}, at=MIDNIGHT + 1, once="josie run#1 done")
    assert [facts["outcome"] for _, facts in journal.events] == ["done", "told"]
    if kind == "dynamodb":
        kept = [event.facts for event in trail.trail.events(AuditQuery(MIDNIGHT, MIDNIGHT + DAY))]
        assert kept == [{"outcome": "done"}, {"outcome": "told"}]


@pytest.mark.parametrize("kind", ["memory", "dynamodb"])
def test_what_has_no_time_of_its_own_stands_there_once_and_under_its_first(trail: Trail, kind: str) -> None:
    log = MemoryAuditLog(journal=trail.journal) if kind == "memory" else trail.log
    for late in (0, 5, 2 * DAY):
        trail.now = MIDNIGHT + late
        log.record("disconnected", JOSIE, {"app": "servicenow"}, once="josie servicenow")
    log.record("disconnected", TOM, {"app": "servicenow"}, once="tom servicenow", tried_at=MIDNIGHT + 1)
    log.record("revocation", JOSIE, {"app": "servicenow"}, once="josie servicenow", tried_at=MIDNIGHT + 2)
    assert trail.journal.names == ["disconnected", "disconnected", "revocation"]
    if kind == "dynamodb":
        times = [event.at for event in trail.trail.events(AuditQuery(MIDNIGHT, MIDNIGHT + 9 * DAY))]
        assert times == [MIDNIGHT, MIDNIGHT + 1, MIDNIGHT + 2]


def test_who_died_between_the_two_writes_is_made_good_by_a_repeat(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = trail.table.put

    def fails(item: dict[str, object], *more: object) -> None:
        if "event" in item:
            raise StoreUnavailable("down")
        put(item, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(trail.table, "put", fails)
    with pytest.raises(StoreUnavailable):
        trail.log.record("disconnected", JOSIE, {}, once="josie")
    monkeypatch.undo()
    trail.now += 60
    trail.log.record("disconnected", JOSIE, {}, once="josie")
    assert [event.at for event in trail.trail.events(AuditQuery(MIDNIGHT, MIDNIGHT + DAY))] == [MIDNIGHT]


def test_events_of_one_second_are_read_in_the_order_in_which_they_were_written(trail: Trail) -> None:
    """Their ids say nothing of it; and a row from before anybody kept it is read all the same."""
    names = [f"event{number}" for number in range(20)]
    for name in names:
        trail.happened(name, JOSIE, MIDNIGHT, app="box")
    trail.table.put(
        {"pk": "day#2027-01-16", "sk": f"{MIDNIGHT:012d}#ffff", "event": "old", "at": MIDNIGHT, "facts": {}}
    )
    assert trail.names() == ["old", *names]
    assert trail.names(person="U0JOSIE") == trail.names(app="box") == names


def test_what_one_process_does_has_an_order_however_fast_it_is() -> None:
    moments = [moment() for _ in range(10_000)]
    assert moments == sorted(set(moments))


def test_two_events_of_one_second_are_both_kept(trail: Trail) -> None:
    trail.happened("card_mismatch", TOM, MIDNIGHT)
    trail.happened("card_mismatch", TOM, MIDNIGHT)
    assert trail.names() == ["card_mismatch", "card_mismatch"]


def test_time_is_read_from_the_first_second_to_just_before_the_last_across_midnight(trail: Trail) -> None:
    for name, at in {"a": -2, "b": -1, "c": 0, "d": 1, "e": DAY, "f": DAY + 1}.items():
        trail.happened(name, None, MIDNIGHT + at)
    assert trail.names(MIDNIGHT - 1, MIDNIGHT + DAY + 1) == ["b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"person": "U0JOSIE"}, ["in", "act"]),
        ({"app": "servicenow"}, ["in", "toms"]),
        ({"person": "U0JOSIE", "app": "box"}, ["act"]),
        ({"person": "U0JOSIE", "workspace": "T0OTHER"}, []),
        ({"workspace": "T0OTHER"}, ["elsewhere"]),
        ({"person": "U0NOBODY"}, []),
    ],
)
def test_it_is_read_by_person_by_app_and_by_workspace(trail: Trail, asked: Mapping[str, str], found: list[str]) -> None:
    trail.happened("in", JOSIE, MIDNIGHT, app="servicenow")
    trail.happened("act", JOSIE, MIDNIGHT + 5, app="box")
    trail.happened("toms", TOM, MIDNIGHT + 9, app="servicenow")
    trail.log.record("elsewhere", Person("T0OTHER", "U0X"), {"workspace": "T0OTHER"}, once="x")
    assert trail.names(**asked) == found


def test_a_long_trail_is_read_page_by_page(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than DynamoDB's megabyte a page: the next one is asked for when the one before is used up."""
    asked: list[str] = []
    query = trail.table._client.query
    monkeypatch.setattr(trail.table._client, "query", lambda **given: asked.append("page") or query(**given))
    filler = {f"fact{number}": "x" * 300 for number in range(20)}
    for second in range(400):
        trail.happened("long", JOSIE, MIDNIGHT + second, **filler)
    events = trail.trail.events(AuditQuery(MIDNIGHT, MIDNIGHT + DAY))
    next(events)
    assert len(asked) == 1
    assert (1 + sum(1 for _ in events), len(asked) > 1) == (400, True)


def test_failures_are_counted_by_app_workspace_and_time_and_nothing_else_is(trail: Trail) -> None:
    for at, workspace, app, outcome in (
        (0, "T0ACME", "servicenow", "no_answer"),
        (5, "T0ACME", "servicenow", "misconfigured"),
        (5, "T0ACME", "servicenow", "refused"),
        (5, "T0ACME", "servicenow", "done"),
        (5, "T0ACME", "box", "unknown"),
        (5, "T0OTHER", "servicenow", "no_answer"),
    ):
        trail.happened("action_ended", JOSIE, MIDNIGHT + at, app=app, outcome=outcome, workspace=workspace)
    trail.happened("attribution_differs", JOSIE, MIDNIGHT + 6, app="servicenow")
    assert trail.trail.failures("servicenow", "T0ACME", MIDNIGHT) == 3
    assert trail.trail.failures("servicenow", "T0ACME", MIDNIGHT + 1) == 2
    assert trail.trail.failures("salesforce", "T0ACME", MIDNIGHT) == 0
