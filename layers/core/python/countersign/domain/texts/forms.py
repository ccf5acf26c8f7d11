"""What is said about forms."""

from countersign.domain.catalog import Procedure, Recipe
from countersign.domain.message import Button, Buttons, Message, Paragraph, Style, Text
from countersign.domain.texts.names import FORM_OPEN


def form_not_opened(recipe: Recipe, procedure: Procedure, *, on_card: bool) -> Message:
    """Chat did not open the form in time; what to press."""
    if on_card:
        text = Text(
            "The form did not open. Nothing was done: please press *{label}* again.", {"label": procedure.label}
        )
        return Message(text, (Paragraph(text),))
    text = Text("The form of *{title}* did not open. Nothing was done.", {"title": recipe.title})
    button = Button("Fill in the form", FORM_OPEN, recipe.id, style=Style.PRIMARY)
    return Message(text, (Paragraph(text), Buttons((button,))))
