"""A person's own sign-in to one account of an app, or a workspace's shared one, and the rules of its life."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from countersign.domain.identity import Person, Workspace, came_through
from countersign.domain.proof import Proof
from countersign.domain.tokens import Sealed, SealOwner

EXPIRY_MARGIN: Final = 120
"""Seconds before the end at which an access token counts as ended."""


class Status(StrEnum):
    """What can be done with a connection."""

    LIVE = "live"
    NEEDS_SIGN_IN = "needs_sign_in"
    REVOKING = "revoking"
    """Cut: unusable from here on; being revoked at the app."""


class CutBy(StrEnum):
    """Who cut a connection, where it was not its person."""

    ADMIN = "admin"
    """One of its workspace."""
    OPERATOR = "operator"
    """Who runs the deployment."""

    @classmethod
    def word_of(cls, by: str) -> "CutBy":
        """Whose word it was: an operator is known by what AWS calls them, an admin by their id in chat."""
        return cls.OPERATOR if by.startswith("arn:") else cls.ADMIN


@dataclass(frozen=True, slots=True)
class Account:
    """Whom an app knows the person as. ``id`` is the app's own, unchangeable one; so is ``organisation_id``.

    ``held_to``: which demands of the app file it met when it signed in (``domain.tenancy``); empty: none.
    """

    id: str
    login: str
    name: str
    email: str | None = None
    organisation: str | None = None
    organisation_id: str | None = None
    held_to: str = ""

    @property
    def label(self) -> str:
        """What people recognise themselves by."""
        return self.email or self.login

    @property
    def where(self) -> str:
        """What its organisation is called beside the label: an id is said to be one, and nothing is said twice."""
        if self.organisation is None or self.organisation in self.label.split():
            return ""
        return f"organisation {self.organisation}" if self.organisation == self.organisation_id else self.organisation


@dataclass(frozen=True, slots=True)
class Site:
    """One of the places that a grant covers, as its person knows it. ``id`` is the app's own; ``name`` can be shown."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Connection:
    """The row. ``version`` moves at every change of the tokens and is part of the seal.

    Attributes:
        workspace: the installation through which it came (kept apart from the person).
        expires_at: end of the access token, epoch seconds; None where the app does not say.
        lease_owner, lease_until: who is refreshing, and until when they can be alive.
        refresh_sent: a refresh was sent by the lease's holder and its answer not yet saved.
        revoking_since: when it was cut, or another sign-in replaced it (``retired``).
        cut_by: who cut it, where its person did not: then they are told so.
        revocation_failed: its app was asked and did not end it; its person was told that we keep trying.
        steward: of a shared connection, the admin who connected it (or cut it) and is told what becomes of it.
        refreshed_at: when its tokens were last refreshed; None: not since the sign-in.
        upkeep_at: when housekeeping must look after it while it lives (``domain.upkeep``); None: never.
        warned: its person was told that it will end whatever is done.
        site: id of the chosen place, where one grant covers several; where its API is, is sealed with the tokens.
        proof: what proved that the browser which signed in was its person's.
        own_address: when it was connected, the address that the app named was its person's in chat.
        sign_in: id hash of the CONFIRM leg whose tokens these are, refreshed since or not: tells housekeeping that
            the tokens on that leg are in use and not to be revoked.
    """

    person: Person
    workspace: str
    app: str
    account: Account
    status: Status
    version: int
    sealed: Sealed
    scopes: tuple[str, ...]
    expires_at: int | None
    connected_at: int
    last_used_at: int | None = None
    lease_owner: str | None = None
    lease_until: int = 0
    refresh_sent: bool = False
    revoking_since: int | None = None
    revocation_failed: bool = False
    retired: bool = False
    sign_in: str = ""
    site: str = ""
    steward: Person | None = None
    refreshed_at: int | None = None
    upkeep_at: int | None = None
    warned: bool = False
    proof: Proof = Proof.SIWS
    cut_by: CutBy | None = None
    own_address: bool = False

    @property
    def owner(self) -> SealOwner:
        """To whom its tokens are sealed."""
        return seal_owner(self.person, self.workspace, self.app, self.account.id, self.version)

    @property
    def installation(self) -> Workspace:
        """The installation through which it came: where its person can be told of it."""
        return came_through(self.person, self.workspace)

    @property
    def shared(self) -> bool:
        """Whether it is the workspace's, and not a person's own."""
        return self.person.is_workspace

    @property
    def contact(self) -> Person:
        """Who is told what becomes of it: its person, or the admin who answers for a shared one."""
        return self.steward or self.person

    @property
    def record_key(self) -> str:
        """One word for this sign-in's connection, refreshed since or not: what is recorded of it is recorded once."""
        return f"{self.person.key} {self.app} {self.connected_at} {self.sign_in}"

    def same_sign_in(self, other: "Connection") -> bool:
        """Whether both are of one sign-in, refreshed since or not: then they share their refresh token's family."""
        return (self.sign_in, self.connected_at) == (other.sign_in, other.connected_at)

    def same_account(self, other: "Connection") -> bool:
        """Whether all that a policy judges is the same on both: who, of which organisation, at which place."""
        mine, theirs = (
            (each.account.id, each.account.organisation_id, each.site, each.own_address) for each in (self, other)
        )
        return mine == theirs

    def access_token_good(self, now: int) -> bool:
        """Whether the access token can be used without refreshing first."""
        return self.expires_at is None or self.expires_at - EXPIRY_MARGIN > now

    def being_refreshed(self, now: int) -> bool:
        """Whether a worker that can still be alive is refreshing it: what is stored may be out of date already."""
        return self.lease_owner is not None and self.lease_until >= now

    def leased_to_another(self, owner: str, now: int) -> bool:
        """Whether a worker that can still be alive, other than ``owner``, is refreshing."""
        return self.being_refreshed(now) and self.lease_owner != owner


def seal_owner(person: Person, workspace: str, app: str, account_id: str, version: int) -> SealOwner:
    """The owner of a connection's tokens."""
    return SealOwner(person, workspace, app, "connection", account_id, version)
