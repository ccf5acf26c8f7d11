"""What is said about connections, and their end."""

from collections.abc import Mapping
from typing import Final

from countersign.domain.connection import CutBy
from countersign.domain.message import Button, Buttons, Confirmation, Message, Moment, Paragraph, Style, Text
from countersign.domain.texts.names import CARD_OPEN, CONNECTIONS_CONNECT, CONNECTIONS_DISCONNECT
from countersign.domain.texts.say import say

CODE_ALONE: Final = "Proved by a typed code alone, not by Slack"
"""Of a connection whose browser Slack was not asked about."""


def disconnect_button(app: str, app_id: str, label: str) -> Button:
    """*Disconnect*, which asks once."""
    ask = Confirmation(
        f"Disconnect {app}?",
        f"Countersign will no longer be able to act as you in {app}. You can connect again at any time.",
        "Disconnect",
        "Keep",
    )
    return Button(label, CONNECTIONS_DISCONNECT, app_id, style=Style.DANGER, confirmation=ask)


def nothing_connected(app: str) -> Message:
    """Disconnect of what is not there."""
    return say("You have no connection to *{app}*. Nothing was changed.", app=app)


def changed_meanwhile(app: str) -> Message:
    """Disconnect while another sign-in to the same app ended."""
    return say(
        "Your connection to *{app}* changed this very moment. Nothing was disconnected; please look again.", app=app
    )


def disconnecting(app: str) -> Message:
    """At once, while the revocation is on its way."""
    return say("*{app}* is disconnected: Countersign can't use it any more.", app=app)


_WHO_CUT: Final[Mapping[CutBy, str]] = {
    CutBy.ADMIN: "An admin of this Slack workspace",
    CutBy.OPERATOR: "Whoever runs Countersign here",
}


def cut_by_another(by: CutBy, app: str, what: Message, *, shared: bool) -> Message:
    """To a person whose connection somebody else ended. ``what``: how that went."""
    first = f"{_WHO_CUT[by]} ended {'the shared connection' if shared else 'your connection'} to *{{app}}*."
    again = "To connect it again, write `connections` to me. Ask them first if you don't know why it was ended."
    summary = Text(f"{first} {what.summary.template}", {**what.summary.values, "app": app})
    return Message(summary, (Paragraph(Text(first, {"app": app})), *what.blocks, Paragraph(Text(again))))


def revoked(app: str) -> Message:
    """The whole truth: gone here and there."""
    return say("*{app}*: removed here, and revoked at {app}.", app=app)


def not_revocable(app: str, url: str | None) -> Message:
    """The app has no revocation call."""
    if url is None:
        return say(
            "*{app}*: removed here. {app} has no revoke call; remove Countersign there yourself, in your account.",
            app=app,
        )
    text = Text("*{app}*: removed here. {app} has no revoke call; remove it there yourself.", {"app": app})
    blocks = (Paragraph(text), Buttons((Button(f"Open {app}"[:75], CARD_OPEN, url=url),)))
    return Message(Text("{app}: removed here", {"app": app}), blocks)


def app_gone(app: str) -> Message:
    """The app was switched off here since; only its id is known still."""
    return say(
        "*{app}*: removed here. Countersign doesn't work with it any more, so it can't be revoked there: please remove "
        "it there yourself, in your account.",
        app=app,
    )


def key_lives_on(app: str, url: str | None) -> Message:
    """A key is deleted here alone: the app made it, and only its person can end it there."""
    said = "*{app}*: your key was deleted here. It still works in {app} until you delete it there yourself."
    buttons = (Buttons((Button(f"Open {app}"[:75], CARD_OPEN, url=url),)),) if url else ()
    return Message(Text("{app}: key deleted here", {"app": app}), (Paragraph(Text(said, {"app": app})), *buttons))


def revocation_goes_on(app: str, until: int) -> Message:
    """The app did not answer."""
    return say(
        "*{app}*: removed here. {app} did not answer, so it may still be live there; we keep trying until {until}.",
        app=app,
        until=Moment(until),
    )


def ends_soon(app: str, app_id: str, at: int) -> Message:
    """To a person whose sign-in ends whatever is done, once, in time."""
    text = Text(
        "Your sign-in to *{app}* ends {at}, whatever is done: {app} sets that limit. Sign in again before then, and "
        "nothing that you do from Slack is held up.",
        {"app": app, "at": Moment(at)},
    )
    button = Button(f"Reconnect {app}"[:75], CONNECTIONS_CONNECT, app_id, style=Style.PRIMARY)
    summary = Text("Your sign-in to {app} ends soon", {"app": app})
    return Message(summary, (Paragraph(text), Buttons((button,))))


def revocation_gave_up(app: str, url: str | None) -> Message:
    """A day of trying did not help."""
    text = Text("*{app}*: removed here, but {app} never answered. Please remove it there yourself.", {"app": app})
    buttons = (Buttons((Button(f"Open {app}"[:75], CARD_OPEN, url=url),)),) if url else ()
    return Message(Text("{app}: please remove the access there", {"app": app}), (Paragraph(text), *buttons))
