"""What admins are told when somebody or something left."""

from collections.abc import Mapping
from typing import Final

from countersign.domain.departure import Left, Purge
from countersign.domain.message import Mention, Message, Value
from countersign.domain.texts.say import counted, say

_WHAT: Final[Mapping[Left, str]] = {
    Left.UNINSTALLED: "Countersign was removed from {place}.",
    Left.WITHDRAWN: "Countersign was taken from the workspace {place}.",
    Left.MIGRATED: "The workspace {place} moved into an organisation, so its people have to connect their apps again.",
    Left.DEACTIVATED: "{person}'s Slack account was deactivated.",
    Left.CUT_OFF: "{person} is cut off, and can connect again.",
    Left.FORGOTTEN: "{person} asked to be forgotten.",
}
_GONE: Final[Mapping[str, tuple[str, str]]] = {
    "connections": ("1 connection cut", "{} connections cut"),
    "actions": ("1 waiting action ended", "{} waiting actions ended"),
    "sign_ins": ("1 sign-in link stopped", "{} sign-in links stopped"),
    "cards": ("1 card forgotten", "{} cards forgotten"),
}
_REVOKED: Final = (
    "",
    " It can't be used any more, and its app is asked to revoke it.",
    " They can't be used any more, and their apps are asked to revoke them.",
)


def report(purge: Purge) -> Message:
    """What happened, and what Countersign did about it by itself."""
    departure = purge.departure
    values: dict[str, Value] = {"place": departure.installation}
    if departure.person is not None:
        values["person"] = Mention(departure.person)
    found = "A second look, to be sure, cleared up: " if purge.again else "Cleared up: "
    return say(f"{_WHAT[departure.left]} {found}{_gone(purge)} There is nothing for you to do.", **values)


def _gone(purge: Purge) -> str:
    gone = counted(purge.counts, _GONE)
    if not gone:
        return "nothing, because nothing was there."
    return f"{gone}.{_REVOKED[min(2, purge.counts.get('connections', 0))]}"
