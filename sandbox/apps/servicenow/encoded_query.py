"""Encoded queries of the Table API (`sysparm_query`): `state=requested^approver=javascript:gs.getUserID()`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sandbox.apps.accounts import Account
from sandbox.apps.servicenow.tables import Row, Tables

TERM = re.compile(
    r"(?P<field>[a-z][a-z0-9_.]*)"
    r"(?P<operator>!=|>=|<=|=|>|<|NOT IN|IN|NOT LIKE|LIKE|STARTSWITH|ISEMPTY|ISNOTEMPTY)"
    r"(?P<value>.*)",
    re.DOTALL,
)
ORDER = re.compile(r"ORDERBY(?P<down>DESC)?(?P<field>[a-z][a-z0-9_.]*)")
COMPARE: dict[str, Callable[[str, str], bool]] = {
    "=": lambda have, want: have.lower() == want.lower(),
    "!=": lambda have, want: have.lower() != want.lower(),
    ">": lambda have, want: have > want,
    "<": lambda have, want: have < want,
    ">=": lambda have, want: have >= want,
    "<=": lambda have, want: have <= want,
    "IN": lambda have, want: have in want.split(","),
    "NOT IN": lambda have, want: have not in want.split(","),
    "LIKE": lambda have, want: want.lower() in have.lower(),
    "NOT LIKE": lambda have, want: want.lower() not in have.lower(),
    "STARTSWITH": lambda have, want: have.lower().startswith(want.lower()),
    "ISEMPTY": lambda have, _want: not have,
    "ISNOTEMPTY": lambda have, _want: bool(have),
}


@dataclass(frozen=True)
class Term:
    """One condition."""

    field: str
    operator: str
    value: str


def find(tables: Tables, table: str, query: str, account: Account) -> list[Row]:
    """The rows that match as this person asks.

    A term that the instance can't evaluate (unknown field, unknown script) is ignored, as by the real one: every row
    then passes it.
    """
    rows = tables.rows(table)
    matching: list[Row] = []
    for part in query.split("^NQ"):
        groups = list(_groups(part))
        matching += [
            row for row in rows if row not in matching and all(_any(tables, table, row, g, account) for g in groups)
        ]
    for order in reversed(list(ORDER.finditer(query))):
        matching.sort(key=lambda row: _stored(tables, table, row, order["field"]), reverse=bool(order["down"]))
    return matching


def _groups(part: str) -> Iterator[list[Term]]:
    """Terms joined by `^OR` form a group; groups are joined by `^`."""
    group: list[Term] = []
    for text in filter(None, part.split("^")):
        if ORDER.fullmatch(text):
            continue
        either = text.startswith("OR")
        if not either and group:
            yield group
            group = []
        if term := TERM.fullmatch(text.removeprefix("OR") if either else text):
            group.append(Term(term["field"], term["operator"], term["value"]))
    if group:
        yield group


def _any(tables: Tables, table: str, row: Row, group: list[Term], account: Account) -> bool:
    results = [_holds(tables, table, row, term, account) for term in group]
    known = [result for result in results if result is not None]
    return any(known) if known else True


def _holds(tables: Tables, table: str, row: Row, term: Term, account: Account) -> bool | None:
    have = tables.value(table, row, term.field)
    want = _evaluated(term.value, account)
    return None if have is None or want is None else COMPARE[term.operator](have.stored, want)


def _evaluated(value: str, account: Account) -> str | None:
    """The two scripts that people use here, evaluated as the caller; any other script can't be."""
    scripts = {"javascript:gs.getUserID()": account.account_id, "javascript:gs.getUserName()": account.login}
    return scripts.get(value.strip()) if value.startswith("javascript:") else value


def _stored(tables: Tables, table: str, row: Row, field: str) -> str:
    value = tables.value(table, row, field)
    return value.stored if value else ""
