"""An app without OAuth: a key is asked for on our page, of the person whom Slack has just proved and of nobody else."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from countersign.domain.connection import Account, Connection, Status
from countersign.domain.errors import AppUnavailable, ConfigurationError, HostNotAllowed, StoreUnavailable, TooLarge
from countersign.domain.identity import Person
from countersign.domain.pages import Alert, Entry, Onward, Page, PageKind
from countersign.domain.secret import Secret
from countersign.domain.sign_in import LegStep
from countersign.domain.sign_in_policy import Reason
from countersign.domain.token_codec import unpack
from countersign.entrypoints.oauth import handle
from countersign.entrypoints.pages import page_answer
from tests.support.sign_in_apps import catalog_with, with_key
from tests.support.sign_in_world import BASE_URL, JOSIE, TOM, claims_of

if TYPE_CHECKING:
    from tests.unit.sign_in.conftest import Scripted

HOST = "acme.service-now.com"
KEY = {"user_id": "aa_josie", "user_secret": "canary-3f9"}
GOOD, WRONG = {"responseCode": 200}, {"responseCode": 401, "responseMessage": "Authentication error"}


@pytest.fixture
def scripted(scripted: "Scripted") -> "Scripted":
    """ServiceNow takes keys, and takes this one."""
    scripted.world.catalog = catalog_with(with_key())
    scripted.http.bodies[HOST] = GOOD
    return scripted


def to_key(scripted: "Scripted", who: str = "U0JOSIE") -> tuple[Page, str, str, str]:
    """As far as the form: the page, the form's secret, the cookie, and Slack's state."""
    _, secret = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(secret)
    page = scripted.world.complete_slack_leg({"state": [state], "code": [who]}, cookie)
    assert not isinstance(page, Onward)
    return page, scripted.world.key_secret(cookie, state), cookie, state


def connection(scripted: "Scripted") -> Connection:
    found = scripted.world.connections.get(JOSIE, "servicenow")
    assert found is not None
    return found


def test_whom_slack_proved_is_asked_for_a_key_and_goes_nowhere(scripted: "Scripted") -> None:
    page, secret, _, _ = to_key(scripted)
    assert (page.kind, page.post_to, page.alert) == (PageKind.KEY, f"{BASE_URL}/connect/{secret}", None)
    assert page.entries == (
        Entry("user_id", "partnerUserID", secret=False),
        Entry("user_secret", "partnerUserSecret", secret=True),
    )
    assert page.help_url == "https://www.expensify.com/tools/integrations/"
    assert page.values["hint"] == "You find it under Integrations."
    assert scripted.http.sent == []


def test_somebody_else_is_never_asked(scripted: "Scripted") -> None:
    page, secret, cookie, _ = to_key(scripted, "U0TOM")
    assert page.kind is PageKind.WRONG_PERSON
    assert scripted.world.enter_key(secret, cookie, KEY).kind is PageKind.UNKNOWN
    assert scripted.http.sent == []


def test_a_good_key_is_confirmed_and_then_stored_sealed(scripted: "Scripted") -> None:
    _, secret, cookie, _ = to_key(scripted)
    page = scripted.world.enter_key(secret, cookie, KEY)
    assert (page.kind, page.reasons) == (PageKind.CONFIRM, (Reason.KEY_ENTERED,))
    assert page.facts == (("Slack", "@josie, Acme"), ("ServiceNow", "josie@acme.com"))
    assert scripted.world.connections.rows == {}
    done = scripted.world.confirm_sign_in(scripted.world.confirm_secret(cookie, secret), cookie, accepted=True)
    assert done.kind is PageKind.DONE
    row = connection(scripted)
    assert (row.status, row.version, row.expires_at, row.scopes) == (Status.LIVE, 1, None, ())
    assert row.account == Account("aa_josie", "josie@acme.com", "josie@acme.com", "josie@acme.com")
    opened = unpack(scripted.world.sealer.open(row.sealed, row.owner))
    assert (opened.access_token, opened.refresh_token) == (None, None)
    assert opened.credential == {name: Secret(value) for name, value in KEY.items()}
    assert (scripted.world.queue.kinds, scripted.world.audit.names) == (["connected"], ["sign_in.connected"])
    assert [leg for leg in scripted.world.sign_ins.legs.values() if leg.sealed] == [], "it is in one place only"


def test_spaces_around_what_was_pasted_are_no_part_of_it(scripted: "Scripted") -> None:
    _, secret, cookie, _ = to_key(scripted)
    pasted = {name: f"  {value}\r\n" for name, value in KEY.items()}
    assert scripted.world.enter_key(secret, cookie, pasted).kind is PageKind.CONFIRM


@pytest.mark.parametrize(
    "entered",
    [
        {},
        {"user_id": "aa_josie"},
        {"user_secret": "x"},
        {"user_id": "", "user_secret": "x"},
        {"user_id": "aa josie", "user_secret": "x"},
        {"user_id": "aa_josie", "user_secret": "ä"},
        {"user_id": "aa_josie", "user_secret": "a\nb"},
        {"user_id": "aa_josie", "user_secret": "x" * 501},
    ],
)
def test_half_a_key_is_said_to_be_one_and_costs_no_try(scripted: "Scripted", entered: dict[str, str]) -> None:
    _, secret, cookie, _ = to_key(scripted)
    for _ in range(5):
        page = scripted.world.enter_key(secret, cookie, entered)
        assert (page.kind, page.alert) == (PageKind.KEY, Alert.KEY_FORM)
    assert scripted.http.sent == []
    assert scripted.world.enter_key(secret, cookie, KEY).kind is PageKind.CONFIRM


def test_a_wrong_key_can_be_corrected_twice_and_then_no_more(scripted: "Scripted") -> None:
    scripted.http.bodies[HOST] = WRONG
    _, secret, cookie, _ = to_key(scripted)
    pages = [scripted.world.enter_key(secret, cookie, KEY) for _ in range(5)]
    assert [page.kind for page in pages] == [PageKind.KEY] * 2 + [PageKind.KEY_REFUSED] * 3
    assert [page.alert for page in pages[:2]] == [Alert.KEY_WRONG] * 2
    assert [page.values["tries_left"] for page in pages[:2]] == ["2", "1"]
    assert len(scripted.http.sent) == 3, "what is tried after the third try is asked of nobody"
    assert scripted.world.audit.names == ["sign_in.key_refused"] * 3
    scripted.http.bodies[HOST] = GOOD
    assert scripted.world.enter_key(secret, cookie, KEY).kind is PageKind.KEY_REFUSED
    assert scripted.world.connections.rows == {}


def test_the_third_try_may_be_the_right_one(scripted: "Scripted") -> None:
    scripted.http.bodies[HOST] = WRONG
    _, secret, cookie, _ = to_key(scripted)
    for _ in range(2):
        scripted.world.enter_key(secret, cookie, KEY)
    scripted.http.bodies[HOST] = GOOD
    assert scripted.world.enter_key(secret, cookie, KEY).kind is PageKind.CONFIRM


@pytest.mark.parametrize("error", [AppUnavailable("timeout"), TooLarge("10 MB")])
def test_an_app_that_does_not_answer_judged_nothing_but_is_not_asked_for_ever(
    scripted: "Scripted", error: Exception
) -> None:
    scripted.http.error = error  # type: ignore[assignment]
    _, secret, cookie, _ = to_key(scripted)
    pages = [scripted.world.enter_key(secret, cookie, KEY) for _ in range(3)]
    assert [page.kind for page in pages] == [PageKind.KEY, PageKind.KEY, PageKind.APP_TROUBLE]
    assert pages[0].alert is Alert.KEY_UNCHECKED
    assert scripted.world.audit.names == []


@pytest.mark.parametrize("error", [HostNotAllowed("evil"), ConfigurationError("setting")])
def test_an_app_that_is_not_set_up_is_the_operators_matter(scripted: "Scripted", error: Exception) -> None:
    scripted.http.error = error  # type: ignore[assignment]
    _, secret, cookie, _ = to_key(scripted)
    assert scripted.world.enter_key(secret, cookie, KEY).kind is PageKind.MISCONFIGURED


def test_every_reload_shows_where_the_sign_in_stands(scripted: "Scripted") -> None:
    page, secret, cookie, state = to_key(scripted)
    reload = {"state": [state], "code": [f"U0JOSIE.{state}"]}
    assert scripted.world.complete_slack_leg(reload, cookie) == page
    assert scripted.world.enter_key.look(secret, cookie) == page
    asked = scripted.world.enter_key(secret, cookie, KEY)
    assert scripted.world.enter_key(secret, cookie, KEY) == asked
    assert scripted.world.enter_key.look(secret, cookie) == asked
    assert len(scripted.http.sent) == 1, "a key that waits to be confirmed is not checked again"
    done = scripted.world.confirm_sign_in(scripted.world.confirm_secret(cookie, secret), cookie, accepted=True)
    assert scripted.world.enter_key(secret, cookie, KEY) == done
    assert scripted.world.enter_key.look(secret, cookie) == done


def test_two_tabs_that_enter_keys_at_once_bind_one(scripted: "Scripted") -> None:
    _, secret, cookie, _ = to_key(scripted)

    def meanwhile() -> None:
        scripted.http.while_asked = lambda: None
        scripted.world.enter_key(secret, cookie, KEY)

    scripted.http.while_asked = meanwhile
    page = scripted.world.enter_key(secret, cookie, KEY | {"user_id": "aa_other"})
    assert (page.kind, page.facts[1]) == (PageKind.CONFIRM, ("ServiceNow", "josie@acme.com"))
    assert [leg.step for leg in scripted.world.sign_ins.legs.values()].count(LegStep.CONFIRM) == 1
    scripted.world.confirm_sign_in(scripted.world.confirm_secret(cookie, secret), cookie, accepted=True)
    assert connection(scripted).account.id == "aa_josie"


def test_another_browser_cannot_enter_a_key_or_look(scripted: "Scripted") -> None:
    _, secret, _, _ = to_key(scripted)
    for cookie in (None, "f" * 64):
        assert scripted.world.enter_key(secret, cookie, KEY).kind is PageKind.LOST_COOKIE
        assert scripted.world.enter_key.look(secret, cookie).kind is PageKind.LOST_COOKIE
    assert scripted.http.sent == []


def test_a_form_that_lay_too_long_or_whose_link_was_burnt_asks_nobody(scripted: "Scripted") -> None:
    _, secret, cookie, _ = to_key(scripted)
    scripted.world.clock.now += 600
    assert scripted.world.enter_key(secret, cookie, KEY).kind is PageKind.EXPIRED
    scripted.world.clock.now -= 600
    _, link = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(link)
    other_cookie, other_state = scripted.start(link)
    scripted.world.complete_slack_leg({"state": [state], "code": [f"U0JOSIE.{state}"]}, cookie)
    scripted.world.complete_slack_leg({"state": [other_state], "code": [f"U0TOM.{other_state}"]}, other_cookie)
    assert scripted.world.enter_key(scripted.world.key_secret(cookie, state), cookie, KEY).kind is PageKind.STOPPED
    assert scripted.http.sent == []


def test_no_is_final_and_the_key_is_not_kept(scripted: "Scripted") -> None:
    _, secret, cookie, _ = to_key(scripted)
    scripted.world.enter_key(secret, cookie, KEY)
    asked = scripted.world.confirm_secret(cookie, secret), cookie
    pages = [scripted.world.confirm_sign_in(*asked, accepted=yes) for yes in (False, True)]
    assert [page.kind for page in pages] == [PageKind.KEY_DECLINED] * 2
    assert scripted.world.enter_key(secret, cookie, KEY).kind is PageKind.KEY_DECLINED
    assert scripted.world.connections.rows == {}
    assert scripted.world.sign_ins.due(scripted.world.clock.now, 9), "housekeeping deletes it at once"


def test_what_ended_while_the_key_was_checked_keeps_nothing_of_it(scripted: "Scripted") -> None:
    _, link = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(link)
    other_cookie, other_state = scripted.start(link)
    scripted.world.complete_slack_leg({"state": [state], "code": [f"U0JOSIE.{state}"]}, cookie)

    def burnt() -> None:
        scripted.world.complete_slack_leg({"state": [other_state], "code": [f"U0TOM.{other_state}"]}, other_cookie)

    scripted.http.while_asked = burnt
    page = scripted.world.enter_key(scripted.world.key_secret(cookie, state), cookie, KEY)
    assert page.kind is PageKind.STOPPED
    assert [leg for leg in scripted.world.sign_ins.legs.values() if leg.sealed] == []


def test_only_an_address_that_slack_proved_can_say_whose_key_it_is(scripted: "Scripted") -> None:
    """The intent's own address is the profile's, which an id_token did not vouch for."""
    scripted.slack.people["U0JOSIE"] = claims_of(JOSIE, email=None)
    _, secret, cookie, _ = to_key(scripted)
    page = scripted.world.enter_key(secret, cookie, KEY)
    assert (page.kind, page.alert) == (PageKind.KEY, Alert.KEY_WRONG)


def test_a_key_is_in_no_page_log_error_or_row_in_clear(scripted: "Scripted", caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        _, secret, cookie, _ = to_key(scripted)
        scripted.http.bodies[HOST] = WRONG
        wrong = scripted.world.enter_key(secret, cookie, KEY)
        scripted.http.bodies[HOST] = GOOD
        asked = scripted.world.enter_key(secret, cookie, KEY)
        scripted.world.confirm_sign_in(scripted.world.confirm_secret(cookie, secret), cookie, accepted=True)
    row = connection(scripted)
    clear = (page_answer(wrong, "r"), page_answer(asked, "r"), caplog.text, row.account, row.scopes)
    seen = repr((*clear, scripted.world.audit.events, scripted.world.queue.sent, scripted.http.sent, wrong, asked))
    assert "canary" not in seen
    opened = unpack(scripted.world.sealer.open(row.sealed, row.owner))
    assert "canary" not in repr(opened)
    assert opened.credential["user_secret"].reveal() == "canary-3f9", "it is there to be found"


def posted(secret: str, cookie: str, **fields: str) -> dict[str, object]:
    return {
        "httpMethod": "POST",
        "path": f"/connect/{secret}",
        "resource": "/connect/{sign_in}",
        "pathParameters": {"sign_in": secret},
        "headers": {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"__Host-bt={cookie}"},
        "body": urlencode(fields),
        "isBase64Encoded": False,
    }


def test_the_form_is_posted_and_looked_at_again_by_browsers(scripted: "Scripted") -> None:
    _, secret, cookie, _ = to_key(scripted)
    looked = {**posted(secret, cookie), "httpMethod": "GET", "body": None}
    answer = handle(looked, scripted.world)
    assert (answer["statusCode"], 'name="key_user_secret"' in answer["body"]) == (200, True)
    answer = handle(
        posted(secret, cookie, do="enter_key", key_user_id="aa_josie", key_user_secret="s3"), scripted.world
    )
    assert (answer["statusCode"], "Are both of these you?" in answer["body"]) == (200, True)


@pytest.mark.parametrize(
    "body",
    [
        "do=enter_key&key_user_id=a&key_user_id=b&key_user_secret=x",
        "do=enter_key&do=enter_key",
        "key_user_id=a&key_user_secret=x",
        "do=enter_key&" + "&".join(f"key_{n}=x" for n in range(20)),
        "do=enter_key&key_user_secret=ä",
    ],
)
def test_a_form_that_is_not_ours_is_refused_and_quoted_nowhere(
    scripted: "Scripted", body: str, caplog: pytest.LogCaptureFixture
) -> None:
    _, secret, cookie, _ = to_key(scripted)
    answer = handle(posted(secret, cookie) | {"body": body.replace("=x", "=canary")}, scripted.world)
    assert answer["statusCode"] == 400
    assert "canary" not in answer["body"] + caplog.text
    assert scripted.http.sent == []


def test_a_store_that_fails_after_the_check_leaves_the_form_usable(
    scripted: "Scripted", monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret, cookie, _ = to_key(scripted)

    def broken(*_: object) -> bool:
        raise StoreUnavailable("down")

    monkeypatch.setattr(scripted.world.sign_ins, "consume_leg", broken)
    with pytest.raises(StoreUnavailable):
        scripted.world.enter_key(secret, cookie, KEY)
    monkeypatch.undo()
    assert scripted.world.enter_key(secret, cookie, KEY).kind is PageKind.CONFIRM


@dataclass
class Jar:
    """A person's browser: one cookie, signed in to Slack as them; they type their own key wherever they are asked."""

    person: Person
    cookie: str | None = None

    @property
    def key(self) -> dict[str, str]:
        return {"user_id": f"aa_{self.person.user_id}", "user_secret": "x"}


