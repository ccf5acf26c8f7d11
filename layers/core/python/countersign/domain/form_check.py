"""Checks what people (or hooks) filled in, before anything is started: field → what to change. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from countersign.domain.message import Field, FieldKind

LONGEST_ANSWER: Final = 3000
"""Characters; what Slack lets a person type at most, and what a hook may bring per input."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_UNWRITABLE: Final = frozenset({"Cc", "Cs"})
"""Unicode categories that no keyboard gives: control characters, and halves of characters."""
_DIGITS: Final = 15
"""What survives JSON's usual double-precision number (RFC 8259 §6)."""


def accepted(fields: Sequence[Field], answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to these fields, stripped; empty ones, and those nobody asked for, are left out."""
    stripped = {field.name: answers.get(field.name, "").strip() for field in fields}
    return {name: answer for name, answer in stripped.items() if answer}


def check_answers(fields: Sequence[Field], answers: Mapping[str, str]) -> dict[str, str]:
    """Field name → what is wrong and what to write instead; empty when everything is fine."""
    given = accepted(fields, answers)
    problems = {field.name: _problem(field, given.get(field.name)) for field in fields}
    return {name: problem for name, problem in problems.items() if problem is not None}


def _problem(field: Field, answer: str | None) -> str | None:
    if answer is None:
        return "Please fill this in." if field.required else None
    return _length(field, answer) or _shape(field, answer) or _pattern(field, answer)


def _length(field: Field, answer: str) -> str | None:
    longest = min(field.max_length or LONGEST_ANSWER, LONGEST_ANSWER)
    if len(answer) > longest:
        return f"Please write at most {longest:,} characters (these are {len(answer):,})."
    if field.min_length and len(answer) < field.min_length:
        return f"Please write at least {field.min_length:,} characters."
    return None


def _shape(field: Field, answer: str) -> str | None:
    match field.kind:
        case FieldKind.NUMBER:
            return _number(field, answer)
        case FieldKind.DATE:
            return None if _is_date(answer) else "Please choose a date (year-month-day, like 2025-03-31)."
        case FieldKind.SELECT:
            return _choice(field, answer)
        case FieldKind.PERSON:
            return None if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", answer) else "Please choose a person."
        case FieldKind.TEXT | FieldKind.MULTILINE:
            return _text(field, answer)


def _choice(field: Field, answer: str) -> str | None:
    """What was read from an app is not known here any more: the app file's patterns judge it before it is sent."""
    if field.options_from is None and answer not in {value for value, _ in field.options}:
        return "Please choose one of the options."
    return _text(field, answer)


def _number(field: Field, answer: str) -> str | None:
    if not _NUMBER.fullmatch(answer) or sum(map(str.isdigit, answer)) > _DIGITS:
        return "Please write a number, like 1250.50."
    number = Decimal(answer)
    if field.minimum is not None and number < Decimal(str(field.minimum)):
        return f"Please write a number that is at least {field.minimum:,g}."
    if field.maximum is not None and number > Decimal(str(field.maximum)):
        return f"Please write a number that is at most {field.maximum:,g}."
    return None


def _text(field: Field, answer: str) -> str | None:
    allowed = "\n\r\t" if field.kind is FieldKind.MULTILINE else "\t"
    if any(unicodedata.category(character) in _UNWRITABLE and character not in allowed for character in answer):
        return (
            "Please write this without line breaks or control characters." if allowed == "\t" else "Please write text."
        )
    return None


def _is_date(answer: str) -> bool:
    """RFC 3339's full-date; Python alone would take ISO week dates too."""
    try:
        return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", answer) is not None and bool(dt.date.fromisoformat(answer))
    except ValueError:
        return False


def _pattern(field: Field, answer: str) -> str | None:
    if field.pattern is None or re.fullmatch(field.pattern, answer):
        return None
    return f"Please write it like {field.placeholder}." if field.placeholder else "This is not of the right form."
