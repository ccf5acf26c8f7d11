"""T1 to T8 of the threat model, with two people's browsers on the real routes and adapters."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from random import Random
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from countersign.domain.connection import Status
from countersign.domain.sign_in import IntentStatus, hash_of
from countersign.domain.token_codec import unpack
from tests.support.scripted_server import serve
from tests.support.sign_in_world import BASE_URL, JOSIE, TOM
from tests.support.two_browsers import Browser, Stage, form_address, onward

OWN = {"U0TOM": "tom@acme.com", "U0JOSIE": "josie@acme.com"}
SWAPPED = 0.2
UNKNOWN = "f" * 64
APP_CALLBACK = f"{BASE_URL}/oauth/callback/servicenow"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with serve() as server:
        yield Stage.on(server)


def _bound(stage: Stage) -> dict[str, str]:
    """Who is connected as whom."""
    return {row.person.user_id: row.account.label for row in stage.world.connections.rows.values()}


def test_the_honest_way(stage: Stage) -> None:
    """Link, Slack, app, confirm: the token that works is in the row, and a reload shows the same end."""
    begun, _ = stage.world.begin(JOSIE)
    josie = stage.browser(JOSIE)
    asked = josie.sign_in(begun.url)
    assert (asked["statusCode"], _bound(stage)) == (200, {})
    assert "josie@acme.com" in asked["body"]
    done = josie.confirm(asked)
    assert ("Connected" in done["body"], done["statusCode"], _bound(stage)) == (
        True,
        200,
        {"U0JOSIE": "josie@acme.com"},
    )
    row = stage.world.connections.get(JOSIE, "servicenow")
    assert row is not None
    assert row.status is Status.LIVE
    assert unpack(stage.world.sealer.open(row.sealed, row.owner)).access_token.reveal() == "at-1"
    assert josie.confirm(asked)["body"] == done["body"]
    assert stage.world.queue.kinds == ["connected"]


def test_t1_toms_link_in_josies_browser_is_stopped_before_the_app_is_asked(stage: Stage) -> None:
    begun, secret = stage.world.begin(TOM)
    josie = stage.browser(JOSIE)
    stopped = josie.prove(josie.to_slack(begun.url))
    assert stopped["statusCode"] == 403
    assert (_bound(stage), stage.app.asked_for_tokens) == ({}, [])
    assert stage.world.sign_ins.intents[hash_of(secret)].status is IntentStatus.BURNT
    assert stage.world.queue.kinds == ["sign_in_burnt"]
    assert stage.browser(TOM).post(begun.url, "go")["statusCode"] == 410


def test_t2_the_apps_address_after_toms_own_slack_leg_is_worthless_in_josies_browser(stage: Stage) -> None:
    begun, _ = stage.world.begin(TOM)
    tom, josie = stage.browser(TOM), stage.browser(JOSIE)
    app_url = onward(tom.prove(tom.to_slack(begun.url)))
    assert josie.consent(app_url)["statusCode"] == 400
    josie.cookies["__Host-bt"] = "0" * 64
    assert josie.consent(app_url)["statusCode"] == 400
    assert (_bound(stage), stage.app.asked_for_tokens) == ({}, [])


EDITS: dict[str, dict[str, str]] = {
    "the state": {"state": UNKNOWN},
    "where the code comes": {"response_mode": "fragment"},
    "the callback": {"redirect_uri": f"{BASE_URL}/oauth/callback/salesforce"},
    "the other callback": {"redirect_uri": f"{BASE_URL}/oauth/slack/callback"},
}


def _edited(url: str, **asked: str) -> str:
    """An address of Slack or the app, as Tom sends it on."""
    query = dict(parse_qsl(urlsplit(url).query))
    return urlsplit(url)._replace(query=urlencode(query | asked)).geturl()


def _opens(browser: Browser, url: str, given: Mapping[str, str]) -> Mapping[str, str]:
    """She opens it and says yes; what stands in her address bar afterwards, or on its way there did."""
    asked = dict(parse_qsl(urlsplit(url).query))
    hidden = asked.get("response_mode") == "fragment"
    callback = asked["redirect_uri"]
    page = browser.get(callback, {} if hidden else given)
    assert page["statusCode"] in (400, 404)
    assert browser.address_bar.startswith(f"{BASE_URL}/connect/"), "a clean address"
    return {} if hidden else given


@pytest.mark.parametrize("edit", EDITS)
def test_t2_an_edited_address_of_the_app_lends_tom_no_code_of_hers(stage: Stage, edit: str) -> None:
    """Tom edits what he sends on, so that her browser brings nothing of his; she passes on her address bar."""
    tom, josie = stage.browser(TOM), stage.browser(JOSIE)
    app_url = onward(tom.prove(tom.to_slack(stage.begin(TOM))))
    sent = _edited(app_url, **EDITS[edit])
    passed_on = _opens(josie, sent, josie.at_app(sent))
    brought = tom.back_from_app({**passed_on, "state": parse_qs(urlsplit(app_url).query)["state"][0]})
    assert brought["statusCode"] in (400, 409)
    assert (_bound(stage), stage.app.asked_for_tokens) == ({}, [])


@pytest.mark.parametrize("edit", EDITS)
def test_t2_an_edited_address_of_slack_lends_tom_no_proof_of_hers(stage: Stage, edit: str) -> None:
    """Tom has Josie's link, and would be connected as her: his account at the app, her name in Slack."""
    tom, josie = stage.browser(TOM), stage.browser(JOSIE)
    slack_url = tom.to_slack(stage.begin(JOSIE))
    sent = _edited(slack_url, **EDITS[edit])
    passed_on = _opens(josie, sent, josie.at_slack(sent))
    brought = tom.back_from_slack({**passed_on, "state": parse_qs(urlsplit(slack_url).query)["state"][0]})
    assert brought["statusCode"] in (400, 409)
    assert (_bound(stage), stage.app.asked_for_tokens) == ({}, [])


