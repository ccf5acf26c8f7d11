"""One grant, several places: the person chooses, and where a choice leads was sealed before it was made."""

from typing import TYPE_CHECKING, Any

import pytest

from countersign.domain.connection import Connection, Site, Status
from countersign.domain.errors import AppUnavailable, Conflict, StoreUnavailable
from countersign.domain.pages import Alert, Page, PageKind
from countersign.domain.sign_in_policy import Reason
from countersign.domain.token_codec import unpack
from countersign.entrypoints.pages import page_answer
from tests.support.sign_in_apps import SITES_URL, catalog_with, with_sites
from tests.support.sign_in_world import JOSIE, NOW, servicenow_user

if TYPE_CHECKING:
    from tests.unit.sign_in.conftest import Scripted

BASE = "https://acme.service-now.com"
ACME = {"id": "c-1", "name": "Acme", "url": f"{BASE}/c-1"}
LABS = {"id": "c-2", "name": "Acme Labs", "url": f"{BASE}/c-2"}


@pytest.fixture
def scripted(scripted: "Scripted") -> "Scripted":
    """Josie's grant covers two sites."""
    scripted.world.catalog = catalog_with(with_sites())
    scripted.http.bodies |= {SITES_URL: [ACME, LABS], "acme.service-now.com": servicenow_user("josie@acme.com")}
    return scripted


def back(scripted: "Scripted") -> tuple[Page, str, str]:
    """As far as the page after the app; the form's own secret, and the cookie."""
    _, cookie, state = scripted.to_app(JOSIE)
    return scripted.back(state, cookie), scripted.world.confirm_secret(cookie, state), cookie


def connection(scripted: "Scripted") -> Connection:
    found = scripted.world.connections.get(JOSIE, "servicenow")
    assert found is not None
    return found


def api_base(scripted: "Scripted") -> str | None:
    """Where the stored connection would be used."""
    row = connection(scripted)
    return unpack(scripted.world.sealer.open(row.sealed, row.owner), row.site).api_base


def test_several_are_shown_with_both_identities_and_what_must_be_confirmed(scripted: "Scripted") -> None:
    page, secret, _ = back(scripted)
    assert (page.kind, page.choices) == (PageKind.CHOOSE, (("c-1", "Acme"), ("c-2", "Acme Labs")))
    assert page.facts == (("Slack", "@josie, Acme"), ("ServiceNow", "J, josie@acme.com"))
    assert page.reasons == (Reason.NOT_ASKED_WHO,)
    assert page.post_to.endswith(f"/connect/{secret}")
    assert scripted.world.connections.rows == {}
    assert [request.headers["Authorization"] for request in scripted.http.sent] == ["Bearer access-1"] * 2


@pytest.mark.parametrize(("site", "name"), [("c-1", "Acme"), ("c-2", "Acme Labs")])
def test_the_chosen_one_is_stored_by_its_name_and_its_address_is_opened(
    scripted: "Scripted", site: str, name: str
) -> None:
    _, secret, cookie = back(scripted)
    page = scripted.world.confirm_sign_in(secret, cookie, accepted=True, site=site)
    assert (page.kind, page.facts[1]) == (PageKind.DONE, ("ServiceNow", f"J, josie@acme.com, {name}"))
    row = connection(scripted)
    assert (row.site, row.account.organisation, row.status) == (site, name, Status.LIVE)
    assert api_base(scripted) == f"{BASE}/{site}"
    assert scripted.world.audit.events[-1][2]["account_organisation"] == name
    assert scripted.world.sealer.sealed == 1, "a choice copies what was sealed, and seals nothing"


@pytest.mark.parametrize("site", ["", "c-3", "C-1", f"{BASE}/c-1", "c-1\0"])
def test_nothing_chosen_or_what_was_never_offered_is_asked_again(scripted: "Scripted", site: str) -> None:
    first, secret, cookie = back(scripted)
    page = scripted.world.confirm_sign_in(secret, cookie, accepted=True, site=site)
    assert (page.kind, page.alert, page.choices, page.post_to) == (
        PageKind.CHOOSE,
        Alert.NO_CHOICE,
        first.choices,
        first.post_to,
    )
    assert scripted.world.connections.rows == {}
    assert scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-2").kind is PageKind.DONE


