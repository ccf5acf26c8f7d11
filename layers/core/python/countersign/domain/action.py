"""The ledger's row: one run of a recipe by one person, and the only moves it may make.

``OPEN → CLAIMED → SENT (written before the call) → DONE | FAILED | UNKNOWN``. What was SENT is never sent again unless
the app itself proves that it did not happen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import ReplyTo
from countersign.domain.standing import Standing
from countersign.domain.tokens import Sealed

WAITING_SECONDS: Final = 1800
"""How long an action waits for its sign-in before it ends and its person is told."""

ORPHAN_SECONDS: Final = 60
"""How long after a worker's certain death housekeeping waits for the queue to redeliver by itself."""

RECHECK_SECONDS: Final = 3_600
"""How often the app is asked again about an action that ended UNKNOWN."""
RECHECK_DAYS: Final = 7


class ActionStatus(StrEnum):
    """Where an action stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """Why an action ended."""

    DONE = "done"
    TOLD = "told"
    """Its person looked in the app and said so."""
    REFUSED = "refused"
    NOT_NAMED = "not_named"
    """The record does not name its person as one who may, and the app would not have asked."""
    ALREADY = "already"
    BUSY = "busy"
    """Somebody else's decision about the record was under way."""
    HELD = "held"
    """Nobody knows whether somebody else's decision arrived."""
    SUPERSEDED = "superseded"
    DONE_BEFORE = "done_before"
    """Its person had done this very thing before."""
    WAITS_FOR_OTHERS = "waits_for_others"
    """The same, and the app says that the record still waits for others."""
    CHANGED = "changed"
    """The card shows something else than what its person saw."""
    MOVED = "moved"
    """The app itself says that its record is another than its person saw."""
    NOTHING_APPLIES = "nothing_applies"
    """No step's conditions hold for what was filled in."""
    NOT_PERMITTED = "not_permitted"
    """The sign-in was made without a permission that a step needs."""
    VOTED = "voted"
    """Its person's vote counts, and more are needed: nothing was done in the app."""
    VOTED_BEFORE = "voted_before"
    NOT_LISTED = "not_listed"
    """The recipe does not let this person decide."""
    OWN_REQUEST = "own_request"
    """Whoever asked for it may not decide it."""
    CARD_EXPIRED = "card_expired"
    EXPIRED = "expired"
    OFF_BOARDED = "off_boarded"
    """Its person, or Countersign, left the workspace while it waited."""
    GONE = "gone"
    """Its recipe is not in the catalog any more."""
    UNREADABLE = "unreadable"
    """What was filled in does not open: moved, rolled back or damaged."""
    UNREACHABLE = "unreachable"
    NO_ANSWER = "no_answer"
    OVERLOADED = "overloaded"
    NOT_ARRIVED = "not_arrived"
    """Its answer was lost; the app proves that it did not happen, and it was too late to send it again."""
    SETTLED = "settled"
    """Its answer was lost; the record is settled now, and the app does not say whether by it."""
    NOT_TAKEN = "not_taken"
    """Sent twice; the app says each time that it did not happen."""
    MISCONFIGURED = "misconfigured"
    NOT_SHARED = "not_shared"
    """It acts with a connection of the workspace, and there is none that can be used."""
    PAUSED = "paused"
    """An admin paused its app."""
    UNUSABLE = "unusable"
    """The recipe's inputs were not what the operation takes."""
    PARTLY = "partly"
    """It decided its record; what its recipe does after that was not done."""
    UNKNOWN = "unknown"
    NOT_UNDERSTOOD = "not_understood"
    """Nobody knows, because its app answered, and not as its app file expects."""


_KEPT: Final = (
    *("id", "person", "workspace", "recipe", "procedure", "card", "subject", "status", "created_at", "version"),
    *("trace_id", "step", "sent_at", "ended_at", "outcome", "clicks", "clicked_at", "sends", "shown"),
    *("decided_at", "standing"),
)
VOTES: Final = frozenset({Outcome.VOTED, Outcome.VOTED_BEFORE})
"""Outcomes of what was counted here and did nothing in the app."""
ENDED: Final = frozenset({ActionStatus.DONE, ActionStatus.FAILED, ActionStatus.UNKNOWN})

