"""Checks a file against its JSON Schema, in words for whoever wrote the file; and fills in the schema's defaults."""

import difflib
import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jsonschema import Draft202012Validator

from catalog_build import CATALOG
from catalog_build.problem import Path, Report

type Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """One rule of a schema that a value breaks: ``rule: limit`` of ``schema``, broken by ``value`` at ``path``."""

    rule: str
    limit: Any
    path: Path
    value: Any
    schema: Schema
    message: str


@functools.cache
def schema_of(kind: str) -> Schema:
    """The schema of ``app`` or ``recipe`` files, or of ``policies``."""
    return dict(json.loads((CATALOG / "schema" / f"{kind}.schema.json").read_bytes()))


def check(kind: str, content: Any, report: Report) -> None:
    """Report everything in which ``content`` differs from its schema."""
    validator = Draft202012Validator(schema_of(kind), format_checker=Draft202012Validator.FORMAT_CHECKER)
    for error in validator.iter_errors(content):
        failure = Failure(
            rule="propertyNames" if "propertyNames" in error.absolute_schema_path else str(error.validator),
            limit=error.validator_value,
            path=tuple(step for step in error.absolute_path if isinstance(step, str | int)),
            value=error.instance,
            schema=error.schema if isinstance(error.schema, Mapping) else {},
            message=error.message,
        )
        for place, what, instead in _DESCRIPTIONS.get(failure.rule, _as_said)(failure):
            report.add(place, what, instead)


def with_defaults(value: Any, schema: Schema, root: Schema) -> Any:
    """``value`` with everything that its schema has a default for, written out. ``value`` is valid."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    if isinstance(value, list) and "items" in schema:
        return [with_defaults(item, schema["items"], root) for item in value]
    if not isinstance(value, dict):
        return value
    declared, others = schema.get("properties", {}), schema.get("additionalProperties")
    filled = {
        name: with_defaults(member, declared.get(name, others if isinstance(others, dict) else {}), root)
        for name, member in value.items()
    }
    missing = {name: part["default"] for name, part in declared.items() if "default" in part and name not in value}
    return filled | missing


type Described = list[tuple[Path, str, str]]


def _missing(failure: Failure) -> Described:
    wanted = [name for name in failure.limit if name not in failure.value and f"'{name}'" in failure.message]
    return [
        (failure.path, f"{_here(failure.path)} has no {name}", f"add {name}: {_about(failure, name)}")
        for name in wanted
    ]


def _unexpected(failure: Failure) -> Described:
    known = failure.schema["properties"]
    return [
        ((*failure.path, name), f"{name} has no meaning in {_here(failure.path)}", _closest(name, known))
        for name in failure.value
        if name not in known
    ]


def _wrong_type(failure: Failure) -> Described:
    wanted = failure.limit
    kinds = " or ".join(_KINDS[kind] for kind in ([wanted] if isinstance(wanted, str) else wanted))
    is_plain = wanted == "string" and isinstance(failure.value, bool | int | float)
    quoted = f'put it in quotes: "{json.dumps(failure.value)}"'
    return [(failure.path, f"{_here(failure.path)} must be {kinds}", quoted if is_plain else _example(failure))]


def _wrong_form(failure: Failure) -> Described:
    return [
        (
            failure.path,
            f"{json.dumps(failure.value)} is not of the right form for {_here(failure.path)}",
            _example(failure),
        )
    ]


def _wrong_name(failure: Failure) -> Described:
    return [
        (
            (*failure.path, failure.value),
            f"{failure.value} is no name",
            "write small letters, digits and _, a letter first",
        )
    ]


def _unknown_choice(failure: Failure) -> Described:
    known = [value if isinstance(value, str) else json.dumps(value) for value in failure.limit]
    listed = ", ".join(json.dumps(value) if not value.strip() else value for value in known)
    return [(failure.path, f"{json.dumps(failure.value)} is no {_here(failure.path)}", f"write one of {listed}")]


def _too_much(failure: Failure) -> Described:
    what, unit = f"{_here(failure.path)} is too long", "characters" if isinstance(failure.value, str) else "entries"
    return [(failure.path, f"{what} ({len(failure.value)})", f"write at most {failure.limit} {unit}")]


def _too_little(failure: Failure) -> Described:
    return [(failure.path, f"{_here(failure.path)} is empty", "write something, or remove the line")]


def _as_said(failure: Failure) -> Described:
    return [(failure.path, f"{_here(failure.path)}: {failure.message}", _example(failure))]


_DESCRIPTIONS: Final[Mapping[str, Callable[[Failure], Described]]] = {
    "required": _missing,
    "additionalProperties": _unexpected,
    "type": _wrong_type,
    "pattern": _wrong_form,
    "format": _wrong_form,
    "propertyNames": _wrong_name,
    "enum": _unknown_choice,
    "maxLength": _too_much,
    "maxItems": _too_much,
    "maxProperties": _too_much,
    "minLength": _too_little,
    "minItems": _too_little,
    "minProperties": _too_little,
}
_KINDS: Final[Mapping[str, str]] = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def _here(path: Path) -> str:
    """How a place is called: its own key, or what it is an entry of."""
    if not path:
        return "the file"
    return str(path[-1]) if isinstance(path[-1], str) else f"entry {path[-1] + 1} of {_here(path[:-1])}"


def _about(failure: Failure, name: str) -> str:
    part = failure.schema["properties"][name]
    if "enum" in part:
        return "one of " + ", ".join(map(str, part["enum"]))
    found = str(part.get("description", "")).partition(".")[0]
    return found or "see the schema"


def _closest(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"write {near[0]}" if near else f"write one of {', '.join(known)}"


def _example(failure: Failure) -> str:
    examples = failure.schema.get("examples") or []
    if examples:
        return f"write for example {examples[0] if isinstance(examples[0], str) else json.dumps(examples[0])}"
    return f"write what the schema says: {str(failure.schema.get('description', 'see the schema')).rstrip('.')}"
