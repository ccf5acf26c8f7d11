"""Ports to what is kept: connections, the ledger, cards, installations, and what goes when people do."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from countersign.domain.action import Action
from countersign.domain.card import Card
from countersign.domain.connection import Connection, CutBy
from countersign.domain.identity import Person
from countersign.domain.installation import Installation, InstallState


class ConnectionStore(Protocol):
    """Connections by (person, app). Reads are consistent; writes conditional: Conflict when the row moved."""

    def get(self, person: Person, app: str) -> Connection | None: ...
    def list(self, person: Person) -> Sequence[Connection]: ...
    def places(self, person: Person) -> Sequence[tuple[str, str]]:
        """App and workspace (empty where none is known) of each that isn't being revoked, readable or not."""

    def put(self, connection: Connection, *, replaces: int | None, account: str = "") -> None:
        """Write the row, if the one there has version ``replaces`` (None: if there is none), and is of ``account``.

        Versions begin anew with each first sign-in; an empty ``account`` is any.
        """

    def set_revoking(
        self,
        connection: Connection,
        *,
        now: int,
        due_at: int,
        steward: Person | None = None,
        cut_by: CutBy | None = None,
    ) -> None:
        """Make it unusable from now on; housekeeping takes it up at ``due_at`` if nobody did.

        Cuts the very sign-in that ``connection`` is of, refreshed since or not. Raises Conflict when it is not there.
        ``steward``: of a shared one, the admin who cuts it, and is told from here on. ``cut_by``: whoever else did,
        if it was not its person; what was said first stays.
        """

    def lease(self, connection: Connection, owner: str, until: int, now: int) -> Connection:
        """Take the refresh lease and mark a refresh as sent. Raises LeaseBusy, or Conflict when the row moved."""

    def save_refreshed(self, connection: Connection, owner: str) -> None:
        """Store refreshed tokens (version one higher) and give the lease back; the status stays what it is there.

        Raises Conflict when the lease is not ``owner``'s any more.
        """

    def save_cut(self, connection: Connection) -> None:
        """Store refreshed tokens (version one higher) of a REVOKING connection, to go on ending it with them.

        Raises Conflict when it moved.
        """

    def needs_sign_in(self, connection: Connection) -> None:
        """Mark as ended at the app, unless it moved or another worker is refreshing it: that one will know.

        A shared one is due for upkeep at once: its admin is told.
        """

    def release(self, connection: Connection, owner: str, *, in_doubt: bool) -> None:
        """Give the lease back without a new token; ``in_doubt``: a refresh was sent and its answer never came."""

    def touch(self, connection: Connection, now: int) -> None:
        """Note the last use. Best effort: a lost race is no error."""

    def retire(self, connection: Connection, *, now: int, due_at: int) -> None:
        """Keep a connection's tokens aside until housekeeping, from ``due_at`` on, has ended them at the app.

        Can be repeated, and comes before the row is replaced: housekeeping ends nothing that the row still lives on.
        """

    def delete(self, connection: Connection) -> bool:
        """Remove it if it is REVOKING and still this version. True for the one caller that did."""

    def hold_account(self, connection: Connection) -> Sequence[Person]:
        """Note that its owner is connected as its account; everybody of the tenant who was noted so, it included.

        ``delete`` takes a note back; one that outlived its connection may be among them: look before believing it.
        """

    def due(self, now: int, limit: int) -> Sequence[Connection]:
        """Revocations that are due, retired ones included."""

    def upkeep_due(self, now: int, limit: int) -> Sequence[Connection]:
        """Connections whose ``upkeep_at`` has come, oldest first. The index may lag: read again before acting."""

    def claim_upkeep(self, connection: Connection, *, now: int, until: int) -> bool:
        """True for the one caller that looks after it now; if nothing comes of that, it is due again at ``until``."""

    def plan_upkeep(self, connection: Connection) -> None:
        """Write ``upkeep_at`` and ``warned`` as they are in ``connection``. The row having moved is no error."""

    def postpone(self, connection: Connection, due_at: int, *, failed: bool = False) -> None:
        """Try its revocation again at ``due_at``. ``failed``: its app was asked, and did not end it."""


