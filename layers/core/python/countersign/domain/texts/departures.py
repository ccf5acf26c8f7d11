"""What admins are told when somebody or something left."""

from collections.abc import Mapping
from typing import Final

from countersign.domain.departure import Left, Purge
from countersign.domain.message import Mention, Message, Value
from countersign.domain.texts.say import say

_WHAT: Final[Mapping[Left, str]] = {
    Left.UNINSTALLED: "Countersign was removed from {place}.",
    Left.WITHDRAWN: "Countersign was taken from the workspace {place}.",
    Left.MIGRATED: "The workspace {place} moved into an organisation, so its people have to connect their apps again.",
    Left.DEACTIVATED: "{person}'s Slack account was deactivated.",
    Left.CUT_OFF: "{person} is cut off, and can connect again.",
    Left.FORGOTTEN: "{person} asked to be forgotten.",
}
_COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    "connections": ("1 connection is being revoked", "{} connections are being revoked"),
    "actions": ("1 waiting action was ended", "{} waiting actions were ended"),
    "sign_ins": ("1 sign-in link was stopped", "{} sign-in links were stopped"),
    "cards": ("1 card was forgotten", "{} cards were forgotten"),
}


def report(purge: Purge) -> Message:
    """What happened, and what Countersign did about it by itself."""
    departure = purge.departure
    counted = [
        (one if count == 1 else many.format(count))
        for kind, (one, many) in _COUNTED.items()
        if (count := purge.counts.get(kind, 0))
    ]
    gone = ", ".join(counted) or "nothing, because nothing was there"
    values: dict[str, Value] = {"place": departure.installation}
    if departure.person is not None:
        values["person"] = Mention(departure.person)
    return say(
        f"{_WHAT[departure.left]} Cleared up: {gone}. There is nothing for you to do.",
        **values,
    )
