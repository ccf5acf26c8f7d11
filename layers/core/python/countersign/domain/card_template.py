"""What an approval recipe says of its cards: what they show, who may decide, and what happens when nobody does.

All strings are templates over ``${input.…}`` and ``${settings.<app>.…}`` except where the attribute says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_SECONDS: Final = {"m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Unchanged:
    """How to see that the record is still what the card shows.

    Attributes:
        operation: ``app.operation`` that reads the record.
        same: input of the card → result of the operation that must have the same value.
    """

    operation: str
    inputs: Mapping[str, str]
    same: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Who:
    """Who may decide in chat, as constants; any of them suffices. What the app itself says comes on top.

    Attributes:
        people: user ids and e-mail addresses.
        user_group: id of a user group whose members may.
        channel: id of a channel whose members may.
    """

    people: Sequence[str] = ()
    user_group: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class CardTemplate:
    """What an approval recipe posts.

    Attributes:
        channel: channel id or ``#name``; or ``person``: an e-mail address to find the person by.
        record: the record's own id, the subject that only one decision may settle.
        link_label, link_url: *Open in ServiceNow*.
        closed: query over the hook's inputs that is true when the record has been settled in the app itself.
        closed_past, closed_by: queries over the hook's inputs: how (in the words of a procedure's ``past``), by whom.
        requester: id, login or e-mail address of the requester at the app.
        self_approval: whether the requester may decide too.
        tell: e-mail address of who is told how it ended.
        remind_after, expires_after: seconds after the card was posted.
    """

    channel: str | None
    person: str | None
    title: str
    text: str | None
    facts: Sequence[tuple[str, str]]
    record: str
    link_label: str | None
    link_url: str | None
    closed: str | None
    closed_past: str | None = None
    closed_by: str | None = None
    unchanged: Unchanged | None = None
    requester: str | None = None
    self_approval: bool = True
    tell: str | None = None
    remind_after: int | None = None
    expires_after: int | None = None
    who: Who | None = None


def seconds(duration: str) -> int:
    """``30m``, ``24h`` or ``7d`` in seconds. Raises KeyError or ValueError for anything else."""
    return int(duration[:-1]) * _SECONDS[duration[-1]]
