"""Who belongs to a user group or channel, replies in threads, and cards at their fullest: on the sandbox Slack."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from werkzeug.serving import make_server

from countersign.adapters.http import HardenedHttp
from countersign.adapters.slack import people as people_module
from countersign.adapters.slack.messenger import SlackMessenger
from countersign.adapters.slack.people import SlackPeople
from countersign.adapters.slack.reply_address import ReplyAddress
from countersign.adapters.slack.web_api import WebApi
from countersign.domain.card import Card, CardStatus, Decision, MessageRef, Vote
from countersign.domain.errors import ChatRefused, ChatUnavailable
from countersign.domain.identity import Workspace
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.message import Button, Message, Text
from countersign.domain.secret import Secret
from countersign.domain.texts import cards as texts
from countersign.usecases.show_card import ShowCard
from sandbox.server import Sandbox, create_sandbox
from sandbox.slack.config import BOT_SCOPES
from sandbox.slack.model import BOT_USER, Conversation
from tests.support.acting_world import MemoryJournal
from tests.support.card_world import INPUTS
from tests.support.memory_ledger import MemoryCardStore
from tests.support.shipped_catalog import SETTINGS, shipped

ACME = Workspace("T0ACME")
APPROVALS = "C0APPROVALS"
EVERYBODY = {"U0JOSIE", "U0TOM", "U0PRIYA", BOT_USER}


@dataclass
class World:
    """The sandbox Slack, and our adapters to it."""

    sandbox: Sandbox
    people: SlackPeople
    messenger: SlackMessenger
    ahead: list[int]

    def calls(self, method: str) -> int:
        return [call["method"] for call in self.sandbox.slack.state.journal.calls()].count(method)


def _world(scopes: str) -> Iterator[World]:
    server = make_server("127.0.0.1", 0, _nothing, threaded=True)
    slack = {
        "signing_secret": "s",
        "client_id": "1.2",
        "client_secret": "s",
        "app_id": "A0COUNTERSIGN",
        "bot_token": "xoxb-sample",
        "team_id": "T0ACME",
        "enterprise_id": None,
        "scopes": scopes,
    }
    addresses = {"port": server.port, "api_url": "http://127.0.0.1:9", "browser_url": "http://x.localhost/l"}
    sandbox = create_sandbox({**addresses, "slack": slack, "apps": {}}, time.time)
    server.app = sandbox.wsgi
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    ahead = [0]
    api = WebApi(f"http://127.0.0.1:{server.port}/slack/api/", lambda _: Secret("xoxb-sample"))
    messenger = SlackMessenger(api, ReplyAddress(lambda: HardenedHttp(LocalHosts({}), local=True), ()))
    yield World(sandbox, SlackPeople(api, lambda: int(time.time()) + ahead[0]), messenger, ahead)
    server.shutdown()
    thread.join()
    server.server_close()
    sandbox.close()


def _nothing(_environ: object, _start: object) -> list[bytes]:
    raise AssertionError("called before it is there")


@pytest.fixture
def world() -> Iterator[World]:
    yield from _world(BOT_SCOPES)


@pytest.fixture
def without_scopes() -> Iterator[World]:
    yield from _world("chat:write,users:read")


# --- who belongs


def test_a_user_groups_members_are_known(world: World) -> None:
    assert world.people.in_user_group("S0APPROVERS", ACME) == {"U0JOSIE"}


def test_a_channels_members_are_read_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_module, "PAGE", 1)

    assert world.people.in_channel(APPROVALS, ACME) >= EVERYBODY
    assert world.calls("conversations.members") >= len(EVERYBODY)


def test_a_channel_with_more_people_than_can_be_read_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_module, "PAGE", 1)
    monkeypatch.setattr(people_module, "MOST_PAGES", 2)

    with pytest.raises(ChatRefused, match="too_many_members"):
        world.people.in_channel(APPROVALS, ACME)


def test_what_was_read_counts_for_ten_minutes(world: World) -> None:
    for _ in range(3):
        world.people.in_user_group("S0APPROVERS", ACME)
        world.people.in_channel(APPROVALS, ACME)
    assert (world.calls("usergroups.users.list"), world.calls("conversations.members")) == (1, 1)
    world.ahead[0] = 601

    world.people.in_user_group("S0APPROVERS", ACME)
    world.people.in_channel(APPROVALS, ACME)

    assert (world.calls("usergroups.users.list"), world.calls("conversations.members")) == (2, 2)


def test_a_group_or_channel_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(ChatRefused, match="no_such_subteam"):
        world.people.in_user_group("S0GONE", ACME)
    with pytest.raises(ChatRefused, match="channel_not_found"):
        world.people.in_channel("C0GONE", ACME)


def test_without_the_permission_slacks_own_word_for_that_is_known(without_scopes: World) -> None:
    with pytest.raises(ChatRefused, match="missing_scope"):
        without_scopes.people.in_user_group("S0APPROVERS", ACME)
    with pytest.raises(ChatRefused, match="missing_scope"):
        without_scopes.people.in_channel(APPROVALS, ACME)


def test_an_answer_of_another_shape_names_nobody(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setattr(WebApi, "read", lambda *_: {"ok": True, "users": "U0TOM", "members": [{"id": "U0TOM"}]})

    with pytest.raises(ChatUnavailable):
        world.people.in_user_group("S0APPROVERS", ACME)
    with pytest.raises(ChatUnavailable):
        world.people.in_channel(APPROVALS, ACME)


# --- what is said


def test_a_reply_stands_in_its_messages_thread(world: World) -> None:
    ref = world.messenger.post(APPROVALS, Message(Text("A change")))

    world.messenger.reply(ref, texts.reminder("A change", ["U0JOSIE"], [("Approve", 1, 2)]))

    workspace = world.sandbox.slack.state.workspaces["T0ACME"]
    said = workspace.conversations[APPROVALS].messages[-1]
    assert said.thread_ts == ref.ts
    assert "<@U0JOSIE>" in str(said.blocks)


LONG = "A long word. " * 400
VOTES = tuple(Vote("approve", f"U0VOTER{number}", 1_800_000_000, LONG[:1_000]) for number in range(10))
FULL = Card(
    id="c" * 32,
    recipe="approve_change",
    workspace=ACME,
    inputs={},
    record="r",
    status=CardStatus.OPEN,
    copies=(),
    created_at=1_800_000_000,
    version=1,
    votes=VOTES,
    lapsed=10,
)
DECIDED = Decision("approve", "Approved", "U0JOSIE", LONG[:300], 1_800_000_000, LONG)


@pytest.mark.parametrize(
    "card",
    [
        FULL,
        replace(FULL, status=CardStatus.CLOSED, decision=DECIDED),
        replace(FULL, status=CardStatus.EXPIRED, expires_at=1_800_000_000),
        replace(FULL, recipe="gone", record=LONG, status=CardStatus.CLOSED, decision=DECIDED),
    ],
    ids=["open", "decided", "expired", "without a recipe"],
)
def test_slack_takes_a_card_at_its_fullest(world: World, card: Card) -> None:
    """Every text at the length that a recipe may have, every choice with ten votes, each with a long comment."""
    buttons = [Button("Choose this" * 6, "card.choose", f"v{number}") for number in range(24)]
    needed = {f"choice{number}": ("Choose this" * 6, 10) for number in range(23)} | {"approve": ("Approve", 10)}
    facts = [(f"Label {number}" * 6, LONG[:500]) for number in range(10)]
    link = Button("Open", "card.open", url=f"https://acme.service-now.com/{'x' * 2_000}")
    drawn = texts.card(card, LONG[:150], LONG[:3_000], facts, link=link, buttons=buttons, needed=needed)
    if card.recipe == "gone":
        drawn = texts.card_of_nothing(card)

    ref = world.messenger.post(APPROVALS, drawn)
    world.messenger.update(MessageRef(ref.channel, ref.ts), drawn)

    assert world.calls("chat.update") == 1


@pytest.mark.parametrize("decision", [DECIDED, None])
def test_slack_takes_what_a_requester_is_told_at_its_fullest(world: World, decision: Decision | None) -> None:
    link = Button("Open", "card.open", url="https://acme.service-now.com/x")

    ref = world.messenger.post("U0PRIYA", texts.outcome_for_requester(LONG[:150], decision, link))

    assert ref.channel.startswith("D")


# --- where cards are


def _shown(world: World) -> tuple[ShowCard, MemoryCardStore, Card]:
    cards, journal = MemoryCardStore(), MemoryJournal()
    show = ShowCard(world.messenger, cards, shipped(), SETTINGS, lambda url: url, journal)
    plain = replace(FULL, votes=(), lapsed=0, inputs=INPUTS)
    card = replace(plain, copies=(show.post(plain, APPROVALS),))
    assert cards.create(card)
    return show, cards, card


def _share(world: World) -> Conversation:
    """The channel gets another id, and its old one is not known any more."""
    conversations = world.sandbox.slack.state.workspaces["T0ACME"].conversations
    shared = replace(conversations.pop(APPROVALS), id="C0SHARED")
    for message in shared.messages:
        message.channel = shared.id
    conversations[shared.id] = shared
    return shared


def test_a_card_is_found_in_its_channel_under_the_new_id(world: World) -> None:
    show, cards, card = _shown(world)
    shared = _share(world)
    assert not show.rewrite(card)
    cards.move_channel(APPROVALS, "C0SHARED", 0)

    assert show.rewrite(card)
    assert show.reply(card, texts.reminder("A change", [], []))

    there = cards.get(card.id)
    assert there is not None
    assert there.copies == (MessageRef("C0SHARED", card.copies[0].ts),)
    assert shared.messages[-1].thread_ts == card.copies[0].ts
    assert show.post(there, APPROVALS).channel == "C0SHARED"


def test_a_card_in_an_archived_channel_is_lost_and_a_new_one_refused(world: World) -> None:
    show, _, card = _shown(world)
    world.sandbox.slack.state.workspaces["T0ACME"].conversations[APPROVALS].archived = True

    assert not show.reply(card, texts.reminder("A change", [], []))
    with pytest.raises(ChatRefused, match="is_archived"):
        show.post(card, APPROVALS)
