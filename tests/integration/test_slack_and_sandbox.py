"""Our Slack function and messenger against the sandbox Slack: real HTTP, real signatures, real refusals."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from werkzeug.serving import make_server

from countersign.adapters.http import HardenedHttp
from countersign.adapters.slack.messenger import SlackMessenger
from countersign.adapters.slack.people import SlackPeople
from countersign.adapters.slack.reply_address import ReplyAddress
from countersign.adapters.slack.web_api import WebApi
from countersign.domain.card import MessageRef
from countersign.domain.errors import ChatRefused, ChatUnavailable, FormClosed
from countersign.domain.form_state import FormState
from countersign.domain.hosts import host_of
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import Interaction, ReplyTo
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.message import Button, Buttons, Heading, Message, Offered, Paragraph, Text
from countersign.domain.recipe_form import recipe_form
from countersign.domain.secret import Secret
from countersign.domain.texts.forms import not_answered
from countersign.domain.texts.names import FORM_LOAD
from countersign.usecases.receive_interaction import ReceiveInteraction
from sandbox.server import create_sandbox
from sandbox.slack.model import BOT_USER
from tests.support.served import slack_function
from tests.support.slack_ingress import EVERY, Ingress
from tests.support.slack_requests import SIGNING_SECRET
from tests.support.two_apps_world import two_apps

JOSIE, TOM = Person("T0ACME", "U0JOSIE"), Person("T0ACME", "U0TOM")
APPROVALS, GENERAL = "C0APPROVALS", "C0GENERAL"
CHOICES = Buttons(
    (
        Button("Approve", "card.choose", "approve_change|card1|approve"),
        Button("Reject", "card.choose", "approve_change|card1|reject"),
        Button("Open", "card.open", url="https://acme.example/x"),
    )
)
CARD = Message(Text("A change"), (Heading("CHG0030001"), Paragraph(Text("Risk: {risk}", {"risk": "<low>"})), CHOICES))


def say(words: str) -> Message:
    return Message(Text(words))


@dataclass
class LiveIngress(Ingress):
    """The Slack function's composition with the real messenger."""

    live: SlackMessenger | None = None

    @property
    def receive_interaction(self) -> ReceiveInteraction:
        assert self.live
        return ReceiveInteraction(lambda: EVERY, self.live, self.actions, self.connections, self.seal_answers)


@dataclass
class World:
    """The sandbox Slack, our function, and our messenger."""

    url: str
    ingress: LiveIngress
    messenger: SlackMessenger
    people: SlackPeople
    ahead: list[float] = field(default_factory=lambda: [0.0])

    def act(self, user: str, deed: str, **asked: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/api/people/{user}/{deed}", json=asked, timeout=10)
        found: dict[str, Any] = answer.json()
        return found

    def screen(self, user: str) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f"{self.url}/api/people/{user}/messages", timeout=5).json()
        return found

    def messages(self, user: str, channel: str) -> list[dict[str, Any]]:
        [found] = [each for each in self.screen(user)["conversations"] if each["id"] == channel]
        messages: list[dict[str, Any]] = found["messages"]
        return messages

    def spoil(self, method: str, **fault: Any) -> None:
        requests.post(f"{self.url}/api/faults", json={"method": method, **fault}, timeout=5).raise_for_status()

    def click(self, user: str, ref: MessageRef, action_id: str) -> dict[str, Any]:
        [message] = [each for each in self.messages(user, ref.channel) if each["ts"] == ref.ts]
        [block] = [block for block in message["blocks"] if block["type"] == "actions"]
        where = {"channel": ref.channel, "ts": ref.ts, "block_id": block["block_id"]}
        return self.act(user, "click", action_id=action_id, **where)

    def queued(self) -> Interaction:
        """What came last; events are delivered in the background."""
        limit = time.monotonic() + 5
        while not (sent := [*self.ingress.actions.sent, *self.ingress.connections.sent]):
            assert time.monotonic() < limit
            time.sleep(0.01)
        return Interaction.from_json(sent[-1]["interaction"])


