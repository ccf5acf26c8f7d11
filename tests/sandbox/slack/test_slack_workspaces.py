"""Several workspaces, an organisation, and leaving: the sandbox Slack, and our adapters that meet it."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from slack_sdk.errors import SlackApiError
from slack_world import BROWSER_URL, CLIENT, World

from countersign.adapters.http import HardenedHttp
from countersign.adapters.slack.inbound import LifecycleEvent
from countersign.adapters.slack.install import SlackInstall, SlackTokenServer
from countersign.adapters.slack.members import SlackMembers
from countersign.adapters.slack.parse_event import parse_event
from countersign.adapters.slack.people import SlackPeople
from countersign.adapters.slack.web_api import WebApi
from countersign.domain.departure import Left
from countersign.domain.errors import (
    ChatRefused,
    ChatUnavailable,
    ConfigurationError,
    InvalidGrant,
    Malformed,
    Unverified,
)
from countersign.domain.identity import Person, Workspace
from countersign.domain.installation import CHAT, OPTIONAL_SCOPES, REQUIRED_SCOPES, Granted
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.oauth import ClientCredentials
from countersign.domain.secret import Secret

REDIRECT = f"{BROWSER_URL}/slack/oauth_redirect"
NOW = 1_800_000_000
ORGANISATION = Workspace("E0ACME", "E0ACME")


def installer(world: World, *secrets: str) -> SlackInstall:
    """Ours, with the right client secret unless another is given."""
    known = tuple(Secret(secret) for secret in secrets or (CLIENT["client_secret"],))
    credentials = ClientCredentials(CLIENT["client_id"], known)
    return SlackInstall(HardenedHttp(LocalHosts({}), local=True), world.api_url, world.slack_url, lambda: credentials)


def approved(world: World, user: str, team: str) -> str:
    """Somebody approves the app in a browser: the code that comes back."""
    browser = world.browser()
    goal = urlencode({"person": user, "return_to": installer(world).authorization_url(REDIRECT, "s" * 64)})
    page = browser.get(f"{world.slack_url}/session/switch?{goal}")
    (form,) = (form for form in page.forms if form.fields.get("team") == team and ("decision", "allow") in form.buttons)
    page.text = f'<form action="{form.action}">{"".join(_field(*each) for each in form.fields.items())}{_ALLOW}</form>'
    back = browser.press(page, "decision", "allow")
    answer = parse_qs(urlsplit(back.url).query)
    assert answer["state"] == ["s" * 64]
    return answer["code"][0]


_ALLOW = '<button name="decision" value="allow">Allow</button>'


def _field(name: str, value: str) -> str:
    return f'<input name="{name}" value="{value}">'


def install(world: World, user: str = "U0JOSIE", team: str = "T0ACME") -> Granted:
    return installer(world).exchange(Secret(approved(world, user, team)), REDIRECT, NOW)


def api(world: World, granted: Granted) -> WebApi:
    token = granted.tokens.access_token
    assert token is not None
    return WebApi(world.api_url, lambda _: token)


def reveal(secret: Secret | None) -> str:
    assert secret is not None
    return secret.reveal()


def events(world: World, count: int) -> list[LifecycleEvent]:
    """Deliveries to the app, as our parser reads them."""
    found = [parse_event(each.body, "trace") for each in world.receiver.wait_for(count)]
    assert all(isinstance(each, LifecycleEvent) for each in found)
    return [each for each in found if isinstance(each, LifecycleEvent)]


def test_a_workspace_is_installed_with_its_own_token(world: World) -> None:
    granted = install(world, "U1JOSIE", "T1LABS")
    installation = granted.installation
    assert (installation.workspace, installation.name, installation.installed_by, installation.installed_at) == (
        Workspace("T1LABS"),
        "Acme Labs",
        "U1JOSIE",
        NOW,
    )
    assert set(installation.scopes) == {*REQUIRED_SCOPES, *OPTIONAL_SCOPES}
    assert (granted.expires_in, granted.tokens.refresh_token) == (None, None)
    assert SlackPeople(api(world, granted), lambda: NOW).workspace() == Workspace("T1LABS")


def test_a_code_is_good_once(world: World) -> None:
    code = Secret(approved(world, "U0JOSIE", "T0ACME"))
    installer(world).exchange(code, REDIRECT, NOW)
    with pytest.raises(Unverified, match="invalid_code"):
        installer(world).exchange(code, REDIRECT, NOW)


def test_a_code_is_good_at_its_own_redirect_address_alone(world: World) -> None:
    code = Secret(approved(world, "U0JOSIE", "T0ACME"))
    with pytest.raises(ConfigurationError, match="bad_redirect_uri"):
        installer(world).exchange(code, f"{REDIRECT}/other", NOW)


def test_a_client_secret_can_be_rotated_and_a_wrong_one_is_the_operators_matter(world: World) -> None:
    code = Secret(approved(world, "U0JOSIE", "T0ACME"))
    assert installer(world, "old", CLIENT["client_secret"]).exchange(code, REDIRECT, NOW)
    with pytest.raises(ConfigurationError, match="bad_client_secret"):
        installer(world, "wrong").exchange(code, REDIRECT, NOW)


def test_a_slack_that_does_not_answer_is_not_the_codes_fault(world: World) -> None:
    code = Secret(approved(world, "U0JOSIE", "T0ACME"))
    world.sandbox.close()
    unreachable = SlackInstall(
        HardenedHttp(LocalHosts({}), local=True),
        "http://127.0.0.1:9/api/",
        world.slack_url,
        lambda: ClientCredentials("c", (Secret("s"),)),
    )
    with pytest.raises(ChatUnavailable):
        unreachable.exchange(code, REDIRECT, NOW)


# --- rotation


def test_a_rotating_token_ends_after_twelve_hours_and_is_renewed_once(start: Callable[..., World]) -> None:
    world = start(token_rotation=True)
    granted = install(world)
    assert granted.expires_in == 43_200
    server = SlackTokenServer(installer(world))
    renewed = server.refresh(CHAT, granted.tokens, "")
    assert renewed.expires_in == 43_200
    with pytest.raises(InvalidGrant, match="invalid_refresh_token"):
        server.refresh(CHAT, granted.tokens, "")
    client = world.client(reveal(renewed.access_token))
    assert client.auth_test()["team_id"] == "T0ACME"
    world.clock.ahead = 43_201
    with pytest.raises(SlackApiError, match="token_expired"):
        client.auth_test()


def test_of_one_installation_two_tokens_live_at_most(start: Callable[..., World]) -> None:
    world = start(token_rotation=True)
    first = install(world)
    second = SlackTokenServer(installer(world)).refresh(CHAT, first.tokens, "")
    assert world.client(reveal(first.tokens.access_token)).auth_test()["ok"]
    install(world)
    with pytest.raises(SlackApiError, match="invalid_auth"):
        world.client(reveal(first.tokens.access_token)).auth_test()
    assert world.client(reveal(second.access_token)).auth_test()["ok"]


# --- an organisation


def test_an_organisations_installation_names_no_workspace(start: Callable[..., World]) -> None:
    world = start(enterprise_id="E0ACME")
    granted = install(world, "U0JOSIE", "E0ACME")
    assert granted.installation.workspace == ORGANISATION
    assert granted.installation.on_whole_organisation
    assert installer(world).workspaces_page(granted.installation) == (
        "https://app.slack.com/manage/E0ACME/integrations/profile/A0COUNTERSIGN/workspaces/add"
    )
    assert SlackPeople(api(world, granted), lambda: NOW).workspace() == ORGANISATION


def test_an_organisations_bot_is_in_the_workspaces_that_an_admin_added(start: Callable[..., World]) -> None:
    world = start(enterprise_id="E0ACME")
    members = SlackMembers(api(world, install(world, "U0JOSIE", "E0ACME")))
    assert members.workspaces(ORGANISATION) == []
    world.administer(add_to=["T0ACME"])
    assert members.workspaces(ORGANISATION) == [Workspace("T0ACME", "E0ACME")]
    page, following = members.page(Workspace("T0ACME", "E0ACME"), "")
    assert ({member.person.user_id for member in page}, following) == ({"U0JOSIE", "U0TOM", "U0PRIYA"}, "")
    with pytest.raises(ChatRefused, match="missing_argument"):
        members.page(Workspace("E0ACME"), "")


def test_a_workspace_that_loses_an_organisations_app_is_named_and_its_organisation_is(
    start: Callable[..., World],
) -> None:
    world = start(enterprise_id="E0ACME")
    install(world, "U0JOSIE", "E0ACME")
    world.administer(add_to=["T0ACME"])
    world.administer(take_from=["T0ACME"])
    [departure] = [each for event in events(world, 2) for each in event.departures]
    assert (departure.left, departure.tenant, departure.workspace) == (Left.WITHDRAWN, "E0ACME", "T0ACME")


# --- leaving


def test_withdrawing_an_installation_ends_its_tokens_and_says_so_twice(world: World) -> None:
    granted = install(world, "U1JOSIE", "T1LABS")
    installer(world).withdraw(granted)
    with pytest.raises(SlackApiError, match="invalid_auth"):
        world.client(reveal(granted.tokens.access_token)).auth_test()
    assert world.client().auth_test()["team_id"] == "T0ACME"
    found = events(world, 2)
    assert {event.type for event in found} == {"tokens_revoked", "app_uninstalled"}
    departures = {(each.left, each.tenant, each.workspace) for event in found for each in event.departures}
    assert departures == {(Left.UNINSTALLED, "T1LABS", "T1LABS")}


def test_withdrawing_what_is_gone_already_is_no_failure(world: World) -> None:
    granted = install(world, "U1JOSIE", "T1LABS")
    world.administer(remove="T1LABS")
    installer(world).withdraw(granted)


def test_an_organisations_removal_takes_all_of_it(start: Callable[..., World]) -> None:
    world = start(enterprise_id="E0ACME")
    install(world, "U0JOSIE", "E0ACME")
    world.administer(remove="E0ACME")
    departures = {(each.tenant, each.workspace) for event in events(world, 2) for each in event.departures}
    assert departures == {("E0ACME", None)}


def test_a_deactivation_is_an_event_and_stands_in_the_list(world: World) -> None:
    world.act("U0TOM", "deactivate")
    [event] = events(world, 1)
    [departure] = event.departures
    assert (departure.left, departure.tenant, departure.person) == (Left.DEACTIVATED, "T0ACME", "U0TOM")
    page, _ = SlackMembers(WebApi(world.api_url, lambda _: Secret("xoxb-sample"))).page(Workspace("T0ACME"), "")
    assert {member.person.user_id for member in page if member.gone} == {"U0TOM"}


def test_whether_somebody_is_gone_is_asked_anew_each_time(world: World) -> None:
    members = SlackMembers(WebApi(world.api_url, lambda _: Secret("xoxb-sample")))
    tom, acme = Person("T0ACME", "U0TOM"), Workspace("T0ACME")
    found = [members.is_gone(tom, acme)]
    world.act("U0TOM", "deactivate")
    found.append(members.is_gone(tom, acme))
    world.sandbox.slack.state.home_workspace.deactivated.clear()
    assert [*found, members.is_gone(tom, acme)] == [False, True, False]
    assert members.is_gone(Person("T0ACME", "U0NEVER"), acme)


def test_who_is_in_another_workspace_of_the_organisation_only_is_gone_from_this_one(
    start: Callable[..., World],
) -> None:
    world = start(enterprise_id="E0ACME")
    members = SlackMembers(WebApi(world.api_url, lambda _: Secret("xoxb-sample")))
    tom = Person("E0ACME", "U0TOM")
    assert not members.is_gone(tom, Workspace("T0ACME", "E0ACME"))
    assert not members.is_gone(tom, ORGANISATION)
    assert members.is_gone(tom, Workspace("T0LEGAL", "E0ACME"))


def test_a_limit_of_slacks_says_how_long_to_wait(world: World) -> None:
    fault = {"method": "users.list", "status": 429, "retry_after": 17}
    requests.post(f"{world.page_url}/api/faults", json=fault, timeout=5).raise_for_status()
    with pytest.raises(ChatUnavailable) as caught:
        SlackMembers(WebApi(world.api_url, lambda _: Secret("xoxb-sample"))).page(Workspace("T0ACME"), "")
    assert caught.value.retry_after == 17


@pytest.mark.parametrize("body", [{}, {"event_time": True}, {"event_time": "1"}, {"event_time": -1}])
def test_an_event_without_its_time_is_malformed(body: dict[str, object]) -> None:
    envelope = {"type": "event_callback", "event_id": "Ev1", "team_id": "T0ACME", "event": {"type": "app_uninstalled"}}
    with pytest.raises(Malformed):
        parse_event(json.dumps({**envelope, **body}).encode(), "trace")