def test_a_tampered_site_cannot_lead_anywhere_but_to_the_persons_own(scripted: "Scripted") -> None:
    _, secret, cookie = back(scripted)
    scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-1")
    row = connection(scripted)
    opened = scripted.world.sealer.open(row.sealed, row.owner)
    assert unpack(opened, "c-2").api_base == f"{BASE}/c-2"
    for foreign in ("c-3", "https://evil.example"):
        with pytest.raises(Exception, match="does not cover"):
            unpack(opened, foreign)


def test_the_only_one_is_not_asked_about(scripted: "Scripted") -> None:
    scripted.http.bodies[SITES_URL] = [LABS]
    page, secret, cookie = back(scripted)
    assert (page.kind, page.choices) == (PageKind.CONFIRM, ())
    assert page.facts[1] == ("ServiceNow", "J, josie@acme.com, Acme Labs")
    scripted.world.confirm_sign_in(secret, cookie, accepted=True)
    assert (connection(scripted).site, api_base(scripted)) == ("c-2", f"{BASE}/c-2")


def test_another_place_than_so_far_is_asked_about_though_it_is_the_only_one(scripted: "Scripted") -> None:
    _, secret, cookie = back(scripted)
    scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-1")
    scripted.http.bodies[SITES_URL] = [ACME]
    assert back(scripted)[0].reasons == (Reason.NOT_ASKED_WHO,)
    scripted.http.bodies[SITES_URL] = [LABS]
    page, secret, cookie = back(scripted)
    assert (page.kind, page.reasons) == (PageKind.CONFIRM, (Reason.NOT_ASKED_WHO, Reason.SITE_CHANGES))
    assert page.values["previous_site"] == "Acme"
    scripted.world.confirm_sign_in(secret, cookie, accepted=True)
    assert connection(scripted).site == "c-2"


@pytest.mark.parametrize(
    "listed",
    [
        [],
        {},
        None,
        "c-1",
        [{"id": "", "name": "x", "url": f"{BASE}/x"}],
        [{"id": "x" * 201, "name": "x", "url": f"{BASE}/x"}],
        [{"id": ["x"], "name": "x", "url": f"{BASE}/x"}],
        [{"id": "x", "name": "x", "url": "https://evil.example/x"}],
        [{"id": "x", "name": "x", "url": "http://acme.service-now.com/x"}],
        [{"id": "x", "name": "x", "url": "https://127.0.0.1/"}],
        [{"id": "x", "name": "x", "url": BASE + "/" + "x" * 500}],
        [{"id": "x", "name": "x"}],
        [None, 7, "x"],
    ],
)
def test_none_that_can_be_used_is_said_and_the_tokens_are_given_back(scripted: "Scripted", listed: Any) -> None:
    scripted.http.bodies[SITES_URL] = listed
    page, _, _ = back(scripted)
    assert page.kind is PageKind.NO_SITES
    assert scripted.world.connections.rows == {}
    (leg,) = [row for row in scripted.world.sign_ins.due(NOW, 9) if row.id_hash in scripted.world.sign_ins.legs]
    assert leg.expires_at == NOW, "due for revocation at once"


def test_one_outside_the_apps_hosts_is_not_offered_beside_good_ones(scripted: "Scripted") -> None:
    evil = {"id": "c-9", "name": "Acme", "url": "https://evil.example/"}
    scripted.http.bodies[SITES_URL] = [evil, ACME, {**LABS, "id": "c-1"}, LABS]
    page, secret, cookie = back(scripted)
    assert page.choices == (("c-1", "Acme"), ("c-2", "Acme Labs")), "and an id that comes twice stands for the first"
    scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-9")
    assert scripted.world.connections.rows == {}


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_list_that_does_not_come_gives_the_tokens_back(scripted: "Scripted", status: int) -> None:
    scripted.http.statuses[SITES_URL] = status
    page, _, _ = back(scripted)
    assert page.kind is PageKind.APP_TROUBLE
    assert len(scripted.world.sign_ins.due(NOW, 9)) == 1


def test_an_app_that_does_not_answer_gives_the_tokens_back(scripted: "Scripted") -> None:
    scripted.http.error = AppUnavailable("timeout")
    assert back(scripted)[0].kind is PageKind.APP_TROUBLE
    assert len(scripted.world.sign_ins.due(NOW, 9)) == 1


def test_very_many_are_offered_up_to_a_hundred(scripted: "Scripted") -> None:
    many = [{"id": f"c-{n}", "name": f"Site {n}", "url": f"{BASE}/c-{n}"} for n in range(150)]
    scripted.http.bodies[SITES_URL] = many
    page, secret, cookie = back(scripted)
    assert len(page.choices) == 100
    scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-99")
    assert api_base(scripted) == f"{BASE}/c-99"