@pytest.fixture
def world() -> Iterator[World]:
    ingress = LiveIngress(now=int(time.time()))
    ahead = [0.0]
    with slack_function(ingress) as function:
        server = make_server("127.0.0.1", 0, _nothing, threaded=True)
        server.daemon_threads = True
        sandbox = create_sandbox(_configuration(server.port, function), lambda: time.time() + ahead[0])
        server.app = sandbox.wsgi
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        url = f"http://127.0.0.1:{server.port}"
        api = WebApi(f"{url}/slack/api/", lambda _: Secret("xoxb-sample"))
        http = HardenedHttp(LocalHosts({}), local=True)
        ingress.live = SlackMessenger(api, ReplyAddress(lambda: http, (host_of(url),)))
        yield World(url, ingress, ingress.live, SlackPeople(api, lambda: int(time.time())), ahead)
        server.shutdown()
        thread.join()
        server.server_close()
        sandbox.close()


def _nothing(_environ: object, _start: object) -> list[bytes]:
    raise AssertionError("called before it is there")


def _configuration(port: int, function: str) -> dict[str, Any]:
    slack = {
        "signing_secret": SIGNING_SECRET.reveal(),
        "client_id": "1.2",
        "client_secret": "s",
        "app_id": "A0COUNTERSIGN",
        "bot_token": "xoxb-sample",
        "team_id": "T0ACME",
        "enterprise_id": None,
    }
    return {"port": port, "api_url": function, "browser_url": "http://x.localhost/l", "slack": slack, "apps": {}}


def test_a_click_on_a_posted_card_arrives_as_what_the_button_says(world: World) -> None:
    ref = world.messenger.post(APPROVALS, CARD)
    assert world.click("U0JOSIE", ref, "card.choose#0")["status"] == 200
    queued = world.queued()
    assert (queued.person, queued.name, queued.value) == (JOSIE, "card.choose", "approve_change|card1|approve")
    assert (queued.message, queued.private, queued.foreign) == ((ref.channel, ref.ts), False, False)
    assert queued.reply_to.reply_url


def test_a_form_opens_checks_itself_and_is_taken(world: World) -> None:
    ref = world.messenger.post(APPROVALS, CARD)
    assert world.click("U0JOSIE", ref, "card.choose#1")["status"] == 200
    form = world.screen("U0JOSIE")["form"]
    blank = {"comment": {"comment": {"type": "plain_text_input", "value": " "}}}
    refused = world.act("U0JOSIE", "submit", view_id=form["id"], values=blank)
    assert refused["errors"] == {"comment": "Please fill this in."}
    filled = {"comment": {"comment": {"type": "plain_text_input", "value": "Too risky"}}}
    assert world.act("U0JOSIE", "submit", view_id=form["id"], values=filled)["ok"]
    queued = world.queued()
    assert (queued.person, queued.answers, queued.reply_to.channel) == (JOSIE, {"comment": "Too risky"}, APPROVALS)
    assert world.screen("U0JOSIE")["form"] is None


def test_a_form_that_slack_does_not_open_is_said_in_private(world: World) -> None:
    ref = world.messenger.post(APPROVALS, CARD)
    world.spoil("views.open", status=200, error="expired_trigger_id")
    assert world.click("U0JOSIE", ref, "card.choose#1")["status"] == 200
    assert "did not open" in world.messages("U0JOSIE", APPROVALS)[-1]["text"]
    assert "did not open" not in world.messages("U0TOM", APPROVALS)[-1]["text"]


def test_a_slash_command_opens_its_form(world: World) -> None:
    world.act("U0TOM", "type", channel=APPROVALS, text="/countersign create opportunity")
    form = world.screen("U0TOM")["form"]
    names = [block["block_id"] for block in form["blocks"]]
    assert names == ["name", "amount", "close_date", "stage", "owner"]


def on_a_message(world: World) -> Interaction:
    """Josie uses a shortcut on a message of Tom's; what the worker is handed."""
    world.act("U0TOM", "type", channel=GENERAL, text="Login *fails* since <noon> & I can't work")
    ts = world.messages("U0JOSIE", GENERAL)[-1]["ts"]
    world.act("U0JOSIE", "shortcut", callback_id="message.report_bug", channel=GENERAL, ts=ts)
    return world.queued()


def test_a_form_on_a_message_opens_at_once_and_is_filled_with_choices(world: World) -> None:
    queued = on_a_message(world)
    loading = world.screen("U0JOSIE")["form"]
    assert (loading["title"]["text"], loading.get("submit")) == ("Report a bug", None)
    assert loading["blocks"][0]["text"]["text"] == "Loading choices from *Tracker*…"

    assert queued.form is not None
    state = FormState.from_text(queued.state)
    report = two_apps().recipes["report_bug"]
    offered = {"project": Offered((("OPS", "Operations"),), more=False)}
    world.messenger.update_form(queued.form, recipe_form(report, report.run, state, state.quoted, offered))

    blocks = {block["block_id"]: block["element"] for block in world.screen("U0JOSIE")["form"]["blocks"]}
    assert [one["value"] for one in blocks["project"]["options"]] == ["OPS"]
    assert blocks["summary"]["initial_value"] == "Login *fails* since <noon> & I can't work"
    assert blocks["where"]["initial_value"].startswith("Seen at https://")
    assert blocks["reporter"]["initial_user"] == "U0TOM"


