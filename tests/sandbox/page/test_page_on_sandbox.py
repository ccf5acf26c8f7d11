"""The page on the real sandbox: Slack's Web API posts, people click, and a loopback app receives signed deliveries."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from werkzeug.exceptions import NotFound
from werkzeug.serving import make_server

from sandbox.server import create_sandbox
from tests.sandbox.page.fake_client_api import SHUTDOWN_POLL
from tests.sandbox.page.samples import CARD, Json, actions, button, form, mrkdwn, plain, question, section
from tests.sandbox.slack.slack_receiver import Answer, Received, Receiver
from tests.support.page_load import PageLoad

pytestmark = pytest.mark.browser

SLACK = {"client_id": "1.2", "client_secret": "sample", "app_id": "A0COUNTERSIGN", "team_id": "T0ACME"}
SECRETS = {"signing_secret": "8f742231b10e8888abcd99yyyzzz85a5", "bot_token": "xoxb-sample"}
SHORTCUTS = [
    {"name": "Report a bug", "type": "global", "callback_id": "recipe.report_bug", "description": "In Jira, as you."},
    {"name": "Report as a bug", "type": "message", "callback_id": "message.report_bug", "description": "As you."},
]
BROWSER_URL = "http://api.execute-api.localhost:9/local"
APPS = {
    app: {"client_id": app, "client_secret": "s", "redirect_uri": f"{BROWSER_URL}/oauth/callback/{app}"}
    for app in ("servicenow", "salesforce")
}


@dataclass
class World:
    """The served sandbox, the app that it delivers to, and Slack's own client against it."""

    url: str
    receiver: Receiver
    slack: WebClient

    def payload(self) -> Json:
        """The latest delivery that was an interaction; its signature must be Slack's."""
        latest = self.receiver.received[-1]
        assert SignatureVerifier(SECRETS["signing_secret"]).is_valid_request(latest.body, latest.headers)
        return dict(latest.payload)


