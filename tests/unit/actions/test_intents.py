"""One intent is one action: whatever is delivered twice, late or in another order, the last choice counts, once."""

from dataclasses import replace

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card import CardStatus
from countersign.domain.interaction import Interaction
from tests.support.acting_world import CARD, JOSIE, TOM, ActingWorld
from tests.support.memory_chat import words


@pytest.fixture
def world() -> ActingWorld:
    world = ActingWorld()
    world.put_card()
    return world


def again(world: ActingWorld, interaction: Interaction) -> None:
    world.deliver({"v": 1, "kind": "interaction", "interaction": interaction.as_json()})


def test_an_old_click_delivered_again_does_not_reverse_the_later_choice(world: ActingWorld) -> None:
    approve = world.click(JOSIE, "approve")
    world.now += 5
    world.click(JOSIE, "reject", answers={"comment": "Not in the freeze"})

    again(world, approve)

    assert world.action_of(JOSIE, "reject").status is ActionStatus.OPEN
    assert world.actions.get(JOSIE, f"{CARD}#approve#1") is None


def test_an_old_click_that_comes_late_for_the_first_time_is_passed_over(world: ActingWorld) -> None:
    """Queues reorder."""
    at = world.now
    world.now += 5
    world.click(JOSIE, "reject", answers={"comment": "Not in the freeze"})

    world.click(JOSIE, "approve", at=at)

    assert world.actions.get(JOSIE, f"{CARD}#approve#0") is None
    assert world.journal.names[-1] == "late_click"


def test_a_refused_click_delivered_ten_times_is_one_attempt_told_once(world: ActingWorld) -> None:
    world.connect(TOM, "tom")
    click = world.click(TOM)

    for _ in range(10):
        again(world, click)

    assert len(world.actions.of_card(TOM, CARD)) == 1
    assert (world.servicenow.acts, len(world.slack.told)) == (1, 1)