def test_hostile_names_are_text_of_one_line(scripted: "Scripted") -> None:
    wild = '<script>alert(1)</script>\n"\u202e' + "x" * 300
    scripted.http.bodies[SITES_URL] = [{**ACME, "name": wild, "id": '"><b>'}, {**LABS, "name": ""}]
    page, secret, cookie = back(scripted)
    (first, second) = page.choices
    assert (first[0], len(first[1]), "\n" in first[1], "\u202e" in first[1]) == ('"><b>', 100, False, False)
    assert second == ("c-2", "c-2"), "what has no name is called by its id"
    html = page_answer(page, "r")["body"]
    assert "<script>" not in html
    assert "<b>" not in html
    assert scripted.world.confirm_sign_in(secret, cookie, accepted=True, site='"><b>').kind is PageKind.DONE


def test_a_reload_shows_the_same_page_and_after_the_choice_the_success(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE)
    page = scripted.back(state, cookie)
    assert scripted.back(state, cookie) == page
    done = scripted.world.confirm_sign_in(
        scripted.world.confirm_secret(cookie, state), cookie, accepted=True, site="c-1"
    )
    assert scripted.back(state, cookie) == done


def test_two_tabs_that_choose_differently_are_one_connection_and_say_which(scripted: "Scripted") -> None:
    _, secret, cookie = back(scripted)
    first = scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-1")
    second = scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-2")
    assert first == second
    assert (connection(scripted).site, scripted.world.queue.kinds) == ("c-1", ["connected"])


def test_a_second_choice_that_meets_the_first_half_way_claims_nothing_of_its_own(
    scripted: "Scripted", monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret, cookie = back(scripted)
    consume = scripted.world.sign_ins.consume_leg

    def beaten(leg: Any) -> bool:
        monkeypatch.undo()
        scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-1")
        return consume(leg)

    monkeypatch.setattr(scripted.world.sign_ins, "consume_leg", beaten)
    page = scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-2")
    assert page.facts[1] == ("ServiceNow", "J, josie@acme.com, Acme")
    assert connection(scripted).site == "c-1"


def test_no_is_no_without_a_choice(scripted: "Scripted") -> None:
    _, secret, cookie = back(scripted)
    assert scripted.world.confirm_sign_in(secret, cookie, accepted=False).kind is PageKind.DECLINED
    assert scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-1").kind is PageKind.DECLINED
    assert scripted.world.connections.rows == {}


def test_another_browser_cannot_choose(scripted: "Scripted") -> None:
    _, secret, _ = back(scripted)
    for cookie in (None, "f" * 64):
        page = scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-1")
        assert (page.kind, page.choices) == (PageKind.LOST_COOKIE, ())
    assert scripted.world.connections.rows == {}


def test_a_choice_after_the_connection_changed_elsewhere_is_no_choice(scripted: "Scripted") -> None:
    _, secret, cookie = back(scripted)
    _, second, second_cookie = back(scripted)
    scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-1")
    page = scripted.world.confirm_sign_in(second, second_cookie, accepted=True, site="c-2")
    assert page.kind is PageKind.CHANGED
    assert connection(scripted).site == "c-1"


def test_a_choice_whose_store_fails_can_be_made_again(scripted: "Scripted", monkeypatch: pytest.MonkeyPatch) -> None:
    _, secret, cookie = back(scripted)

    def broken(*_: object) -> bool:
        raise StoreUnavailable("down")

    monkeypatch.setattr(scripted.world.sign_ins, "consume_leg", broken)
    with pytest.raises(StoreUnavailable):
        scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-2")
    monkeypatch.undo()
    assert scripted.world.confirm_sign_in(secret, cookie, accepted=True, site="c-2").kind is PageKind.DONE
    assert api_base(scripted) == f"{BASE}/c-2"


def test_a_leg_knows_its_sites_by_exactly_their_ids(scripted: "Scripted") -> None:
    back(scripted)
    leg = next(leg for leg in scripted.world.sign_ins.legs.values() if leg.sites)
    assert leg.sites == (Site("c-1", "Acme"), Site("c-2", "Acme Labs"))
    assert (leg.at("c-1 "), leg.at("")) == (None, None)
    assert BASE not in repr(leg.sites), "where they are is sealed"
    with pytest.raises(Conflict):
        scripted.world.sign_ins.put_leg(leg)
