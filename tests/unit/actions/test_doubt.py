"""A lost answer: what the record proves, and what it does not; nothing is sent again, or called undone, on less."""

from dataclasses import replace
from functools import cached_property
from typing import Any

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card import CardStatus
from countersign.domain.catalog import Catalog, Idempotency
from tests.support.acting_world import CARD, JOSIE, ActingWorld
from tests.support.card_world import everything
from tests.support.memory_chat import words
from tests.support.shipped_catalog import shipped

STILL_ASKED = "result[0].state.value == 'requested'"


def _with_approval(catalog: Catalog, check: dict[str, Any] | None, changes: dict[str, Any]) -> Catalog:
    """The catalog with another way of approving a change: ``check`` None takes the check away."""
    app = catalog.apps["servicenow"]
    approve = app.operations["approve_change"]
    assert approve.check is not None
    approve = replace(approve, check=None if check is None else replace(approve.check, **check), **changes)
    servicenow = replace(app, operations={**app.operations, "approve_change": approve})
    return replace(catalog, apps={**catalog.apps, "servicenow": servicenow})


class DoubtWorld(ActingWorld):
    """An app whose record does not say whose an approval is, or not even that there was one."""

    def __init__(self, check: dict[str, Any] | None, **changes: Any) -> None:
        super().__init__()
        self.approval = check, changes
        self.put_card()
        self.connect(JOSIE, "josie", expires_in=None)

    catalog = cached_property(lambda self: _with_approval(shipped(), *self.approval))

    def later(self, seconds: int = 21) -> None:
        """Its rest is over, and it is taken up again."""
        self.now += seconds
        self.run_queue()

    @property
    def told(self) -> str:
        return words(self.slack.told[-1][1])


def _silent(**changes: Any) -> DoubtWorld:
    """Neither done nor decided can be read off the record; only a row that still asks proves absence."""
    return DoubtWorld({"done": "`false`", "decided": "`false`", "absent": STILL_ASKED}, **changes)


def test_not_settled_is_no_proof_that_an_approval_did_not_arrive() -> None:
    world = _silent()
    world.servicenow.faults = ["lost"]
    world.click(JOSIE)
    world.later()

    assert (world.servicenow.acts, world.action_of(JOSIE).status) == (1, ActionStatus.SENT)
    world.later(300)
    assert (world.servicenow.acts, world.action_of(JOSIE).status) == (1, ActionStatus.UNKNOWN)
    assert world.told.startswith("*We don't know whether")


def test_a_proof_of_absence_lets_it_be_sent_again() -> None:
    world = _silent()
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)
    world.later()

    assert (world.servicenow.acts, world.servicenow.recorded) == (2, "josie")
    assert world.action_of(JOSIE).status is ActionStatus.DONE


def test_the_refusal_of_a_second_call_is_believed_only_while_absence_is_proved() -> None:
    """The first one arrives between the check and the second: its refusal says nothing about the first."""
    world = _silent()
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)

    def arrive() -> None:
        if world.servicenow.acts == 2:
            world.servicenow.state, world.servicenow.recorded = "approved", "josie"

    world.servicenow.before_act = arrive
    world.later()

    action = world.action_of(JOSIE)
    assert (world.servicenow.acts, action.status, action.outcome) == (2, ActionStatus.SENT, None)
    world.later(300)
    assert (world.servicenow.acts, world.action_of(JOSIE).status) == (2, ActionStatus.UNKNOWN)
    assert not any("did not allow" in words(message) for _, message in world.slack.told)


def test_the_refusal_of_a_second_call_is_told_where_nothing_arrived() -> None:
    world = _silent()
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)
    world.servicenow.approver = "tom"
    world.later()

    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (2, Outcome.REFUSED)
    assert "Nothing was changed" in world.told


