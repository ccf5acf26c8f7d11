"""Leaving: a person, a workspace or a whole organisation goes, and what came through them must go too.

Everything here is safe to do twice, late, and in any order. ``at`` is when it happened, by the chat service's clock:
what was made since stays.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from countersign.domain.identity import Person
from countersign.domain.sign_in import WHOLE_SECONDS

SECOND_LOOK: Final = 900
"""Seconds until a purge looks once more, for what was being written while it went on: SQS's longest delay."""


class Left(StrEnum):
    """What happened."""

    UNINSTALLED = "uninstalled"
    """The app was removed, or its bot's authorization ended."""
    WITHDRAWN = "withdrawn"
    """A workspace lost the app that its whole organisation has."""
    MIGRATED = "migrated"
    """A workspace joined an organisation: its people have other keys from now on."""
    DEACTIVATED = "deactivated"
    """A person's account in chat was switched off."""
    CUT_OFF = "cut_off"
    """An admin, or an operator, ended what a person has here; the person stays."""
    FORGOTTEN = "forgotten"
    """A person asked to be forgotten."""


ON_WISH: Final = frozenset({Left.CUT_OFF, Left.FORGOTTEN})
"""Somebody's word ended it, and its person is still there: what they do from then on is new."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One of them.

    Attributes:
        tenant: what the keys of the people concerned begin with.
        workspace: only what came through this workspace of the tenant goes; None: all of the tenant's.
        organisation: of the workspace, where it has one.
        person: only what this user has goes; None: everybody's.
        at: when it happened, epoch seconds.
        by: on whose word, where it was on somebody's: a user id of the tenant, or the operator as AWS knows them.
    """

    left: Left
    tenant: str
    workspace: str | None
    organisation: str | None
    person: str | None
    at: int
    trace_id: str = ""
    by: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON for the queue."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Departure":
        """Read back what ``as_json`` wrote. Raises KeyError, TypeError or ValueError on any other shape."""
        return cls(**{**body, "left": Left(body["left"]), "at": int(body["at"])})

    @property
    def someone(self) -> Person | None:
        """The person who left, where it is one."""
        return None if self.person is None else Person(self.tenant, self.person)

    @property
    def identity(self) -> str:
        """Tells it from any other: the same event that comes twice is the same departure."""
        return f"{self.left}#{self.tenant}#{self.workspace or ''}#{self.person or ''}#{self.at}"

    @property
    def installation(self) -> str:
        """The id that the installation is known by: the workspace's, else the organisation's."""
        return self.workspace or self.tenant


class Stage(StrEnum):
    """What is looked through, in this order: first what could still become a connection."""

    SIGN_INS = "sign_ins"
    CONNECTIONS = "connections"
    CARDS = "cards"
    PERSON = "person"
    """One person's connections, and what waits for them."""
    HISTORY = "history"
    """One person's ended actions."""


_NEXT: Final[Mapping[Stage, Stage]] = {Stage.SIGN_INS: Stage.CONNECTIONS, Stage.CONNECTIONS: Stage.CARDS}
_NEXT_OF_PERSON: Final[Mapping[Stage, Stage]] = {Stage.SIGN_INS: Stage.PERSON, Stage.PERSON: Stage.HISTORY}


@dataclass(frozen=True, slots=True)
class Purge:
    """How far the clearing up after a departure is. It rides the queue between one batch and the next.

    Attributes:
        until: what was made later than this (epoch seconds) stays, and what was made after the departure where who
            left is back.
        after: where the next page begins; None: at the start of the stage.
        again: this is the second look.
        counts: what this look cleared up so far, by kind, over however many messages it goes.
    """

    departure: Departure
    until: int
    stage: Stage = Stage.SIGN_INS
    after: str | None = None
    again: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON for the queue."""
        return {
            "departure": self.departure.as_json(),
            "until": self.until,
            "stage": self.stage.value,
            "after": self.after,
            "again": self.again,
            "counts": dict(self.counts),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Purge":
        """Read back what ``as_json`` wrote. Raises KeyError, TypeError or ValueError on any other shape."""
        return cls(
            Departure.from_json(body["departure"]),
            int(body["until"]),
            Stage(body["stage"]),
            body["after"],
            bool(body["again"]),
            {str(kind): int(count) for kind, count in body["counts"].items()},
        )

    def second_look(self) -> "Purge":
        """The same from the start, for what was being written meanwhile."""
        return replace(self, stage=Stage.SIGN_INS, after=None, again=True, counts={})

    @property
    def to_be_told(self) -> bool:
        """Whether there is anything to tell: who wished it is told that there was nothing, too, and told that once."""
        return bool(self.counts) or (self.departure.left in ON_WISH and not self.again)

    def counted(self, kind: str) -> "Purge":
        """One more of a kind."""
        return replace(self, counts={**self.counts, kind: self.counts.get(kind, 0) + 1})

    def onward(self, after: str | None) -> "Purge | None":
        """The next page, or the next stage's first one; None: that was all."""
        if after is not None:
            return replace(self, after=after)
        steps = _NEXT if self.departure.person is None else _NEXT_OF_PERSON
        following = steps.get(self.stage)
        if following is Stage.HISTORY and self.departure.left is not Left.FORGOTTEN:
            return None
        return None if following is None else replace(self, stage=following, after=None)


def purge_of(departure: Departure) -> Purge:
    """The clearing up after a departure.

    A sign-in that was under way may store its connection up to half an hour later, so that goes too; unless who left
    is back by then, which is asked when such a thing is found.
    """
    until = departure.at if departure.left in ON_WISH else departure.at + WHOLE_SECONDS
    return Purge(departure, until)
