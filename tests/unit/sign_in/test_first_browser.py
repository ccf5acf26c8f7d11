"""A code is of the browser that brings it first, however wrong the answer is with which it came there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from countersign.domain.callback import Query, code_marks
from countersign.domain.errors import CountersignError, Malformed, StoreUnavailable
from countersign.domain.pages import Onward, PageKind, View
from countersign.domain.sign_in import CODE_SECONDS, hash_of
from tests.support.sign_in_world import JOSIE, TOM

if TYPE_CHECKING:
    from tests.unit.sign_in.conftest import Scripted

UNKNOWN = "f" * 64
HERS = "c0" * 32
"""The cookie of a browser of Josie's that has a sign-in of its own under way."""


@dataclass
class Leg:
    """One of the two legs under way in a schemer's browser. ``come_back``: with a query and a cookie."""

    scripted: "Scripted"
    state: str
    cookie: str
    code: str
    path: str = ""

    def come_back(self, query: Query, cookie: str | None, path: str | None = None) -> View:
        if not self.path:
            return self.scripted.world.complete_slack_leg(query, cookie)
        return self.scripted.world.complete_app_leg(path or self.path, query, cookie)

    @property
    def asked(self) -> int:
        """How many codes were sent to anybody."""
        return len(self.scripted.server.exchanged) if self.path else len(self.scripted.slack.asked)


def slack_leg(scripted: "Scripted") -> Leg:
    """Tom has Josie's link, and would pass as her."""
    _, secret = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(secret)
    return Leg(scripted, state, cookie, f"U0JOSIE.{state}")


def app_leg(scripted: "Scripted") -> Leg:
    """Tom proved himself, and would act as whoever's code he gets. Salesforce's issuer must be named."""
    app = scripted.world.catalog.apps["salesforce"]
    named = replace(app, oauth=replace(app.server, issuer="https://as.example"))
    scripted.world.catalog = replace(scripted.world.catalog, apps={**scripted.world.catalog.apps, "salesforce": named})
    _, cookie, state = scripted.to_app(TOM, "salesforce")
    return Leg(scripted, state, cookie, f"good-code.{state}", "salesforce")


LEGS = pytest.mark.parametrize("under_way", [slack_leg, app_leg])
type UnderWay = Callable[["Scripted"], Leg]


def good(leg: Leg) -> dict[str, list[str]]:
    return {"state": [leg.state], "code": [leg.code], "iss": ["https://as.example"]}


ARRIVALS: dict[str, Callable[[Leg], Query]] = {
    "as it is": good,
    "a state nobody knows": lambda leg: good(leg) | {"state": [UNKNOWN]},
    "a state of no form": lambda leg: good(leg) | {"state": ["x"]},
    "two states": lambda leg: good(leg) | {"state": [leg.state, UNKNOWN]},
    "no state": lambda leg: {"code": [leg.code]},
    "no issuer": lambda leg: {"state": [leg.state], "code": [leg.code]},
    "another issuer": lambda leg: good(leg) | {"iss": ["https://evil.example"]},
    "an error beside it": lambda leg: good(leg) | {"error": ["access_denied"]},
    "another code before it": lambda leg: good(leg) | {"code": ["another-code", leg.code]},
    "another code after it": lambda leg: good(leg) | {"code": [leg.code, "another-code"]},
    "the same code twice": lambda leg: good(leg) | {"code": [leg.code] * 2},
    "twenty codes before it": lambda leg: good(leg) | {"code": [*(f"number-{n}-code" for n in range(20)), leg.code]},
    "written another way": lambda leg: good(leg) | {"code": [f" {leg.code.upper()}\n"]},
}


@LEGS
@pytest.mark.parametrize("arrival", ARRIVALS)
@pytest.mark.parametrize("other", [None, HERS])
def test_what_came_to_another_browser_is_brought_by_nobody(
    scripted: "Scripted", under_way: UnderWay, arrival: str, other: str | None
) -> None:
    """She opens the address that Tom edited; he brings what her address bar says, with his own state and cookie."""
    leg = under_way(scripted)
    asked = leg.asked
    _arrive(leg, ARRIVALS[arrival](leg), other)

    brought = leg.come_back(good(leg), leg.cookie)

    assert not isinstance(brought, Onward)
    assert brought.kind is PageKind.REPLAYED
    assert (leg.asked, scripted.world.connections.rows) == (asked, {})