def test_trying_again_in_a_form_brings_the_form_that_it_stands_in(world: World) -> None:
    queued = on_a_message(world)
    assert queued.form is not None
    world.messenger.update_form(queued.form, not_answered("Report a bug", "Tracker", queued.state))
    form = world.screen("U0JOSIE")["form"]
    block = next(block for block in form["blocks"] if block["type"] == "actions")
    where = {"view_id": form["id"], "block_id": block["block_id"]}
    assert world.act("U0JOSIE", "click", action_id=f"{FORM_LOAD}#0", **where)["status"] == 200

    again = world.queued()
    assert (again.name, again.person, again.state) == (FORM_LOAD, JOSIE, queued.state)
    assert again.form is not None
    assert (again.form.id, again.form.hash != queued.form.hash) == (queued.form.id, True)
    with pytest.raises(FormClosed, match="hash_conflict"):
        world.messenger.update_form(queued.form, not_answered("Report a bug", "Tracker", queued.state))


def test_a_form_that_was_closed_is_known_to_be(world: World) -> None:
    queued = on_a_message(world)
    assert queued.form is not None
    world.act("U0JOSIE", "close", view_id=queued.form.id)
    assert world.screen("U0JOSIE")["form"] is None
    with pytest.raises(FormClosed, match="not_found"):
        world.messenger.update_form(queued.form, not_answered("Report a bug", "Tracker", queued.state))


@pytest.mark.parametrize(("channel", "text"), [("D0TOM", "Connections"), (APPROVALS, f"<@{BOT_USER}> connections")])
def test_typed_words_arrive(world: World, channel: str, text: str) -> None:
    world.act("U0TOM", "type", channel=channel, text=text)
    queued = world.queued()
    assert (queued.person, queued.value, queued.reply_to.channel) == (TOM, "connections", channel)


def test_the_home_tab_opens_and_is_drawn(world: World) -> None:
    world.act("U0TOM", "home")
    assert world.queued().person == TOM
    world.messenger.publish_home(TOM, CARD)
    assert world.screen("U0TOM")["home"]["blocks"][0]["text"]["text"] == "CHG0030001"


def test_a_card_is_rewritten_for_everyone(world: World) -> None:
    ref = world.messenger.post(APPROVALS, CARD)
    world.messenger.update(ref, say("Approved"))
    assert [world.messages(user, APPROVALS)[-1]["text"] for user in ("U0JOSIE", "U0TOM")] == ["Approved"] * 2


def test_a_direct_message_names_its_channel(world: World) -> None:
    ref = world.messenger.direct(TOM, say("Connected"))
    assert ref.channel == "D0TOM"
    world.messenger.update(ref, say("Not any more"))
    assert world.messages("U0TOM", "D0TOM")[-1]["text"] == "Not any more"


def whispered_by_click(world: World, words: str) -> ReplyTo:
    ref = world.messenger.post(APPROVALS, CARD)
    world.click("U0TOM", ref, "card.choose#0")
    reply_to = world.queued().reply_to
    world.messenger.whisper(TOM, reply_to, say(words))
    return reply_to


def test_a_whisper_goes_by_the_reply_address_and_leaves_the_card_alone(world: World) -> None:
    whispered_by_click(world, "psst")
    last = world.messages("U0TOM", APPROVALS)[-1]
    assert (last["text"], last["ephemeral"]) == ("psst", True)
    assert [each["text"] for each in world.messages("U0JOSIE", APPROVALS)][-1] == "A change"


def test_when_the_reply_address_is_used_up_it_is_an_ephemeral(world: World) -> None:
    reply_to = whispered_by_click(world, "1")
    for words in "23456":
        world.messenger.whisper(TOM, reply_to, say(words))
    mine = [each for each in world.messages("U0TOM", APPROVALS) if each["ephemeral"]]
    assert [each["text"] for each in mine] == list("123456")


