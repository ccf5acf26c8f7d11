"""Slack's bodies as checked JSON: strict readers that end in Malformed, never in an exception of their own."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from countersign.domain.errors import Malformed
from countersign.domain.interaction import FormRef
from countersign.domain.strict_json import parse_storable

type Json = Mapping[str, Any]

FIELD_LIMIT: Final = 100

_ADMINS: Final = ("is_admin", "is_owner", "is_primary_owner")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_form(body: bytes) -> dict[str, str]:
    """Fields of an ``application/x-www-form-urlencoded`` body; each may stand there once. Raises Malformed."""
    try:
        pairs = parse_qsl(
            body.decode(),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=FIELD_LIMIT,
        )
    except ValueError as error:
        raise Malformed("the body is no form") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("a field of the form stands there twice")
    return fields


def read_json(text: str | bytes) -> Json:
    """A strict JSON object (``domain.strict_json``). Raises Malformed."""
    try:
        value = parse_storable(text.encode() if isinstance(text, str) else text)
    except ValueError as error:
        raise Malformed("the body is no JSON") from error
    if not isinstance(value, dict):
        raise Malformed("the body is no JSON object")
    return value


def mapping(parent: Json, name: str) -> Json:
    """An object; absent and null are the same and read as empty. Raises Malformed for anything else."""
    value = parent.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Malformed(f"{name} is no object")
    return value


def says_admin(parent: Json) -> bool:
    """Whether Slack calls somebody an admin there: in a user object for the workspace, in its ``enterprise_user``."""
    return any(parent.get(flag) is True for flag in _ADMINS)


def string(parent: Json, name: str) -> str:
    """A string; absent and null read as empty. Raises Malformed for anything else."""
    value = parent.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"{name} is no string")
    return value


def identifier(parent: Json, name: str) -> str | None:
    """One of Slack's ids; absent, null and empty read as None. Raises Malformed for what can't be one."""
    value = string(parent, name)
    if value and not _ID.fullmatch(value):
        raise Malformed(f"{name} is no id")
    return value or None


def identifiers(parent: Json, name: str) -> list[str]:
    """A list of Slack's ids; absent and null read as empty. Raises Malformed for anything else."""
    values = parent.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) and _ID.fullmatch(value) for value in values):
        raise Malformed(f"{name} is no list of ids")
    return values


def first(parent: Json, name: str) -> Json:
    """The first object of a list; absent, null and empty read as an empty object. Raises Malformed."""
    value = parent.get(name)
    if value is None or value == []:
        return {}
    if not isinstance(value, list) or not isinstance(value[0], Mapping):
        raise Malformed(f"{name} is no list of objects")
    return value[0]


def open_form(view: Json) -> FormRef | None:
    """Which form a view is; None without an id. Raises Malformed."""
    view_id = identifier(view, "id")
    return FormRef(view_id, string(view, "hash")) if view_id else None


def safe_name(text: str) -> str:
    """A type's or event's name for the log: what looks like one, else ``unknown``."""
    return text if re.fullmatch(r"[a-z_.]{1,40}", text) else "unknown"
