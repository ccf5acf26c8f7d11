"""What is filled in where the recipe builder gave nothing: an example of a right answer, from the recipe itself."""

import datetime as dt
from collections.abc import Iterable, Mapping

from countersign.domain.message import Field, FieldKind

A_WEEK = dt.timedelta(days=7)


def answers(fields: Iterable[Field], given: Mapping[str, str], *, person: str, today: dt.date) -> dict[str, str]:
    """An answer to every field: the given one, or one that the field itself suggests. Optional ones may stay empty.

    Args:
        fields: what is asked.
        given: answers by field name.
        person: Slack's id of somebody to choose where a person is asked for.
        today: dates made up are a week later.
    """
    return {
        field.name: answer
        for field in fields
        if (answer := given.get(field.name) or (_made_up(field, person, today) if field.required else ""))
    }


def _made_up(field: Field, person: str, today: dt.date) -> str:
    match field.kind:
        case FieldKind.SELECT:
            return field.options[0][0] if field.options else ""
        case FieldKind.DATE:
            return (today + A_WEEK).isoformat()
        case FieldKind.NUMBER:
            return f"{field.minimum or 1:g}"
        case FieldKind.PERSON:
            return person
        case FieldKind.TEXT | FieldKind.MULTILINE:
            return field.placeholder or f"{field.label} (tried)"[: field.max_length]
