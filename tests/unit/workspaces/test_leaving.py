"""Leaving: in whatever order the events come, everything that goes is gone and nothing else is."""

import itertools
import json
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card import CardStatus
from countersign.domain.connection import Connection, Status
from countersign.domain.departure import ON_WISH, SECOND_LOOK, Departure, Left, Purge, purge_of
from countersign.domain.errors import ChatUnavailable
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.installation import CHAT, bot_connection, bot_of, bot_seal_owner
from countersign.domain.queue_messages import left_message, purge_message, sweep_message
from countersign.domain.sign_in import WHOLE_SECONDS, Intent, IntentStatus
from countersign.domain.texts.departures import report
from countersign.domain.token_codec import pack
from tests.support.acting_world import JOSIE, TOM, ActingWorld
from tests.support.memory_chat import words
from tests.support.memory_workspaces import ACME, LABS, NOW, ORGANISATION, granted
from tests.support.queue_events import ACTION

SALES, LEGAL = "T0SALES", "T0LEGAL"


class Office(ActingWorld):
    """An installation with people in it."""

    def install(self, installation: object = ACME) -> None:
        made = granted(installation)  # type: ignore[arg-type]
        owner = bot_seal_owner(made.installation, 1)
        self.bot_connections.put(bot_connection(made, self.bot_opener.seal(pack(made.tokens), owner), 1), replaces=None)
        self.installations.put(made.installation)

    def link(self, person: Person, workspace: str, name: str = "a", **changes: object) -> Intent:
        intent = Intent(
            id_hash=name * 64,
            person=person,
            workspace=workspace,
            organisation=person.tenant if person.tenant.startswith("E") else None,
            app="servicenow",
            base_url="https://api.example",
            person_name="@x",
            person_email=None,
            workspace_name="Acme",
            created_at=self.now,
            expires_at=self.now + 600,
        )
        intent = replace(intent, **changes)  # type: ignore[arg-type]
        self.sign_ins.put_intent(intent)
        return intent

    def leaves(self, *departures: Departure) -> None:
        """Deliver the events, and work off what follows, the second look too; not the revocations."""
        for departure in departures:
            self.deliver(dict(left_message(departure)))
        self.work_off()

    def work_off(self) -> None:
        while waiting := [each for each in self.actions_queue.sent if each["kind"] in {"purge", "sweep", "left"}]:
            self.actions_queue.sent.remove(waiting[0])
            assert self.deliver(dict(waiting[0])) == []

    def cut(self) -> set[str]:
        """Whose connections are being revoked."""
        rows = self.connections.rows.values()
        return {row.person.user_id for row in rows if row.status is Status.REVOKING}


def uninstalled(at: int = NOW + 60, workspace: str | None = "T0ACME", tenant: str = "T0ACME") -> Departure:
    organisation = tenant if tenant.startswith("E") else None
    return Departure(Left.UNINSTALLED, tenant, workspace, organisation, None, at)


def deactivated(user: str, at: int = NOW + 60, tenant: str = "T0ACME", workspace: str | None = None) -> Departure:
    organisation = tenant if tenant.startswith("E") else None
    return Departure(Left.DEACTIVATED, tenant, workspace, organisation, user, at)


def statuses(world: Office) -> dict[str, Status]:
    return {row.person.user_id: row.status for row in world.connections.rows.values()}


def test_an_uninstallation_takes_connections_links_actions_and_cards() -> None:
    world = Office()
    world.install()
    world.connect(JOSIE, "josie")
    world.connect(TOM, "tom", status=Status.NEEDS_SIGN_IN)
    link = world.link(TOM, "T0ACME")
    world.actions.create(replace(ACTION, person=TOM, waiting_for="servicenow", created_at=world.now, card=None))
    card = world.put_card()

    world.leaves(uninstalled(world.now + 60))

    assert set(statuses(world).values()) == {Status.REVOKING}
    assert sorted(each["user_id"] for each in world.actions_queue.sent) == ["U0JOSIE", "U0TOM"]
    assert world.sign_ins.intents[link.id_hash].status is IntentStatus.BURNT
    ended = world.actions.get(TOM, ACTION.id)
    assert ended is not None
    assert (ended.status, ended.outcome) == (ActionStatus.FAILED, Outcome.OFF_BOARDED)
    assert world.cards.get(card.id) is None
    assert world.bot_connections.get(bot_of("T0ACME"), CHAT.id) is None
    there = world.installations.get("T0ACME")
    assert there is not None
    assert not there.live