@pytest.fixture
def world() -> Iterator[World]:
    """A sandbox on a free port."""
    receiver = Receiver()
    # The sandbox must know its port before there is a sandbox to serve.
    server = make_server("127.0.0.1", 0, NotFound(), threaded=True)
    config = {"port": server.server_port, "api_url": receiver.url, "browser_url": BROWSER_URL, "apps": APPS}
    sandbox = create_sandbox({**config, "slack": {**SLACK, **SECRETS, "shortcuts": SHORTCUTS}})
    server.app = sandbox.wsgi
    thread = threading.Thread(target=server.serve_forever, args=(SHUTDOWN_POLL,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    yield World(url, receiver, WebClient(SECRETS["bot_token"], base_url=f"{url}/slack/api/"))
    for stop in (server.shutdown, thread.join, server.server_close, sandbox.close, receiver.close):
        stop()


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    """The page as Tom, in #approvals; whatever the page throws fails the test."""
    complaints: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    load = PageLoad(page)
    page.goto(f"{world.url}/#/U0TOM/C0APPROVALS")
    load.wait_for(page.get_by_role("textbox", name="Message #approvals"))
    yield page
    context.close()
    assert complaints == []


def test_a_click_travels_from_the_page_to_the_app_and_its_answer_back(world: World, page: Page) -> None:
    """Posted by the Web API, clicked by Tom, signed for the app, answered to Tom alone; Josie sees the card only."""
    world.slack.chat_postMessage(channel="C0APPROVALS", text="A change", blocks=CARD["blocks"])
    page.get_by_role("button", name="Approve").click()
    world.receiver.wait_for(1)
    payload = world.payload()
    assert (payload["type"], payload["user"]["id"]) == ("block_actions", "U0TOM")
    assert payload["actions"][0]["action_id"] == "approve"
    prompt = [
        section("Connect ServiceNow first"),
        actions(button("connect", "Connect", url=f"{BROWSER_URL}/connect/x")),
    ]
    world.slack.chat_postEphemeral(channel="C0APPROVALS", user="U0TOM", text="Connect", blocks=prompt)
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    expect(page.get_by_text("forward this link")).to_be_visible()
    expect(page.get_by_role("complementary").get_by_text("block_actions")).to_be_visible()
    page.get_by_role("button", name="Josie").click()
    expect(page.get_by_role("button", name="Josie")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    expect(page.get_by_text("Only visible to you")).to_have_count(0)


def test_shortcuts_travel_from_the_page_to_the_app(world: World, page: Page) -> None:
    """Those of the sandbox's config: a global one from the composer, and one on the message that it was used on."""
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("menuitem", name="Report a bug").click()
    world.receiver.wait_for(1)
    started = world.payload()
    assert (started["type"], started["callback_id"]) == ("shortcut", "recipe.report_bug")
    world.slack.chat_postMessage(channel="C0APPROVALS", text="It is broken")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Report as a bug").click()
    world.receiver.wait_for(2)
    on_message = world.payload()
    assert (on_message["type"], on_message["callback_id"]) == ("message_action", "message.report_bug")
    assert on_message["message"]["text"] == "It is broken"


def test_a_form_opens_is_refused_and_is_sent(world: World, page: Page) -> None:
    """Opened with the click's trigger; Slack's client wants the required field; the app objects, then takes it."""
    view = form(question("why", "Comment", {"type": "plain_text_input", "multiline": True}))
    modal = {name: view[name] for name in ("type", "title", "submit", "close", "blocks")} | {"callback_id": "reject"}

    def open_form(received: Received) -> None:
        world.slack.views_open(trigger_id=received.payload["trigger_id"], view=modal)

    objection = json.dumps({"response_action": "errors", "errors": {"why": "Say more."}})
    headers = {"Content-Type": "application/json"}
    world.receiver.answers.extend([Answer(meanwhile=open_form), Answer(body=objection, headers=headers)])
    world.slack.chat_postMessage(channel="C0APPROVALS", text="A change", blocks=CARD["blocks"])
    page.get_by_role("button", name="Reject").click()
    comment, create = page.get_by_role("textbox", name="Comment"), page.get_by_role("button", name="Create")
    create.click()
    expect(comment).to_have_accessible_description("Please complete this required field.")
    comment.fill("No")
    create.click()
    expect(comment).to_have_accessible_description("Say more.")
    comment.fill("No window that night")
    create.click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    payload = world.payload()
    assert payload["type"] == "view_submission"
    assert payload["view"]["state"]["values"]["why"]["why"]["value"] == "No window that night"


def test_typing_reaches_the_app_as_a_command_and_as_a_mention(world: World, page: Page) -> None:
    """A command with its answer in the HTTP body, a mention as an event, and an unknown command refused by Slack."""
    answer = {"text": "*Countersign* can do this:"}
    world.receiver.answers.append(Answer(body=json.dumps(answer), headers={"Content-Type": "application/json"}))
    field = page.get_by_role("textbox", name="Message #approvals")
    for text in ("/countersign help", "@Countersign connections, see https://example.com/x.", "/nonsense"):
        field.fill(text)
        with page.expect_response("**/type"):
            field.press("Enter")
    expect(page.get_by_text("Countersign can do this:")).to_be_visible()
    expect(page.get_by_role("article").get_by_text("@Countersign")).to_be_visible()
    expect(page.get_by_role("link", name="https://example.com/x", exact=True)).to_be_visible()
    expect(page.get_by_role("alert").get_by_text("/nonsense is not a valid command.")).to_be_visible()
    received = world.receiver.wait_for(2)
    assert {delivery.path.removeprefix("/local") for delivery in received} == {"/slack/commands", "/slack/events"}


def test_the_home_tab_shows_what_the_app_publishes(world: World, page: Page) -> None:
    """Opening it tells the app; a choice made there survives the next publication."""
    page.get_by_role("link", name="Countersign · Home").click()
    assert world.receiver.wait_for(1)[0].payload["event"]["type"] == "app_home_opened"
    options = [{"text": plain(word), "value": word} for word in ("days", "weeks")]
    select = {"type": "static_select", "action_id": "span", "placeholder": plain("Span"), "options": options}
    for text in ("Two connections", "One connection"):
        blocks = [section(text), actions(select, block_id="spans"), {"type": "context", "elements": [mrkdwn("…")]}]
        world.slack.views_publish(user_id="U0TOM", view={"type": "home", "blocks": blocks})
        expect(page.get_by_text(text)).to_be_visible()
        if text == "Two connections":
            page.get_by_role("combobox", name="Span").select_option("weeks")
    expect(page.get_by_role("combobox", name="Span")).to_have_value("weeks")


def test_switching_the_person_switches_the_browsers_slack_session(world: World, page: Page) -> None:
    """Slack's own consent page, opened beside the page, knows the browser as whoever is shown."""
    query = (
        f"response_type=code&scope=openid&client_id=1.2&state=s&nonce=n&redirect_uri={BROWSER_URL}/oauth/slack/callback"
    )
    page.get_by_role("button", name="Priya").click()
    expect(page.get_by_role("button", name="Priya")).to_have_attribute("aria-pressed", "true")
    consent = page.context.new_page()
    consent.goto(f"{world.url.replace('127.0.0.1', 'slack.localhost')}/openid/connect/authorize?{query}")
    expect(consent.get_by_text("Priya").first).to_be_visible()
    expect(consent.get_by_text("Josie")).to_have_count(0)
