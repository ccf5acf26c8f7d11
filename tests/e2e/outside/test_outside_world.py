"""The story with an outside Slack and an outside app, brought by environment variables alone."""

import sys
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from tests.e2e.outside.records import ISSUER, Watch
from tests.e2e.outside.world import RECIPE, World

CALLBACK = "/oauth/callback/records"


def test_up_again_takes_the_place_of_what_ran(world: World) -> None:
    assert [process.name for process in world.replaced] == ["sandbox", "logs", "aws"]
    assert not any(process.alive() for process in world.replaced)
    assert all(process.alive() for process in world.stack.processes)


def test_tom_is_refused_and_josie_approves_as_josie(world: World) -> None:
    tom, josie = world.slack.join("tom"), world.slack.join("josie")
    card = world.card("R-1", approver="josie")

    page = world.sign_in(world.browser_of(tom), world.asked_to_connect(tom, card), "tom")
    assert "Acme Records knows you as tom@acme.com" in page.text
    refusal = str(world.slack.wait_for(tom, "Acme Records did not allow this", after=card))
    assert "Only josie may approve R-1." in refusal
    assert "signed in there as tom@acme.com" in refusal
    assert world.records.approved_by("R-1") is None
    assert list(card.buttons) == ["Approve", "Open in Acme Records"]
    assert world.slack.seen_by(josie)[-1] is card, "what the app told Tom is for Tom alone"

    page = world.sign_in(world.browser_of(josie), world.asked_to_connect(josie, card), "josie")
    assert "Acme Records knows you as josie@acme.com" in page.text
    world.wait_until_approved("R-1")
    assert world.records.approved_by("R-1") == "josie"
    assert f"*Approved* by <@{josie.id}> (josie@acme.com in Acme Records)" in str(card)
    assert list(card.buttons) == ["Open in Acme Records"]


def test_a_connection_outlives_its_access_tokens(world: World) -> None:
    josie, watch = world.slack.join("josie"), world.records.watch()
    world.connect(josie, "R-11")
    for record in ("R-12", "R-13"):
        world.records.wait_until_over(watch.tokens("access")[-1])
        world.approve(josie, record)
        assert world.records.approved_by(record) == "josie"
    first, *renewed = watch.grants()
    assert first == "authorization_code"
    assert len(renewed) >= 2
    assert set(renewed) == {"refresh_token"}, "a rotated refresh token was sent twice"
    *used, present = watch.tokens("refresh")
    assert world.records.active(present)
    assert not any(map(world.records.active, used))


def test_who_disconnects_is_revoked_at_the_app(world: World) -> None:
    josie, watch = world.slack.join("josie"), world.records.watch()
    world.connect(josie, "R-21")
    present = watch.tokens("refresh")[-1]
    assert world.records.active(present)

    world.slack.say(josie, "connections")
    listed = world.slack.wait_for(josie, "Your connections")
    assert "*Acme Records* as josie@acme.com\\nConnected" in str(listed)
    world.slack.click(josie, listed, "Disconnect")
    world.slack.wait_for(josie, "*Acme Records*: removed here, and revoked at Acme Records.", after=listed)
    assert not world.records.active(present)
    refused = requests.post(
        f"http://127.0.0.1:{world.records.port}/token",
        {"grant_type": "refresh_token", "refresh_token": present},
        auth=(world.records.client_id, world.records.client_secret),
        timeout=5,
    )
    assert refused.json()["error"] == "invalid_grant"

    world.asked_to_connect(josie, world.card("R-22", approver="josie"))
    assert world.records.approved_by("R-22") is None


def test_a_forwarded_link_is_worthless(world: World) -> None:
    tom, josie, watch = world.slack.join("tom"), world.slack.join("josie"), world.records.watch()
    card = world.card("R-31", approver="josie")
    link = world.asked_to_connect(tom, card)

    hers = world.browser_of(josie)
    stopped = hers.press(hers.get(link), "Continue")
    assert (stopped.status, "This link is not yours" in stopped.text) == (403, True)
    world.slack.wait_for(tom, "was opened by somebody else", after=card)
    his = world.browser_of(tom).get(link)
    assert (his.status, "This link was stopped" in his.text) == (410, True)
    assert (watch.grants(), world.records.approved_by("R-31")) == ([], None)
    world.slack.say(tom, "connections")
    world.slack.wait_for(tom, "You have not connected anything yet")


