"""Who acts with what is everybody's: nobody from another workspace, and guests only where the recipe lets them."""

from dataclasses import replace

import pytest

from countersign.domain.action import ActionStatus
from countersign.domain.connection import Account, Connection, Status, seal_owner
from countersign.domain.errors import ChatRefused
from countersign.domain.form_state import FormState
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.secret import Secret
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Tokens
from tests.support.acting_world import CARD, JOSIE, ActingWorld
from tests.support.memory_chat import words
from tests.support.shared_catalog import with_shared

HOME, SIBLING = Workspace("T1", "E1"), Workspace("T2", "E1")
TOM = Person("E1", "U0TOM")


def shared(world: ActingWorld, workspace: Workspace, name: str) -> None:
    """A workspace's own connection, as somebody."""
    owner, account = shared_owner(workspace), Account(f"id-{name}", name, name, f"{name}@acme.com")
    seal = seal_owner(owner, workspace.id, "servicenow", account.id, 1)
    sealed = world.opener.seal(pack(Tokens(Secret(f"at-{name}"), Secret("rt"))), seal)
    end = world.now + 1_800
    row = Connection(
        owner, workspace.id, "servicenow", account, Status.LIVE, 1, sealed, (), end, world.now, steward=TOM
    )
    world.connections.put(row, replaces=None)


@pytest.fixture
def organisation() -> ActingWorld:
    """Two workspaces, a connection of each, and a card of the first."""
    world = ActingWorld()
    world.catalog = with_shared(world.catalog, "approve_change")
    world.put_card(workspace=HOME)
    world.slack.home = HOME
    shared(world, HOME, "josie")
    shared(world, SIBLING, "tom")
    return world


@pytest.fixture
def world() -> ActingWorld:
    world = ActingWorld()
    world.catalog = with_shared(world.catalog, "approve_change")
    world.put_card()
    return world


def acted(world: ActingWorld, person: Person) -> bool:
    action = world.actions.get(person, f"{CARD}#approve#0")
    return action is not None and action.status is ActionStatus.DONE


def refusals(world: ActingWorld) -> list[str]:
    return [str(facts["recipe"]) for name, _, facts in world.audit.events if name == "shared_refused"]


def test_a_card_is_not_decided_with_a_sibling_workspaces_connection(organisation: ActingWorld) -> None:
    organisation.servicenow.approver = "tom"
    organisation.click(TOM, workspace=SIBLING, foreign=False)
    assert "belongs to another workspace of your organisation" in words(organisation.slack.told[-1][1])
    assert (organisation.servicenow.calls, acted(organisation, TOM)) == ([], False)
    assert refusals(organisation) == ["approve_change"]


def test_in_its_own_workspace_it_is_decided_with_that_ones(organisation: ActingWorld) -> None:
    organisation.click(TOM, workspace=HOME, foreign=False)
    assert acted(organisation, TOM)
    assert organisation.servicenow.recorded == "josie"


def test_a_form_of_a_siblings_card_is_not_filled(organisation: ActingWorld) -> None:
    state = FormState("approve_change", "approve", CARD, ReplyTo("C1"), organisation.button().shown)
    asked = Interaction(
        id="t",
        kind=Kind.BUTTON,
        person=TOM,
        workspace=SIBLING,
        reply_to=ReplyTo("C1"),
        state=state.as_text(),
        foreign=False,
        trace_id="t",
    )
    recipe = organisation.catalog.recipes["approve_change"]
    why = organisation.fill_form.may_share.refusal(asked, recipe, organisation.cards.get(CARD))
    assert why is not None
    assert "another workspace" in why.template


def test_a_guest_does_not_act_with_it(world: ActingWorld) -> None:
    world.slack.flags["U0JOSIE"] = {"guest": "yes"}
    shared(world, Workspace("T0ACME"), "josie")
    world.click(JOSIE)
    assert "guests may not use it" in words(world.slack.told[-1][1])
    assert (world.servicenow.calls, world.actions.of_card(JOSIE, CARD)) == ([], [])


def test_who_may_be_a_guest_counts_as_one(world: ActingWorld) -> None:
    shared(world, Workspace("T0ACME"), "josie")
    world.slack.unknown_people = True
    with pytest.raises(ChatRefused):
        world.slack.profile(JOSIE)
    world.click(JOSIE, foreign=False)
    assert world.servicenow.calls == []


def test_a_guest_acts_with_it_where_the_recipe_says_so(world: ActingWorld) -> None:
    world.slack.flags["U0JOSIE"] = {"guest": "yes"}
    shared(world, Workspace("T0ACME"), "josie")
    recipes = dict(world.catalog.recipes)
    recipes["approve_change"] = replace(recipes["approve_change"], guests=True)
    world.catalog = replace(world.catalog, recipes=recipes)
    world.click(JOSIE)
    assert acted(world, JOSIE)


def test_a_guest_acts_as_themselves_as_far_as_the_app_lets_them() -> None:
    world = ActingWorld()
    world.put_card()
    world.connect(JOSIE, "josie")
    world.slack.flags["U0JOSIE"] = {"guest": "yes"}
    world.click(JOSIE)
    assert acted(world, JOSIE)
