"""Browsers and hosts: switching people, independent browsers, and which host answers what."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from slack_browser import Browser
from slack_receiver import Receiver
from slack_world import BOT_TOKEN, World, configuration

ROOT = Path(__file__).parents[3]
APPS = ("servicenow", "salesforce")


@pytest.fixture
def world(start: Callable[..., World]) -> World:
    return start(apps=APPS)


def session_of(world: World, cookie: str) -> dict[str, str]:
    session = world.sandbox.slack.state.sessions.find(cookie)
    return session.accounts if session else {}


def switch(world: World, person: str, return_to: str) -> str:
    return f"{world.slack_url}/session/switch?person={person}&return_to={quote(return_to)}"


def sign_in_at_servicenow(world: World, browser: Browser) -> None:
    """Sign in as Josie with the account's sample password; the browser keeps the cookie."""
    host = f"servicenow.localhost:{world.port}"
    with requests.Session() as session:
        session.headers["Host"] = host
        page = session.get(f"{world.page_url}/login", timeout=5).text
        form = {"csrf": page.split('name="csrf" value="')[1].split('"')[0], "login": "josie"}
        signed_in = session.post(f"{world.page_url}/login", data=form | {"password": "josie-sample"}, timeout=5)
        assert "Sign out" in signed_in.text
        browser.cookies["servicenow.localhost"].update(session.cookies.get_dict())


def test_switching_signs_in_and_passes_by_every_app_that_has_a_session_on_the_way_back(world: World) -> None:
    browser = world.browser()
    sign_in_at_servicenow(world, browser)
    browser.visited.clear()
    page = browser.get(switch(world, "U0TOM", f"{world.page_url}/#/U0TOM/C0APPROVALS"))
    sites = [url.split("/")[2].split(":")[0] for url in browser.visited]
    assert sites == ["slack.localhost", "servicenow.localhost", "127.0.0.1"]
    assert "/session/end" in browser.visited[1]
    assert page.url == f"{world.page_url}/#/U0TOM/C0APPROVALS"
    assert session_of(world, browser.cookies["slack.localhost"]["d"]) == {"T0ACME": "U0TOM"}


def test_switching_replaces_the_cookie_and_ends_the_old_session(world: World) -> None:
    browser = world.browser()
    browser.get(switch(world, "U0TOM", world.page_url))
    old = browser.cookies["slack.localhost"]["d"]
    browser.get(switch(world, "U0JOSIE", world.page_url))
    assert session_of(world, browser.cookies["slack.localhost"]["d"]) == {"T0ACME": "U0JOSIE"}
    assert session_of(world, old) == {}


def test_two_browsers_are_two_people(world: World) -> None:
    first, second = world.browser(), world.browser()
    first.get(switch(world, "U0TOM", world.page_url))
    second.get(switch(world, "U0JOSIE", world.page_url))
    accounts = [session_of(world, browser.cookies["slack.localhost"]["d"]) for browser in (first, second)]
    assert accounts == [{"T0ACME": "U0TOM"}, {"T0ACME": "U0JOSIE"}]


@pytest.mark.parametrize(
    "return_to", ["https://example.com/", "http://slack.localhost.example.com/", "//example.com", "/\\example.com"]
)
def test_nothing_leads_out_of_the_sandbox(world: World, return_to: str) -> None:
    browser = world.browser()
    page = browser.get(switch(world, "U0TOM", return_to))
    assert page.status == 400
    assert "d" not in browser.cookies["slack.localhost"]


def test_an_unknown_person_cannot_sign_in(world: World) -> None:
    assert world.browser().get(switch(world, "U0NOBODY", world.page_url)).status == 400


def test_the_session_cookie_is_for_slack_alone(world: World) -> None:
    headers = {"Host": f"slack.localhost:{world.port}"}
    answer = requests.get(f"{world.page_url}/sign-in", headers=headers, timeout=5)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("d=xoxd-")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("127.0.0.1", "/", 200),
        ("localhost", "/", 200),
        ("127.0.0.1", "/api/people", 200),
        ("slack.localhost", "/api/people", 200),
        ("slack.localhost", "/sign-in", 200),
        ("servicenow.localhost", "/", 200),
        ("salesforce.localhost", "/", 200),
        ("127.0.0.1", "/openid/connect/keys", 404),
        ("127.0.0.1", "/../people.py", 404),
        ("example.com", "/", 421),
    ],
)
def test_each_host_answers_its_own(world: World, host: str, path: str, status: int) -> None:
    headers = {"Host": f"{host}:{world.port}"}
    assert requests.get(f"{world.page_url}{path}", headers=headers, timeout=5).status_code == status


