"""Audit events as a table for people, as CSV for spreadsheets, as JSON lines for programs: each as it is read."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import batched
from typing import Final

from countersign.domain.audit import AuditEvent
from countersign_cli import columns
from countersign_cli.times import written, written_finely

COLUMNS: Final = (
    "workspace",
    "app",
    "record",
    "operation",
    "outcome",
    "account",
    "recorded",
    "attribution",
    "recipe",
    "trace_id",
    "request_id",
)
"""Facts that have a column of their own; the others share one."""
_PAGE: Final = 200
_HEAD: Final = (("time (UTC)", 20), ("person", 13), ("what", 24), ("app", 12), ("outcome", 14), ("more", 0))
_APART: Final = frozenset({"app", "outcome", "workspace", "trace_id", "action", "status", "recipe", "procedure"})
"""Facts that people are spared, or that have a column of their own."""
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full-width ones are formulas too
"""What makes a spreadsheet take a cell for a formula (owasp.org/www-community/attacks/CSV_Injection)."""


class Format(StrEnum):
    """How events are written."""

    TABLE = "table"
    CSV = "csv"
    JSONL = "jsonl"


def write(events: Iterable[AuditEvent], form: Format) -> int:
    """Write each event as it comes; how many there were."""
    match form:
        case Format.CSV:
            return _csv(events)
        case Format.JSONL:
            return _json_lines(events)
        case Format.TABLE:
            return _table(events)


def harmless(cell: str) -> str:
    """The same for a spreadsheet, as text: an apostrophe before what it would take for a formula."""
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def _csv(events: Iterable[AuditEvent]) -> int:
    writer = csv.writer(sys.stdout, lineterminator="\r\n")  # RFC 4180 §2
    writer.writerow(("at", "event", "tenant", "person", *COLUMNS, "more", "noted_at"))
    count = 0
    for count, event in enumerate(events, 1):  # noqa: B007 - the last number is the count
        who, facts = _who(event), event.facts
        cells = [event.event, *who.values(), *(facts.get(name, "") for name in COLUMNS), _more(facts)]
        writer.writerow([written(event.at), *map(harmless, cells), written_finely(event.noted)])
    return count


def _json_lines(events: Iterable[AuditEvent]) -> int:
    count = 0
    for count, event in enumerate(events, 1):  # noqa: B007 - the last number is the count
        line = {
            "at": written(event.at),
            "event": event.event,
            **_who(event),
            "id": event.id,
            "facts": event.facts,
            "noted_at": written_finely(event.noted),
        }
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return count


def _table(events: Iterable[AuditEvent]) -> int:
    """A page at a time, so that the first rows are there before the last ones are read."""
    count = 0
    for page in batched(events, _PAGE, strict=False):
        columns.show(_HEAD, map(_row, page), head=count == 0)
        count += len(page)
    return count


def _row(event: AuditEvent) -> list[str]:
    facts = event.facts
    named = {name: facts[name] for name in ("by", "record") if name in facts}  # before all the rest
    more = " ".join(f"{name}={value}" for name, value in {**named, **facts}.items() if name not in _APART)
    return [written(event.at), _who(event)["person"], event.event, facts.get("app", ""), facts.get("outcome", ""), more]


def _who(event: AuditEvent) -> dict[str, str]:
    person = event.person
    return {"tenant": person.tenant if person else "", "person": person.user_id if person else ""}


def _more(facts: Mapping[str, str]) -> str:
    return json.dumps({name: value for name, value in facts.items() if name not in COLUMNS}, ensure_ascii=False)