def test_the_second_half_of_a_sign_in_is_worthless_in_another_browser(world: World) -> None:
    tom, josie, watch = world.slack.join("tom"), world.slack.join("josie"), world.records.watch()
    his, hers = world.browser_of(tom), world.browser_of(josie)
    his.stop_at = world.records.browser_url
    link = world.asked_to_connect(tom, world.card("R-41", approver="josie"))
    forwarded = his.press(his.get(link), "Continue").url

    consent = hers.press(hers.get(forwarded), "Sign-in", login="josie", password="any")
    stopped = hers.press(consent, "Continue")
    assert stopped.url.endswith("/connect/lost_cookie"), "nothing of it stays in her address bar"
    assert (stopped.status, "Please start again in one browser" in stopped.text) == (400, True)
    assert (watch.grants(), world.records.approved_by("R-41")) == ([], None)


def test_a_callback_of_another_issuer_asks_for_no_token(world: World) -> None:
    """RFC 9207 §2.4; the true one then goes through, and its code is exchanged once however often it is reloaded."""
    josie, watch = world.slack.join("josie"), world.records.watch()
    browser = world.browser_of(josie)
    browser.stop_at = CALLBACK
    link = world.asked_to_connect(josie, world.card("R-51", approver="josie"))
    callback = world.sign_in(browser, link, "josie").url
    browser.stop_at = None

    for issuer in ([], ["https://other.records.example"], [f"{ISSUER}/"], [ISSUER, ISSUER]):
        refused = browser.get(with_issuers(callback, issuer))
        assert (refused.status, "This address is not complete" in refused.text) == (400, True)
    assert watch.grants() == []

    for _ in range(3):
        page = browser.get(callback)
        assert (page.status, "Acme Records knows you as josie@acme.com" in page.text) == (200, True)
    world.wait_until_approved("R-51")
    assert [grant for grant in watch.grants() if grant != "refresh_token"] == ["authorization_code"]


def with_issuers(callback: str, issuers: list[str]) -> str:
    """The same callback with these values of `iss`."""
    parts = urlsplit(callback)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "iss"]
    return parts._replace(query=urlencode(kept + [("iss", issuer) for issuer in issuers])).geturl()


def test_only_the_secrets_that_were_brought_open_anything(world: World) -> None:
    described, slack = world.stack.description, world.slack
    brought = {"signing_secret": slack.app.signing_secret, "bot_token": slack.app.bot_token}
    brought |= {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret}
    assert brought.items() <= described["slack"].items()
    assert {recipe: hook["secret"] for recipe, hook in described["hooks"].items()} == {RECIPE: world.hook_secret}

    hook = requests.post(described["hooks"][RECIPE]["url"], json={}, headers={"Authorization": "Bearer no"}, timeout=5)
    assert hook.status_code == 401
    right, slack.app.signing_secret = slack.app.signing_secret, "another"
    try:
        with pytest.raises(AssertionError, match="events: 401"):
            slack.say(slack.join("tom"), "help")
    finally:
        slack.app.signing_secret = right


def test_no_secret_and_no_token_stands_in_any_log(world: World) -> None:
    josie, app, before = world.slack.join("josie"), world.slack.app, world.stack.logged()
    browser, link = world.browser_of(josie), world.asked_to_connect(josie, world.card("R-61", approver="josie"))
    callback = world.sign_in(browser, link, "josie").url
    world.wait_until_approved("R-61")
    noted = Watch(world.records, since=0)
    tokens = noted.tokens("access") + noted.tokens("refresh")
    link_and_code = [link.rpartition("/")[2], *(value for _, value in parse_qsl(urlsplit(callback).query))]
    secrets = [app.signing_secret, app.bot_token, app.client_secret, world.records.client_secret, world.hook_secret]
    logged = world.stack.wait_until_logged("action_ended", beyond=before)
    assert "sign_in_page" in logged
    assert [each for each in (*tokens, *link_and_code, *secrets) if each != ISSUER and each in logged] == []


def test_down_leaves_nothing_running_and_may_be_said_twice(world: World) -> None:
    """The last one: the stories end with the stack."""
    running = world.stack.processes
    assert world.stack.leftovers() or sys.platform != "linux"
    assert [world.stack.command("down").stdout for _ in range(2)] == [
        "Ended: sandbox, logs, aws.\n",
        "Nothing was running.\n",
    ]
    assert not any(process.alive() for process in running)
    assert world.stack.leftovers() == []
    assert not world.stack.described