def test_when_the_reply_address_is_too_old_it_is_an_ephemeral(world: World) -> None:
    reply_to = whispered_by_click(world, "now")
    world.ahead[0] = 31 * 60
    world.messenger.whisper(TOM, reply_to, say("later"))
    assert world.messages("U0TOM", APPROVALS)[-1]["text"] == "later"


@pytest.mark.parametrize("reply_to", [ReplyTo(), ReplyTo(GENERAL), ReplyTo("C0GONE"), ReplyTo("D0TOM")])
def test_where_the_app_is_no_member_it_is_a_direct_message(world: World, reply_to: ReplyTo) -> None:
    world.messenger.whisper(TOM, reply_to, say("psst"))
    assert world.messages("U0TOM", "D0TOM")[-1]["text"] == "psst"


@pytest.mark.parametrize(
    "url", ["https://evil.example/x", "http://127.0.0.1:1/x", "http://hooks.slack.com/x", "file:///x"]
)
def test_only_slacks_own_reply_addresses_are_called(world: World, url: str) -> None:
    with pytest.raises(ChatRefused, match=r"not_a_reply_address|invalid_url"):
        world.messenger.replace(url, say("x"))
    world.messenger.whisper(TOM, ReplyTo("D0TOM", None, url), say("psst"))
    assert world.messages("U0TOM", "D0TOM")[-1]["text"] == "psst"


def test_a_private_message_is_replaced_by_its_own_buttons_address(world: World) -> None:
    world.messenger.whisper(TOM, ReplyTo(APPROVALS), CARD)
    mine = world.messages("U0TOM", APPROVALS)[-1]
    world.click("U0TOM", MessageRef(APPROVALS, mine["ts"]), "card.choose#0")
    queued = world.queued()
    assert queued.private
    world.messenger.replace(queued.reply_to.reply_url or "", say("Connected"))
    assert world.messages("U0TOM", APPROVALS)[-1]["text"] == "Connected"


@pytest.mark.parametrize(
    ("fault", "error", "pause"),
    [
        ({"status": 429, "retry_after": 7}, ChatUnavailable, 7),
        ({"status": 500}, ChatUnavailable, None),
        ({"status": 200, "body": "<html>"}, ChatUnavailable, None),
        ({"status": 200, "body": ""}, ChatUnavailable, None),
        ({"status": 200, "body": "[1]"}, ChatUnavailable, None),
        ({"status": 200, "error": "internal_error"}, ChatUnavailable, None),
        ({"status": 200, "error": "is_archived"}, ChatRefused, None),
        ({"status": 200, "error": "token_revoked"}, ChatRefused, None),
    ],
)
def test_slacks_troubles_become_ours(
    world: World, fault: dict[str, Any], error: type[ChatUnavailable | ChatRefused], pause: int | None
) -> None:
    world.spoil("chat.postMessage", **fault)
    with pytest.raises(error) as raised:
        world.messenger.post(APPROVALS, say("x"))
    assert getattr(raised.value, "retry_after", None) == pause
    assert "xoxb" not in str(raised.value)


def test_a_pause_that_slack_asks_for_is_not_walked_around(world: World) -> None:
    world.spoil("chat.postEphemeral", status=429, retry_after=3)
    with pytest.raises(ChatUnavailable):
        world.messenger.whisper(TOM, ReplyTo(APPROVALS), say("x"))


def test_a_lost_answer_is_never_posted_again(world: World) -> None:
    world.spoil("chat.postMessage", status=500, after=True)
    with pytest.raises(ChatUnavailable):
        world.messenger.post(APPROVALS, say("once"))
    assert [each["text"] for each in world.messages("U0TOM", APPROVALS)].count("once") == 1


def test_people_are_known_by_name_and_address(world: World) -> None:
    profile = world.people.profile(JOSIE)
    assert profile["email"] == "josie@acme.com"
    assert profile["foreign"] == "no"
    assert profile["name"]
    assert profile["workspace_name"]
    assert world.people.workspace() == Workspace("T0ACME")
    assert world.people.find_by_email("josie@acme.com") == JOSIE
    assert world.people.find_by_email("nobody@acme.com") is None


def test_reading_is_tried_once_more_and_then_remembered(world: World) -> None:
    world.spoil("users.info", status=500)
    first = world.people.profile(TOM)
    world.spoil("*", status=500)
    assert world.people.profile(TOM) == first


def test_somebody_slack_does_not_know_is_refused(world: World) -> None:
    with pytest.raises(ChatRefused, match="user_not_found"):
        world.people.profile(Person("T0ACME", "U0NOBODY"))