def test_t3_toms_callback_with_his_code_binds_nothing_to_josie(stage: Stage) -> None:
    mine, _ = stage.world.begin(JOSIE)
    begun, _ = stage.world.begin(TOM)
    tom, josie = stage.browser(TOM), stage.browser(JOSIE)
    her_app_url = onward(josie.prove(josie.to_slack(mine.url)))
    his = stage.app.consent(onward(tom.prove(tom.to_slack(begun.url))), tom.app_email)
    assert josie.get(APP_CALLBACK, his)["statusCode"] == 400
    her_state = stage.app.consent(her_app_url, josie.app_email)["state"]
    assert josie.get(APP_CALLBACK, {"code": his["code"], "state": her_state})["statusCode"] == 400
    assert _bound(stage) == {}
    assert [answer.form["code"] for answer in stage.app.asked_for_tokens] == [his["code"]]


def test_t3_his_code_in_her_leg_is_refused_by_the_app_itself_because_of_pkce(stage: Stage) -> None:
    begun, _ = stage.world.begin(JOSIE)
    josie = stage.browser(JOSIE)
    state = stage.app.consent(onward(josie.prove(josie.to_slack(begun.url))), josie.app_email)["state"]
    tom_asked, _ = stage.world.begin(TOM)
    tom = stage.browser(TOM)
    his_code = stage.app.consent(onward(tom.prove(tom.to_slack(tom_asked.url))), tom.app_email)["code"]
    answer = josie.get(APP_CALLBACK, {"code": his_code, "state": state})
    assert (answer["statusCode"], stage.app.issued, _bound(stage)) == (400, 0, {})


def test_t4_fifty_callbacks_at_once_are_one_token_request(stage: Stage) -> None:
    begun, _ = stage.world.begin(JOSIE)
    josie = stage.browser(JOSIE)
    callback = stage.app.consent(onward(josie.prove(josie.to_slack(begun.url))), josie.app_email)
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: josie.get(APP_CALLBACK, callback), range(50)))
    assert len(stage.app.asked_for_tokens) == 1
    assert {answer["statusCode"] for answer in answers} <= {200, 409}
    page = next(answer for answer in answers if "<form" in answer["body"])
    with ThreadPoolExecutor(50) as pool:
        ends = list(pool.map(lambda _: josie.confirm(page), range(50)))
    assert {end["statusCode"] for end in ends} <= {200, 409, 410}
    assert (_bound(stage), stage.world.audit.names) == ({"U0JOSIE": "josie@acme.com"}, ["sign_in.connected"])


