"""The shortest way to say one sentence."""

from countersign.domain.message import Message, Paragraph, Text, Value


def say(template: str, **values: Value) -> Message:
    """One paragraph, its own summary."""
    text = Text(template, values)
    return Message(text, (Paragraph(text),))
