"""What a departure must not miss: behind a row that can't be read, beyond a page, where an index is late, at night."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from countersign.domain.action import Outcome
from countersign.domain.connection import Connection, Status
from countersign.domain.cut_app import CutApp
from countersign.domain.departure import Departure, Left
from countersign.domain.errors import Unreadable
from countersign.domain.identity import Person, Workspace
from countersign.domain.queue_messages import cut_app_message, sweep_message
from countersign.domain.sign_in import Intent, IntentStatus
from tests.support.acting_world import JOSIE, TOM
from tests.support.queue_events import ACTION
from tests.unit.workspaces.test_leaving import LEGAL, SALES, Office, deactivated, uninstalled

COLLEAGUE = Person("E0ACME", "U0JOSIE")


@pytest.fixture
def world() -> Office:
    return Office()


def unreadable(world: Office, monkeypatch: pytest.MonkeyPatch, app: str) -> None:
    """Tom's row of this app can't be read: not alone, and not among his others."""
    plain = world.connections.get

    def get(person: Person, of: str) -> Connection | None:
        if (person, of) == (TOM, app):
            raise Unreadable("connection: KeyError")
        return plain(person, of)

    def listed(_person: Person) -> Sequence[Connection]:
        raise Unreadable("connection: KeyError")

    monkeypatch.setattr(world.connections, "get", get)
    monkeypatch.setattr(world.connections, "list", listed)
    monkeypatch.setattr(
        world.connections, "places", lambda person: [(row.app, row.workspace) for row in rows(world, person)]
    )


def rows(world: Office, person: Person) -> list[Connection]:
    return [row for (key, _), row in sorted(world.connections.rows.items()) if key == person.key]


def test_a_row_that_can_not_be_read_hides_none_of_a_persons_others(
    world: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for app in ("asana", "salesforce", "servicenow"):
        world.connect(TOM, "tom", app=app)
    unreadable(world, monkeypatch, "salesforce")
    world.leaves(deactivated("U0TOM", world.now + 60))
    assert {row.app: row.status for row in rows(world, TOM)} == {
        "asana": Status.REVOKING,
        "salesforce": Status.LIVE,
        "servicenow": Status.REVOKING,
    }
    assert "unreadable_row" in world.journal.names


def test_nor_does_it_hide_its_person_from_the_nights_sweep(world: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for app in ("salesforce", "servicenow"):
        world.connect(TOM, "tom", app=app)
    unreadable(world, monkeypatch, "salesforce")
    world.slack.gone = [TOM]
    assert world.deliver(dict(sweep_message(Workspace("T0ACME"), ""))) == []
    world.work_off()
    assert {row.app: row.status for row in rows(world, TOM)}["servicenow"] is Status.REVOKING


def test_a_link_that_can_not_be_read_hides_no_other_link(world: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, whole = world.link(TOM, "T0ACME", "a"), world.link(JOSIE, "T0ACME", "b")
    plain = world.sign_ins.get_intent

    def get(id_hash: str) -> Intent | None:
        if id_hash == broken.id_hash:
            raise Unreadable("intent: KeyError")
        return plain(id_hash)

    monkeypatch.setattr(world.sign_ins, "get_intent", get)
    world.connect(JOSIE, "josie")
    world.leaves(uninstalled(world.now + 60))
    assert world.sign_ins.intents[whole.id_hash].status is IntentStatus.BURNT
    assert world.cut() == {"U0JOSIE"}


def test_actions_that_wait_are_ended_page_by_page_however_much_was_done_since(world: Office) -> None:
    waiting = [
        replace(ACTION, id=f"{n:032x}#approve#0", person=TOM, card=None, waiting_for=app, created_at=world.now)
        for n, app in enumerate(["servicenow"] * 320 + ["salesforce"] * 20)
    ]
    for action in waiting:
        world.actions.create(action)
    world.leaves(deactivated("U0TOM", world.now + 60))
    ended = [world.actions.get(TOM, action.id) for action in waiting]
    assert {there.outcome for there in ended if there} == {Outcome.OFF_BOARDED}


def test_what_waits_through_another_workspace_of_the_organisation_goes_on_waiting(world: Office) -> None:
    """More of it than a page holds, so that the other workspace's begin behind it."""
    there = [
        replace(
            ACTION,
            id=f"{n:032x}#approve#0",
            person=COLLEAGUE,
            workspace=Workspace(SALES if n == 149 else LEGAL, "E0ACME"),
            card=None,
            waiting_for="servicenow",
            created_at=world.now - (n == 149),
        )
        for n in range(150)
    ]
    for action in there:
        world.actions.create(action)
    world.leaves(deactivated("U0JOSIE", world.now + 60, "E0ACME", SALES))
    outcomes = [found.outcome for action in there if (found := world.actions.get(COLLEAGUE, action.id))]
    assert outcomes == [None] * 149 + [Outcome.OFF_BOARDED]


