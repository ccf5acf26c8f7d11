"""The little of SOQL that approval flows use: SELECT … FROM … WHERE … AND … ORDER BY … LIMIT ….

developer.salesforce.com, "SOQL and SOSL Reference"; "Relationship Queries": a sub-query in SELECT reads a child
relationship. OR and parentheses in conditions are refused as malformed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.apps.salesforce.objects import OBJECTS, Org, Record, read_path

QUERY = re.compile(
    r"\s*SELECT\s+(?P<fields>[\w.,\s]+?)\s+FROM\s+(?P<object>\w+)"
    r"(?:\s+WHERE\s+(?P<where>.+?))?"
    r"(?:\s+ORDER\s+BY\s+(?P<order>[\w.]+)(?:\s+(?P<way>ASC|DESC))?)?"
    r"(?:\s+LIMIT\s+(?P<limit>\d+))?\s*",
    re.IGNORECASE | re.DOTALL,
)
CHILDREN = re.compile(r",?\s*\((\s*SELECT\b[^()]*)\)", re.IGNORECASE)
CONDITION = re.compile(
    r"\s*(?P<field>[\w.]+)\s*(?P<operator>=|!=|\bIN\b)\s*"
    r"(?P<value>'(?:[^'\\]|\\.)*'|\((?:\s*'(?:[^'\\]|\\.)*'\s*,?)+\)|[\w.+:-]+)\s*(?:AND\b|$)",
    re.IGNORECASE,
)
STRING = re.compile(r"'((?:[^'\\]|\\.)*)'")
ESCAPED = re.compile(r"\\(.)")
ID_LENGTHS = {15, 18}


class QueryError(Exception):
    """A query that Salesforce refuses; `code` is its errorCode."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Condition:
    """`field` is one of `values`, or with `negated` none of them."""

    field: str
    values: tuple[Any, ...]
    negated: bool


def run(org: Org, text: str, version: str) -> dict[str, Any]:
    """The query's answer as `/query` gives it; raises `QueryError`."""
    children = CHILDREN.findall(text)
    parsed = _parsed(CHILDREN.sub("", text))
    name = next((known for known in OBJECTS if known.lower() == parsed["object"].lower()), None)
    if name is None:
        raise QueryError("INVALID_TYPE", f"sObject type '{parsed['object']}' is not supported.")
    found = _rows(org, name, parsed, org.all(name), version)
    below = [row | _below(org, name, record, children, version) for record, row in found]
    return {"totalSize": len(below), "done": True, "records": below}


def _parsed(text: str) -> re.Match[str]:
    parsed = QUERY.fullmatch(text)
    if parsed is None:
        said = "unexpected token: this sandbox knows SELECT, WHERE with AND, ORDER BY, LIMIT"
        raise QueryError("MALFORMED_QUERY", said)
    return parsed


def _rows(
    org: Org, name: str, parsed: re.Match[str], among: list[Record], version: str
) -> list[tuple[Record, dict[str, Any]]]:
    """The object's records that the query finds among these, each with its row."""
    fields = [part.strip() for part in parsed["fields"].split(",")]
    conditions = _conditions(parsed["where"] or "")
    known = dict.fromkeys(OBJECTS[name].fields)
    for path in [*fields, *(c.field for c in conditions), *filter(None, [parsed["order"]])]:
        if not read_path(org, name, known, path)[0]:
            raise QueryError("INVALID_FIELD", f"No such column '{path}' on entity '{name}'.")
    found = [record for record in among if all(_holds(org, name, record, c) for c in conditions)]
    if parsed["order"]:
        down = (parsed["way"] or "").upper() == "DESC"
        # Of two of the same second, the one that was made later counts as later.
        found = sorted(
            found[::-1] if down else found,
            key=lambda record: str(read_path(org, name, record, parsed["order"])[1] or ""),
            reverse=down,
        )
    if parsed["limit"]:
        found = found[: int(parsed["limit"])]
    return [(record, shaped(org, name, record, fields, version)) for record in found]


def _below(org: Org, name: str, record: Record, children: list[str], version: str) -> dict[str, Any]:
    """What sub-queries find below a record, by the relationship's name: null where there is nothing."""
    below: dict[str, Any] = {}
    for text in children:
        parsed = _parsed(text)
        relation = next((one for one in OBJECTS[name].children if one.lower() == parsed["object"].lower()), None)
        if relation is None:
            raise QueryError("INVALID_TYPE", f"Didn't understand relationship '{parsed['object']}' in FROM part.")
        child, key = OBJECTS[name].children[relation]
        own = [one for one in org.all(child) if one[key] == record["Id"]]
        rows = [row for _, row in _rows(org, child, parsed, own, version)]
        below[relation] = {"totalSize": len(rows), "done": True, "records": rows} if rows else None
    return below


def shaped(org: Org, name: str, record: Record, fields: list[str], version: str) -> dict[str, Any]:
    """A record with `attributes`, related records nested, as the REST API gives it."""
    row: dict[str, Any] = {"attributes": _attributes(name, record, version)}
    for path in fields:
        first, _, rest = path.partition(".")
        if not rest:
            row[_spelled(OBJECTS[name].fields, first)] = read_path(org, name, record, path)[1]
            continue
        relation = _spelled(OBJECTS[name].relations, first)
        key, target = OBJECTS[name].relations[relation]
        referred = org.get(target, record[key] or "")
        if referred is None:
            row[relation] = None
        else:
            row[relation] = row.get(relation, {}) | shaped(org, target, referred, [rest], version)
    return row


def _attributes(name: str, record: Record, version: str) -> dict[str, str]:
    return {"type": name, "url": f"/services/data/{version}/sobjects/{name}/{record['Id']}"}


def _spelled(names: Iterable[str], given: str) -> str:
    return next(name for name in names if name.lower() == given.lower())


def _conditions(text: str) -> list[Condition]:
    found, place = [], 0
    while place < len(text):
        match = CONDITION.match(text, place)
        if match is None:
            raise QueryError("MALFORMED_QUERY", f"unexpected token near: {text[place : place + 30].strip()}")
        negated = match["operator"] == "!="
        found.append(Condition(match["field"], _literals(match["value"]), negated))
        place = match.end()
    return found


def _literals(text: str) -> tuple[Any, ...]:
    if text.startswith(("'", "(")):
        return tuple(ESCAPED.sub(r"\1", string) for string in STRING.findall(text))
    words: dict[str, Any] = {"true": True, "false": False, "null": None}
    if text.lower() in words:
        return (words[text.lower()],)
    return (float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text,)


def _holds(org: Org, name: str, record: Record, condition: Condition) -> bool:
    value = read_path(org, name, record, condition.field)[1]
    return any(_equal(value, wanted) for wanted in condition.values) != condition.negated


def _equal(value: Any, wanted: Any) -> bool:
    """Text ignores case; an id of 15 characters is the same as its 18."""
    if not isinstance(value, str) or not isinstance(wanted, str):
        return bool(value == wanted)
    is_id = {len(value), len(wanted)} == ID_LENGTHS
    return value[:15] == wanted[:15] if is_id else value.lower() == wanted.lower()