class ActionStore(Protocol):
    """The ledger. Every write is conditional on the version before it; Conflict tells that somebody else wrote."""

    def get(self, person: Person, action_id: str) -> Action | None: ...
    def of_card(self, person: Person, card: str) -> Sequence[Action]:
        """All of a person's actions on a card, oldest first."""

    def waiting(self, person: Person, app: str) -> Sequence[Action]:
        """OPEN actions that wait for a sign-in to ``app``, oldest first."""

    def all_waiting(self, person: Person, after: str | None, limit: int) -> tuple[Sequence[Action], str | None]:
        """A page of the OPEN actions that wait for a sign-in to any app, and where the next begins.

        None: that was all. A page may miss what was written a moment ago.
        """

    def recent(self, person: Person, limit: int) -> Sequence[Action]: ...
    def history(self, person: Person, after: str | None, limit: int) -> tuple[Sequence[Action], str | None]:
        """A page of all of a person's actions, and where the next begins; None: that was all."""

    def create(self, action: Action) -> None: ...
    def save(self, action: Action) -> Action:
        """Write ``action`` over version ``action.version``; returns it with its new version."""

    def claim_subject(self, subject: str, action: Action) -> Mapping[str, str] | None:
        """Hold a record for this action. None: it is ours (also when it was already).

        Else who holds or settled it: ``{"person", "action", "status": "held" | "settled"}``.
        """

    def take_subject(self, subject: str, action: Action, *, was: Mapping[str, str]) -> None:
        """Hold a record that ``was`` (as ``claim_subject`` gave it) has no more use for. Raises Conflict."""

    def settle_subject(self, subject: str, action: Action) -> None:
        """The record is settled by this action, for good."""

    def free_subject(self, subject: str, action: Action) -> None:
        """Let others try: this action failed. Not ours (any more) is no error."""

    def due(self, now: int, limit: int) -> Sequence[Action]:
        """What ``domain.action.due_at`` says is due, oldest first."""

    def postpone(self, action: Action, due_at: int) -> None:
        """Look at a due row that could not be dealt with again at ``due_at``. Gone meanwhile is no error."""


class CardStore(Protocol):
    """Cards by id."""

    def get(self, card_id: str) -> Card | None: ...
    def create(self, card: Card) -> bool:
        """False when there is one already."""

    def save(self, card: Card) -> Card:
        """Write over version ``card.version``; returns it with its new version. Raises Conflict."""

    def hook_card(self, recipe: str, workspace: str, webhook_id: str, now: int) -> str | None:
        """The card of a hook's delivery that was carried out in the last 5 days, or None."""

    def remember_hook(self, recipe: str, workspace: str, webhook_id: str, card_id: str, now: int) -> None:
        """A hook's delivery was carried out."""

    def note_waiting(self, card_id: str, person: Person, action_id: str, now: int) -> None:
        """An action on this card waits for its person. Can be repeated."""

    def waiting(self, card_id: str) -> Sequence[tuple[Person, str]]:
        """Whose actions, and which, waited on this card; they may have ended since."""

    def due(self, now: int, limit: int) -> Sequence[Card]:
        """What ``domain.card_life.due_at`` says is due, oldest first."""

    def postpone(self, card: Card, due_at: int) -> None:
        """Look at a due card that could not be dealt with again at ``due_at``. Changed meanwhile is no error."""

    def move_channel(self, old: str, new: str, now: int) -> None:
        """A channel has a new id."""

    def moved_channel(self, old: str) -> str | None:
        """The new id of a channel that has one; None where it still has its old one."""


class InstallationStore(Protocol):
    """Installations by workspace, and installations under way. Raises StoreUnavailable."""

    def get(self, workspace_id: str) -> Installation | None: ...
    def list(self) -> Sequence[Installation]:
        """All there ever were, removed ones too, by id."""

    def put(self, installation: Installation) -> None:
        """Write it. Raises Conflict where one that was made or removed later stands there."""

    def mark_gone(self, workspace_id: str, organisation: str | None, at: int) -> Installation:
        """Note that it was removed ``at``; also where none was known. What stands there now: perhaps a later one."""

    def mark_joined(self, workspace_id: str, organisation: str) -> None:
        """Note that a workspace belongs to an organisation now; one that is not known is no error."""

    def first(self, workspace_id: str) -> str:
        """The workspace that was the first to ask this: ``workspace_id``, or the one before it. For good."""

    def put_state(self, state: InstallState) -> None: ...
    def get_state(self, id_hash: str) -> InstallState | None: ...
    def consume_state(self, state: InstallState) -> bool:
        """True for exactly one caller."""


class Belongings(Protocol):
    """What came through a tenant, or one workspace of it, page by page: everything that goes when they do.

    ``after`` is what the page before gave, None for the first; a page's own is None when it was the last. A page may
    miss what was written a moment ago. Raises StoreUnavailable.
    """

    def connections(
        self, tenant: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[tuple[Person, str]], str | None]:
        """Whose, and to which app."""

    def intents(
        self, tenant: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[str], str | None]:
        """Sign-ins, by the hash of their links."""

    def cards(
        self, tenant: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[str], str | None]:
        """Cards, by id."""

    def forget_card(self, card_id: str) -> None:
        """Nobody can see it any more. Gone already is no error."""
