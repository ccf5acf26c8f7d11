"""Who may decide on a card: by name, user group or channel; told in private, written down, the card as it was."""

import pytest

from countersign.domain.action import Outcome
from countersign.domain.card_template import Who
from tests.support.acting_world import JOSIE, TOM, WORKSPACE
from tests.support.card_world import CardWorld
from tests.support.memory_chat import words

NAMED = Who(people=("josie@acme.com", "U0PRIYA"))
GROUP = Who(user_group="S0APPROVERS")
CHANNEL = Who(channel="C0BOARD")
MEMBERS = {"S0APPROVERS": frozenset({"U0JOSIE"}), "C0BOARD": frozenset({"U0JOSIE"})}


def _world(who: Who | None) -> CardWorld:
    world = CardWorld(who=who)
    world.slack.groups = MEMBERS
    world.put_card()
    world.connect(JOSIE, "josie")
    return world


@pytest.mark.parametrize(
    "who", [None, NAMED, Who(people=("U0JOSIE",)), Who(people=("JOSIE@acme.com",)), GROUP, CHANNEL]
)
def test_whom_the_recipe_names_decides(who: Who | None) -> None:
    world = _world(who)

    world.click(JOSIE)

    assert world.servicenow.state == "approved"


@pytest.mark.parametrize("who", [NAMED, GROUP, CHANNEL])
def test_anybody_else_is_told_in_private_and_nothing_is_called_or_changed(who: Who) -> None:
    world = _world(who)
    before = world.card

    world.click(TOM)

    assert "its recipe names others who may decide it" in words(world.last_to(TOM))
    assert (world.servicenow.calls, world.slack.updated, world.slack.posted) == ([], [], [])
    assert (world.card, world.action_of(TOM).outcome) == (before, Outcome.NOT_LISTED)
    assert "not_listed" in world.journal.names


def test_nobody_is_asked_to_sign_in_for_what_they_may_not_do() -> None:
    world = _world(GROUP)

    world.click(TOM)

    assert world.sign_ins.intents == {}


def test_one_way_that_says_yes_is_enough_even_where_another_can_not_be_asked() -> None:
    world = _world(Who(people=("U0PRIYA",), user_group="S0GONE", channel="C0BOARD"))

    world.click(JOSIE)

    assert world.servicenow.state == "approved"
    assert "membership_unknown" in world.journal.names


@pytest.mark.parametrize("who", [Who(user_group="S0GONE"), Who(channel="C0GONE"), Who(("x@acme.com",), "S0GONE")])
def test_where_slack_does_not_say_who_belongs_nobody_decides_and_the_operator_is_named(who: Who) -> None:
    world = _world(who)

    world.click(JOSIE)

    said = words(world.last_to(JOSIE))
    assert "Slack did not say who may decide it" in said
    assert "tell the person who runs Countersign" in said
    assert (world.servicenow.calls, world.action_of(JOSIE).outcome) == ([], Outcome.MISCONFIGURED)


def test_a_missing_permission_is_named_as_slack_names_it() -> None:
    world = _world(GROUP)
    world.slack.lost_channels = {"S0APPROVERS": "missing_scope"}

    world.click(JOSIE)

    assert "(missing_scope)" in words(world.last_to(JOSIE))


def test_while_slack_does_not_answer_the_click_is_kept_and_goes_on_later() -> None:
    world = _world(GROUP)
    world.slack.down = True
    world.click(JOSIE)
    assert world.servicenow.calls == []
    world.slack.down = False
    world.now += world.lifetime + 100

    world.keep_house()
    world.run_queue()

    assert world.servicenow.state == "approved"


def test_who_may_is_asked_again_when_a_sign_in_was_waited_for() -> None:
    world = CardWorld(who=GROUP)
    world.slack.groups = MEMBERS
    world.put_card()
    world.click(JOSIE)
    world.slack.groups = {**MEMBERS, "S0APPROVERS": frozenset({"U0PRIYA"})}
    world.connect(JOSIE, "josie")
    (intent,) = world.sign_ins.intents

    world.deliver(
        {"v": 1, "kind": "connected", "tenant": "T0ACME", "user_id": "U0JOSIE", "app": "servicenow", "intent": intent}
    )
    world.run_queue()

    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (0, Outcome.NOT_LISTED)


def test_membership_is_asked_of_the_cards_own_workspace() -> None:
    world = _world(GROUP)

    world.click(JOSIE)

    assert set(world.slack.spoke_in) == {WORKSPACE}


def test_members_of_a_channel_that_got_another_id_are_still_found() -> None:
    world = _world(Who(channel="G0OLD"))
    world.cards.move_channel("G0OLD", "C0BOARD", world.now)

    world.click(JOSIE)

    assert world.servicenow.state == "approved"


def test_an_address_that_only_looks_alike_is_another_one() -> None:
    world = _world(Who(people=("jo\u017fie@acme.com",)))  # a long s, which some programs fold into an s
    world.click(JOSIE)
    assert (world.servicenow.calls, world.action_of(JOSIE).outcome) == ([], Outcome.NOT_LISTED)
