"""What may not be bound is refused before anything usable is kept, given back, audited, and said."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from countersign.domain.catalog import Catalog
from countersign.domain.connection import Site
from countersign.domain.pages import Page, PageKind
from countersign.domain.policy import EmailRule, OtherAccount, PolicyRule
from countersign.domain.sign_in import Intent, Leg, leg_owner
from countersign.domain.sign_in_policy import Reason
from countersign.domain.token_codec import unpack
from tests.support.shipped_catalog import shipped
from tests.support.sign_in_apps import SITES_URL, catalog_with, with_key, with_sites
from tests.support.sign_in_world import ACME, JOSIE, PROFILES, claims_of, salesforce_user, servicenow_user

if TYPE_CHECKING:
    from tests.unit.sign_in.conftest import Scripted

ORGANISATION = PolicyRule(organisation="00D1")
EMAIL = PolicyRule(email=EmailRule.REQUIRE)
OTHER = PolicyRule(other_account=OtherAccount.REFUSE)


def under(*rules: PolicyRule, catalog: Catalog | None = None) -> Catalog:
    return replace(catalog or shipped(), policies=rules)


def sign_in(scripted: "Scripted", app: str = "salesforce") -> tuple[Page, str, str]:
    """The page after the app, the confirm page's secret, the cookie."""
    _, cookie, state = scripted.to_app(JOSIE, app)
    return scripted.back(state, cookie, app), scripted.world.confirm_secret(cookie, state), cookie


def as_salesforce(scripted: "Scripted", **user: str) -> None:
    scripted.http.bodies["acme.my.salesforce.com"] = salesforce_user("josie@acme.com") | user


def given_back(scripted: "Scripted") -> list[str]:
    """The access tokens that housekeeping finds due at once."""
    world = scripted.world
    legs = [row for row in world.sign_ins.due(world.clock.now, 9) if hasattr(row, "sealed")]
    assert all(leg.account is None for leg in legs), "what names no account can't be confirmed"
    return ["due" for _ in legs]


def intent_of(scripted: "Scripted", leg: Leg) -> Intent:
    intent = scripted.world.sign_ins.get_intent(leg.intent_hash)
    assert intent is not None
    return intent


def refused(scripted: "Scripted") -> list[tuple[str, str]]:
    events = scripted.world.audit.events
    return [(facts["app"], facts["rule"]) for name, _, facts in events if name == "sign_in.refused_by_policy"]


@pytest.mark.parametrize(
    ("rule", "user", "kind"),
    [
        (ORGANISATION, {"organization_id": "00D2"}, PageKind.OTHER_ORGANISATION),
        (EMAIL, {"email": "jo@home.example"}, PageKind.OTHER_EMAIL),
    ],
)
def test_a_refused_account_leaves_nothing_usable_behind(
    scripted: "Scripted", rule: PolicyRule, user: dict[str, str], kind: PageKind
) -> None:
    scripted.world.catalog = under(rule)
    as_salesforce(scripted, **user)
    page, secret, cookie = sign_in(scripted)
    assert (page.kind, page.post_to) == (kind, "")
    assert (scripted.world.connections.rows, scripted.world.queue.sent) == ({}, [])
    assert given_back(scripted) == ["due"]
    assert refused(scripted) == [("salesforce", page.cause)]
    confirmed = scripted.world.confirm_sign_in(secret, cookie, accepted=True)
    assert confirmed.kind is not PageKind.DONE
    assert scripted.world.connections.rows == {}


def test_another_account_is_refused_until_the_present_one_is_cut(scripted: "Scripted") -> None:
    scripted.world.catalog = under(OTHER)
    assert sign_in(scripted)[0].kind is PageKind.DONE
    first = scripted.world.connections.get(JOSIE, "salesforce")
    assert first is not None
    as_salesforce(scripted, user_id="005000000000002AAA", preferred_username="other@acme.com")
    page = sign_in(scripted)[0]
    assert (page.kind, page.values["previous"]) == (PageKind.OTHER_ACCOUNT, "josie@acme.com")
    assert scripted.world.connections.get(JOSIE, "salesforce") == first
    assert given_back(scripted) == ["due"]
    (leg,) = [row for row in scripted.world.sign_ins.due(scripted.world.clock.now, 9) if isinstance(row, Leg)]
    assert leg.given_back == "005000000000002AAA"
    assert unpack(scripted.world.sealer.open(leg.sealed, leg_owner(intent_of(scripted, leg), leg))).access_token
    scripted.world.connections.set_revoking(first, now=0, due_at=0)
    assert sign_in(scripted)[0].kind is PageKind.DONE