def _arrive(leg: Leg, query: Query, cookie: str | None, path: str | None = None) -> None:
    try:
        page = leg.come_back(query, cookie, path)
    except Malformed:
        return
    assert not isinstance(page, Onward)
    assert page.kind in (PageKind.UNKNOWN, PageKind.LOST_COOKIE, PageKind.BAD_REQUEST, PageKind.REPLAYED)


@LEGS
@pytest.mark.parametrize("behind", ["zz9", " ", ".=", "-"])
def test_what_stands_behind_its_padding_makes_no_other_code_of_it(
    scripted: "Scripted", under_way: UnderWay, behind: str
) -> None:
    """Many decoders stop at the padding, so the server would take both for one code."""
    leg = under_way(scripted)
    asked, padded = leg.asked, f"{leg.code}=="
    _arrive(leg, good(leg) | {"code": [padded], "state": [UNKNOWN]}, HERS)
    _arrive(leg, good(leg) | {"code": [padded + behind]}, leg.cookie)
    assert (leg.asked, scripted.world.connections.rows) == (asked, {})


@LEGS
def test_a_code_too_long_to_be_one_is_claimed_all_the_same(scripted: "Scripted", under_way: UnderWay) -> None:
    leg = under_way(scripted)
    long = leg.code + "x" * 5_000
    _arrive(leg, good(leg) | {"code": [long]}, HERS)
    assert not scripted.world.browser_leg.brought_first({"code": [long]}, leg.cookie)
    assert scripted.world.browser_leg.brought_first({"code": [long]}, HERS)


@pytest.mark.parametrize("path", ["servicenow", "nobody", ""])
def test_a_code_that_came_to_another_apps_address_is_brought_by_nobody(scripted: "Scripted", path: str) -> None:
    leg = app_leg(scripted)
    _arrive(leg, good(leg), HERS, path)
    brought = leg.come_back(good(leg), leg.cookie)
    assert not isinstance(brought, Onward)
    assert (brought.kind, scripted.server.exchanged) == (PageKind.REPLAYED, [])


def test_nor_is_one_that_came_to_the_other_callback(scripted: "Scripted") -> None:
    leg = app_leg(scripted)
    assert not isinstance(scripted.world.complete_slack_leg(good(leg), HERS), Onward)
    brought = leg.come_back(good(leg), leg.cookie)
    assert not isinstance(brought, Onward)
    assert (brought.kind, scripted.server.exchanged) == (PageKind.REPLAYED, [])


@LEGS
def test_an_app_whose_settings_are_missing_claims_it_first(scripted: "Scripted", under_way: UnderWay) -> None:
    """Whatever stops an answer later: the code was seen."""
    leg = under_way(scripted)

    def fails(_: str) -> None:
        raise CountersignError("before anything was judged")

    scripted.world.sign_ins.get_leg = fails
    with pytest.raises(CountersignError):
        leg.come_back(good(leg), HERS)
    assert not scripted.world.browser_leg.brought_first(good(leg), leg.cookie)


@LEGS
def test_the_same_browser_may_bring_it_again(scripted: "Scripted", under_way: UnderWay) -> None:
    leg = under_way(scripted)
    for query in (good(leg) | {"state": [UNKNOWN]}, {"code": [leg.code]}):
        _arrive(leg, query, leg.cookie)
    view = leg.come_back(good(leg), leg.cookie)
    assert isinstance(view, Onward) or view.kind is PageKind.CONFIRM


@LEGS
def test_a_code_that_came_elsewhere_first_ends_the_leg_to_which_it_is_brought(
    scripted: "Scripted", under_way: UnderWay
) -> None:
    leg = under_way(scripted)
    _arrive(leg, good(leg) | {"state": [UNKNOWN]}, HERS)
    for code in (leg.code, "a-code-of-his-own"):
        brought = leg.come_back(good(leg) | {"code": [code]}, leg.cookie)
        assert not isinstance(brought, Onward)
        assert brought.kind is PageKind.REPLAYED


