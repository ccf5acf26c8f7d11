"""One refresh at a time, and none whose tokens could get lost: in time, in trouble, and beside other workers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from countersign.domain.catalog import Catalog
from countersign.domain.connection import Account, Connection, Status, seal_owner
from countersign.domain.errors import (
    AppUnavailable,
    Conflict,
    HostNotAllowed,
    InvalidClient,
    InvalidGrant,
    LeaseBusy,
    SignInNeeded,
    StoreUnavailable,
    TooLarge,
)
from countersign.domain.http import LONGEST_ANSWER
from countersign.domain.identity import Person
from countersign.domain.oauth import TokenAnswer
from countersign.domain.secret import Secret
from countersign.domain.token_codec import pack, unpack
from countersign.domain.tokens import Tokens
from countersign.usecases.fresh_token import FreshToken
from tests.support.memory_sign_in import MemoryConnectionStore, MemorySealer
from tests.support.shipped_catalog import shipped

JOSIE = Person("T0ACME", "U0JOSIE")
NOW = 1_800_000_000
NEW = TokenAnswer(Secret("at-2"), Secret("rt-2"), 1_800, None)


@dataclass
class ScriptedRefresh:
    """Implements what a refresh asks of ``ports.AuthorizationServer``. ``meanwhile`` happens before the answer."""

    answer: TokenAnswer | Exception = NEW
    meanwhile: Callable[[], object] = lambda: None
    used: list[str] = field(default_factory=list)

    def refresh(self, _app: object, tokens: Tokens, _redirect_uri: str) -> TokenAnswer:
        assert tokens.refresh_token is not None
        self.used.append(tokens.refresh_token.reveal())
        self.meanwhile()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class FailingSaves(MemoryConnectionStore):
    """A store that does not take the next saves of refreshed tokens."""

    failing: int = 0

    def save_refreshed(self, connection: Connection, owner: str) -> None:
        if self.failing:
            self.failing -= 1
            raise StoreUnavailable("throttled")
        super().save_refreshed(connection, owner)


@dataclass
class World:
    """Josie's connection, its access token at its end, and a worker with 20 seconds to live."""

    store: FailingSaves = field(default_factory=FailingSaves)
    sealer: MemorySealer = field(default_factory=MemorySealer)
    server: ScriptedRefresh = field(default_factory=ScriptedRefresh)
    now: int = NOW
    killed_at: int = NOW + 20
    noted: list[str] = field(default_factory=list)
    catalog: Catalog = field(default_factory=shipped)

    def __post_init__(self) -> None:
        account = Account("a1", "josie", "Josie", "josie@acme.com")
        sealed = self.seal("at-1", "rt-1", 1)
        live = Connection(
            JOSIE, "T0ACME", "servicenow", account, Status.LIVE, 1, sealed, (), NOW + 60, NOW, sign_in="leg"
        )
        self.store.put(live, replaces=None)

    def seal(self, access: str, refresh: str, version: int) -> Any:
        owner = seal_owner(JOSIE, "T0ACME", "servicenow", "a1", version)
        return self.sealer.seal(pack(Tokens(Secret(access), Secret(refresh))), owner)

    @property
    def row(self) -> Connection:
        found = self.store.get(JOSIE, "servicenow")
        assert found is not None
        return found

    def stored(self) -> tuple[str, str]:
        """Access and refresh token, as the row's owner opens them."""
        tokens = unpack(self.sealer.open(self.row.sealed, self.row.owner))
        assert tokens.refresh_token is not None
        return tokens.access_token.reveal(), tokens.refresh_token.reveal()

    def pause(self, seconds: int) -> None:
        self.now += seconds

    def fresh(self, *, renew: bool = False, of: Connection | None = None) -> str:
        """The access token that may be used now."""
        token = self.tokens(renew=renew, of=of).access_token
        return token.reveal() if token else ""

    def tokens(self, *, renew: bool = False, of: Connection | None = None) -> Tokens:
        """All that may be used now."""
        use = FreshToken(
            connections=self.store,
            opener=self.sealer,
            authorization=self.server,  # type: ignore[arg-type]
            catalog=self.catalog,
            settings=lambda _: {"instance": "acme"},
            redirect_uri=lambda app: f"https://api.example.com/oauth/callback/{app}",
            clock=lambda: self.now,
            deadline=lambda: self.killed_at,
            pause=self.pause,
            journal=self.journal,
            worker="w1",
        )
        return use(of or self.row, renew=renew)[1]

    def journal(self, event: str, **_facts: str | int | None) -> None:
        self.noted.append(event)


@pytest.fixture
def world() -> World:
    return World()


def test_a_refresh_is_saved_before_anyone_uses_it(world: World) -> None:
    assert world.fresh() == "at-2"
    assert (world.stored(), world.row.version, world.row.lease_owner) == (("at-2", "rt-2"), 2, None)
    assert world.row.expires_at == NOW + 1_800