def test_the_same_account_may_always_come_back(scripted: "Scripted") -> None:
    scripted.world.catalog = under(ORGANISATION, EMAIL, OTHER)
    assert [sign_in(scripted)[0].kind for _ in range(2)] == [PageKind.DONE] * 2
    assert refused(scripted) == []


def test_a_reload_after_a_refusal_brings_nothing_back(scripted: "Scripted") -> None:
    scripted.world.catalog = under(EMAIL)
    as_salesforce(scripted, email="jo@home.example")
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    pages = [scripted.back(state, cookie, "salesforce").kind for _ in range(3)]
    assert pages == [PageKind.OTHER_EMAIL, PageKind.REPLAYED, PageKind.REPLAYED]
    assert (len(scripted.server.exchanged), given_back(scripted)) == (1, ["due"])


def test_a_rule_of_another_app_or_workspace_says_nothing_here(scripted: "Scripted") -> None:
    box, elsewhere = frozenset({"box"}), frozenset({"T0OTHER"})
    scripted.world.catalog = under(replace(EMAIL, apps=box), replace(ORGANISATION, workspaces=elsewhere))
    as_salesforce(scripted, email="jo@home.example", organization_id="00D2")
    page = sign_in(scripted)[0]
    assert (page.kind, page.reasons) == (PageKind.CONFIRM, (Reason.EMAIL_DIFFERS,))


def test_differing_addresses_are_not_asked_about_where_they_do_not_matter(scripted: "Scripted") -> None:
    scripted.world.catalog = under(PolicyRule(email=EmailRule.OFF))
    as_salesforce(scripted, email="jo@home.example")
    assert sign_in(scripted)[0].kind is PageKind.DONE


def test_an_app_that_may_pass_silently_is_confirmed_whatever_the_policy_says(scripted: "Scripted") -> None:
    scripted.world.catalog = under(PolicyRule(email=EmailRule.OFF))
    scripted.http.bodies["acme.service-now.com"] = servicenow_user("jo@home.example")
    page = sign_in(scripted, "servicenow")[0]
    assert (page.kind, page.reasons) == (PageKind.CONFIRM, (Reason.NOT_ASKED_WHO,))


def test_of_a_persons_places_only_the_demanded_one_is_shown_or_kept(scripted: "Scripted") -> None:
    scripted.world.catalog = under(PolicyRule(organisation="c-2"), catalog=catalog_with(with_sites()))
    base = "https://acme.service-now.com"
    scripted.http.bodies[SITES_URL] = [
        {"id": one, "name": "Acme", "url": f"{base}/{one}"} for one in ("c-1", "c-2", "c-3")
    ]
    page, secret, cookie = sign_in(scripted, "servicenow")
    assert (page.kind, page.choices) == (PageKind.CONFIRM, ())
    for other in ("c-1", "c-3"):
        scripted.world.confirm_sign_in(secret, cookie, accepted=True, site=other)
    row = scripted.world.connections.get(JOSIE, "servicenow")
    assert row is not None
    assert row.site == "c-2"
    opened = scripted.world.sealer.open(row.sealed, row.owner)
    assert unpack(opened, "c-2").api_base == f"{base}/c-2"
    assert f"{base}/c-1" not in str(opened), "of the others not even the address is kept"


def test_whose_places_are_all_elsewhere_is_refused(scripted: "Scripted") -> None:
    scripted.world.catalog = under(PolicyRule(organisation="c-2"), catalog=catalog_with(with_sites()))
    scripted.http.bodies[SITES_URL] = [{"id": "c-1", "name": "c-2", "url": "https://acme.service-now.com/c-1"}]
    assert sign_in(scripted, "servicenow")[0].kind is PageKind.OTHER_ORGANISATION
    assert (scripted.world.connections.rows, given_back(scripted)) == ({}, ["due"])


def test_a_place_is_known_by_its_id_and_never_by_its_name() -> None:
    (rule,) = under(PolicyRule(organisation="c-2")).policies
    assert rule.organisation is not None
    assert under(rule).policy("jira", ACME).sites((Site("c-1", "c-2"),)) == ()