def journey(scripted: "Scripted", own: Jar, other: Jar, chance: Random) -> Iterator[None]:
    """One person's sign-in, step by step; any step may be taken by the other one's browser, by its address."""
    world = scripted.world
    _, link = world.begin(own.person)

    def jar() -> Jar:
        return other if chance.random() < 0.25 else own

    first = jar()
    onward = world.start_sign_in(link, first.cookie)
    if not isinstance(onward, Onward):
        return
    first.cookie, state = onward.cookie, parse_qs(urlsplit(onward.url).query)["state"][0]
    yield
    second = jar()
    page = world.complete_slack_leg({"state": [state], "code": [f"{second.person.user_id}.{state}"]}, second.cookie)
    yield
    for _ in range(2):
        if isinstance(page, Onward) or not page.post_to:
            return
        third, secret = jar(), page.post_to.rpartition("/")[2]
        if page.kind is PageKind.KEY:
            page = world.enter_key(secret, third.cookie, third.key)
        else:
            page = world.confirm_sign_in(secret, third.cookie, accepted=True)
        yield


def test_two_people_who_do_everything_in_any_order_end_up_with_their_own_keys(scripted: "Scripted") -> None:
    seed = 20_260_802
    chance, bound = Random(seed), 0  # noqa: S311 - a test's dice
    world = scripted.world
    for round_ in range(600):
        world.clock.now += 700
        world.connections.rows.clear()
        josie, tom = Jar(JOSIE), Jar(TOM)
        journeys = [journey(scripted, josie, tom, chance), journey(scripted, tom, josie, chance)]
        order = [0] * 4 + [1] * 4
        chance.shuffle(order)
        for which in order:
            next(journeys[which], None)
        found = {row.person: row.account.id for row in world.connections.rows.values()}
        bound += len(found)
        own = {jar.person: jar.key["user_id"] for jar in (josie, tom)}
        assert found.items() <= own.items(), f"seed {seed}, round {round_}: {found}"
    assert 200 < bound < 1_200, "some get through, and some are stopped"


def test_nobody_comes_back_from_an_app_that_nobody_was_sent_to(scripted: "Scripted") -> None:
    page, _, cookie, state = to_key(scripted)
    for known in (state, scripted.world.key_secret(cookie, state)):
        assert scripted.back(known, cookie).kind is PageKind.UNKNOWN
    assert scripted.server.exchanged == []
    assert page.kind is PageKind.KEY


def test_tom_has_a_form_of_his_own(scripted: "Scripted") -> None:
    _, secret, cookie, _ = to_key(scripted)
    _, link = scripted.world.begin(TOM)
    tom_cookie, state = scripted.start(link)
    scripted.world.complete_slack_leg({"state": [state], "code": [f"U0TOM.{state}"]}, tom_cookie)
    assert scripted.world.enter_key(secret, tom_cookie, KEY).kind is PageKind.LOST_COOKIE
    assert (
        scripted.world.enter_key(scripted.world.key_secret(tom_cookie, state), cookie, KEY).kind is PageKind.LOST_COOKIE
    )
