"""What a company demands of the accounts that its people connect, beyond being theirs: pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

from countersign.domain.connection import Account, Connection, Site
from countersign.domain.identity import Workspace


class EmailRule(StrEnum):
    """What is made of an account whose e-mail address is not the person's own in chat."""

    OFF = "off"
    WARN = "warn"
    """Its person is asked whether both are them."""
    REQUIRE = "require"
    """It is refused. So is one whose app names no address."""


class OtherAccount(StrEnum):
    """What is made of another account than the one that a person is connected as already."""

    ASK = "ask"
    REFUSE = "refuse"


class Breach(StrEnum):
    """Which demand an account does not meet."""

    ORGANISATION = "organisation"
    EMAIL = "email"
    OTHER_ACCOUNT = "other_account"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules for one app in one workspace.

    Attributes:
        organisation: the app's own id of the organisation, site or tenant that an account must be of; None: any.
    """

    organisation: str | None = None
    email: EmailRule = EmailRule.WARN
    other_account: OtherAccount = OtherAccount.ASK

    def sites(self, offered: Sequence[Site]) -> tuple[Site, ...]:
        """Those of the offered places that may be connected."""
        return tuple(site for site in offered if self.organisation in (None, site.id))

    def breach(
        self,
        account: Account,
        *,
        email: str | None,
        existing: Account | None,
        shared: bool,
        sites: Sequence[Site] | None = None,
    ) -> Breach | None:
        """Which rule ``account`` breaks; None: it may be bound.

        Args:
            account: who signed in at the app.
            email: the person's address in chat.
            existing: the account that they are connected as already.
            shared: it is for the whole workspace, so that nobody's own address is expected there.
            sites: the places that are left to choose from, where the app has such.
        """
        belongs = account.organisation_id == self.organisation if sites is None else bool(sites)
        if self.organisation is not None and not belongs:
            return Breach.ORGANISATION
        if self.email is EmailRule.REQUIRE and not shared and not same_address(email, account.email):
            return Breach.EMAIL
        changes = existing is not None and existing.id != account.id
        return Breach.OTHER_ACCOUNT if changes and self.other_account is OtherAccount.REFUSE else None

    def breach_in_use(self, connection: Connection) -> Breach | None:
        """Which rule a present connection breaks where it is to be used; None: it may be.

        One connection serves all workspaces of an organisation, and each may demand something else. Which account was
        there before concerns connecting alone.
        """
        belongs = (connection.site or connection.account.organisation_id) == self.organisation
        if self.organisation is not None and not belongs:
            return Breach.ORGANISATION
        if self.email is EmailRule.REQUIRE and not connection.shared and not connection.own_address:
            return Breach.EMAIL
        return None


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One entry of ``policies.yaml``: for these apps in these workspaces (empty: all), what is not None."""

    apps: frozenset[str] = frozenset()
    workspaces: frozenset[str] = frozenset()
    organisation: str | None = None
    email: EmailRule | None = None
    other_account: OtherAccount | None = None

    def covers(self, app: str, workspace: Workspace) -> bool:
        """Whether it is about this app in this workspace, or in the organisation that it is of."""
        here = {workspace.id, workspace.organisation}
        return (not self.apps or app in self.apps) and (not self.workspaces or bool(self.workspaces & here))

    def over(self, policy: Policy) -> Policy:
        """``policy``, as far as this says nothing else. Organisation ``off`` takes an earlier demand back."""
        said = {part.name: value for part in fields(Policy) if (value := getattr(self, part.name)) is not None}
        if said.get("organisation") == "":
            said["organisation"] = None
        return replace(policy, **said)

    @classmethod
    def from_compiled(cls, raw: Mapping[str, Any]) -> Self:
        """What the build wrote. Raises ValueError for anything that it doesn't write."""
        organisation = str(raw["organisation"]) if "organisation" in raw else None
        return cls(
            apps=frozenset(raw.get("apps", ())),
            workspaces=frozenset(raw.get("workspaces", ())),
            organisation="" if organisation == "off" else _required(organisation),
            email=EmailRule(raw["email"]) if "email" in raw else None,
            other_account=OtherAccount(raw["other_account"]) if "other_account" in raw else None,
        )


def policy_for(rules: Sequence[PolicyRule], app: str, workspace: Workspace) -> Policy:
    """What holds for an app in a workspace: of what is said about both, the last word."""
    policy = Policy()
    for rule in rules:
        if rule.covers(app, workspace):
            policy = rule.over(policy)
    return policy


def same_address(one: str | None, other: str | None) -> bool:
    """Equal but for the case of ASCII letters: folding more would make different mailboxes equal."""
    if not one or not other:
        return False
    return one == other or (one.isascii() and other.isascii() and one.lower() == other.lower())


def _required(said: str | None) -> str | None:
    if said is None:
        return None
    word, colon, value = said.partition(":")
    if word != "require" or not colon or not value:
        raise ValueError("an organisation is off, or require:<its id>")
    return value