def test_what_failed_does_not_act_by_itself_when_its_click_is_delivered_again(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.servicenow.faults = ["unreachable"]
    click = world.click(JOSIE)

    again(world, click)

    assert (world.servicenow.state, world.action_of(JOSIE).outcome) == ("requested", Outcome.UNREACHABLE)


def test_an_end_that_could_not_be_told_is_told_when_its_click_is_delivered_again(world: ActingWorld) -> None:
    world.connect(TOM, "tom")
    world.slack.down = True
    click = world.click(TOM)
    world.slack.down = False

    again(world, click)

    assert world.slack.said_to(TOM) == ["ServiceNow did not allow this"]
    assert world.action_of(TOM).told


def test_a_card_that_changed_between_sight_and_click_is_not_decided(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    seen = world.button()

    world.click(JOSIE, value=f"approve_change|{CARD}|approve|{'0' * 16}")

    assert seen.shown != "0" * 16
    assert world.servicenow.calls == []
    assert "changed after you saw it" in words(world.slack.told[-1][1])


def test_a_second_click_in_doubt_waits_like_the_first(world: ActingWorld) -> None:
    """The first call may still be on its way."""
    world.connect(JOSIE, "josie")
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)
    world.now += 1

    world.click(JOSIE)

    assert (world.servicenow.acts, world.action_of(JOSIE).status) == (1, ActionStatus.SENT)


def test_a_connection_cut_in_doubt_leaves_it_unknown_and_the_record_held(world: ActingWorld) -> None:
    connection = world.connect(JOSIE, "josie")
    world.servicenow.faults = ["lost"]
    world.click(JOSIE)
    world.connections.set_revoking(connection, now=world.now, due_at=world.now)
    world.now += 21

    world.run_queue()

    assert world.action_of(JOSIE).status is ActionStatus.UNKNOWN
    assert world.actions.subjects != {}


def test_a_connection_cut_between_check_and_act_is_not_used(world: ActingWorld) -> None:
    connection = world.connect(JOSIE, "josie")
    world.servicenow.before_read = lambda: world.connections.set_revoking(connection, now=world.now, due_at=world.now)

    world.click(JOSIE)

    assert world.servicenow.acts == 0
    assert world.action_of(JOSIE).waiting_for == "servicenow"


def test_a_sign_in_that_ended_while_we_were_asking_is_seen(world: ActingWorld) -> None:
    save = world.actions.save

    def connected_meanwhile(action: object) -> object:
        if world.connections.get(JOSIE, "servicenow") is None:
            world.connect(JOSIE, "josie")
        return save(action)  # type: ignore[arg-type]

    world.actions.save = connected_meanwhile  # type: ignore[method-assign, assignment]
    world.click(JOSIE)
    world.run_queue()

    assert world.servicenow.state == "approved"
    assert world.sign_ins.intents == {}


def test_a_lost_message_about_a_sign_in_is_made_good(world: ActingWorld) -> None:
    world.click(JOSIE)
    world.connect(JOSIE, "josie")  # and nobody was told
    world.now += 1_800

    world.keep_house()
    world.run_queue()

    assert (
        world.slack.said_to(JOSIE)[-1]
        == "Do you still want “Approve · Change CHG0030001: Upgrade the payroll database”?"
    )
    world.now += 1_800
    world.keep_house()
    assert world.action_of(JOSIE).outcome is Outcome.EXPIRED


def test_who_approved_before_is_told_and_the_card_stays_open_for_the_others(world: ActingWorld) -> None:
    """A change with two approvers: ServiceNow still asks Josie."""
    world.connect(TOM, "tom")
    world.connect(JOSIE, "josie")
    world.servicenow.earlier_approver = "tom"

    world.click(TOM)

    assert world.action_of(TOM).outcome is Outcome.WAITS_FOR_OTHERS
    assert "you had done that before, in ServiceNow. It waits for others now." in words(world.slack.told[-1][1])
    assert world.servicenow.acts == 0
    world.click(JOSIE)
    assert world.servicenow.recorded == "josie"


def test_a_refusal_that_only_sounds_settled_closes_no_card(world: ActingWorld) -> None:
    world.connect(TOM, "tom")
    world.servicenow.refusal = "The change is already assigned to another approver"

    world.click(TOM)

    assert world.action_of(TOM).outcome is Outcome.REFUSED
    assert "already assigned" in words(world.slack.told[-1][1])


def test_a_new_round_of_a_settled_record_can_be_decided(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.click(JOSIE)
    decided = world.cards.rows[CARD]
    world.cards.rows[CARD] = replace(decided, status=CardStatus.OPEN, decision=None, round=1)
    world.servicenow.state, world.servicenow.recorded = "requested", None

    world.click(JOSIE)

    assert world.servicenow.state == "approved"
    assert world.action_of(JOSIE, attempt=1).status is ActionStatus.DONE


def test_a_late_end_of_an_earlier_round_does_not_close_the_present_one(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.slack.down = True
    world.click(JOSIE)
    decided = world.cards.rows[CARD]
    world.cards.rows[CARD] = replace(decided, status=CardStatus.OPEN, decision=None, round=1)
    world.slack.down = False
    world.now += 3_600

    world.keep_house()

    assert world.action_of(JOSIE).told
    assert world.cards.rows[CARD].status is CardStatus.OPEN


def test_another_card_about_a_settled_record_asks_the_app_and_not_our_memory(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.connect(TOM, "tom")
    world.click(JOSIE)
    decided = world.cards.rows[CARD]
    world.cards.rows[CARD] = replace(decided, status=CardStatus.OPEN, decision=None)
    world.servicenow.state, world.servicenow.recorded = "requested", None

    world.click(TOM)

    assert world.action_of(TOM).outcome is Outcome.REFUSED  # by ServiceNow itself


def test_answers_that_do_not_open_end_it_and_hold_nothing(world: ActingWorld) -> None:
    world.click(JOSIE, "reject", answers={"comment": "no"})
    world.click(TOM, "reject", answers={"comment": "other"})
    josies, toms = world.action_of(JOSIE, "reject"), world.action_of(TOM, "reject")
    world.actions.rows[JOSIE.key, josies.id] = type(josies)(
        **{**{name: getattr(josies, name) for name in josies.__slots__}, "inputs": toms.inputs}
    )
    world.connect(JOSIE, "josie")

    world.resume_actions.resume(JOSIE, josies.id)

    assert world.action_of(JOSIE, "reject").outcome is Outcome.UNREADABLE
    assert world.actions.subjects == {}


def test_a_recipe_that_went_ends_its_actions_and_stops_nobody(world: ActingWorld) -> None:
    world.click(JOSIE)
    world.click(TOM)
    josies = world.action_of(JOSIE)
    world.actions.rows[JOSIE.key, josies.id] = type(josies)(
        **{**{name: getattr(josies, name) for name in josies.__slots__}, "recipe": "gone"}
    )
    world.now += 1_800

    world.keep_house()

    assert {world.action_of(JOSIE).outcome, world.action_of(TOM).outcome} == {Outcome.EXPIRED}


@pytest.mark.parametrize("name", ["action.retry", "action.happened", "action.not_happened"])
def test_a_button_of_an_action_that_is_over_is_answered(world: ActingWorld, name: str) -> None:
    world.click(JOSIE, name=name, value="nothing")

    assert words(world.slack.told[-1][1]) == "This is over. Click the card, or write the command, again."


def test_a_token_endpoint_that_fails_leaves_nothing_in_doubt(world: ActingWorld) -> None:
    from countersign.domain.errors import AppUnavailable  # noqa: PLC0415

    world.connect(JOSIE, "josie", expires_in=-10)
    world.authorization.answers = [AppUnavailable("503")]

    world.click(JOSIE)

    assert (world.action_of(JOSIE).outcome, world.servicenow.calls) == (Outcome.NO_ANSWER, [])


def test_who_chat_does_not_know_is_a_stranger(world: ActingWorld) -> None:
    world.slack.unknown_people = True

    world.click(TOM)

    assert "another organisation" in words(world.slack.told[-1][1])


def test_a_person_of_another_workspace_is_a_stranger_where_no_list_says_otherwise(world: ActingWorld) -> None:
    from countersign.domain.identity import Person, Workspace  # noqa: PLC0415

    world.click(Person("T0OTHER", "U0X"), workspace=Workspace("T0OTHER"), foreign=False)

    assert world.sign_ins.intents == {}


def test_doubt_is_not_sent_again_after_its_person_chose_otherwise(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", expires_in=None)
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE, "approve")
    world.now += 5
    world.click(JOSIE, "reject", answers={"comment": "no"})
    world.now += 21

    world.run_queue()

    assert (world.servicenow.acts, world.servicenow.state) == (1, "requested")
    assert world.action_of(JOSIE).outcome is Outcome.NOT_ARRIVED
    assert "it did not arrive in ServiceNow" in words(world.slack.told[-1][1])
    world.click(JOSIE, "reject", answers={"comment": "no"})
    assert world.servicenow.state == "rejected"


def test_doubt_is_not_sent_again_days_later(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", expires_in=None)
    world.servicenow.faults = ["never_arrived", "check_down"]
    world.click(JOSIE)
    world.now += 300
    world.run_queue()
    assert world.action_of(JOSIE).status is ActionStatus.UNKNOWN
    world.now += 3 * 86_400

    world.click(JOSIE, name="action.not_happened", value=f"{CARD}#approve#0")

    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (1, Outcome.NOT_ARRIVED)


def test_doubt_is_not_settled_as_another_account(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", expires_in=None)
    world.servicenow.faults = ["lost"]
    world.click(JOSIE)
    world.connections.rows.clear()
    world.servicenow.tokens["at-admin"] = "admin"
    world.connect(JOSIE, "admin", expires_in=None)
    world.now += 21

    world.run_queue()

    assert (world.servicenow.acts, world.action_of(JOSIE).status) == (1, ActionStatus.SENT)


def test_a_double_click_during_the_call_does_not_strand_it(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")

    def click_again() -> None:
        world.servicenow.before_act = None
        other = world.worker
        world.be_another_worker()
        world.now += 1
        world.click(JOSIE)
        world.worker = other

    world.servicenow.before_act = click_again
    world.click(JOSIE)

    assert (world.action_of(JOSIE).status, world.servicenow.acts) == (ActionStatus.DONE, 1)
    assert len(world.slack.updated) == 1


def test_asking_again_by_its_button_does_not_wake_what_rests_in_doubt(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)

    world.click(JOSIE, name="action.retry", value=f"{CARD}#approve#0")

    assert (world.servicenow.acts, world.action_of(JOSIE).status) == (1, ActionStatus.SENT)


def test_a_new_click_answers_the_question_whether_it_is_still_wanted(world: ActingWorld) -> None:
    world.click(JOSIE)
    (intent,) = world.sign_ins.intents
    world.now += 601
    world.connect(JOSIE, "josie")
    body = {"kind": "connected", "tenant": "T0ACME", "user_id": "U0JOSIE", "app": "servicenow", "intent": intent}
    world.deliver({"v": 1, **body, "trace_id": "trace"})
    assert world.servicenow.acts == 0

    world.click(JOSIE)

    assert world.servicenow.state == "approved"


def test_a_card_that_changed_while_its_worker_was_dead_is_not_decided(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.click(TOM)
    toms = world.action_of(TOM)
    world.connect(TOM, "tom")
    world.actions.rows[TOM.key, toms.id] = replace(
        toms, status=ActionStatus.CLAIMED, owner="dead", owned_until=world.now, waiting_for=None
    )
    card = world.cards.rows[CARD]
    world.cards.rows[CARD] = replace(card, inputs={**card.inputs, "short_description": "Drop it"})
    world.now += 61

    world.keep_house()
    world.run_queue()

    assert (world.action_of(TOM).outcome, world.servicenow.acts) == (Outcome.CHANGED, 0)


def test_an_old_unknown_holds_nobody_for_ever(world: ActingWorld) -> None:
    connection = world.connect(JOSIE, "josie", expires_in=None)
    world.servicenow.faults = ["never_arrived"]
    world.click(JOSIE)
    world.connections.set_revoking(connection, now=world.now, due_at=world.now)
    world.now += 21
    world.run_queue()
    assert world.action_of(JOSIE).status is ActionStatus.UNKNOWN
    world.servicenow.approver = "tom"
    world.connect(TOM, "tom", expires_in=None)
    world.now += 3_601

    world.click(TOM)

    assert world.servicenow.recorded == "tom"


def test_what_was_sent_before_its_recipe_went_is_never_called_not_done(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", expires_in=None)
    world.servicenow.faults = ["lost"]
    world.click(JOSIE)
    sent = world.action_of(JOSIE)
    world.actions.rows[JOSIE.key, sent.id] = replace(sent, recipe="gone")
    world.now += 21
    world.run_queue()

    assert world.action_of(JOSIE).status is ActionStatus.UNKNOWN
    assert "We don't know whether" in words(world.slack.told[-1][1])

    world.now += 3_601
    world.keep_house()
    assert [world.deliver(dict(message)) for message in world.actions_queue.sent] == [[]]
    assert world.actions.due(world.now + 86_400, 10) == []
