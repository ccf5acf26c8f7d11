"""An admin's browser connects an app for a whole workspace: proved like everybody's, and told what it is for."""

from collections.abc import Iterator
from dataclasses import replace
from string import Formatter
from urllib.parse import parse_qs, urlsplit

import pytest

from countersign.domain.errors import SealBroken
from countersign.domain.identity import shared_owner
from countersign.domain.page_texts.shared import SHARED_TEXTS
from countersign.domain.page_texts.sign_in import TEXTS
from countersign.domain.pages import Onward, Page, PageKind
from countersign.domain.sign_in import IntentStatus, hash_of
from countersign.domain.sign_in_policy import Reason
from countersign.entrypoints.pages import page_answer
from countersign.usecases.begin_sign_in import BeginSignIn
from tests.support.shared_catalog import with_shared
from tests.support.sign_in_world import (
    ACME,
    JOSIE,
    PROFILES,
    TOM,
    ScriptedHttp,
    ScriptedOpenId,
    SignInWorld,
    claims_of,
    servicenow_user,
)

OWNER = shared_owner(ACME)


@pytest.fixture
def world() -> SignInWorld:
    slack = ScriptedOpenId({person.user_id: claims_of(person) for person in (TOM, JOSIE)})
    http = ScriptedHttp({"acme.service-now.com": servicenow_user("integration@acme.com")})
    world = SignInWorld(slack, http=http)
    return replace(world, catalog=with_shared(world.catalog, "approve_change"))


def begin(world: SignInWorld) -> str:
    """Josie, an admin, asked for it in Slack: her link's secret."""
    begin = BeginSignIn(world.sign_ins, world.randomness, world.clock, world.base_url)
    return begin(JOSIE, ACME, "servicenow", PROFILES[JOSIE], shared=True).url.rpartition("/")[2]


def to_app(world: SignInWorld, who: str = "U0JOSIE") -> tuple[str, str]:
    """As far as the app: cookie and state."""
    onward = world.start_sign_in(begin(world), None)
    assert isinstance(onward, Onward)
    onward_app = world.complete_slack_leg({"state": [state_of(onward)], "code": [who]}, onward.cookie)
    assert isinstance(onward_app, Onward)
    return onward.cookie, state_of(onward_app)


def state_of(onward: Onward) -> str:
    return parse_qs(urlsplit(onward.url).query)["state"][0]


def back(world: SignInWorld, cookie: str, state: str) -> Page:
    return world.complete_app_leg("servicenow", {"code": [f"good-code.{state}"], "state": [state]}, cookie)


def html(page: Page) -> str:
    return str(page_answer(page, "ref")["body"])


def test_the_links_page_says_for_whom_and_what(world: SignInWorld) -> None:
    page = world.open_sign_in(begin(world))

    assert page.kind is PageKind.CONNECT
    assert "Connect ServiceNow for everyone" in html(page)
    assert "You connect ServiceNow for everyone in Acme." in html(page)
    assert "these will act there as the account that you sign in with now: Approve a change." in html(page)


def test_it_is_always_confirmed_and_no_ones_address_is_compared(world: SignInWorld) -> None:
    page = back(world, *to_app(world))

    assert (page.kind, page.reasons) == (PageKind.CONFIRM, (Reason.FOR_EVERYONE, Reason.NOT_ASKED_WHO))
    assert "Shall everyone act as this account?" in html(page)
    assert "Everybody who uses Approve a change from Slack acts as it" in html(page)
    assert page.facts[0] == ("Slack", "Everyone in Acme (connected by @josie)")
    assert world.connections.rows == {}


def test_yes_stores_it_for_the_workspace_and_names_the_admin(world: SignInWorld) -> None:
    cookie, state = to_app(world)
    back(world, cookie, state)

    page = world.confirm_sign_in(world.confirm_secret(cookie, state), cookie, accepted=True)

    connection = world.connections.get(OWNER, "servicenow")
    assert connection is not None
    assert (connection.shared, connection.steward, connection.account.label) == (True, JOSIE, "integration@acme.com")
    assert world.connections.get(JOSIE, "servicenow") is None
    assert "Connected for everyone" in html(page)
    assert world.queue.sent[-1]["user_id"] == OWNER.user_id
    assert world.audit.events[-1][:2] == ("sign_in.connected", JOSIE)
    assert world.audit.events[-1][2]["shared"] == "yes"


