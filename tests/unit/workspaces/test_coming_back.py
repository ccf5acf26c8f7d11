"""Who comes back: what they make from then on stays, however late a purge, its second look or its event is."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from countersign.domain.action import ActionStatus
from countersign.domain.connection import Status
from countersign.domain.departure import SECOND_LOOK, Departure, Left
from countersign.domain.errors import ChatRefused, ChatUnavailable
from countersign.domain.identity import Person, Workspace
from countersign.domain.queue_messages import left_message
from countersign.domain.sign_in import IntentStatus
from countersign.usecases.clear_up import PAGE
from tests.support.acting_world import JOSIE, TOM, ActingWorld
from tests.support.memory_workspaces import ACME
from tests.support.queue_events import ACTION
from tests.unit.workspaces.test_leaving import LEGAL, SALES, Office, deactivated, statuses, uninstalled

SOON = 120
"""Seconds until whoever left is back: long before the second look."""


def leave(world: ActingWorld, departure: Departure) -> None:
    """It happens, and the first look is taken; the second one waits."""
    world.__dict__["home"] = lambda: world.__dict__.get("pasted")
    assert world.deliver(dict(left_message(departure))) == []
    look(world)


def look(world: ActingWorld) -> list[object]:
    """Take the look that waits; what failed."""
    (waiting,) = [each for each in world.actions_queue.sent if each["kind"] == "purge"]
    world.actions_queue.sent.remove(waiting)
    return world.deliver(dict(waiting))


def second_look(world: ActingWorld, after: int = 0) -> list[object]:
    world.now += SECOND_LOOK - after
    return look(world)


@dataclass(frozen=True)
class Case:
    """Somebody leaves and comes back, and what the outside says then."""

    departure: Callable[[int], Departure]
    person: Person
    workspace: Workspace
    returns: Callable[[Office], object]


def _reactivated(world: Office) -> None:
    world.slack.gone = []


def _installed_again(world: Office) -> None:
    world.install(replace(ACME, installed_at=world.now))


def _token_pasted(world: Office) -> None:
    """Where it was installed is not noted: an operator gave the deployment its bot's token."""
    world.__dict__["pasted"] = Workspace("T0ACME")


def _added_again(world: Office) -> None:
    world.members.teams = [Workspace(LEGAL, "E0ACME"), Workspace(SALES, "E0ACME")]


def _withdrawn(at: int) -> Departure:
    return Departure(Left.WITHDRAWN, "E0ACME", SALES, "E0ACME", None, at)


ACME_ITSELF, SALES_ITSELF = Workspace("T0ACME"), Workspace(SALES, "E0ACME")
CASES = {
    "reactivated": Case(lambda at: deactivated("U0JOSIE", at), JOSIE, ACME_ITSELF, _reactivated),
    "back in one workspace": Case(
        lambda at: deactivated("U0SALES", at, "E0ACME", SALES), Person("E0ACME", "U0SALES"), SALES_ITSELF, _reactivated
    ),
    "installed again": Case(uninstalled, JOSIE, ACME_ITSELF, _installed_again),
    "token pasted": Case(uninstalled, JOSIE, ACME_ITSELF, _token_pasted),
    "added again": Case(_withdrawn, Person("E0ACME", "U0SALES"), SALES_ITSELF, _added_again),
}
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def left_behind(case: Case) -> Office:
    """They had a connection, and left; the first look was taken."""
    world = Office()
    world.slack.gone = [case.person]
    world.members.teams = [Workspace(LEGAL, "E0ACME")]
    world.connect(case.person, "before", workspace=case.workspace.id)
    world.now += 1
    leave(world, case.departure(world.now))
    assert statuses(world) == {case.person.user_id: Status.REVOKING}
    return world


@each_case
def test_what_is_made_after_they_are_back_survives_the_second_look(case: Case) -> None:
    world = left_behind(case)
    world.now += SOON
    case.returns(world)
    world.connections.rows.clear()  # revoked meanwhile
    connection = world.connect(case.person, "anew", workspace=case.workspace.id)
    link = world.link(case.person, case.workspace.id)
    waiting = replace(ACTION, person=case.person, workspace=case.workspace, created_at=world.now, card=None)
    world.actions.create(replace(waiting, waiting_for="servicenow"))
    card = world.put_card(workspace=case.workspace)

    assert second_look(world, after=SOON) == []

    assert world.connections.list(case.person) == [connection]
    assert world.sign_ins.intents[link.id_hash].status is IntentStatus.OPEN
    there = world.actions.get(case.person, ACTION.id)
    assert there is not None
    assert there.status is ActionStatus.OPEN
    assert world.cards.get(card.id) == card


@each_case
def test_what_a_sign_in_under_way_stored_goes_while_they_are_still_gone(case: Case) -> None:
    world = left_behind(case)
    world.now += SOON
    world.connections.rows.clear()
    world.connect(case.person, "late", workspace=case.workspace.id)
    assert second_look(world, after=SOON) == []
    assert statuses(world) == {case.person.user_id: Status.REVOKING}


