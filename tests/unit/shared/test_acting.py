"""A recipe that does not verify the user acts with the workspace's own connection, and everybody reads that."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.connection import Connection, Status
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.message import Mention, Paragraph
from countersign.domain.oauth import TokenAnswer
from countersign.domain.secret import Secret
from tests.support.acting_world import JOSIE, WORKSPACE, ActingWorld
from tests.support.memory_chat import buttons, filled, words
from tests.support.shared_catalog import with_app, with_shared

OWNER = shared_owner(WORKSPACE)
PRIYA = Person("T0ACME", "U0PRIYA")


@pytest.fixture
def world() -> ActingWorld:
    world = ActingWorld()
    world.catalog = with_shared(world.catalog, "approve_change")
    world.put_card()
    return world


def share(world: ActingWorld, **changes: Any) -> Connection:
    """The workspace's connection, as ServiceNow's Josie there: the account that the scripted app lets approve."""
    return world.connect(OWNER, "josie", steward=PRIYA, **changes)


def last_words(world: ActingWorld) -> str:
    return words(world.slack.told[-1][1])


def test_the_clicker_is_asked_for_no_sign_in(world: ActingWorld) -> None:
    share(world)

    world.click(JOSIE)

    assert world.action_of(JOSIE).status is ActionStatus.DONE
    assert world.sign_ins.intents == {}


def test_card_and_history_say_that_it_was_as_the_workspaces_account(world: ActingWorld) -> None:
    share(world)

    world.click(JOSIE)

    card = world.slack.updated[-1][1]
    said = [filled(block.text) for block in card.blocks if isinstance(block, Paragraph)]
    assert any("(as the workspace's josie@acme.com in ServiceNow)" in text for text in said)
    assert world.action_of(JOSIE).recorded_label == "the workspace's josie@acme.com in ServiceNow"


def test_the_journal_tells_it_from_a_persons_own_act(world: ActingWorld) -> None:
    share(world)

    world.click(JOSIE)

    (facts,) = [facts for event, facts in world.journal.events if event == "action_ended"]
    assert (facts["person"], facts["account"], facts["acted_as"]) == ("U0JOSIE", "id-josie", "workspace")


def test_somebodys_own_connection_is_not_used_for_it(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")

    world.click(JOSIE)

    assert world.action_of(JOSIE).outcome is Outcome.NOT_SHARED
    assert world.servicenow.acts == 0


def test_that_nobody_connected_it_is_no_failure_of_the_app_and_history_says_why(world: ActingWorld) -> None:
    world.click(JOSIE)
    asked = Interaction("h", Kind.TEXT, JOSIE, WORKSPACE, ReplyTo("D1"), value="history")
    world.deliver({"v": 1, "kind": "interaction", "interaction": asked.as_json()})

    assert "not done\nServiceNow is not connected for this workspace." in words(world.slack.told[-1][1])
    assert [event.failed for event in world.audit.as_events() if event.event == "action_ended"] == [False]


def test_the_workspaces_connection_is_not_used_for_a_recipe_that_verifies(world: ActingWorld) -> None:
    share(world)
    world.catalog = with_shared(world.catalog)

    world.click(JOSIE)

    assert world.action_of(JOSIE).status is ActionStatus.OPEN
    assert world.servicenow.acts == 0
    assert [intent.shared for intent in world.sign_ins.intents.values()] == [False]


def test_where_it_is_missing_the_person_is_told_who_can_help(world: ActingWorld) -> None:
    world.click(JOSIE)

    assert "ask an admin of this Slack workspace" in last_words(world)
    assert "connect ServiceNow there" in last_words(world)
    assert buttons(world.slack.told[-1][1]) == []
    assert world.sign_ins.intents == {}


def test_admins_that_the_deployment_lists_are_named(world: ActingWorld) -> None:
    world.settings.__dict__["admins"] = frozenset({"U0PRIYA", "U0ANNA"})

    world.click(JOSIE)

    (text,) = [block.text for block in world.slack.told[-1][1].blocks if isinstance(block, Paragraph)]
    assert [value for value in text.values.values() if isinstance(value, Mention)] == [
        Mention("U0ANNA"),
        Mention("U0PRIYA"),
    ]


def test_once_it_is_connected_the_same_click_goes_through(world: ActingWorld) -> None:
    world.click(JOSIE)
    share(world)

    world.click(JOSIE)

    assert world.action_of(JOSIE, attempt=1).status is ActionStatus.DONE


def test_another_workspace_of_the_organisation_has_its_own(world: ActingWorld) -> None:
    """An admin of one workspace is no admin of its siblings."""
    sibling = shared_owner(Workspace("T0OTHER", "E0ACME"))
    world.connect(sibling, "josie")

    world.click(JOSIE)

    assert world.action_of(JOSIE).outcome is Outcome.NOT_SHARED


def test_a_refusal_is_not_blamed_on_the_clickers_sign_in(world: ActingWorld) -> None:
    world.connect(OWNER, "tom", steward=PRIYA)

    world.click(JOSIE)

    assert world.action_of(JOSIE).status is ActionStatus.FAILED
    assert "the workspace's tom@acme.com" in last_words(world)
    assert "You are signed in" not in last_words(world)
    assert buttons(world.slack.told[-1][1]) == []


def test_one_that_has_ended_is_missing_like_none(world: ActingWorld) -> None:
    share(world, status=Status.NEEDS_SIGN_IN)

    world.click(JOSIE)

    assert world.action_of(JOSIE).outcome is Outcome.NOT_SHARED


def test_a_permission_that_it_lacks_is_the_admins_matter(world: ActingWorld) -> None:
    servicenow = world.catalog.apps["servicenow"]
    demanding = {name: replace(one, scopes=("approvals",)) for name, one in servicenow.operations.items()}
    world.catalog = with_app(world.catalog, "servicenow", operations=demanding)
    share(world, scopes=("useraccount",))

    world.click(JOSIE)

    assert world.servicenow.acts == 0
    assert "the workspace's connection to ServiceNow lacks a permission" in last_words(world)
    assert buttons(world.slack.told[-1][1]) == []


def test_its_tokens_are_refreshed_as_the_workspaces(world: ActingWorld) -> None:
    share(world, expires_in=10)
    world.authorization.answers.append(TokenAnswer(Secret("at-josie"), Secret("rt-2"), 1_800, None))

    world.click(JOSIE)

    there = world.connections.get(OWNER, "servicenow")
    assert there is not None
    assert (there.version, there.steward, world.authorization.refreshed) == (2, PRIYA, ["rt-josie"])


def test_a_row_copied_to_a_person_does_not_open(world: ActingWorld) -> None:
    """The seal's context names the workspace as the owner: nobody can carry it away as their own."""
    world.catalog = with_shared(world.catalog)
    connection = share(world)
    world.connections.put(replace(connection, person=JOSIE, steward=None), replaces=None)

    world.click(JOSIE)

    assert world.servicenow.acts == 0
    stolen = world.connections.get(JOSIE, "servicenow")
    assert stolen is not None
    assert stolen.status is Status.NEEDS_SIGN_IN