def test_a_worker_that_dies_before_the_second_call_leaves_the_doubt_behind() -> None:
    """The row is CLAIMED then, and was sent once: whoever takes it up asks for proof, as if it were SENT."""
    world = _silent()
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)
    world.now += 21
    world.lifetime = 3  # too little for a call
    world.run_queue()
    assert (world.servicenow.acts, world.action_of(JOSIE).sends) == (1, 1)
    world.servicenow.state, world.servicenow.recorded = "approved", "josie"  # it arrives after all
    world.lifetime = 20
    world.later()

    assert world.servicenow.acts == 1
    assert world.action_of(JOSIE).status in {ActionStatus.SENT, ActionStatus.UNKNOWN}


def test_a_record_that_is_settled_by_nobody_knows_whom_is_not_said_to_be_undone() -> None:
    world = DoubtWorld({"done": "`false`", "decided": "result[0].state.value == 'approved'", "actor": None})
    world.servicenow.faults = ["lost"]
    world.click(JOSIE)
    world.later()

    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (1, Outcome.SETTLED)
    assert "we can't tell whether it was your click" in everything(world.slack.told[-1][1])
    assert "not done" not in world.told
    card = world.cards.rows[CARD]
    assert card.status is CardStatus.CLOSED
    assert "*Approved*" in everything(world.slack.updated[-1][1])
    assert "The app does not say by whom." in everything(world.slack.updated[-1][1])


def test_another_ones_decision_beside_a_proof_of_absence_is_theirs() -> None:
    world = DoubtWorld(
        {
            "done": "`false`",
            "decided": "result[0].state.value == 'rejected'",
            "absent": "result[0].state.value == 'rejected'",
        }
    )
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)
    world.servicenow.state = "rejected"
    world.later()

    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (1, Outcome.ALREADY)


@pytest.mark.parametrize("idempotency", [Idempotency.NATIVE_KEY, Idempotency.EXTERNAL_ID])
def test_a_key_protects_as_long_as_the_app_knows_it_and_its_person_wants_it(idempotency: Idempotency) -> None:
    world = DoubtWorld(None, idempotency=idempotency, key_hours=1)
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)
    world.later()

    assert (world.servicenow.acts, world.action_of(JOSIE).status) == (2, ActionStatus.DONE)


def test_a_key_that_the_app_has_forgotten_protects_from_nothing() -> None:
    """Another click keeps the wish fresh; the app's memory of the first call is over all the same."""
    world = DoubtWorld(None, idempotency=Idempotency.NATIVE_KEY, key_hours=1)
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)
    action = world.action_of(JOSIE)
    world.now += 3_601
    world.actions.save(replace(action, clicked_at=world.now))
    world.run_queue()

    assert (world.servicenow.acts, world.action_of(JOSIE).status) == (1, ActionStatus.UNKNOWN)


def test_what_is_not_wanted_any_more_is_not_repeated_though_the_app_takes_it_once() -> None:
    world = DoubtWorld(None, idempotency=Idempotency.EXTERNAL_ID, key_hours=24)
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)
    world.later(1_801)

    assert (world.servicenow.acts, world.action_of(JOSIE).status) == (1, ActionStatus.UNKNOWN)


def test_twice_is_said_only_where_it_was_sent_twice() -> None:
    world = _silent()
    world.servicenow.faults = ["never_arrived", "never_arrived"]
    world.click(JOSIE)
    world.later()
    world.later()

    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (2, Outcome.NOT_TAKEN)
    assert "though we tried twice" in world.told


def test_a_rejected_token_leaves_no_doubt_behind() -> None:
    """Nothing was sent that counts: after the next sign-in it is taken as if for the first time."""
    world = _silent()
    world.servicenow.tokens.clear()
    world.click(JOSIE)

    action = world.action_of(JOSIE)
    assert (action.status, action.sends, action.waiting_for) == (ActionStatus.OPEN, 0, "servicenow")


def test_an_answer_of_another_shape_proves_nothing() -> None:
    world = _silent(success="`false`", message="nothing_there")
    world.click(JOSIE)

    assert (world.servicenow.state, world.action_of(JOSIE).status) == ("approved", ActionStatus.SENT)
