"""What the audit trail keeps: who did what, as whom, on which record, when, and how it ended.

A person is there as the ids that chat and the app know them by, never by a name or an e-mail address: the trail
outlives a person's wish to be forgotten, and is then nobody's biography (``docs/audit.md``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from countersign.domain.action import Outcome
from countersign.domain.app_text import clean
from countersign.domain.identity import Person

ACTION_ENDED: Final = "action_ended"
ATTRIBUTION_DIFFERS: Final = "attribution_differs"
"""The app's own record names another account than the one that acted. An alarm watches its count."""

LONGEST_FACT: Final = 300
LONGEST_ON_ITS_WAY: Final = 14 * 86_400
"""A dead letter waits so long for a person (``template.yaml``), and SQS counts anew when it is sent on from there."""

CLOCKS_APART: Final = 60
"""Seconds by which a function's clock may be ahead of the queue's."""

FAILURES: Final = frozenset(
    {
        Outcome.UNREADABLE,
        Outcome.UNREACHABLE,
        Outcome.NO_ANSWER,
        Outcome.OVERLOADED,
        Outcome.NOT_TAKEN,
        Outcome.MISCONFIGURED,
        Outcome.UNUSABLE,
        Outcome.GONE,
        Outcome.UNKNOWN,
        Outcome.NOT_UNDERSTOOD,
    }
)
"""Ends that somebody should look into: not a person's wish, not an app's or a recipe's rule, but something broken."""


def pause_record(app: str, place: str, since: int, *, paused: bool) -> tuple[str, str]:
    """The event of an app that was paused or resumed in a place, and what it is the record of."""
    return "admin.app_paused" if paused else "admin.app_resumed", f"{place} {app} {since}"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One thing that happened.

    Attributes:
        id: unique among the events of its second.
        at: epoch seconds, UTC.
        event: a stable word, such as ``action_ended`` or ``sign_in.connected``.
        person: whose act it was, or whom it concerns where ``by`` among the facts names somebody else.
        facts: plain words and ids; ``app`` and ``workspace`` among them can be searched by.
        noted: when it was written down, in epoch microseconds; 0 where nobody noted that.
    """

    id: str
    at: int
    event: str
    person: Person | None
    facts: Mapping[str, str] = field(default_factory=dict)
    noted: int = 0

    @property
    def failed(self) -> bool:
        """Whether an admin should look into it."""
        return self.event == ATTRIBUTION_DIFFERS or (
            self.event == ACTION_ENDED and self.facts.get("outcome") in FAILURES
        )


@dataclass(frozen=True, slots=True)
class LateEvent:
    """An event on its way to the trail, as ``ports.AuditLog.record`` was given it; ``tried_at`` is when."""

    event: str
    person: Person | None
    facts: Mapping[str, str]
    once: str
    at: int | None
    tried_at: int

    def as_json(self) -> dict[str, Any]:
        """As a queue carries it."""
        return {
            "event": self.event,
            "person": self.person.key if self.person else None,
            "facts": dict(self.facts),
            "once": self.once,
            "at": self.at,
            "tried_at": self.tried_at,
        }

    def could_be_sent_at(self, moment: int) -> bool:
        """Whether its times fit when the queue itself took it: nothing is of the future, or noted long ago."""
        latest = moment + CLOCKS_APART
        return moment - LONGEST_ON_ITS_WAY <= self.tried_at <= latest and (self.at is None or self.at <= latest)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """What ``as_json`` wrote. Raises KeyError, TypeError, ValueError for anything else."""
        person = Person.from_key(str(raw["person"])) if raw["person"] is not None else None
        facts = {str(name): str(value) for name, value in dict(raw["facts"]).items()}
        at = int(raw["at"]) if raw["at"] is not None else None
        return cls(str(raw["event"]), person, facts, str(raw["once"]), at, int(raw["tried_at"]))


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which events: ``since`` ≤ their time < ``until``, and each other part that is not empty fits.

    ``person``: a chat user's id, of whichever workspace unless ``workspace`` says which.
    """

    since: int
    until: int
    person: str = ""
    app: str = ""
    workspace: str = ""

    def fits(self, event: AuditEvent) -> bool:
        """Whether it is asked for, its time aside."""
        user = event.person.user_id if event.person else ""
        places = {event.facts.get("workspace", ""), event.person.tenant if event.person else ""}
        return (
            (not self.person or user == self.person)
            and (not self.app or event.facts.get("app") == self.app)
            and (not self.workspace or self.workspace in places)
        )


def kept_facts(facts: Mapping[str, str | None]) -> dict[str, str]:
    """The facts that say something, each on one line and bounded: what an app sent may be among them."""
    cleaned = {name: clean(value, LONGEST_FACT) for name, value in facts.items() if value}
    return {name: value for name, value in cleaned.items() if value}
