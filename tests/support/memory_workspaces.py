"""Installations in memory, and a chat service that installs whatever a code says."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from countersign.domain.errors import Conflict, CountersignError, StoreUnavailable, Unverified
from countersign.domain.identity import Person, Workspace
from countersign.domain.installation import OPTIONAL_SCOPES, REQUIRED_SCOPES, Granted, Installation, InstallState
from countersign.domain.member import Member
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens
from tests.support.memory_chat import MemoryChat
from tests.support.memory_ledger import MemoryCardStore
from tests.support.memory_sign_in import MemoryConnectionStore, MemorySignInStore

NOW = 1_800_000_000
ACME = Installation(
    workspace=Workspace("T0ACME"),
    name="Acme",
    app_id="A0COUNTERSIGN",
    bot_user="UBOT",
    installed_by="U0PRIYA",
    scopes=(*REQUIRED_SCOPES, *OPTIONAL_SCOPES),
    installed_at=NOW,
)
LABS = replace(ACME, workspace=Workspace("T1LABS"), name="Acme Labs")
ORGANISATION = replace(ACME, workspace=Workspace("E0ACME", "E0ACME"), name="Acme Group")
SALES = replace(ACME, workspace=Workspace("T0SALES", "E0ACME"), name="Acme Sales")


@dataclass
class MemoryInstallationStore:
    """Implements ``chat_ports.InstallationStore``."""

    rows: dict[str, Installation] = field(default_factory=dict)
    states: dict[str, InstallState] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    first_one: str = ""
    broken: bool = False
    """Makes a new state raise StoreUnavailable."""

    def get(self, workspace_id: str) -> Installation | None:
        return self.rows.get(workspace_id)

    def list(self) -> Sequence[Installation]:
        return [row for _, row in sorted(self.rows.items())]

    def put(self, installation: Installation) -> None:
        there = self.rows.get(installation.workspace.id)
        at = installation.installed_at
        if there is not None and (there.installed_at > at or (there.gone_at is not None and there.gone_at >= at)):
            raise Conflict("a later one stands there")
        self.rows[installation.workspace.id] = installation

    def mark_gone(self, workspace_id: str, organisation: str | None, at: int) -> Installation:
        unknown = Installation(Workspace(workspace_id, organisation), workspace_id, "", "", "", (), 0)
        there = self.rows.get(workspace_id, unknown)
        if there.gone_at is None or there.gone_at < at:
            workspace = Workspace(workspace_id, organisation or there.workspace.organisation)
            there = replace(there, gone_at=at, workspace=workspace)
        self.rows[workspace_id] = there
        return there

    def mark_joined(self, workspace_id: str, organisation: str) -> None:
        there = self.rows.get(workspace_id)
        if there is not None:
            self.rows[workspace_id] = replace(there, workspace=Workspace(workspace_id, organisation))

    def first(self, workspace_id: str) -> str:
        self.first_one = self.first_one or workspace_id
        return self.first_one

    def put_state(self, state: InstallState) -> None:
        if self.broken:
            raise StoreUnavailable("the store is broken")
        if state.id_hash in self.states:
            raise Conflict("there is one")
        self.states[state.id_hash] = state

    def get_state(self, id_hash: str) -> InstallState | None:
        return self.states.get(id_hash)

    def consume_state(self, state: InstallState) -> bool:
        if state.id_hash not in self.states or state.id_hash in self.spent:
            return False
        self.spent.add(state.id_hash)
        return True


@dataclass
class MemoryBelongings:
    """Implements ``chat_ports.Belongings`` over the other stores in memory."""

    held: MemoryConnectionStore
    sign_ins: MemorySignInStore
    posted: MemoryCardStore

    def connections(
        self, tenant: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[tuple[Person, str]], str | None]:
        rows = [row for _, row in sorted(self.held.rows.items()) if row.person.tenant == tenant]
        return _page([(row.person, row.app) for row in rows if workspace in (None, row.workspace)], after, limit)

    def intents(
        self, tenant: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[str], str | None]:
        rows = [row for row in self.sign_ins.intents.values() if row.person.tenant == tenant]
        return _page([row.id_hash for row in rows if workspace in (None, row.workspace)], after, limit)

    def cards(
        self, tenant: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[str], str | None]:
        rows = [row for row in self.posted.rows.values() if row.workspace.tenant == tenant]
        return _page([row.id for row in rows if workspace in (None, row.workspace.id)], after, limit)

    def forget_card(self, card_id: str) -> None:
        self.posted.rows.pop(card_id, None)


@dataclass
class MemoryMembers:
    """Implements ``chat_ports.Members``: those whom the chat in memory calls deactivated, and its admins."""

    chat: MemoryChat
    per_page: int = 200
    teams: Sequence[Workspace] = ()
    elsewhere: Sequence[Person] = ()
    fails: list[CountersignError] = field(default_factory=list)
    asked: list[tuple[Workspace, str]] = field(default_factory=list)
    looked_up: list[tuple[Person, Workspace]] = field(default_factory=list)

    def page(self, workspace: Workspace, cursor: str) -> tuple[Sequence[Member], str]:
        self.asked.append((workspace, cursor))
        if self.fails:
            raise self.fails.pop(0)
        everyone = [
            Member(person, gone=True, elsewhere=person in self.elsewhere, admin=False) for person in self.chat.gone
        ]
        admins = [Person(workspace.tenant, user) for user, where in sorted(self.chat.admins) if where == workspace.id]
        everyone += [Member(person, gone=False, elsewhere=False, admin=True) for person in admins]
        start = int(cursor or 0)
        end = start + self.per_page
        return everyone[start:end], str(end) if end < len(everyone) else ""

    def is_gone(self, person: Person, workspace: Workspace) -> bool:
        self.looked_up.append((person, workspace))
        if self.fails:
            raise self.fails.pop(0)
        return person in self.chat.gone

    def workspaces(self, installed_in: Workspace) -> Sequence[Workspace]:
        return self.teams or [installed_in]


def _page[T](rows: Sequence[T], after: str | None, limit: int) -> tuple[Sequence[T], str | None]:
    """A page begins behind a row, whether that row is still there or not: as DynamoDB's do."""
    left = sorted((row for row in rows if after is None or str(row) > after), key=str)
    return left[:limit], str(left[limit - 1]) if len(left) > limit else None


