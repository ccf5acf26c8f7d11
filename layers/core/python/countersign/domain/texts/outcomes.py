"""What is said about how an action ended."""

from countersign.domain.message import (
    Block,
    Button,
    Buttons,
    Message,
    Paragraph,
    Style,
    Text,
)
from countersign.domain.texts.names import ACTION_HAPPENED, ACTION_NOT_HAPPENED, ACTION_RETRY, CONNECTIONS_CONNECT
from countersign.domain.texts.say import say


def refused(app: str, message: str, label: str, app_id: str) -> Message:
    """The app said no; the card stays as it was for the others."""
    text = Text(
        "*{app} did not allow this.* It said: “{message}”\nYou are signed in there as {label}. Nothing was changed, "
        "and the card stays open for others.",
        {"app": app, "message": message, "label": label},
    )
    button = Button("Sign in as someone else", CONNECTIONS_CONNECT, app_id)
    return Message(Text("{app} did not allow this", {"app": app}), (Paragraph(text), Buttons((button,))))


def failed(what: str, why: str) -> Message:
    """It certainly did not happen."""
    return say("*{what}* was not done: {why}", what=what, why=why)


def done(what: str, reply: str | None, recorded: str, link: Button | None) -> Message:
    """A command's success."""
    text = Text("*{what}*: done, as {recorded}.", {"what": what, "recorded": recorded})
    if reply:
        text = Text("{reply}\nRecorded as {recorded}.", {"reply": reply, "recorded": recorded})
    blocks: list[Block] = [Paragraph(text)]
    if link:
        blocks.append(Buttons((link,)))
    return Message(Text("{what}: done", {"what": what}), blocks)


def recorded_otherwise(app: str, expected: str, recorded: str) -> Message:
    """Attribution proof failed: the app names somebody else."""
    return say(
        "*Look at this:* {app} took the action, but it says that it was not {expected} who did it: {recorded}. "
        "Please tell an admin of {app}.",
        app=app,
        expected=expected,
        recorded=recorded,
    )


def unknown(what: str, app: str, link: Button | None, action_id: str) -> Message:
    """Nobody can say; the person can look."""
    text = Text(
        "*We don't know whether “{what}” happened.* {app} did not answer, and does not say when asked. "
        "Please look there. Until you tell, nobody else can decide this here.",
        {"what": what, "app": app},
    )
    buttons = [
        *([link] if link else ()),
        Button("I checked: it happened", ACTION_HAPPENED, action_id),
        Button("It did not happen", ACTION_NOT_HAPPENED, action_id),
    ]
    return Message(Text("We don't know whether “{what}” happened", {"what": what}), (Paragraph(text), Buttons(buttons)))


def approve_as(what: str, label: str, action_id: str) -> Message:
    """After a late sign-in: ask again instead of acting by itself."""
    text = Text(
        "You are connected as {label}. You asked for “{what}” a while ago; do you still want it?",
        {"label": label, "what": what},
    )
    button = Button(f"{what} as {label}"[:75], ACTION_RETRY, action_id, style=Style.PRIMARY)
    return Message(Text("Do you still want “{what}”?", {"what": what}), (Paragraph(text), Buttons((button,))))
