"""What is said while nobody knows whether an action happened."""

from dataclasses import dataclass

from countersign.domain.message import Button, Buttons, Message, Paragraph, Text
from countersign.domain.texts.names import ACTION_HAPPENED, ACTION_NOT_HAPPENED
from countersign.domain.texts.outcomes import Ended
from countersign.domain.texts.say import say


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why nobody knows how an action ended.

    Attributes:
        can_be_asked: its operation has a check, so that the app is asked again and again.
        answered: the app did answer, but not as its app file expects.
    """

    can_be_asked: bool
    answered: bool

    @property
    def sentence(self) -> str:
        """What came back, and what is done about it."""
        if self.can_be_asked:
            return "{app} gave no answer that tells, and does not say when asked. Please look there; we go on asking."
        blind = "and Countersign has no way to ask it afterwards. Please look there before you do it again"
        if self.answered:
            return (
                f"{{app}} answered, but not as its app file expects, {blind}, "
                "and tell the person who runs Countersign: the file may have to be mended."
            )
        return f"{{app}} did not answer, {blind}."


def unknown(ended: Ended, doubt: Doubt, link: Button | None, action_id: str) -> Message:
    """Nobody can say; the person can look."""
    rest = " Until that is clear, nobody else can decide it here." if ended.on_card else ""
    text = Text(
        f"*We don't know whether “{{what}}” happened.* {doubt.sentence}" + rest,
        {"what": ended.what, "app": ended.app},
    )
    buttons = [
        *([link] if link else ()),
        Button("I checked: it happened", ACTION_HAPPENED, action_id),
        Button("It did not happen", ACTION_NOT_HAPPENED, action_id),
    ]
    summary = Text("We don't know whether “{what}” happened", {"what": ended.what})
    return Message(summary, (Paragraph(text), Buttons(buttons)))


def still_unknown(app: str) -> Message:
    """Its person looked, but the app itself can be asked, and did not answer."""
    return say("{app} still does not say, so this stays open: its own word counts, and we go on asking it.", app=app)
