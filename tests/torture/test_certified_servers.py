"""The sign-in attacks with other people's servers in Slack's and the app's place, and every forged id_token."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from countersign.domain.sign_in import IntentStatus
from countersign.usecases.browser_leg import BrowserLeg
from tests.support.sign_in_world import BASE_URL, JOSIE, TOM
from tests.support.two_browsers import Stage, onward
from tests.torture.attacks.certified import CertifiedApp, ForgingSlack, certified
from tests.torture.attacks.interleaving import honest
from tests.torture.attacks.oracle import Oracle

FORGERIES = 46


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with certified(tmp_path_factory.mktemp("certified")) as stage:
        yield stage


@pytest.fixture
def stage(servers: Stage) -> Stage:
    """Ten minutes later, and nobody is connected."""
    world, slack, app = servers.world, servers.slack, servers.app
    assert isinstance(slack, ForgingSlack)
    assert isinstance(app, CertifiedApp)
    world.clock.now += 700
    world.connections.rows.clear()
    slack.forge = ""
    app.forget()
    return servers


def test_the_honest_way_ends_with_a_token_that_acts_as_its_person(stage: Stage) -> None:
    oracle = Oracle(stage)
    assert honest(stage, oracle, JOSIE)
    assert (oracle.bound, oracle.wrong, len(stage.app.asked_for_tokens)) == (1, [], 1)


def test_every_forged_id_token_is_believed_by_nobody(stage: Stage) -> None:
    """C6. Each claims to be of the very person of the link; the app is never asked, and nothing is bound."""
    slack = stage.slack
    assert isinstance(slack, ForgingSlack)
    assert len(slack.forgeries) == FORGERIES
    believed = []
    for forgery in slack.forgeries:
        stage.world.clock.now += 700
        slack.forge, browser = forgery, stage.browser(JOSIE)
        answer = browser.prove(browser.to_slack(stage.begin(JOSIE)))
        if not 400 <= answer["statusCode"] < 500:
            believed.append((forgery, answer["statusCode"]))
    assert believed == []
    assert (stage.app.asked_for_tokens, stage.world.connections.rows) == ([], {})


def test_t1_a_forwarded_link_is_stopped_before_the_app_is_asked(stage: Stage) -> None:
    link, josie = stage.begin(TOM), stage.browser(JOSIE)
    assert josie.prove(josie.to_slack(link))["statusCode"] == 403
    assert (stage.app.asked_for_tokens, stage.world.connections.rows) == ([], {})
    assert [intent.status for intent in stage.world.sign_ins.intents.values()][-1] is IntentStatus.BURNT


def test_t2_the_second_half_is_worthless_in_another_browser(stage: Stage) -> None:
    tom, josie = stage.browser(TOM), stage.browser(JOSIE)
    app_url = onward(tom.prove(tom.to_slack(stage.begin(TOM))))
    assert josie.consent(app_url)["statusCode"] == 400
    assert (stage.app.asked_for_tokens, stage.world.connections.rows) == ([], {})


@pytest.mark.parametrize("edit", [{"state": "f" * 64}, {"response_mode": "fragment"}, {"state": ""}])
def test_t2_an_edited_address_lends_tom_no_code_of_hers(stage: Stage, edit: Mapping[str, str]) -> None:
    """The certified server gives her code as it is asked to; PKCE and state fit, for they are Tom's own."""
    tom, josie = stage.browser(TOM), stage.browser(JOSIE)
    app_url = onward(tom.prove(tom.to_slack(stage.begin(TOM))))
    asked = dict(parse_qsl(urlsplit(app_url).query))
    hers = josie.at_app(urlsplit(app_url)._replace(query=urlencode(asked | edit)).geturl())
    hidden = "response_mode" in edit
    josie.back_from_app({} if hidden else hers)
    assert josie.address_bar.startswith(f"{BASE_URL}/connect/"), "a fragment is dropped, and nothing else stays"
    brought = tom.back_from_app(({} if hidden else hers) | {"state": asked["state"]})
    assert brought["statusCode"] in (400, 409)
    assert (stage.app.asked_for_tokens, stage.world.connections.rows) == ([], {})


def test_t2_without_the_claim_the_certified_server_takes_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the test above can fail: this is the hole."""
    monkeypatch.setattr(BrowserLeg, "brought_first", lambda *_: True)
    tom, josie, oracle = stage.browser(TOM), stage.browser(JOSIE), Oracle(stage)
    app_url = onward(tom.prove(tom.to_slack(stage.begin(TOM))))
    asked = dict(parse_qsl(urlsplit(app_url).query))
    hers = josie.at_app(urlsplit(app_url)._replace(query=urlencode(asked | {"state": "f" * 64})).geturl())
    josie.back_from_app(hers)
    tom.confirm(tom.back_from_app(hers | {"state": asked["state"]}))
    oracle.look()
    assert oracle.wrong == ["U0TOM acts as josie@acme.com and is shown as josie@acme.com"]


def test_t3_a_code_of_toms_in_josies_leg_is_refused_by_the_certified_server(stage: Stage) -> None:
    tom, josie = stage.browser(TOM), stage.browser(JOSIE)
    hers = josie.at_app(onward(josie.prove(josie.to_slack(stage.begin(JOSIE)))))
    his = tom.at_app(onward(tom.prove(tom.to_slack(stage.begin(TOM)))))
    assert josie.back_from_app(hers | {"code": his["code"]})["statusCode"] == 400
    assert [noted["event"] for noted in stage.app.asked_for_tokens] == ["grant refused"]
    assert stage.world.connections.rows == {}


def test_t4_fifty_callbacks_at_once_are_one_token_request(stage: Stage) -> None:
    josie = stage.browser(JOSIE)
    callback = josie.at_app(onward(josie.prove(josie.to_slack(stage.begin(JOSIE)))))
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: josie.back_from_app(callback), range(50)))
    assert {answer["statusCode"] for answer in answers} <= {200, 409}
    assert [noted["event"] for noted in stage.app.asked_for_tokens] == ["granted"]


def test_t4_slacks_code_and_our_state_are_for_one_use(stage: Stage) -> None:
    josie, other = stage.browser(JOSIE), stage.browser(JOSIE)
    callback = josie.at_slack(josie.to_slack(stage.begin(JOSIE)))
    assert [josie.back_from_slack(callback)["statusCode"] for _ in range(2)] == [302, 409]
    fresh = josie.at_slack(josie.to_slack(stage.begin(JOSIE)))
    assert josie.back_from_slack(fresh | {"code": callback["code"]})["statusCode"] == 403, "Slack knows it no more"
    fresh = other.at_slack(other.to_slack(stage.begin(JOSIE)))
    assert other.back_from_slack(fresh | {"code": callback["code"]})["statusCode"] == 409, "nor is it this browser's"
    assert stage.app.asked_for_tokens == []


@pytest.mark.parametrize(
    "issuer", [None, "https://acme.records.example/", "http://acme.records.example", "https://evil.example"]
)
def test_t5_a_callback_of_no_or_another_issuer_asks_for_no_token(stage: Stage, issuer: str | None) -> None:
    josie = stage.browser(JOSIE)
    callback = josie.at_app(onward(josie.prove(josie.to_slack(stage.begin(JOSIE)))))
    changed = {name: value for name, value in callback.items() if name != "iss"} | ({"iss": issuer} if issuer else {})
    assert josie.back_from_app(changed)["statusCode"] == 400
    assert (stage.app.asked_for_tokens, stage.world.connections.rows) == ([], {})