def test_shared_connections_go_with_their_workspace() -> None:
    world = Office()
    owner = shared_owner(Workspace("T0ACME"))
    world.connect(owner, "everybody", steward=JOSIE)
    world.leaves(uninstalled(world.now + 60))
    assert world.connections.list(owner)[0].status is Status.REVOKING


FOUR = (
    uninstalled(NOW + 60),
    Departure(Left.UNINSTALLED, "T0ACME", "T0ACME", None, None, NOW + 61),  # tokens_revoked
    deactivated("U0JOSIE", NOW + 62),
    Departure(Left.MIGRATED, "T0ACME", None, "E0ACME", None, NOW + 63),
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
@pytest.mark.parametrize("apart", [True, False])
def test_four_events_in_any_order_end_the_same(order: tuple[int, ...], apart: bool) -> None:
    """All 24 orders; each event cleared up before the next one comes, or all at once."""
    world = Office()
    world.now = NOW
    world.install()
    world.install(LABS)
    world.connect(JOSIE, "josie")
    world.connect(TOM, "tom")
    sibling = Person("T1LABS", "U0JOSIE")
    world.connect(sibling, "josie-labs", workspace="T1LABS")
    world.now = NOW + 100

    for step in [(FOUR[i],) for i in order] if apart else [tuple(FOUR[i] for i in order)]:
        world.leaves(*step)

    there = world.installations.get("T0ACME")
    assert there is not None
    assert (there.gone_at, there.live, there.workspace.organisation) == (NOW + 61, False, "E0ACME")
    assert {key: row.status for key, row in world.connections.rows.items()} == {
        (JOSIE.key, "servicenow"): Status.REVOKING,
        (TOM.key, "servicenow"): Status.REVOKING,
        (sibling.key, "servicenow"): Status.LIVE,
    }
    assert set(world.bot_connections.rows) == {(bot_of("T1LABS").key, CHAT.id)}


def test_a_sibling_workspace_of_the_organisation_is_untouched() -> None:
    world = Office()
    sales, legal = Person("E0ACME", "U0SALES"), Person("E0ACME", "U0LEGAL")
    world.connect(sales, "sales", workspace=SALES)
    world.connect(legal, "legal", workspace=LEGAL)
    ours, theirs = world.link(sales, SALES, "a"), world.link(legal, LEGAL, "b")
    kept = world.put_card(id="d" * 32, workspace=Workspace(LEGAL, "E0ACME"))
    world.put_card(id="e" * 32, workspace=Workspace(SALES, "E0ACME"))

    world.leaves(Departure(Left.WITHDRAWN, "E0ACME", SALES, "E0ACME", None, world.now + 60))

    assert statuses(world) == {"U0SALES": Status.REVOKING, "U0LEGAL": Status.LIVE}
    assert world.sign_ins.intents[ours.id_hash].status is IntentStatus.BURNT
    assert world.sign_ins.intents[theirs.id_hash].status is IntentStatus.OPEN
    assert list(world.cards.rows) == [kept.id]


def test_an_organisations_uninstallation_takes_all_its_workspaces() -> None:
    world = Office()
    world.install(ORGANISATION)
    for user, workspace in (("U0SALES", SALES), ("U0LEGAL", LEGAL), ("U0ANY", "E0ACME")):
        world.connect(Person("E0ACME", user), user, workspace=workspace)
    world.connect(JOSIE, "josie")
    world.leaves(uninstalled(world.now + 60, workspace=None, tenant="E0ACME"))
    assert world.cut() == {"U0SALES", "U0LEGAL", "U0ANY"}


def test_a_deactivated_person_loses_everything_and_nobody_else_anything() -> None:
    world = Office()
    world.connect(JOSIE, "josie")
    world.connect(TOM, "tom")
    world.actions.create(replace(ACTION, person=TOM, waiting_for="servicenow", created_at=world.now, card=None))
    world.leaves(deactivated("U0TOM", world.now + 60))
    assert world.cut() == {"U0TOM"}
    ended = world.actions.get(TOM, ACTION.id)
    assert ended is not None
    assert ended.outcome is Outcome.OFF_BOARDED


def test_each_action_that_waits_for_who_left_ends_however_many_there_are() -> None:
    """No link leads to some of them any more: it is the person whose actions are looked through."""
    world = Office()
    waiting = [
        replace(ACTION, id=f"{n:032x}#approve#0", person=TOM, card=None, waiting_for=app, created_at=world.now + n)
        for n, app in enumerate(["servicenow"] * 30 + ["salesforce"] * 10)
    ]
    for action in waiting:
        world.actions.create(action)
    world.leaves(deactivated("U0TOM", world.now + 60))
    assert {there.outcome for action in waiting if (there := world.actions.get(TOM, action.id))} == {
        Outcome.OFF_BOARDED
    }


def test_who_left_one_workspace_of_the_organisation_keeps_what_came_through_the_other() -> None:
    world = Office()
    person = Person("E0ACME", "U0JOSIE")
    world.connect(person, "sales", workspace=SALES)
    world.connections.put(replace(world.connections.list(person)[0], app="salesforce", workspace=LEGAL), replaces=None)
    world.leaves(deactivated("U0JOSIE", world.now + 60, "E0ACME", SALES))
    assert {row.app: row.status for row in world.connections.list(person)} == {
        "servicenow": Status.REVOKING,
        "salesforce": Status.LIVE,
    }


def test_a_connection_that_is_stored_while_the_workspace_goes_is_found_by_the_second_look() -> None:
    world = Office()
    world.deliver(dict(left_message(uninstalled(world.now))))
    (first,) = world.actions_queue.sent
    world.actions_queue.sent.clear()
    world.deliver(dict(first))
    (second,) = world.actions_queue.sent
    assert second["purge"]["again"] is True
    world.now += 300
    world.connect(JOSIE, "josie")
    world.now += SECOND_LOOK
    world.work_off()
    assert world.cut() == {"U0JOSIE"}


def test_what_came_after_a_new_installation_stays_however_late_the_old_event_is() -> None:
    world = Office()
    world.connect(TOM, "tom")
    world.now += 3_600
    world.install(replace(ACME, installed_at=world.now))
    world.connect(JOSIE, "josie")
    world.now += 60
    world.leaves(uninstalled(world.now - 1_800))
    assert world.cut() == {"U0TOM"}
    assert world.bot_connections.get(bot_of("T0ACME"), CHAT.id) is not None
    there = world.installations.get("T0ACME")
    assert there is not None
    assert there.live


def test_cards_of_a_workspace_that_moved_can_still_be_decided() -> None:
    world = Office()
    card = world.put_card()
    world.connect(JOSIE, "josie")
    world.leaves(Departure(Left.MIGRATED, "T0ACME", None, "E0ACME", None, world.now + 60))
    assert world.cut() == {"U0JOSIE"}
    there = world.cards.get(card.id)
    assert there is not None
    assert there.status is CardStatus.OPEN


def test_the_same_event_again_does_nothing_more() -> None:
    world = Office()
    world.connect(JOSIE, "josie")
    world.leaves(uninstalled(world.now + 60))
    queued = len(world.actions_queue.sent)
    world.leaves(uninstalled(world.now + 60))
    assert len(world.actions_queue.sent) == queued


def test_a_chat_that_does_not_answer_stops_nothing() -> None:
    world = Office()
    world.connect(TOM, "tom")
    world.link(TOM, "T0ACME")
    world.actions.create(replace(ACTION, person=TOM, waiting_for="servicenow", created_at=world.now, card=None))
    world.slack.down = True
    world.leaves(uninstalled(world.now + 60))
    assert world.cut() == {"U0TOM"}
    ended = world.actions.get(TOM, ACTION.id)
    assert ended is not None
    assert ended.status is ActionStatus.FAILED


def test_admins_are_told_what_was_done_and_only_once() -> None:
    world = Office()
    world.slack.admins = frozenset({("U0PRIYA", "T0ACME")})
    world.connect(TOM, "tom")
    world.leaves(deactivated("U0TOM", world.now + 60))
    told = [words(message) for person, message in world.slack.told if person.user_id == "U0PRIYA"]
    assert len(told) == 1
    assert told[0].endswith(
        "account was deactivated. Cleared up: 1 connection cut. It can't be used any more, and its app is asked to "
        "revoke it. There is nothing for you to do."
    )


def test_nobody_is_told_where_nothing_was_to_be_done() -> None:
    world = Office()
    world.slack.admins = frozenset({("U0PRIYA", "T0ACME")})
    world.leaves(deactivated("U0TOM", world.now + 60))
    assert world.slack.told == []


def test_an_installation_that_is_gone_reports_to_nobody_and_that_is_no_failure() -> None:
    world = Office()
    world.slack.admins = frozenset({("U0PRIYA", "T0ACME")})
    world.slack.refuses = "not_installed"
    world.connect(JOSIE, "josie")
    world.leaves(uninstalled(world.now + 60))
    assert "admins_not_told" in world.journal.names


@pytest.mark.parametrize("left", Left)
def test_every_departure_is_reported_in_words(left: Left) -> None:
    someone = "U0TOM" if left in {Left.DEACTIVATED, *ON_WISH} else None
    purge = purge_of(Departure(left, "T0ACME", None, None, someone, NOW))
    for kind in ("connections", "connections", "actions", "sign_ins", "cards"):
        purge = purge.counted(kind)
    said = words(report(purge))
    assert "2 connections cut, 1 waiting action ended, 1 sign-in link stopped, 1 card forgotten. They can't be" in said
    assert ("T0ACME" in said) is (someone is None)


# --- the night's sweep


def at_night(world: Office) -> Office:
    world.now = NOW // 86_400 * 86_400 + 2 * 3_600 + 17
    return world


def test_the_sweep_begins_once_a_night() -> None:
    world = at_night(Office())
    world.install()
    world.__dict__["home"] = lambda: None
    for _ in range(3):
        world.sweep_members.begin()
        world.now += 60
    assert world.actions_queue.sent == [sweep_message(Workspace("T0ACME"), "")]
    world.now += 86_400
    world.sweep_members.begin()
    assert len(world.actions_queue.sent) == 2


def test_by_day_there_is_no_sweep() -> None:
    world = at_night(Office())
    world.install()
    world.__dict__["home"] = lambda: Workspace("T0ACME")
    world.now += 3_600
    world.sweep_members.begin()
    assert world.actions_queue.sent == []


def test_the_sweep_finds_who_was_deactivated_unnoticed_and_leaves_who_has_nothing() -> None:
    world = Office()
    world.connect(TOM, "tom")
    world.connect(JOSIE, "josie")
    world.slack.gone = [TOM, Person("T0ACME", "U0NOBODY")]
    world.deliver(dict(sweep_message(Workspace("T0ACME"), "")))
    world.work_off()
    assert world.cut() == {"U0TOM"}


def test_the_sweep_goes_on_page_by_page_through_the_queue() -> None:
    world = Office()
    world.slack.gone = [Person("T0ACME", f"U{n}") for n in range(5)] + [TOM]
    world.members.per_page = 2
    world.connect(TOM, "tom")
    world.deliver(dict(sweep_message(Workspace("T0ACME"), "")))
    world.work_off()
    assert [cursor for _, cursor in world.members.asked][:3] == ["", "2", "4"]
    assert world.cut() == {"U0TOM"}


def test_the_sweep_waits_as_long_as_slack_asks_by_way_of_the_queue() -> None:
    world = Office()
    world.members.fails = [ChatUnavailable("ratelimited", retry_after=42)]
    world.deliver(dict(sweep_message(Workspace("T0ACME"), "7")))
    assert world.actions_queue.resting == [sweep_message(Workspace("T0ACME"), "7")]


def test_a_whole_organisation_is_swept_workspace_by_workspace() -> None:
    world = Office()
    teams = [Workspace(SALES, "E0ACME"), Workspace(LEGAL, "E0ACME")]
    world.members.teams = teams
    world.deliver(dict(sweep_message(Workspace("E0ACME", "E0ACME"), "")))
    assert world.actions_queue.sent == [sweep_message(team, "") for team in teams]


# --- bounds


def test_departures_and_purges_survive_the_queue() -> None:
    departure = Departure(Left.WITHDRAWN, "E0ACME", SALES, "E0ACME", None, NOW, "trace")
    purge = replace(purge_of(departure), after="cursor", again=True).counted("cards")
    assert Departure.from_json(json.loads(json.dumps(departure.as_json()))) == departure
    assert Purge.from_json(json.loads(json.dumps(purge.as_json()))) == purge
    assert purge_of(departure).until == NOW + WHOLE_SECONDS


@pytest.mark.parametrize(
    "body",
    [
        {"v": 1, "kind": "left", "departure": {}},
        {"v": 1, "kind": "left", "departure": {**uninstalled().as_json(), "left": "danced"}},
        {"v": 1, "kind": "purge", "purge": {"departure": {}}},
        {"v": 1, "kind": "purge", "purge": 7},
        {"v": 1, "kind": "sweep", "workspace": 7, "organisation": None, "cursor": ""},
    ],
)
def test_a_message_of_another_shape_goes_back_to_the_queue(body: dict[str, object]) -> None:
    assert Office().deliver(body) == [{"itemIdentifier": "m1"}]


@dataclass
class Endless:
    """A workspace of 100,000 connections that are made when they are read, and cut by being counted."""

    sample: Connection
    size: int = 100_000
    cut: int = 0
    largest_page: int = 0
    nothing: list[str] = field(default_factory=list)

    def connections(
        self, _tenant: str, _workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[tuple[Person, str]], str | None]:
        start = int(after or 0)
        end = min(start + limit, self.size)
        self.largest_page = max(self.largest_page, end - start)
        page = [(Person("T0ACME", f"U{number}"), "servicenow") for number in range(start, end)]
        return page, str(end) if end < self.size else None

    def intents(self, *_asked: object) -> tuple[Sequence[str], str | None]:
        return self.nothing, None

    def cards(self, *_asked: object) -> tuple[Sequence[str], str | None]:
        return self.nothing, None

    def get(self, person: Person, _app: str) -> Connection:
        return replace(self.sample, person=person)

    def set_revoking(self, _connection: Connection, **_when: int) -> None:
        self.cut += 1


@dataclass
class Counted:
    """A queue that keeps what is about the purge, and counts the rest."""

    purges: list[dict[str, object]] = field(default_factory=list)
    others: int = 0
    largest: int = 0

    def send(self, body: dict[str, object], *, delay: int = 0) -> None:
        self.largest = max(self.largest, len(json.dumps(body)))
        if body["kind"] == "purge" and not delay:
            self.purges.append(body)
        elif body["kind"] == "revoke":
            self.others += 1


def test_a_hundred_thousand_connections_are_cut_in_bounded_batches_and_memory() -> None:
    """Each invocation lives for ten pages; memory is what it is at its highest, whatever the workspace's size."""
    world = Office()
    endless = Endless(world.connect(JOSIE, "josie"))
    queue = Counted()
    for name, part in (("belongings", endless), ("connections", endless), ("actions_queue", queue)):
        world.__dict__[name] = part
    calls = itertools.count(1)
    world.deadline = lambda: world.now + (0 if next(calls) % 11 == 0 else 100)  # type: ignore[method-assign]
    queue.send(purge_message(purge_of(uninstalled(world.now + 60))))
    world.journal.events.clear()

    tracemalloc.start()
    rounds = 0
    while queue.purges:
        rounds += 1
        assert world.deliver(queue.purges.pop()) == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (endless.cut, queue.others) == (100_000, 100_000)
    assert (endless.largest_page, queue.largest < 1_000) == (100, True)
    assert rounds >= 100
    assert peak < 2_000_000