@LEGS
def test_it_is_remembered_by_its_mark_alone_and_for_half_an_hour(scripted: "Scripted", under_way: UnderWay) -> None:
    leg, world = under_way(scripted), scripted.world
    _arrive(leg, good(leg) | {"state": [UNKNOWN]}, HERS)
    (mark,) = code_marks(good(leg))
    assert world.sign_ins.seen[f"code_seen#{mark}"] == (hash_of(HERS), world.clock.now + CODE_SECONDS)
    assert leg.code not in repr(world.sign_ins)
    world.clock.now += CODE_SECONDS
    assert not world.browser_leg.brought_first(good(leg), leg.cookie)
    world.clock.now += 1
    assert world.browser_leg.brought_first(good(leg), leg.cookie)


@LEGS
def test_while_nobody_can_say_who_brought_it_first_nothing_goes_on(scripted: "Scripted", under_way: UnderWay) -> None:
    leg = under_way(scripted)
    asked = leg.asked

    def fails(*_: object) -> bool:
        raise StoreUnavailable("throttled")

    scripted.world.sign_ins.claim_code = fails
    with pytest.raises(StoreUnavailable):
        leg.come_back(good(leg), leg.cookie)
    assert leg.asked == asked


@pytest.mark.parametrize("under_way", [app_leg, slack_leg])
@pytest.mark.parametrize("changed", ["person", "workspace", "app", "base_url", "intent"])
def test_a_leg_fits_the_intent_alone_that_it_began_with(
    scripted: "Scripted", under_way: UnderWay, changed: str
) -> None:
    """Whoever can write rows puts another's intent on a leg, or another person into its intent."""
    world = scripted.world
    leg = under_way(scripted)
    asked = leg.asked
    row, intents = world.sign_ins.legs[hash_of(leg.state)], world.sign_ins.intents
    intent = intents[row.intent_hash]
    if changed == "intent":
        other = world.begin(intent.person, intent.app)[0].intent
        world.sign_ins.legs[row.id_hash] = replace(row, intent_hash=other.id_hash)
    else:
        values = {"person": replace(intent.person, user_id="U0PRIYA"), "app": "servicenow2"}
        intents[row.intent_hash] = replace(intent, **{changed: values.get(changed, "https://evil.example")})
    page = leg.come_back(good(leg), leg.cookie)
    assert not isinstance(page, Onward)
    assert page.kind is PageKind.LOST_COOKIE
    assert (leg.asked, world.connections.rows) == (asked, {})


def test_an_intent_changed_while_the_app_is_asked_binds_to_whom_it_was_proved_for(scripted: "Scripted") -> None:
    leg = app_leg(scripted)
    intents = scripted.world.sign_ins.intents
    intent = scripted.world.intent_of(leg.state)
    scripted.http.bodies["acme.my.salesforce.com"] |= {"email": "tom@acme.com", "preferred_username": "tom@acme.com"}

    def changed() -> None:
        intents[intent.id_hash] = replace(intent, person=JOSIE)

    scripted.http.while_asked = changed
    page = leg.come_back(good(leg), leg.cookie)
    assert not isinstance(page, Onward)
    assert page.kind is PageKind.DONE
    assert {row.person for row in scripted.world.connections.rows.values()} == {TOM}


@pytest.mark.parametrize("field", ["intent_hash", "step"])
def test_a_confirm_leg_fits_its_own_intent_alone(scripted: "Scripted", field: str) -> None:
    world = scripted.world
    _, cookie, state = scripted.to_app(JOSIE)
    assert scripted.back(state, cookie).kind is PageKind.CONFIRM
    secret = world.confirm_secret(cookie, state)
    row = world.sign_ins.legs[hash_of(secret)]
    toms = world.begin(TOM)[0].intent
    changed = {"intent_hash": toms.id_hash} if field == "intent_hash" else {"step": "key"}
    world.sign_ins.legs[row.id_hash] = replace(row, **changed)
    page = world.confirm_sign_in(secret, cookie, accepted=True)
    assert page.kind in (PageKind.LOST_COOKIE, PageKind.UNKNOWN)
    assert world.connections.rows == {}