def test_t4_a_replayed_slack_callback_goes_nowhere(stage: Stage) -> None:
    begun, _ = stage.world.begin(JOSIE)
    josie = stage.browser(JOSIE)
    callback = stage.slack.sign_in(josie.to_slack(begun.url), "U0JOSIE")
    answers = [josie.get(f"{BASE_URL}/oauth/slack/callback", callback)["statusCode"] for _ in range(3)]
    assert answers == [302, 409, 409]


def test_t5_a_code_that_comes_to_another_apps_address_is_sent_to_nobody(stage: Stage) -> None:
    begun, _ = stage.world.begin(JOSIE)
    josie = stage.browser(JOSIE)
    callback = stage.app.consent(onward(josie.prove(josie.to_slack(begun.url))), josie.app_email)
    answer = josie.get(f"{BASE_URL}/oauth/callback/salesforce", callback)
    assert (answer["statusCode"], stage.app.asked_for_tokens, _bound(stage)) == (400, [], {})


def test_t6_guessed_links_and_states_are_unknown(stage: Stage) -> None:
    stage.world.begin(JOSIE)
    guess, josie = "ab" * 32, stage.browser(JOSIE)
    statuses = [
        josie.get(f"{BASE_URL}/connect/{guess}")["statusCode"],
        josie.post(f"{BASE_URL}/connect/{guess}", "go")["statusCode"],
        josie.post(f"{BASE_URL}/connect/{guess}", "confirm")["statusCode"],
        josie.post(f"{BASE_URL}/connect/{guess}", "new_link")["statusCode"],
        josie.get(APP_CALLBACK, {"code": "c", "state": guess})["statusCode"],
        josie.get(f"{BASE_URL}/oauth/slack/callback", {"code": "c", "state": guess})["statusCode"],
    ]
    assert statuses == [404] * 6


def test_t7_a_hundred_previews_change_nothing(stage: Stage) -> None:
    begun, _ = stage.world.begin(JOSIE)
    writes = stage.world.sign_ins.writes
    scanner, josie = stage.browser(TOM), stage.browser(JOSIE)
    assert {scanner.get(begun.url)["statusCode"] for _ in range(100)} == {200}
    assert (stage.world.sign_ins.writes, scanner.cookies) == (writes, {})
    assert "Connected" in josie.confirm(josie.sign_in(begun.url))["body"]


def test_t8_rows_that_outlive_their_time_are_over(stage: Stage) -> None:
    begun, _ = stage.world.begin(JOSIE)
    josie = stage.browser(JOSIE)
    slack_url = josie.to_slack(begun.url)
    stage.world.clock.now += 601
    late = josie.prove(slack_url)
    assert (late["statusCode"], josie.get(begun.url)["statusCode"]) == (410, 410)
    assert josie.post(form_address(late), "new_link")["statusCode"] == 200
    assert stage.world.queue.kinds == ["new_link"]
    assert stage.app.asked_for_tokens == []


def test_two_people_who_do_everything_in_any_order_end_up_as_themselves(stage: Stage) -> None:
    """Random interleavings of both journeys, with addresses swapped between the browsers on the way."""
    seed = 20_260_801
    chance, bound = Random(seed), 0  # noqa: S311 - a test's dice
    for round_ in range(150):
        stage.world.clock.now += 700
        stage.world.connections.rows.clear()
        tom, josie = stage.browser(TOM), stage.browser(JOSIE)
        journeys = [_journey(stage, tom, josie, chance), _journey(stage, josie, tom, chance)]
        order = [0, 0, 0, 0, 1, 1, 1, 1]
        chance.shuffle(order)
        for which in order:
            next(journeys[which], None)
        found = _bound(stage)
        bound += len(found)
        assert found.items() <= OWN.items(), f"seed {seed}, round {round_}: {found}"
    assert 0 < bound < 300, "some get through, and some are stopped"


def _journey(stage: Stage, own: Browser, other: Browser, chance: Random) -> Iterator[None]:
    """One person's sign-in step by step; each step may be taken by the other one's browser instead."""
    begun, _ = stage.world.begin(own.person)

    def browser() -> Browser:
        return other if chance.random() < SWAPPED else own

    try:
        slack_url = browser().to_slack(begun.url)
        yield
        app_url = onward(browser().prove(slack_url))
        yield
        page = browser().consent(app_url)
        yield
        browser().confirm(page)
    except ValueError:
        return  # stopped, by a page that leads nowhere