@each_case
def test_an_event_that_comes_after_the_return_takes_what_was_there_before_and_nothing_else(case: Case) -> None:
    world = Office()
    world.connect(case.person, "before", workspace=case.workspace.id)
    before = world.connections.list(case.person)[0]
    world.connections.put(replace(before, app="salesforce"), replaces=None)
    world.now += 60
    left_at = world.now
    world.now += SOON
    case.returns(world)
    anew = replace(before, version=2, connected_at=world.now, sign_in="b" * 64)
    world.connections.put(anew, replaces=1)
    world.now += 5

    leave(world, case.departure(left_at))
    second_look(world)

    assert {row.app: row.status for row in world.connections.list(case.person)} == {
        "servicenow": Status.LIVE,
        "salesforce": Status.REVOKING,
    }


def test_whoever_comes_back_while_it_is_cleared_up_keeps_what_they_make_from_then_on() -> None:
    """The answer that they are gone counts for what was made before it was asked for."""
    world = Office()
    world.slack.gone = [JOSIE]
    world.connect(JOSIE, "late", app="salesforce", connected_at=world.now + 10)
    world.connect(JOSIE, "anew", app="servicenow", connected_at=world.now + 20)
    departed = deactivated("U0JOSIE", world.now)
    world.now += 15
    asked = world.members.is_gone

    def gone_for_the_last_time(person: Person, workspace: Workspace) -> bool:
        answer = asked(person, workspace)
        world.slack.gone = []
        return answer

    world.members.is_gone = gone_for_the_last_time  # type: ignore[method-assign]
    leave(world, departed)
    assert {row.app: row.status for row in world.connections.list(JOSIE)} == {
        "salesforce": Status.REVOKING,
        "servicenow": Status.LIVE,
    }


def test_a_workspace_that_joined_an_organisation_never_comes_back_under_its_own_id() -> None:
    world = Office()
    world.install()
    leave(world, Departure(Left.MIGRATED, "T0ACME", None, "E0ACME", None, world.now + 1))
    world.now += SOON
    world.connect(JOSIE, "late")
    second_look(world, after=SOON)
    assert statuses(world) == {"U0JOSIE": Status.REVOKING}


def test_chat_is_asked_nothing_where_nothing_was_made_since() -> None:
    world = Office()
    world.connect(JOSIE, "josie")
    leave(world, deactivated("U0JOSIE", world.now + 1))
    second_look(world)
    assert world.members.looked_up == []


def test_chat_is_asked_once_for_however_many_things() -> None:
    world = Office()
    departed = deactivated("U0JOSIE", world.now)
    world.now += 60
    for number in range(9):
        world.connect(JOSIE, "josie", app=f"app{number}")
    world.now += 1
    leave(world, departed)
    assert world.members.looked_up == [(JOSIE, Workspace("T0ACME"))]
    assert {row.status for row in world.connections.list(JOSIE)} == {Status.LIVE}


def test_where_chat_does_not_answer_nothing_is_guessed_and_the_message_comes_again() -> None:
    world = Office()
    world.slack.gone = [JOSIE]
    leave(world, deactivated("U0JOSIE", world.now))
    world.now += 60
    world.connect(JOSIE, "late")
    world.members.fails = [ChatUnavailable("down"), ChatUnavailable("down")]
    assert second_look(world) == []  # as far as it came
    assert statuses(world) == {"U0JOSIE": Status.LIVE}
    (waiting,) = world.actions_queue.sent
    assert world.deliver(dict(waiting)) == [{"itemIdentifier": "m1"}]
    assert statuses(world) == {"U0JOSIE": Status.LIVE}
    assert look(world) == []
    assert statuses(world) == {"U0JOSIE": Status.REVOKING}


def test_where_the_bot_is_gone_too_nobody_is_back() -> None:
    world = Office()
    leave(world, deactivated("U0JOSIE", world.now))
    world.now += 60
    world.connect(JOSIE, "late")
    world.members.fails = [ChatRefused("not_installed")]
    assert second_look(world) == []
    assert statuses(world) == {"U0JOSIE": Status.REVOKING}


def test_another_persons_links_are_not_looked_at_however_many_leave() -> None:
    world = Office()
    theirs, ours = world.link(TOM, "T0ACME", "a"), world.link(JOSIE, "T0ACME", "b")
    read: list[str] = []
    get = world.sign_ins.get_intent
    world.sign_ins.get_intent = lambda id_hash: read.append(id_hash) or get(id_hash)  # type: ignore[method-assign, func-returns-value]
    leave(world, deactivated("U0TOM", world.now + 1))
    assert set(read) == {theirs.id_hash}
    assert world.sign_ins.intents[theirs.id_hash].status is IntentStatus.BURNT
    assert world.sign_ins.intents[ours.id_hash].status is IntentStatus.OPEN


def test_whoever_leaves_has_all_links_burnt_however_many_were_asked_for() -> None:
    """Finished ones give their place back, so no limit on open ones bounds how many stand before one under way."""
    world = Office()
    links = [world.link(TOM, "T0ACME", f"{number:03}") for number in range(PAGE + 30)]
    leave(world, deactivated("U0TOM", world.now + 1))
    assert {world.sign_ins.intents[link.id_hash].status for link in links} == {IntentStatus.BURNT}
