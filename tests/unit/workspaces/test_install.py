"""Installing in a workspace: this browser only, once, where it may, and taken back where it may not."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from countersign.domain.connection import Status
from countersign.domain.errors import ChatRefused, ChatUnavailable, ConfigurationError, Unverified
from countersign.domain.installation import CHAT, Granted, Installation, bot_of
from countersign.domain.token_codec import unpack
from countersign.entrypoints import install
from tests.support.install_world import BASE, AdminBrowser, Installing
from tests.support.memory_workspaces import ACME, LABS, ORGANISATION, SALES, granted


def world(*installations: Installation, allowed: str = "", expires_in: int | None = None) -> Installing:
    """Slack has a code for each of these, named by its workspace."""
    made = Installing(allowed)
    made.chat_install.codes = {each.workspace.id: granted(each, expires_in=expires_in) for each in installations}
    return made


def installed(made: Installing, code: str) -> tuple[int, str]:
    browser = AdminBrowser(made)
    return browser.back(code=code, state=browser.set_out())


def test_the_browser_is_sent_to_slack_with_a_cookie_of_its_own() -> None:
    answer = AdminBrowser(world()).get("/slack/install")
    asked = parse_qs(urlsplit(answer["headers"]["Location"]).query)
    cookie = answer["headers"]["Set-Cookie"]
    assert answer["statusCode"] == 302
    assert asked["redirect_uri"] == [f"{BASE}/slack/oauth_redirect"]
    assert cookie.startswith("__Host-bi=")
    assert cookie.endswith("; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax")


def test_an_allowed_workspace_is_installed_and_its_token_sealed() -> None:
    made = world(ACME, allowed="T0ACME,T1LABS")
    status, text = installed(made, "T0ACME")
    bot = made.bot_connections.get(bot_of("T0ACME"), CHAT.id)
    assert (status, "Countersign is in Acme" in text, "/invite @Countersign" in text) == (200, True, True)
    assert made.installations.get("T0ACME") == replace(ACME, installed_at=made.now)
    assert bot is not None
    opened = unpack(made.bot_opener.open(bot.sealed, bot.owner))
    assert opened.access_token is not None
    assert (opened.access_token.reveal(), bot.status, bot.expires_at) == ("xoxb-T0ACME-1", Status.LIVE, None)
    assert made.audit.names == ["workspace.installed"]


def test_a_rotating_token_keeps_its_refresh_token_and_end() -> None:
    made = world(ACME, allowed="T0ACME", expires_in=43_200)
    installed(made, "T0ACME")
    bot = made.bot_connections.get(bot_of("T0ACME"), CHAT.id)
    assert bot is not None
    assert bot.expires_at == made.now + 43_200
    assert unpack(made.bot_opener.open(bot.sealed, bot.owner)).refresh_token is not None


def test_installing_again_replaces_the_token() -> None:
    made = world(ACME, allowed="T0ACME")
    installed(made, "T0ACME")
    made.now += 60
    made.chat_install.codes["again"] = granted(ACME)
    assert installed(made, "again")[0] == 200
    bot = made.bot_connections.get(bot_of("T0ACME"), CHAT.id)
    assert bot is not None
    assert (bot.version, bot.connected_at) == (2, made.now)


def test_an_organisations_installation_leads_to_where_workspaces_are_added() -> None:
    made = world(ORGANISATION, allowed="E0ACME")
    status, text = installed(made, "E0ACME")
    assert (status, "https://slack.example/E0ACME" in text, "Add it to workspaces" in text) == (200, True, True)
    assert made.bot_connections.get(bot_of("E0ACME"), CHAT.id) is not None


def test_a_workspace_is_allowed_by_its_organisation() -> None:
    assert installed(world(SALES, allowed="E0ACME"), "T0SALES")[0] == 200


def test_a_workspace_that_is_not_listed_loses_the_app_at_once_and_nothing_is_kept() -> None:
    made = world(LABS, allowed="T0ACME")
    status, text = installed(made, "T1LABS")
    assert (status, "Acme Labs is not on the list" in text, "add T1LABS" in text) == (403, True, True)
    assert made.chat_install.withdrawn == ["T1LABS"]
    assert (made.installations.list(), made.bot_connections.rows) == ([], {})
    assert made.audit.names == ["workspace.refused"]


@pytest.mark.parametrize("failure", [ChatUnavailable("down"), ChatRefused("is_bot")])
def test_a_removal_that_fails_is_said_and_nothing_is_kept_either(failure: ChatRefused | ChatUnavailable) -> None:
    made = world(LABS, allowed="T0ACME")
    made.chat_install.withdrawal_fails = failure
    status, text = installed(made, "T1LABS")
    assert (status, "please remove it in Acme Labs" in text, made.installations.list()) == (403, True, [])


def test_without_a_list_the_first_one_stays_the_only_one() -> None:
    made = world(LABS, ACME)
    made.__dict__["bot_tokens"] = NoBotGiven()
    assert [installed(made, "T1LABS")[0], installed(made, "T0ACME")[0]] == [200, 403]
    assert made.chat_install.withdrawn == ["T0ACME"]


def test_without_a_list_the_workspace_of_the_bot_that_was_given_is_the_first_one() -> None:
    made = world(LABS, ACME)
    made.__dict__["bot_tokens"] = BotGiven()
    assert [installed(made, "T1LABS")[0], installed(made, "T0ACME")[0]] == [403, 200]


class NoBotGiven:
    def given(self) -> None:
        return None


class BotGiven:
    def given(self) -> str:
        return "xoxb-given"


def test_an_installation_that_slack_began_starts_again_here() -> None:
    made = world(ACME, allowed="T0ACME")
    status, text = AdminBrowser(made).back(code="T0ACME")
    assert (status, f'href="{BASE}/slack/install"' in text) == (200, True)
    assert made.chat_install.exchanged == []


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [("access_denied", 200, "You did not allow it"), ("org_login_required", 502, "org_login_required")],
)
def test_what_slack_answers_instead_of_a_code_is_said_plainly(error: str, status: int, said: str) -> None:
    browser = AdminBrowser(world())
    found, text = browser.back(error=error, state=browser.set_out())
    assert (found, said in text, "Start again" in text) == (status, True, True)


def test_another_browser_gets_nowhere_and_ends_nothing() -> None:
    made = world(ACME, allowed="T0ACME")
    admin = AdminBrowser(made)
    state = admin.set_out()
    other = AdminBrowser(made)
    other.set_out()
    assert other.back(code="T0ACME", state=state)[0] == 400
    assert AdminBrowser(made).back(code="T0ACME", state=state)[0] == 400
    assert made.chat_install.exchanged == []
    assert admin.back(code="T0ACME", state=state)[0] == 200


def test_a_state_works_once() -> None:
    made = world(ACME, allowed="T0ACME")
    browser = AdminBrowser(made)
    state = browser.set_out()
    assert [browser.back(code="T0ACME", state=state)[0] for _ in range(2)] == [200, 410]
    assert len(made.chat_install.exchanged) == 1


def test_a_state_works_for_ten_minutes() -> None:
    made = world(ACME, allowed="T0ACME")
    browser = AdminBrowser(made)
    state = browser.set_out()
    made.now += 600
    assert browser.back(code="T0ACME", state=state)[0] == 410
    assert made.chat_install.exchanged == []


def test_two_tabs_of_one_browser_do_not_break_each_other() -> None:
    made = world(ACME, LABS, allowed="T0ACME,T1LABS")
    browser = AdminBrowser(made)
    one, two = browser.set_out(), browser.set_out()
    assert browser.back(code="T0ACME", state=one)[0] == 200
    assert browser.back(code="T1LABS", state=two)[0] == 200


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        (Unverified("oauth.v2.access: invalid_code"), 400, "That took too long"),
        (ChatUnavailable("down"), 503, "Slack does not answer"),
        (ConfigurationError("bad_client_secret"), 503, "not set up completely"),
    ],
)
def test_a_code_that_brings_nothing_is_explained(
    code: Unverified | ChatUnavailable | ConfigurationError, status: int, said: str
) -> None:
    made = world()
    made.chat_install.codes["c"] = code
    found, text = installed(made, "c")
    assert (found, said in text) == (status, True)
    assert "invalid_code" not in text


def test_a_required_permission_that_was_not_given_is_named_and_nothing_is_kept() -> None:
    poor = replace(ACME, scopes=("commands", "chat:write"))
    made = world(poor, allowed="T0ACME")
    status, text = installed(made, "T0ACME")
    assert (status, "im:history, app_mentions:read, users:read" in text) == (409, True)
    assert made.installations.list() == []


def test_a_workspace_that_is_not_listed_is_left_whatever_it_gave() -> None:
    made = world(replace(LABS, scopes=("commands",)), allowed="T0ACME")
    assert installed(made, "T1LABS")[0] == 403
    assert made.chat_install.withdrawn == ["T1LABS"]


def test_an_optional_permission_that_was_not_given_is_named_and_all_else_works() -> None:
    made = world(replace(ACME, scopes=ACME.scopes[:5]), allowed="T0ACME")
    status, text = installed(made, "T0ACME")
    assert (status, "It was not given users:read.email" in text) == (200, True)


def test_an_installation_that_was_removed_while_it_was_written_is_not_kept() -> None:
    made = world(ACME, allowed="T0ACME")
    made.installations.mark_gone("T0ACME", None, made.now + 1)
    assert installed(made, "T0ACME")[0] == 410
    there = made.installations.get("T0ACME")
    assert there is not None
    assert not there.live


def test_storage_that_does_not_answer_is_a_page_that_says_so() -> None:
    made = world(ACME, allowed="T0ACME")
    made.installations.broken = True
    answer = AdminBrowser(made).get("/slack/install")
    assert (answer["statusCode"], "Please try again in a minute" in answer["body"]) == (503, True)


@pytest.mark.parametrize("state", ["", "short", "A" * 64, "a" * 64])
def test_a_state_that_nobody_made_is_a_page(state: str) -> None:
    assert AdminBrowser(world()).back(code="c", state=state)[0] in {400, 410}


@pytest.mark.parametrize("host", ["", "evil host", "a" * 300, "x/../y"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    event = {
        "httpMethod": "GET",
        "path": "/slack/install",
        "resource": "/slack/install",
        "headers": {"Host": host},
        "requestContext": {"path": "/prod/slack/install"},
    }
    assert install.handle(event, world())["statusCode"] == 400


def test_a_local_stacks_programs_are_sent_back_to_its_browsers_address() -> None:
    event = {
        "httpMethod": "GET",
        "path": "/slack/install",
        "resource": "/slack/install",
        "headers": {"Host": "127.0.0.1:4561"},
        "requestContext": {"path": "/local/slack/install", "apiId": "abc123"},
    }
    location = install.handle(event, world())["headers"]["Location"]
    asked = parse_qs(urlsplit(location).query)["redirect_uri"]
    assert asked == ["http://abc123.execute-api.localhost:4561/local/slack/oauth_redirect"]


def test_the_deployments_own_address_is_used_where_it_was_given() -> None:
    made = Installing(GIVEN_PUBLIC_URL="https://countersign.acme.com")
    location = AdminBrowser(made).get("/slack/install")["headers"]["Location"]
    assert parse_qs(urlsplit(location).query)["redirect_uri"] == ["https://countersign.acme.com/slack/oauth_redirect"]


def test_a_name_from_slack_is_text_on_the_page_and_nothing_else() -> None:
    made = world(replace(ACME, name="<script>x</script>{oops}"), allowed="T0ACME")
    _, text = installed(made, "T0ACME")
    assert "<script>" not in text
    assert "&lt;script&gt;x&lt;/script&gt;{oops}" in text


def test_what_was_granted_shows_no_token() -> None:
    found: Granted = granted(ACME)
    assert "xoxb" not in repr(found)
