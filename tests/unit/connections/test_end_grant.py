"""Revocations that take the person's own access token: one that has ended is renewed first, and nothing is lost."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.catalog import ClientAuthentication, Request, Revocation
from countersign.domain.connection import Account, Connection, Status
from countersign.domain.errors import AppUnavailable, InvalidGrant, TokenRejected
from countersign.domain.oauth import TokenAnswer, revocation_request
from countersign.domain.secret import Secret
from countersign.domain.sign_in import Leg, LegStep, leg_owner
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Tokens
from tests.support.acting_world import JOSIE, WORKSPACE, ActingWorld
from tests.support.memory_chat import words
from tests.support.shared_catalog import with_app
from tests.support.shipped_catalog import SETTINGS, shipped
from tests.support.sign_in_apps import catalog_with, with_key

NEW = TokenAnswer(Secret("at-2"), Secret("rt-2"), 1_800, None)
SERVICENOW = shipped().apps["servicenow"]
REVOKED = "*ServiceNow*: removed here, and revoked at ServiceNow."
_REQUEST = Request("DELETE", "${api_base}/app-mgmt/v0/connections")
_BEARER = Revocation(_REQUEST, "refresh_token", "grant", ClientAuthentication.NONE, (), bearer=True)


@pytest.fixture
def world() -> ActingWorld:
    """The product, with an app whose revocation is authorised by the person's access token, as Concur's is."""
    world = ActingWorld()
    world.catalog = catalog_with(replace(SERVICENOW, oauth=replace(SERVICENOW.server, revocation=_BEARER)))
    world.authorization.answers = [NEW]
    return world


def cut(world: ActingWorld, **changes: Any) -> Connection:
    world.connections.set_revoking(world.connect(JOSIE, "josie", **changes), now=world.now, due_at=world.now + 60)
    return row(world)


def row(world: ActingWorld) -> Connection:
    found = world.connections.get(JOSIE, "servicenow")
    assert found is not None
    return found


def said(world: ActingWorld) -> list[str]:
    return [words(message) for _, message in world.slack.told]


def test_the_request_is_made_as_the_person_at_the_address_of_their_tokens() -> None:
    tokens = Tokens(Secret("at"), Secret("rt"), "https://us2.api.example.com/")
    sent = revocation_request(SERVICENOW, _BEARER, SETTINGS["servicenow"], tokens, client_id="id", secret=Secret("s"))
    assert (sent.method, sent.url) == ("DELETE", "https://us2.api.example.com/app-mgmt/v0/connections")
    assert (sent.headers, sent.form) == ({"Authorization": "Bearer at"}, None)


def test_a_token_that_is_good_is_used_as_it_is(world: ActingWorld) -> None:
    world.revoke(cut(world))

    assert (world.authorization.refreshed, world.authorization.revoked) == ([], ["at-josie"])
    assert said(world) == [REVOKED]


def test_one_that_has_ended_is_renewed_first(world: ActingWorld) -> None:
    world.revoke(cut(world, expires_at=world.now))

    assert (world.authorization.refreshed, world.authorization.revoked) == (["rt-josie"], ["at-2"])
    assert (said(world), world.connections.get(JOSIE, "servicenow")) == ([REVOKED], None)


def test_one_that_is_refused_is_renewed_and_tried_again(world: ActingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    revoke = world.authorization.revoke

    def refused(_app: object, _tokens: Tokens) -> bool:
        monkeypatch.setattr(world.authorization, "revoke", revoke)
        raise TokenRejected("ended early")

    monkeypatch.setattr(world.authorization, "revoke", refused)
    world.revoke(cut(world))

    assert (world.authorization.refreshed, world.authorization.revoked) == (["rt-josie"], ["at-2"])
    assert said(world) == [REVOKED]


def test_what_a_refresh_brought_is_kept_when_the_revocation_then_fails(world: ActingWorld) -> None:
    """The refresh token rotated: the old one would not help at the next attempt."""
    world.authorization.revoke_fails = AppUnavailable("down")
    world.revoke(cut(world, expires_at=world.now))
    assert (row(world).version, row(world).status, row(world).expires_at) == (2, Status.REVOKING, world.now + 1_800)

    world.authorization.revoke_fails = None
    world.now += 60
    world.keep_house()

    assert (world.authorization.refreshed, world.authorization.revoked) == (["rt-josie"], ["at-2"])
    assert (said(world)[-1], world.connections.get(JOSIE, "servicenow")) == (REVOKED, None)


def test_a_grant_that_is_over_already_is_revoked_enough(world: ActingWorld) -> None:
    world.authorization.answers = [InvalidGrant("over")]

    world.revoke(cut(world, expires_at=world.now))

    assert (world.authorization.revoked, said(world)) == ([], [REVOKED])


def test_a_twin_that_renewed_first_goes_on_alone(world: ActingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = cut(world, expires_at=world.now)
    refresh = world.authorization.refresh

    def meanwhile(*asked: Any) -> TokenAnswer:
        world.connections.rows[JOSIE.key, "servicenow"] = replace(row(world), version=2)
        return refresh(*asked)

    monkeypatch.setattr(world.authorization, "refresh", meanwhile)
    world.revoke(connection)

    assert (world.authorization.revoked, said(world), row(world).version) == ([], [], 2)


def confirm_leg(world: ActingWorld, account: Account | None, given_back: str = "") -> Leg:
    """A sign-in that nobody confirmed, its access token ended meanwhile."""
    begun = world.begin_sign_in(JOSIE, WORKSPACE, "servicenow", {})
    plain = Leg("b" * 64, begun.intent.id_hash, "servicenow", "c" * 64, LegStep.CONFIRM, world.now, account=account)
    leg = replace(plain, version=1 if account else 0, token_expires_at=world.now, given_back=given_back)
    tokens = pack(Tokens(Secret("at-1"), Secret("rt-1")))
    leg = replace(leg, sealed=world.opener.seal(tokens, leg_owner(begun.intent, leg)))
    world.sign_ins.put_leg(leg)
    return leg


@pytest.mark.parametrize("account", [None, Account("id-josie", "josie", "Josie")])
def test_an_abandoned_sign_ins_tokens_are_renewed_and_ended_and_kept_until_they_are(
    world: ActingWorld, account: Account | None
) -> None:
    confirm_leg(world, account)
    world.authorization.revoke_fails = AppUnavailable("down")
    world.now += 60
    world.keep_house()
    assert (world.authorization.refreshed, world.authorization.revoked) == (["rt-1"], [])

    world.authorization.revoke_fails = None
    world.now += 3_600
    world.authorization.answers = [TokenAnswer(Secret("at-3"), None, 1_800, None)]
    world.keep_house()

    assert world.authorization.refreshed[:2] == ["rt-1", "rt-2"], "what the first refresh brought was kept"
    assert "at-3" in world.authorization.revoked
    world.now += 3_600
    world.keep_house()
    assert world.connections.retired == []


@pytest.mark.parametrize(
    ("ends", "given_back", "outcome"),
    [
        ("token", "id-other", "revoked"),
        ("token", "", "revoked"),
        ("token", "id-josie", "revoked"),
        ("grant", "id-other", "revoked"),
        ("grant", "", "left_alone"),
        ("grant", "id-josie", "left_alone"),
    ],
)
def test_a_refused_accounts_tokens_are_ended_wherever_that_leaves_the_persons_connection_alone(
    world: ActingWorld, ends: str, given_back: str, outcome: str
) -> None:
    """Where an app ends all that is between an account and us, it must be another account than the connected one."""
    app = world.catalog.apps["servicenow"]
    assert app.oauth is not None
    assert app.oauth.revocation is not None
    ending = replace(app.oauth, revocation=replace(app.oauth.revocation, ends=ends))
    world.catalog = with_app(world.catalog, "servicenow", oauth=ending)
    connected = world.connect(JOSIE, "josie")
    leg = confirm_leg(world, None, given_back)
    world.authorization.answers = [TokenAnswer(Secret("at-2"), Secret("rt-2"), 1_800, None)]
    world.now += 60
    world.keep_house()

    assert world.authorization.revoked == (["at-2"] if outcome == "revoked" else [])
    (facts,) = world.audit.of("sign_in.given_back")
    assert (facts.get("account", ""), facts["outcome"]) == (given_back, outcome)
    assert row(world) == connected
    settled = world.sign_ins.get_leg(leg.id_hash)
    assert settled is not None
    assert settled.sealed is None


@pytest.mark.parametrize("declined", [True, False])
def test_a_key_that_was_never_confirmed_is_deleted_here_and_nobody_is_asked(
    world: ActingWorld, *, declined: bool
) -> None:
    world.catalog = catalog_with(with_key())
    leg = confirm_leg(world, Account("aa_josie", "josie", "Josie"))
    if declined:
        assert world.sign_ins.decline_leg(leg, world.now)
    world.keep_house()

    left = world.sign_ins.get_leg(leg.id_hash)
    assert left is not None
    assert (left.sealed, world.authorization.revoked, world.connections.retired) == (None, [], [])


def test_a_replaced_connections_tokens_are_renewed_in_place_of_the_old_ones(world: ActingWorld) -> None:
    connection = world.connect(JOSIE, "josie", expires_at=world.now, sign_in="old")
    world.connections.retire(connection, now=world.now, due_at=world.now)
    world.connections.rows[JOSIE.key, "servicenow"] = replace(
        connection, sign_in="new", account=replace(connection.account, id="id-other")
    )
    world.authorization.revoke_fails = AppUnavailable("down")
    world.keep_house()
    assert [(kept.version, kept.retired) for kept in world.connections.retired] == [(2, True)]

    world.authorization.revoke_fails = None
    world.now += 3_600
    world.authorization.answers = [TokenAnswer(Secret("at-3"), None, 1_800, None)]
    world.keep_house()

    assert world.authorization.refreshed == ["rt-josie", "rt-2"]
    assert (world.authorization.revoked, world.connections.retired) == (["at-3"], [])


def test_a_key_is_deleted_here_and_its_person_told_that_it_lives_on(world: ActingWorld) -> None:
    world.catalog = catalog_with(with_key())
    world.revoke(cut(world))

    (told,) = said(world)
    assert "your key was deleted here" in told
    assert "until you delete it there yourself" in told
    assert (world.authorization.revoked, world.connections.get(JOSIE, "servicenow")) == ([], None)
    assert world.audit.events[-1][2]["outcome"] == "not_revocable"
