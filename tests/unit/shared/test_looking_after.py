"""Admins connect and cut what is everybody's; nobody else sees it, and no button's value makes an admin."""

from typing import Any

import pytest

from countersign.adapters.slack.payload import identifier
from countersign.domain.catalog import ActsAs
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import AppUnavailable, Malformed
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.message import Heading, Message
from tests.support.acting_world import JOSIE, TOM, WORKSPACE, ActingWorld
from tests.support.memory_chat import buttons, words
from tests.support.shared_catalog import with_app, with_shared

OWNER = shared_owner(WORKSPACE)
PRIYA = Person("T0ACME", "U0PRIYA")


@pytest.fixture
def world() -> ActingWorld:
    world = ActingWorld()
    world.catalog = with_shared(world.catalog, "approve_change")
    world.slack.admins = frozenset({("U0PRIYA", "T0ACME")})
    return world


def ask(world: ActingWorld, person: Person, text: str = "connections", **changes: Any) -> Message:
    plain = {"id": f"Ev{world.randomness()}", "kind": Kind.TEXT, "person": person, "workspace": WORKSPACE}
    interaction = Interaction(**{**plain, "reply_to": ReplyTo(f"D{person.user_id}"), "value": text, **changes})
    assert (
        world.deliver({"v": 1, "kind": "interaction", "interaction": interaction.as_json()}, queue="connections") == []
    )
    said: Message = world.slack.told[-1][1]
    return said


def press(world: ActingWorld, person: Person, name: str, value: str, **changes: Any) -> Message:
    return ask(world, person, value, kind=Kind.BUTTON, name=name, **changes)


def share(world: ActingWorld, **changes: Any) -> Connection:
    return world.connect(OWNER, "integration", steward=PRIYA, **changes)


def headings(message: Message) -> list[str]:
    return [block.text for block in message.blocks if isinstance(block, Heading)]


def labels(message: Message) -> list[str]:
    return [button.label for button in buttons(message)]


# --- who sees what


def test_an_admin_sees_what_the_workspace_needs(world: ActingWorld) -> None:
    message = ask(world, PRIYA)

    assert headings(message) == ["Your connections", "Shared connections of Acme"]
    assert "*ServiceNow*: Approve a change" in words(message)
    assert [(button.label, button.action) for button in buttons(message)][-1] == (
        "Connect ServiceNow",
        "connections.connect_shared",
    )


def test_nobody_else_sees_that_there_is_anything(world: ActingWorld) -> None:
    share(world)

    message = ask(world, TOM)

    assert headings(message) == ["Your connections"]
    assert "integration@acme.com" not in words(message)


def test_whom_the_deployment_lists_is_an_admin(world: ActingWorld) -> None:
    world.settings.__dict__["admins"] = frozenset({"U0TOM"})

    assert headings(ask(world, TOM)) == ["Your connections", "Shared connections of Acme"]


def test_an_admin_of_another_workspace_is_none_here(world: ActingWorld) -> None:
    world.slack.admins = frozenset({("U0PRIYA", "T0OTHER")})

    assert headings(ask(world, PRIYA)) == ["Your connections"]


def test_without_a_recipe_that_needs_one_chat_is_not_even_asked(world: ActingWorld) -> None:
    world.catalog = with_shared(world.catalog)
    world.slack.refuses_admins = True

    assert headings(ask(world, PRIYA)) == ["Your connections"]


def test_what_is_connected_shows_as_whom_by_whom_and_what_for(world: ActingWorld) -> None:
    share(world, last_used_at=world.now)

    message = ask(world, PRIYA)

    assert "*ServiceNow* as integration@acme.com" in words(message)
    assert "For Approve a change" in words(message)
    assert labels(message)[-2:] == ["Reconnect", "Disconnect"]


def test_one_that_no_recipe_needs_any_more_can_still_be_cut(world: ActingWorld) -> None:
    share(world)
    world.catalog = with_shared(world.catalog)

    message = ask(world, PRIYA)

    assert "No recipe needs it any more" in words(message)


def test_the_home_tab_shows_the_same(world: ActingWorld) -> None:
    interaction = Interaction("Ev1", Kind.HOME, PRIYA, WORKSPACE, ReplyTo())
    world.deliver({"v": 1, "kind": "interaction", "interaction": interaction.as_json()}, queue="connections")

    ((_, message),) = world.slack.homes
    assert headings(message) == ["Your connections", "Shared connections of Acme", "For admins"]


def test_an_app_without_the_persons_rights_is_offered_to_nobody_as_their_own(world: ActingWorld) -> None:
    world.catalog = with_app(world.catalog, "salesforce", acts_as=ActsAs.APP)

    assert "Connect Salesforce" not in labels(ask(world, TOM))
    press(world, TOM, "connections.connect", "salesforce")
    assert world.sign_ins.intents == {}


# --- what a button may