def test_a_refused_key_is_not_kept_anywhere(scripted: "Scripted") -> None:
    world = scripted.world
    world.catalog = under(OTHER, catalog=catalog_with(with_key()))
    scripted.http.bodies["acme.service-now.com"] = {"responseCode": 200}
    keys = ({"user_id": "josie_one", "user_secret": "s1"}, {"user_id": "josie_two", "user_secret": "s2"})
    ends = []
    for key in keys:
        _, secret = world.begin(JOSIE)
        cookie, state = scripted.start(secret)
        world.complete_slack_leg({"state": [state], "code": [f"{JOSIE.user_id}.{state}"]}, cookie)
        page = world.enter_key(scripted.world.key_secret(cookie, state), cookie, key)
        if page.kind is PageKind.CONFIRM:
            page = world.confirm_sign_in(page.post_to.rpartition("/")[2], cookie, accepted=True)
        ends.append(page.kind)
    assert ends == [PageKind.DONE, PageKind.OTHER_ACCOUNT]
    assert "s2" not in repr(world.sign_ins.legs) + repr(world.connections.rows)


def test_the_address_that_slack_proved_counts_before_the_one_of_the_profile(scripted: "Scripted") -> None:
    scripted.world.catalog = under(EMAIL)
    scripted.slack.people[JOSIE.user_id] = claims_of(JOSIE, email="josie.new@acme.com")
    assert PROFILES[JOSIE]["email"] == "josie@acme.com"
    assert sign_in(scripted)[0].kind is PageKind.OTHER_EMAIL


ANOTHER = {"user_id": "005000000000002AAA", "email": "josie@other.example"}


@pytest.mark.parametrize("place", [1, 2, 3])
def test_two_tabs_bind_no_two_accounts_one_after_the_other_wherever_they_meet(
    scripted: "Scripted", monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """The first tab ends at each of the second one's looks at the present connection."""
    world = scripted.world
    world.catalog = under(OTHER)
    _, first, first_state = scripted.to_app(JOSIE, "salesforce")
    _, second, second_state = scripted.to_app(JOSIE, "salesforce")
    get, looks = world.connections.get, 0

    def looked(*asked: Any) -> Any:
        nonlocal looks
        looks += 1
        found = get(*asked)
        if looks == place:
            as_salesforce(scripted)
            assert scripted.back(first_state, first, "salesforce").kind is PageKind.DONE
            as_salesforce(scripted, **ANOTHER)
        return found

    monkeypatch.setattr(world.connections, "get", looked)
    as_salesforce(scripted, **ANOTHER)
    scripted.back(second_state, second, "salesforce")
    world.confirm_sign_in(world.confirm_secret(second, second_state), second, accepted=True)
    monkeypatch.undo()
    found = get(JOSIE, "salesforce")
    assert found is not None
    assert (found.account.id, looks >= place) == ("005000000000001AAA", True)
    assert world.audit.names.count("sign_in.connected") == 1


def test_a_version_that_another_account_has_by_now_is_not_the_one_that_was_judged(scripted: "Scripted") -> None:
    """Versions begin anew: the account that was seen was cut, and another one connected under the same version."""
    world = scripted.world
    world.catalog = under(OTHER)
    assert sign_in(scripted)[0].kind is PageKind.DONE
    as_salesforce(scripted, email="josie@other.example")
    asked, secret, cookie = sign_in(scripted)
    assert Reason.EMAIL_DIFFERS in asked.reasons
    there = world.connections.get(JOSIE, "salesforce")
    assert there is not None
    meanwhile = replace(there, account=replace(there.account, id="005000000000002AAA"), sign_in="meanwhile")
    world.connections.rows[JOSIE.key, "salesforce"] = meanwhile
    assert world.confirm_sign_in(secret, cookie, accepted=True).kind is PageKind.CHANGED
    assert world.connections.get(JOSIE, "salesforce") == meanwhile


@pytest.mark.parametrize(
    ("email", "own"), [("josie@acme.com", True), ("JOSIE@acme.com", True), ("j@other.example", False)]
)
def test_a_connection_knows_whether_its_address_was_its_persons(scripted: "Scripted", email: str, *, own: bool) -> None:
    as_salesforce(scripted, email=email)
    _, secret, cookie = sign_in(scripted)
    scripted.world.confirm_sign_in(secret, cookie, accepted=True)
    stored = scripted.world.connections.get(JOSIE, "salesforce")
    assert stored is not None
    assert stored.own_address is own