@pytest.mark.parametrize(("left", "begun"), [(LONGEST_ANSWER + 5, True), (LONGEST_ANSWER + 4, False), (4, False)])
def test_a_refresh_begins_only_when_the_slowest_answer_can_still_be_saved(
    world: World, *, left: int, begun: bool
) -> None:
    world.killed_at = NOW + left

    if begun:
        assert world.fresh() == "at-2"
    else:
        with pytest.raises(LeaseBusy):
            world.fresh()

    assert (world.server.used == ["rt-1"], world.row.lease_owner) == (begun, None)


def test_without_a_key_to_seal_with_nothing_is_asked_for(world: World) -> None:
    world.sealer.broken = True

    with pytest.raises(StoreUnavailable):
        world.fresh()

    assert (world.server.used, world.row.lease_owner) == ([], None)


def test_a_key_service_that_breaks_after_the_answer_loses_nothing(world: World) -> None:
    world.server.meanwhile = lambda: setattr(world.sealer, "broken", True)

    assert world.fresh() == "at-2"
    assert world.stored() == ("at-2", "rt-2")


def test_a_store_that_breaks_after_the_answer_is_tried_again(world: World) -> None:
    world.store.failing = 5

    assert world.fresh() == "at-2"
    assert world.stored() == ("at-2", "rt-2")


def test_it_is_tried_until_just_before_the_end_and_then_counts_as_in_doubt(world: World) -> None:
    world.store.failing = 100

    with pytest.raises(StoreUnavailable):
        world.fresh()

    assert world.now == world.killed_at - 2
    assert (world.row.version, world.row.refresh_sent) == (1, True)


def test_a_lease_that_another_worker_gave_back_meanwhile_is_no_reason_to_sign_in_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one got no answer: the row is as it was, and the write still lost."""

    def lost(*_: object) -> Connection:
        raise Conflict("the row moved")

    monkeypatch.setattr(world.store, "lease", lost)

    with pytest.raises(LeaseBusy):
        world.fresh()

    assert world.row.status is Status.LIVE


@pytest.mark.parametrize("status", [Status.REVOKING, Status.NEEDS_SIGN_IN, None])
def test_what_is_gone_or_ended_needs_a_sign_in(world: World, status: Status | None) -> None:
    seen = world.row
    if status is None:
        world.store.rows.clear()
    else:
        world.store.rows[JOSIE.key, "servicenow"] = replace(seen, status=status)

    with pytest.raises(SignInNeeded):
        world.fresh(of=seen)

    assert world.server.used == []


def test_what_another_worker_refreshed_meanwhile_is_used(world: World) -> None:
    seen = world.row
    newer = replace(seen, version=2, sealed=world.seal("at-9", "rt-9", 2), expires_at=NOW + 1_800)
    world.store.rows[JOSIE.key, "servicenow"] = newer

    assert world.fresh(of=seen) == "at-9"
    assert world.server.used == []


def test_a_grant_that_is_over_needs_a_sign_in_and_holds_no_lease(world: World) -> None:
    world.server.answer = InvalidGrant("over")

    with pytest.raises(SignInNeeded):
        world.fresh()

    assert (world.row.status, world.row.lease_owner) == (Status.NEEDS_SIGN_IN, None)
    assert world.noted == ["grant_ended"]


def test_a_grant_that_was_cut_while_it_was_refreshed_stays_cut_and_holds_no_lease(world: World) -> None:
    world.server.answer = InvalidGrant("over")
    world.server.meanwhile = lambda: world.store.set_revoking(world.row, now=NOW, due_at=NOW)

    with pytest.raises(SignInNeeded):
        world.fresh()

    assert (world.row.status, world.row.lease_owner) == (Status.REVOKING, None)


@pytest.mark.parametrize("answer", [NEW, InvalidGrant("over")])
def test_another_sign_in_that_came_meanwhile_is_used_and_stray_tokens_are_set_aside(
    world: World, answer: TokenAnswer | Exception
) -> None:
    def signed_in_again() -> None:
        newer = replace(
            world.row,
            version=2,
            sealed=world.seal("at-9", "rt-9", 2),
            expires_at=NOW + 1_800,
            sign_in="leg-2",
            lease_owner=None,
            lease_until=0,
        )
        world.store.put(newer, replaces=1)

    world.server.answer, world.server.meanwhile = answer, signed_in_again

    assert world.fresh() == "at-9"
    aside = [unpack(world.sealer.open(row.sealed, row.owner)) for row in world.store.retired]
    assert [tokens.access_token.reveal() for tokens in aside] == (["at-2"] if answer is NEW else [])


@pytest.mark.parametrize(
    ("error", "in_doubt"),
    [
        (AppUnavailable("timeout"), True),
        (AppUnavailable("refused", sent=False), False),
        (InvalidClient("secret"), False),
        (StoreUnavailable("no client secret"), False),
        (TooLarge("10 MB"), True),
        (HostNotAllowed("a token for elsewhere"), True),
        (KeyError("nobody foresaw this"), True),
    ],
)
def test_without_an_answer_the_lease_is_given_back_and_doubt_is_kept(
    world: World, error: Exception, *, in_doubt: bool
) -> None:
    world.server.answer = error

    with pytest.raises(type(error)):
        world.fresh(renew=True)

    assert (world.row.lease_owner, world.row.refresh_sent, world.row.status) == (None, in_doubt, Status.LIVE)


def _documented(world: World, *, rotates: bool, grace: bool) -> None:
    """What the app's vendor says of its refresh tokens."""
    app = world.catalog.apps["servicenow"]
    assert app.oauth is not None
    oauth = replace(app.oauth, refresh_rotates=rotates, refresh_grace=grace)
    world.catalog = Catalog({"servicenow": replace(app, oauth=oauth)}, {})


