"""What is said to a person who wants to be forgotten."""

from collections.abc import Mapping
from typing import Final

from countersign.domain.message import Button, Buttons, Confirmation, Message, Paragraph, Style, Text
from countersign.domain.texts.names import CONNECTIONS_FORGET
from countersign.domain.texts.say import counted, say

_STAYS: Final = (
    "What stays: the audit trail, which knows you by your Slack id and the ids of your accounts only, until its "
    "time is over; cards that are decided already, as your colleagues see them; and what the apps themselves recorded."
)
_YOURS: Final[Mapping[str, tuple[str, str]]] = {
    "connections": ("1 connection is being revoked", "{} connections are being revoked"),
    "actions": ("1 waiting action was ended", "{} waiting actions were ended"),
    "sign_ins": ("1 sign-in link was stopped", "{} sign-in links were stopped"),
    "history": ("1 entry of your history was emptied", "{} entries of your history were emptied"),
}


def ask() -> Message:
    """Before anything is done."""
    text = Text(
        "Countersign can forget you: your connections are ended here and at the apps, what waits for you ends, your "
        "sign-in links stop working, and your history is emptied. It can't be undone.\n{stays}",
        {"stays": _STAYS},
    )
    sure = Confirmation(
        "Forget me?", "Your connections end and your history is emptied, for good.", "Forget me", "Don't"
    )
    button = Button("Forget me", CONNECTIONS_FORGET, style=Style.DANGER, confirmation=sure)
    return Message(Text("Be forgotten by Countersign"), (Paragraph(text), Buttons((button,))))


def begun() -> Message:
    """At once."""
    return say("Countersign is forgetting you. You are told when it is done; nothing of yours is used any more.")


def forgotten(counts: Mapping[str, int]) -> Message:
    """When it is done: the truth about what went, and what stays."""
    gone = counted(counts, _YOURS)
    return say("{gone}.\n{stays}", gone=gone or "Countersign had nothing of yours", stays=_STAYS)