def test_an_admins_connect_begins_a_sign_in_for_the_workspace_proved_to_be_theirs(world: ActingWorld) -> None:
    message = press(world, PRIYA, "connections.connect_shared", "servicenow")

    (intent,) = world.sign_ins.intents.values()
    assert (intent.person, intent.owner, intent.shared) == (PRIYA, OWNER, True)
    assert "You connect *ServiceNow* for everyone in Acme: Approve a change will act there" in words(message)


@pytest.mark.parametrize("name", ["connections.connect_shared", "connections.disconnect_shared"])
def test_a_forged_button_is_refused(world: ActingWorld, name: str) -> None:
    connection = share(world)

    message = press(world, TOM, name, "servicenow")
    world.run_queue()

    assert "Only an admin of this Slack workspace" in words(message)
    assert world.sign_ins.intents == {}
    assert world.connections.get(OWNER, "servicenow") == connection


def test_a_personal_button_never_reaches_the_workspaces(world: ActingWorld) -> None:
    connection = share(world)

    for value in ("servicenow", f"{OWNER.key}", "workspace:T0ACME", "x" * 3_000):
        press(world, TOM, "connections.disconnect", value)
    world.run_queue()

    assert world.connections.get(OWNER, "servicenow") == connection


@pytest.mark.parametrize("value", ["salesforce", "nosuch", ""])
def test_what_no_recipe_needs_is_not_connected_for_everyone(world: ActingWorld, value: str) -> None:
    press(world, PRIYA, "connections.connect_shared", value)

    assert world.sign_ins.intents == {}


def test_where_chat_does_not_say_who_is_an_admin_nothing_is_done(world: ActingWorld) -> None:
    share(world)
    world.slack.refuses_admins = True

    message = press(world, PRIYA, "connections.disconnect_shared", "servicenow")

    assert "Only an admin" in words(message)


def test_a_cut_is_told_to_the_admin_who_cut(world: ActingWorld) -> None:
    share(world)
    world.settings.__dict__["admins"] = frozenset({"U0JOSIE"})

    press(world, JOSIE, "connections.disconnect_shared", "servicenow")
    cut = world.connections.get(OWNER, "servicenow")
    assert cut is not None
    assert cut.status is Status.REVOKING
    world.run_queue()

    assert world.connections.get(OWNER, "servicenow") is None
    assert world.authorization.revoked == ["rt-integration"]
    assert world.slack.told[-1][0] == JOSIE
    assert "revoked at ServiceNow" in words(world.slack.told[-1][1])
    assert ("disconnected", JOSIE) in [(name, person) for name, person, _ in world.audit.events]


def test_an_app_that_does_not_answer_is_told_of_to_the_admin(world: ActingWorld) -> None:
    share(world)
    world.authorization.revoke_fails = AppUnavailable("down")

    press(world, PRIYA, "connections.disconnect_shared", "servicenow")
    world.run_queue()

    assert world.slack.told[-1][0] == PRIYA
    assert "we keep trying until" in words(world.slack.told[-1][1])


def test_disconnect_of_nothing_is_said(world: ActingWorld) -> None:
    message = press(world, PRIYA, "connections.disconnect_shared", "servicenow")

    assert "There is no shared connection to *ServiceNow*" in words(message)


# --- the browser's side, as far as chat is told


def test_the_admin_is_told_when_it_is_connected(world: ActingWorld) -> None:
    press(world, PRIYA, "connections.connect_shared", "servicenow")
    (intent,) = world.sign_ins.intents.values()
    share(world)

    world.deliver({"v": 1, "kind": "connected", "trace_id": "", "tenant": OWNER.tenant, "user_id": OWNER.user_id,
                   "app": "servicenow", "intent": intent.id_hash})  # fmt: skip

    assert world.slack.told[-1][0] == PRIYA
    assert "connected for everyone here, as integration@acme.com" in words(world.slack.told[-1][1])


def test_a_new_link_goes_only_to_whom_is_an_admin_still(world: ActingWorld) -> None:
    press(world, PRIYA, "connections.connect_shared", "servicenow")
    (intent,) = world.sign_ins.intents.values()
    message = {"v": 1, "kind": "new_link", "trace_id": "", "intent": intent.id_hash}

    world.deliver(message)
    assert [one.shared for one in world.sign_ins.intents.values()] == [True, True]
    world.slack.admins = frozenset()
    world.deliver(message)

    assert len(world.sign_ins.intents) == 2
    assert "Only an admin" in words(world.slack.told[-1][1])


def test_workspaces_of_one_organisation_have_their_own() -> None:
    """The owner's key holds the workspace, not only the organisation that its people are keyed by."""
    one, other = Workspace("T0ONE", "E0ACME"), Workspace("T0OTHER", "E0ACME")

    assert shared_owner(one) != shared_owner(other)
    assert shared_owner(one).is_workspace
    assert Person.from_key(shared_owner(one).key) == shared_owner(one)
    assert not Person("E0ACME", "U0JOSIE").is_workspace


def test_no_id_that_slack_sends_can_be_the_owners() -> None:
    with pytest.raises(Malformed):
        identifier({"id": OWNER.user_id}, "id")