def test_a_token_that_is_still_good_is_used_when_nobody_answers_and_in_doubt_to_its_end(world: World) -> None:
    _documented(world, rotates=True, grace=False)
    world.server.answer = AppUnavailable("timeout")

    assert [world.fresh(), world.fresh()] == ["at-1", "at-1"]
    assert world.server.used == ["rt-1"]

    world.now, world.killed_at, world.server.answer = NOW + 60, NOW + 80, NEW
    assert world.fresh() == "at-2"


def test_a_token_that_is_still_good_is_used_while_another_worker_refreshes(world: World) -> None:
    _documented(world, rotates=False, grace=False)
    leased = world.store.lease(world.row, "w2", NOW + 25, NOW)

    assert world.fresh(of=leased) == "at-1"
    assert world.server.used == []


@pytest.mark.parametrize(("rotates", "grace"), [(True, True), (False, False)])
def test_a_lost_answer_is_no_doubt_where_the_refresh_token_can_be_used_again(
    world: World, *, rotates: bool, grace: bool
) -> None:
    _documented(world, rotates=rotates, grace=grace)
    world.server.answer = AppUnavailable("timeout")
    assert world.fresh() == "at-1"

    world.server.answer = NEW
    assert world.fresh() == "at-2"
    assert world.server.used == ["rt-1", "rt-1"]


def test_an_api_elsewhere_stops_the_act_and_loses_no_token(world: World) -> None:
    """The refresh token rotated: what came is the only one left, and is stored with the address that was known."""
    world.server.answer = replace(NEW, foreign_api_base=True)

    for attempt in (1, 2):
        with pytest.raises(HostNotAllowed):
            world.fresh()
        assert (world.stored(), world.row.version) == (("at-2", "rt-2"), 1 + attempt)
        assert (world.row.status, world.row.lease_owner, world.row.refresh_sent) == (Status.LIVE, None, False)

    assert (world.server.used, world.noted) == (["rt-1", "rt-2"], ["foreign_api_base"] * 2)
    world.server.answer = NEW
    assert world.fresh() == "at-2", "it goes on by itself once the app says otherwise"


def test_the_chosen_sites_address_is_used_and_a_site_that_is_not_covered_ends_the_connection(world: World) -> None:
    sites = {"one": "https://api.example/one", "two": "https://api.example/two"}
    sealed = world.sealer.seal(pack(Tokens(Secret("at-1"), Secret("rt-1"), None, sites)), world.row.owner)
    there = replace(world.row, sealed=sealed, site="two", expires_at=NOW + 1_800)
    world.store.rows[JOSIE.key, "servicenow"] = there
    assert world.tokens().api_base == "https://api.example/two"
    assert world.tokens(renew=True) == Tokens(Secret("at-2"), Secret("rt-2"), "https://api.example/two", sites)

    world.store.rows[JOSIE.key, "servicenow"] = replace(world.row, site="three")
    with pytest.raises(SignInNeeded):
        world.tokens()
    assert world.row.status is Status.NEEDS_SIGN_IN


def test_a_key_is_used_as_it_is_and_refused_twice_needs_another(world: World) -> None:
    key = Tokens(None, None, credential={"secret": Secret("k-1")})
    world.store.rows[JOSIE.key, "servicenow"] = replace(
        world.row, sealed=world.sealer.seal(pack(key), world.row.owner), expires_at=None
    )
    assert world.tokens() == key
    with pytest.raises(SignInNeeded):
        world.tokens(renew=True)
    assert (world.server.used, world.row.status) == ([], Status.NEEDS_SIGN_IN)


def test_what_was_connected_before_the_company_was_asked_for_is_not_used_any_more(world: World) -> None:
    app = world.catalog.apps["servicenow"]
    held = replace(app, identity=replace(app.identity, ours="company == ${settings.instance}"))
    world.catalog = replace(world.catalog, apps={"servicenow": held})
    with pytest.raises(SignInNeeded):
        world.fresh()
    assert (world.row.status, world.server.used) == (Status.NEEDS_SIGN_IN, [])