@dataclass
class MemoryChatInstall:
    """Implements ``chat_ports.ChatInstall``: ``codes`` says what each code is for."""

    codes: dict[str, Granted | CountersignError] = field(default_factory=dict)
    withdrawn: list[str] = field(default_factory=list)
    withdrawal_fails: CountersignError | None = None
    exchanged: list[tuple[str, str]] = field(default_factory=list)

    def authorization_url(self, redirect_uri: str, state: str) -> str:
        return f"https://slack.example/oauth/v2/authorize?state={state}&redirect_uri={redirect_uri}"

    def exchange(self, code: Secret, redirect_uri: str, now: int) -> Granted:
        self.exchanged.append((code.reveal(), redirect_uri))
        found = self.codes.pop(code.reveal(), Unverified("invalid_code"))
        if isinstance(found, CountersignError):
            raise found
        return replace(found, installation=replace(found.installation, installed_at=now))

    def withdraw(self, granted: Granted) -> None:
        if self.withdrawal_fails is not None:
            raise self.withdrawal_fails
        self.withdrawn.append(granted.installation.workspace.id)

    def workspaces_page(self, installation: Installation) -> str:
        return f"https://slack.example/{installation.workspace.id}"


def granted(installation: Installation, *, expires_in: int | None = None) -> Granted:
    """What Slack gives for an installation; ``expires_in`` where it rotates tokens."""
    name = installation.workspace.id
    refresh_token = None if expires_in is None else Secret(f"xoxe-{name}-1")
    return Granted(installation, Tokens(Secret(f"xoxb-{name}-1"), refresh_token), expires_in)