def test_the_client_api_takes_json_only_so_that_no_other_site_can_post_to_it(world: World) -> None:
    forged = requests.post(
        f"{world.page_url}/api/people/U0TOM/type",
        data='{"channel": "C0APPROVALS", "text": "x"}',
        headers={"Content-Type": "text/plain"},
        timeout=5,
    )
    assert forged.status_code == 415
    assert world.messages("U0TOM", "C0APPROVALS") == []


@pytest.mark.parametrize(
    ("deed", "asked", "error"),
    [
        ("click", {"channel": "C0APPROVALS", "ts": "1.0", "action_id": "a"}, "message_not_found"),
        ("click", {"action_id": "a"}, "missing 'channel'"),
        ("type", {"channel": "D0JOSIE", "text": "peek"}, "channel_not_found"),
        ("type", {"channel": "D0TOM", "text": " "}, "no_text"),
        ("dance", {}, "unknown_deed"),
    ],
)
def test_what_a_person_cannot_do_is_refused_by_name(world: World, deed: str, asked: dict[str, str], error: str) -> None:
    assert world.act("U0TOM", deed, **asked) == {"ok": False, "error": error}


def test_a_permalink_leads_the_person_to_the_conversation_on_the_page(world: World) -> None:
    ts = world.client().chat_postMessage(channel="C0APPROVALS", text="Hi")["ts"]
    link = world.client().chat_getPermalink(channel="C0APPROVALS", message_ts=ts)["permalink"]
    browser = world.browser()
    assert browser.get(link).url == f"{world.page_url}/"
    browser.get(switch(world, "U0TOM", world.page_url))
    assert browser.get(link).url == f"{world.page_url}/#/U0TOM/C0APPROVALS"


def test_slacks_pages_cannot_be_framed(world: World) -> None:
    policy = world.browser().get(f"{world.slack_url}/sign-in").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy


def test_people_are_listed_with_their_workspace(world: World) -> None:
    answer = requests.get(f"{world.page_url}/api/people", timeout=5).json()
    assert [person["id"] for person in answer["people"]] == ["U0JOSIE", "U0TOM", "U0PRIYA"]
    assert answer["workspace"] == {"id": "T0ACME", "name": "Acme", "domain": "acme"}
    app = {"id": "A0COUNTERSIGN", "user": "UBOT", "name": "Countersign", "command": "/countersign", "shortcuts": []}
    assert answer["app"] == app


def test_sample_cards_come_by_the_apps_own_hooks(start: Callable[..., World]) -> None:
    world = start(apps=APPS, hooks=("approve_change",))
    world.sandbox.send_sample_cards()
    [received] = world.receiver.received
    assert received.path == "/local/hooks/approve_change"
    assert received.headers["authorization"] == "Bearer hook"
    assert received.payload["number"] == "CHG0030001"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> requests.Response:
    for _ in range(200):
        assert process.poll() is None
        try:
            return requests.get(url, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("the sandbox did not start")


def test_the_program_serves_on_loopback_alone_until_it_is_told_to_end(tmp_path: Path, receiver: Receiver) -> None:
    port = free_port()
    config = tmp_path / "sandbox.json"
    config.write_text(json.dumps(configuration(port, receiver, APPS)))
    process = subprocess.Popen([sys.executable, "-m", "sandbox", str(config)], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        people = wait_until_it_answers(f"http://127.0.0.1:{port}/api/people", process)
        assert people.json()["workspace"]["id"] == "T0ACME"
        fields = {"token": BOT_TOKEN}
        answer = requests.post(f"http://127.0.0.1:{port}/slack/api/auth.test", data=fields, timeout=5)
        assert answer.json()["ok"] is True
        with pytest.raises(OSError, match="refused"), socket.socket() as other:
            other.connect(("127.0.0.2", port))
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