MOVES: Final[Mapping[ActionStatus, frozenset[ActionStatus]]] = {
    # DONE: it decided its record, and what was to follow waited for a sign-in that never came.
    ActionStatus.OPEN: frozenset({ActionStatus.CLAIMED, ActionStatus.DONE, ActionStatus.FAILED}),
    # UNKNOWN too: claimed to be sent again after a proof of absence that does not hold any more.
    ActionStatus.CLAIMED: frozenset(ActionStatus),
    ActionStatus.SENT: frozenset(
        {ActionStatus.CLAIMED, ActionStatus.SENT, ActionStatus.DONE, ActionStatus.FAILED, ActionStatus.UNKNOWN}
    ),
    ActionStatus.UNKNOWN: frozenset({ActionStatus.SENT, ActionStatus.DONE, ActionStatus.FAILED}),
    ActionStatus.DONE: frozenset(),
    ActionStatus.FAILED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Action:
    """The row.

    Attributes:
        id: unique within the person: ``<card>#<choice>#<n>`` or ``run#<trigger hash>``. The same click again, or a
            redelivery, is the same id; after an ended attempt ``n`` is one higher.
        card: the card's id, or None for a command.
        subject: ``app#record`` that only one action may settle, or None (a create).
        waiting_for: the app whose sign-in it waits for while OPEN; None otherwise.
        inputs: sealed answers of a form; None when there were none.
        owner, owned_until: the worker at it, and when that worker is dead for certain.
        step, results: which step is next, and what the earlier ones gave.
        outcome: why it ended; ``detail``: what the app, or its person, said about it (a refusal, a comment, a reply).
        link_label, link_url: what the reply of a command links to.
        clicks: ids of the clicks that asked for it, newest last: a redelivered one finds its own action.
        clicked_at: when the last of them reached us.
        sends: how many times the call of this step was sent; more than once only after proof that it did not happen.
        shown: fingerprint of the card as it was when its person clicked; a different card is asked about again.
        told: its person was told how it ended.
        request_id: the app's own id of the call that acted, where it gives one.
        decided_at: when the app took its decision about the record: its card says so from then on, however it ends.
        standing: whether the record is settled by that, as far as the app says.
        shortfall: why what was to follow the decision was not done, as it is told.
        also_as: whom the apps recorded for its other acts, beside the one that ``recorded_label`` is about.
        forgotten: its person asked to be forgotten: what is left is what keeps its record from being acted on twice.
        version: moves at every write; every write is conditional on it.
    """

    id: str
    person: Person
    workspace: Workspace
    recipe: str
    procedure: str
    card: str | None
    subject: str | None
    status: ActionStatus
    created_at: int
    version: int
    trace_id: str
    reply_to: ReplyTo
    waiting_for: str | None = None
    inputs: Sealed | None = None
    owner: str | None = None
    owned_until: int = 0
    step: int = 0
    results: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sent_at: int | None = None
    ended_at: int | None = None
    outcome: Outcome | None = None
    detail: str | None = None
    account_id: str | None = None
    account_label: str | None = None
    recorded_id: str | None = None
    recorded_label: str | None = None
    link_label: str | None = None
    link_url: str | None = None
    clicks: tuple[str, ...] = ()
    clicked_at: int = 0
    sends: int = 0
    shown: str | None = None
    told: bool = False
    request_id: str | None = None
    forgotten: bool = False
    decided_at: int | None = None
    standing: Standing | None = None
    shortfall: str | None = None
    also_as: Sequence[str] = ()

    @property
    def decides(self) -> bool:
        """Whether the app took its decision, or all that it is: done, and more than a vote."""
        return self.decided_at is not None or (self.status is ActionStatus.DONE and self.outcome not in VOTES)

    @property
    def settles(self) -> bool:
        """Whether nobody else is needed, as far as the app says: one of several approvals does not settle a record."""
        return self.decides and self.standing in (None, Standing.SETTLED)

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.status in ENDED

    def left_alone(self, owner: str, now: int) -> bool:
        """Whether this worker must not touch it now: another one may still be alive at it, or it rests.

        It rests without an owner after a lost answer: the call may still be on its way.
        """
        if self.owner is None:
            return not self.ended and self.owned_until > now
        return self.owner != owner and self.owned_until >= now


def moved(action: Action, status: ActionStatus, **changes: Any) -> Action:
    """The row in another state. Raises ValueError for a move that the ledger does not allow."""
    if status not in MOVES[action.status]:
        raise ValueError(f"an action does not go from {action.status} to {status}")
    return replace(action, status=status, **changes)


def forgotten(action: Action) -> Action:
    """What is left of an ended action once its person is forgotten: that it happened, and to which record.

    That alone keeps a message that comes late, or another click, from doing it a second time.
    """
    kept = {name: getattr(action, name) for name in _KEPT}
    emptied = Action(**kept, reply_to=ReplyTo(), told=True, forgotten=True)
    # Nobody can ask the app about it as them any more.
    return replace(emptied, owned_until=(1 << 40) if action.status is ActionStatus.UNKNOWN else 0)


def due_at(action: Action) -> int | None:
    """When housekeeping must look at this action if nobody else did (epoch seconds); None: never."""
    match action.status:
        case ActionStatus.OPEN:
            return max(action.created_at + WAITING_SECONDS, action.owned_until)
        case ActionStatus.CLAIMED | ActionStatus.SENT:
            return action.owned_until + ORPHAN_SECONDS
        case _ if not action.told and action.ended_at is not None:
            return action.ended_at + ORPHAN_SECONDS
        case ActionStatus.UNKNOWN if action.owned_until <= (action.ended_at or 0) + RECHECK_DAYS * 86_400:
            return action.owned_until
        case _:
            return None