# --- an index that still shows a connection where it was


def late_index(world: Office) -> Connection:
    """Josie connected anew through LEGAL; the index still names SALES."""
    row = world.connect(COLLEAGUE, "josie", workspace=LEGAL)
    world.belongings.__dict__["connections"] = lambda *_: ([(COLLEAGUE, "servicenow")], None)
    world.census.__dict__["page"] = lambda *_: ([(COLLEAGUE, row.status)], None)
    return row


def test_a_sibling_workspaces_departure_cuts_no_row_that_came_through_another(world: Office) -> None:
    late_index(world)
    world.leaves(Departure(Left.WITHDRAWN, "E0ACME", SALES, "E0ACME", None, world.now + 60))
    assert world.cut() == set()


@pytest.mark.parametrize(("workspace", "cut"), [(SALES, set()), (LEGAL, {"U0JOSIE"}), (None, {"U0JOSIE"})])
def test_an_admin_cuts_no_row_that_came_through_another_workspace(
    world: Office, workspace: str | None, cut: set[str]
) -> None:
    late_index(world)
    world.deliver(dict(cut_app_message(CutApp("servicenow", workspace, "E0ACME/U0PRIYA", world.now + 1, "trace"))))
    assert world.cut() == cut


# --- whom the night's sweep finds


def swept(world: Office, workspace: Workspace) -> list[tuple[str, Person | None]]:
    """What is written down of it."""
    assert world.deliver(dict(sweep_message(workspace, ""))) == []
    world.work_off()
    return [(name, person) for name, person, *_ in world.audit.events if name.startswith("left.")]


def test_whoever_the_sweep_finds_is_written_down_as_if_the_event_had_come(world: Office) -> None:
    world.connect(TOM, "tom")
    world.slack.gone = [TOM]
    assert swept(world, Workspace("T0ACME")) == [("left.deactivated", TOM)]
    (facts,) = [facts for name, _, facts, *_ in world.audit.events if name == "left.deactivated"]
    assert facts["trace_id"].startswith("sweep-T0ACME-")
    assert world.cut() == {"U0TOM"}


def test_the_next_night_finds_nobody_whose_connections_are_being_revoked(world: Office) -> None:
    world.connect(TOM, "tom")
    world.slack.gone = [TOM]
    for _ in range(2):
        found = swept(world, Workspace("T0ACME"))
        world.now += 86_400
    assert len(found) == 1


@pytest.mark.parametrize(("through", "count"), [(SALES, 1), (LEGAL, 0)])
def test_who_is_elsewhere_in_the_organisation_is_found_for_what_came_through_here(
    world: Office, through: str, count: int
) -> None:
    world.connect(COLLEAGUE, "josie", workspace=through)
    world.slack.gone = [COLLEAGUE]
    world.members.elsewhere = [COLLEAGUE]
    assert len(swept(world, Workspace(SALES, "E0ACME"))) == count
    assert len(world.cut()) == count
