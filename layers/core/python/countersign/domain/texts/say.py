"""The shortest way to say one sentence, and to count in one."""

from collections.abc import Mapping

from countersign.domain.message import Message, Paragraph, Text, Value


def say(template: str, **values: Value) -> Message:
    """One paragraph, its own summary."""
    text = Text(template, values)
    return Message(text, (Paragraph(text),))


def counted(counts: Mapping[str, int], words: Mapping[str, tuple[str, str]]) -> str:
    """How many there are of each kind, if any: ``words`` says how one of a kind is called, and how several."""
    found = [(counts[kind], one, many) for kind, (one, many) in words.items() if counts.get(kind)]
    return ", ".join(one if count == 1 else many.format(count) for count, one, many in found)