def test_its_tokens_open_for_the_workspace_and_for_nobody_else(world: SignInWorld) -> None:
    cookie, state = to_app(world)
    back(world, cookie, state)
    world.confirm_sign_in(world.confirm_secret(cookie, state), cookie, accepted=True)

    connection = world.connections.get(OWNER, "servicenow")
    assert connection is not None
    assert connection.owner.encryption_context() == {
        "tenant": "T0ACME",
        "person": "workspace:T0ACME",
        "app": "servicenow",
    }
    assert world.sealer.open(connection.sealed, connection.owner)["access_token"] == "access-1"
    with pytest.raises(SealBroken):
        world.sealer.open(connection.sealed, replace(connection, person=JOSIE).owner)


def test_a_reload_after_yes_shows_the_success_again(world: SignInWorld) -> None:
    cookie, state = to_app(world)
    back(world, cookie, state)
    yes = world.confirm_sign_in(world.confirm_secret(cookie, state), cookie, accepted=True)

    assert world.confirm_sign_in(world.confirm_secret(cookie, state), cookie, accepted=True) == yes
    assert back(world, cookie, state).kind is PageKind.DONE


def test_somebody_elses_browser_burns_the_link_as_ever(world: SignInWorld) -> None:
    """The connection will be everybody's; the sign-in is the admin's alone."""
    onward = world.start_sign_in(begin(world), None)
    assert isinstance(onward, Onward)

    page = world.complete_slack_leg({"state": [state_of(onward)], "code": [f"U0TOM.{state_of(onward)}"]}, onward.cookie)

    assert isinstance(page, Page)
    assert page.kind is PageKind.WRONG_PERSON
    assert [intent.status for intent in world.sign_ins.intents.values()] == [IntentStatus.BURNT]


def test_no_gives_everything_back(world: SignInWorld) -> None:
    cookie, state = to_app(world)
    back(world, cookie, state)

    page = world.confirm_sign_in(world.confirm_secret(cookie, state), cookie, accepted=False)

    assert page.kind is PageKind.DECLINED
    assert world.connections.rows == {}
    due = [row.id_hash for row in world.sign_ins.due(world.clock.now, 9)]
    assert due == [hash_of(world.confirm_secret(cookie, state))]


def test_an_admins_own_sign_in_beside_it_is_their_own(world: SignInWorld) -> None:
    """One person, one app, two owners: neither row touches the other."""
    cookie, state = to_app(world)
    back(world, cookie, state)
    world.confirm_sign_in(world.confirm_secret(cookie, state), cookie, accepted=True)
    shared = world.connections.get(OWNER, "servicenow")

    _, secret = world.begin(JOSIE)
    onward = world.start_sign_in(secret, None)
    assert isinstance(onward, Onward)
    there = world.complete_slack_leg(
        {"state": [state_of(onward)], "code": [f"U0JOSIE.{state_of(onward)}"]}, onward.cookie
    )
    assert isinstance(there, Onward)
    page = back(world, onward.cookie, state_of(there))
    assert Reason.FOR_EVERYONE not in page.reasons
    world.confirm_sign_in(world.confirm_secret(onward.cookie, state_of(there)), onward.cookie, accepted=True)

    own = world.connections.get(JOSIE, "servicenow")
    assert own is not None
    assert (own.shared, own.steward) == (False, None)
    assert world.connections.get(OWNER, "servicenow") == shared


def names() -> Iterator[tuple[PageKind, str]]:
    for kind, text in SHARED_TEXTS.items():
        for template in (text.title, *text.paragraphs, *(label for _, label in text.buttons)):
            yield from ((kind, name) for _, name, _, _ in Formatter().parse(template) if name)


@pytest.mark.parametrize(("kind", "name"), sorted(set(names())))
def test_a_shared_page_asks_for_known_values_only(kind: PageKind, name: str) -> None:
    assert name in {"app", "workspace", "person", "account", "recipes", "proof"}
    assert SHARED_TEXTS[kind].status is TEXTS[kind].status
    assert [do for do, _ in SHARED_TEXTS[kind].buttons] == [do for do, _ in TEXTS[kind].buttons]
