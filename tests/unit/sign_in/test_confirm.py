"""The confirm page's two buttons."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from countersign.domain.connection import Status
from countersign.domain.pages import PageKind
from countersign.domain.sign_in import Intent, IntentStatus, Leg, hash_of
from tests.support.sign_in_world import BASE_URL, JOSIE, NOW, TOM

if TYPE_CHECKING:
    from tests.unit.sign_in.conftest import Scripted


@pytest.fixture
def asked(scripted: "Scripted") -> tuple[str, str]:
    """Josie looks at the confirm page: its secret, her cookie."""
    _, cookie, state = scripted.to_app(JOSIE)
    assert scripted.back(state, cookie).kind is PageKind.CONFIRM
    return scripted.world.confirm_secret(cookie, state), cookie


def test_yes_stores_by_copying_and_never_seals_or_opens(scripted: "Scripted", asked: tuple[str, str]) -> None:
    sealed = next(leg.sealed for leg in scripted.world.sign_ins.legs.values() if leg.sealed)
    page = scripted.world.confirm_sign_in(*asked, accepted=True)
    assert (page.kind, page.values["account"]) == (PageKind.DONE, "josie@acme.com")
    connection = scripted.world.connections.get(JOSIE, "servicenow")
    assert connection is not None
    assert (connection.sealed, scripted.world.sealer.sealed) == (sealed, 1)
    assert scripted.world.sealer.open(connection.sealed, connection.owner)["access_token"] == "access-1"


def test_yes_twice_is_one_connection_and_the_same_page(scripted: "Scripted", asked: tuple[str, str]) -> None:
    pages = [scripted.world.confirm_sign_in(*asked, accepted=True) for _ in range(3)]
    assert pages == [pages[0]] * 3
    assert (scripted.world.queue.kinds, scripted.world.audit.names) == (["connected"], ["sign_in.connected"])


def test_no_stores_nothing_and_gives_the_tokens_back_at_once(scripted: "Scripted", asked: tuple[str, str]) -> None:
    assert scripted.world.confirm_sign_in(*asked, accepted=False).kind is PageKind.DECLINED
    assert scripted.world.connections.rows == {}
    assert scripted.world.audit.names == ["sign_in.declined"]
    assert [row.id_hash for row in scripted.world.sign_ins.due(scripted.world.clock.now, 9)] == [hash_of(asked[0])]


def test_who_said_no_is_not_asked_whether_they_got_lost(scripted: "Scripted", asked: tuple[str, str]) -> None:
    later = scripted.world.clock.now + 180
    assert [row for row in scripted.world.sign_ins.due(later, 9) if isinstance(row, Intent)] != []
    scripted.world.confirm_sign_in(*asked, accepted=False)
    assert [row for row in scripted.world.sign_ins.due(later, 9) if isinstance(row, Intent)] == []


def test_no_is_final_whatever_is_pressed_or_reloaded_afterwards(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE)
    scripted.back(state, cookie)
    asked = scripted.world.confirm_secret(cookie, state), cookie
    no = scripted.world.confirm_sign_in(*asked, accepted=False)
    assert [scripted.world.confirm_sign_in(*asked, accepted=yes) for yes in (True, False)] == [no, no]
    assert scripted.back(state, cookie) == no
    assert (scripted.world.connections.rows, scripted.world.queue.sent) == ({}, [])
    assert scripted.world.audit.names == ["sign_in.declined"]


def test_no_after_a_faster_yes_claims_nothing(
    scripted: "Scripted", asked: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_ins, confirm = scripted.world.sign_ins, scripted.world.confirm_sign_in
    decline = sign_ins.decline_leg

    def beaten(leg: Leg, now: int) -> bool:
        monkeypatch.undo()
        confirm(*asked, accepted=True)
        return decline(leg, now)

    monkeypatch.setattr(sign_ins, "decline_leg", beaten)
    assert confirm(*asked, accepted=False).kind is PageKind.REPLAYED
    assert scripted.world.audit.names == ["sign_in.connected"]
    assert scripted.world.connections.get(JOSIE, "servicenow") is not None


def test_another_browser_cannot_confirm(scripted: "Scripted", asked: tuple[str, str]) -> None:
    secret, _ = asked
    for cookie in (None, "0" * 64):
        assert scripted.world.confirm_sign_in(secret, cookie, accepted=True).kind is PageKind.LOST_COOKIE
    assert scripted.world.connections.rows == {}


def test_too_late_offers_a_new_link(scripted: "Scripted", asked: tuple[str, str]) -> None:
    scripted.world.clock.now += 600
    page = scripted.world.confirm_sign_in(*asked, accepted=True)
    assert (page.kind, page.post_to) == (PageKind.EXPIRED, f"{BASE_URL}/connect/{asked[0]}")
    assert scripted.world.connections.rows == {}


def test_a_burnt_link_cannot_be_confirmed(scripted: "Scripted", asked: tuple[str, str]) -> None:
    for id_hash, intent in scripted.world.sign_ins.intents.items():
        scripted.world.sign_ins.intents[id_hash] = replace(intent, status=IntentStatus.BURNT)
    assert scripted.world.confirm_sign_in(*asked, accepted=True).kind is PageKind.STOPPED
    assert scripted.world.connections.rows == {}


def test_a_connection_that_changed_meanwhile_is_not_overwritten(scripted: "Scripted", asked: tuple[str, str]) -> None:
    _, cookie, state = scripted.to_app(JOSIE)
    scripted.back(state, cookie)
    scripted.world.confirm_sign_in(scripted.world.confirm_secret(cookie, state), cookie, accepted=True)
    first = scripted.world.connections.get(JOSIE, "servicenow")
    page = scripted.world.confirm_sign_in(*asked, accepted=True)
    assert (page.kind, scripted.world.connections.get(JOSIE, "servicenow")) == (PageKind.CHANGED, first)
    assert hash_of(asked[0]) not in scripted.world.sign_ins.spent, "its tokens stay due for revocation"


@pytest.mark.parametrize("stored", [True, False])
def test_the_slower_of_two_presses_sees_what_the_faster_one_did(
    scripted: "Scripted", asked: tuple[str, str], monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    sign_ins, confirm = scripted.world.sign_ins, scripted.world.confirm_sign_in
    consume, ends = sign_ins.consume_leg, []

    def beaten(leg: Leg) -> bool:
        monkeypatch.undo()
        if stored:
            ends.append(confirm(*asked, accepted=True).kind)
        else:
            consume(leg)
        return consume(leg)

    monkeypatch.setattr(sign_ins, "consume_leg", beaten)
    ends.append(confirm(*asked, accepted=True).kind)
    assert ends == ([PageKind.DONE, PageKind.DONE] if stored else [PageKind.CHANGED])
    assert scripted.world.audit.names == (["sign_in.connected"] if stored else [])


def test_the_second_of_two_tabs_learns_that_the_first_was_it(scripted: "Scripted") -> None:
    _, secret = scripted.world.begin(JOSIE)
    cookie, one = scripted.start(secret)
    _, two = scripted.start(secret, cookie)
    one, two = scripted.prove(one, cookie, "U0JOSIE"), scripted.prove(two, cookie, "U0JOSIE")
    scripted.back(one, cookie)
    scripted.back(two, cookie)
    done = scripted.world.confirm_sign_in(scripted.world.confirm_secret(cookie, one), cookie, accepted=True)
    late = scripted.world.confirm_sign_in(scripted.world.confirm_secret(cookie, two), cookie, accepted=True)
    assert (done.kind, late.kind) == (PageKind.DONE, PageKind.USED)
    assert scripted.world.queue.kinds == ["connected"]


def test_a_confirmed_connection_that_was_cut_again_is_not_claimed(scripted: "Scripted", asked: tuple[str, str]) -> None:
    scripted.world.confirm_sign_in(*asked, accepted=True)
    connection = scripted.world.connections.get(JOSIE, "servicenow")
    assert connection is not None
    scripted.world.connections.set_revoking(connection, now=0, due_at=0)
    assert connection.status is Status.LIVE
    assert scripted.world.confirm_sign_in(*asked, accepted=True).kind is PageKind.USED


def test_an_unknown_secret_or_one_of_another_step_confirms_nothing(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(TOM)
    assert scripted.world.confirm_sign_in("0" * 64, cookie, accepted=True).kind is PageKind.UNKNOWN
    assert scripted.world.confirm_sign_in(state, cookie, accepted=True).kind is PageKind.UNKNOWN


@pytest.mark.parametrize("minutes", [0, 1, 9])
def test_a_sign_in_is_as_old_as_the_return_from_the_app_however_long_its_page_lay(
    scripted: "Scripted", minutes: int
) -> None:
    """A fresh sign-in is one at the app: a page of ours that waits for its button proves nothing."""
    _, cookie, state = scripted.to_app(JOSIE)
    scripted.world.clock.now += 60
    scripted.http.while_asked = lambda: setattr(scripted.world.clock, "now", NOW + 75)
    scripted.back(state, cookie)
    scripted.world.clock.now = NOW + 75 + minutes * 60
    page = scripted.world.confirm_sign_in(scripted.world.confirm_secret(cookie, state), cookie, accepted=True)
    connection = scripted.world.connections.get(JOSIE, "servicenow")
    assert connection is not None
    assert (page.kind, connection.connected_at) == (PageKind.DONE, NOW + 60)
