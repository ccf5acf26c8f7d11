"""From a click to its end: who may, what the app says, what is written down, what everyone sees."""

from dataclasses import replace

import pytest

from countersign.domain.action import Action, ActionStatus, Outcome
from countersign.domain.card import CardStatus, Decision
from countersign.domain.connection import Status
from countersign.domain.errors import AppUnavailable, InvalidClient
from countersign.domain.identity import Workspace
from countersign.domain.oauth import TokenAnswer
from countersign.domain.queue_messages import resume_message
from countersign.domain.secret import Secret
from tests.support.acting_world import CARD, COPY, JOSIE, TOM, ActingWorld
from tests.support.memory_chat import buttons, words


@pytest.fixture
def world() -> ActingWorld:
    world = ActingWorld()
    world.put_card()
    return world


def test_josie_approves_as_josie_and_the_card_says_so_as_the_app_recorded_it(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")

    world.click(JOSIE)

    assert (world.servicenow.state, world.servicenow.recorded) == ("approved", "josie")
    card = world.cards.get(CARD)
    assert card is not None
    assert (card.status, card.decision) == (
        CardStatus.CLOSED,
        Decision("approve", "Approved", "U0JOSIE", "josie@acme.com in ServiceNow", world.now, None),
    )
    ref, message = world.slack.updated[-1]
    assert (ref, [b.label for b in buttons(message)]) == (COPY, ["Open in ServiceNow"])
    assert world.action_of(JOSIE).status is ActionStatus.DONE
    assert world.slack.told == []


def test_a_connection_that_served_says_when(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.now += 60

    world.click(JOSIE)

    connection = world.connections.get(JOSIE, "servicenow")
    assert connection is not None
    assert connection.last_used_at == world.now


def test_one_approval_makes_the_apps_own_four_calls(world: ActingWorld) -> None:
    """Whether it is settled, the act, whom the app recorded, and whether it waits for others."""
    world.connect(JOSIE, "josie")

    world.click(JOSIE)

    assert world.servicenow.calls == ["read", "act", "read", "read"]


def test_tom_is_refused_by_the_app_and_nobody_is_blocked(world: ActingWorld) -> None:
    world.connect(TOM, "tom")
    world.connect(JOSIE, "josie")

    world.click(TOM)

    used = world.connections.get(TOM, "servicenow")
    assert (used and used.last_used_at) == world.now
    assert world.action_of(TOM).outcome == "refused"
    said = words(world.slack.told[-1][1])
    assert "User is not an approver" in said
    assert "tom@acme.com" in said
    assert world.slack.updated == []
    world.click(JOSIE)
    assert world.servicenow.state == "approved"


def test_a_refused_person_may_try_again(world: ActingWorld) -> None:
    world.connect(TOM, "tom")

    world.click(TOM)
    world.click(TOM)

    assert [a.outcome for a in world.actions.of_card(TOM, CARD)] == ["refused", "refused"]


def test_a_click_after_the_decision_is_told_who_decided(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.connect(TOM, "tom")
    world.click(JOSIE)

    world.click(TOM)

    assert "josie@acme.com in ServiceNow" in words(world.slack.told[-1][1])
    assert world.servicenow.acts == 1


def test_without_a_connection_nothing_is_called_and_a_link_is_whispered(world: ActingWorld) -> None:
    world.click(TOM)

    assert world.servicenow.calls == []
    (connect,) = buttons(world.slack.told[-1][1])
    assert connect.label == "Connect ServiceNow"
    assert connect.url is not None
    assert connect.url.startswith("http://api.execute-api.localhost:4561/local/connect/")
    assert world.action_of(TOM).waiting_for == "servicenow"


def test_waiting_for_a_sign_in_blocks_nobody(world: ActingWorld) -> None:
    world.click(TOM)
    world.connect(JOSIE, "josie")

    world.click(JOSIE)

    assert world.servicenow.recorded == "josie"


def test_what_waited_goes_on_by_itself_after_the_sign_in(world: ActingWorld) -> None:
    world.click(JOSIE)
    (intent,) = world.sign_ins.intents
    world.connect(JOSIE, "josie")

    world.deliver(_connected("U0JOSIE", intent))
    world.run_queue()

    assert world.servicenow.state == "approved"
    assert world.slack.said_to(JOSIE)[-1] == "Connected to ServiceNow"


def test_a_late_sign_in_asks_again_instead_of_acting(world: ActingWorld) -> None:
    world.click(JOSIE)
    (intent,) = world.sign_ins.intents
    world.now += 601
    world.connect(JOSIE, "josie")

    world.deliver(_connected("U0JOSIE", intent))
    world.run_queue()

    assert world.servicenow.acts == 0
    assert (
        world.slack.said_to(JOSIE)[-1]
        == "Do you still want “Approve · Change CHG0030001: Upgrade the payroll database”?"
    )


def test_a_card_that_changed_meanwhile_is_asked_about_again(world: ActingWorld) -> None:
    world.click(JOSIE)
    (intent,) = world.sign_ins.intents
    card = world.cards.rows[CARD]
    world.cards.rows[CARD] = card.__class__(
        **{**{f: getattr(card, f) for f in card.__slots__}, "inputs": {**card.inputs, "short_description": "Drop it"}}
    )
    world.connect(JOSIE, "josie")

    world.deliver(_connected("U0JOSIE", intent))
    world.run_queue()
    assert world.servicenow.acts == 0

    (again,) = buttons(world.slack.told[-1][1])
    world.click(JOSIE, name=again.action, value=again.value)
    assert world.servicenow.state == "approved"


def test_only_the_last_choice_of_a_waiting_person_counts(world: ActingWorld) -> None:
    world.click(JOSIE, "approve")
    world.click(JOSIE, "reject", answers={"comment": "Not in the freeze"})
    (intent, *_) = world.sign_ins.intents
    world.connect(JOSIE, "josie")

    world.deliver(_connected("U0JOSIE", intent))
    world.run_queue()

    assert world.servicenow.state == "rejected"
    assert world.action_of(JOSIE).outcome == "superseded"
    assert world.cards.rows[CARD].decision == Decision(
        "reject", "Rejected", "U0JOSIE", "josie@acme.com in ServiceNow", world.now, "Not in the freeze"
    )


def test_a_rejection_without_its_comment_is_not_begun(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")

    world.click(JOSIE, "reject")

    assert world.servicenow.calls == []
    assert world.actions.rows == {}


def test_a_sign_in_that_ended_just_before_the_action_began_to_wait_is_not_missed(
    world: ActingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the sign-in queued found no waiting action; nobody will say again that the connection is there."""
    save = world.actions.save

    def meanwhile(action: Action) -> Action:
        if action.waiting_for is not None:
            world.connect(JOSIE, "josie")
        return save(action)

    monkeypatch.setattr(world.actions, "save", meanwhile)
    world.click(JOSIE)
    monkeypatch.undo()
    assert (world.actions_queue.kinds, world.sign_ins.intents) == (["resume"], {})

    world.run_queue()
    assert world.servicenow.recorded == "josie"


def test_an_action_stays_its_workers_for_some_seconds_after_the_latest_time_it_can_have_died(
    world: ActingWorld,
) -> None:
    """Two machines' clocks differ, and what was sent in the last second is still on its way."""
    world.connect(JOSIE, "josie")
    killed_at = world.deadline()
    calls = []

    def another_worker_looks() -> None:
        world.now = killed_at + 4
        _once(world, lambda: world.deliver(dict(resume_message(world.action_of(JOSIE)))))
        calls.extend(world.servicenow.calls)

    world.servicenow.before_act = another_worker_looks
    world.click(JOSIE)

    assert (calls, world.servicenow.acts) == (["read", "act"], 1)


def test_a_double_click_is_one_act(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.servicenow.before_act = lambda: _once(world, lambda: world.click(JOSIE))

    world.click(JOSIE)

    assert world.servicenow.acts == 1


def test_two_approvers_at_once_are_one_act(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.connect(TOM, "tom")
    world.servicenow.before_act = lambda: _once(world, lambda: world.click(TOM))

    world.click(JOSIE)

    assert world.servicenow.acts == 1
    assert world.action_of(TOM).outcome == "busy"


def test_a_redelivered_message_does_not_act_again(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    interaction = world.click(JOSIE)

    for _ in range(10):
        world.deliver({"v": 1, "kind": "interaction", "interaction": interaction.as_json()})

    assert world.servicenow.acts == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"value": f"approve_deal|{CARD}|approve|x"},
        {"value": f"approve_change|{'d' * 32}|approve|x"},
        {"value": f"approve_change|{CARD}|delete_everything|x"},
        {"value": "approve_change"},
        {"value": ""},
        {"message": ("C0OTHER", "100.1")},
    ],
)
def test_a_button_that_is_not_the_cards_is_refused(world: ActingWorld, changes: dict[str, object]) -> None:
    world.connect(JOSIE, "josie")

    world.click(JOSIE, **changes)

    assert world.servicenow.calls == []
    assert world.audit.names == ["card_mismatch"]


def test_a_card_of_another_tenant_is_not_clicked_from_here(world: ActingWorld) -> None:
    """Whoever came to know a card's id in another workspace writes a button that names it, and signs it as theirs."""
    world.connect(JOSIE, "josie")
    world.cards.rows[CARD] = replace(world.cards.rows[CARD], workspace=Workspace("T1LABS"))

    world.click(JOSIE)

    assert (world.servicenow.calls, world.actions.rows) == ([], {})
    assert world.audit.names == ["card_mismatch"]


def test_a_stranger_gets_no_link(world: ActingWorld) -> None:
    world.click(TOM, foreign=True)

    assert world.sign_ins.intents == {}
    assert "another organisation" in words(world.slack.told[-1][1])


@pytest.mark.parametrize("known", ["yes", "unknown"])
def test_where_the_click_does_not_say_slack_is_asked_and_doubt_is_refused(world: ActingWorld, known: str) -> None:
    world.slack.foreign = known

    world.click(TOM)

    assert world.sign_ins.intents == {}


# --- when the app does not answer as it should


@pytest.mark.parametrize(
    ("fault", "outcome"), [("unreachable", "unreachable"), ("429", "overloaded")], ids=["unreachable", "429"]
)
def test_what_certainly_was_not_done_is_said_and_frees_the_record(world: ActingWorld, fault: str, outcome: str) -> None:
    world.connect(JOSIE, "josie")
    world.servicenow.faults = [fault]

    world.click(JOSIE)

    assert (world.action_of(JOSIE).status, world.action_of(JOSIE).outcome) == (ActionStatus.FAILED, outcome)
    assert "was not done" in words(world.slack.told[-1][1])
    world.click(JOSIE)
    assert world.servicenow.state == "approved"


@pytest.mark.parametrize("fault", ["lost", "never_arrived", "500", "html"])
def test_a_lost_answer_is_settled_by_asking_the_app_and_never_by_sending_blindly(
    world: ActingWorld, fault: str
) -> None:
    world.connect(JOSIE, "josie")
    world.servicenow.faults = [fault]

    world.click(JOSIE)
    assert world.action_of(JOSIE).status is ActionStatus.SENT
    world.now += 21
    world.run_queue()

    assert world.action_of(JOSIE).status is ActionStatus.DONE
    assert world.servicenow.acts == (1 if fault == "lost" else 2)


def test_doubt_that_nobody_can_settle_ends_unknown_with_both_buttons(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.servicenow.faults = ["lost", "check_down"]
    world.click(JOSIE)
    world.now += 300

    world.run_queue()

    assert world.action_of(JOSIE).status is ActionStatus.UNKNOWN
    labels = [button.label for button in buttons(world.slack.told[-1][1])]
    assert labels == ["Open in ServiceNow", "I checked: it happened", "It did not happen"]
    assert JOSIE in world.slack.direct_to


def test_an_unknown_end_holds_the_record(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.connect(TOM, "tom")
    world.servicenow.faults = ["lost", "check_down"]
    world.click(JOSIE)
    world.now += 300
    world.run_queue()

    world.click(TOM)

    assert world.action_of(TOM).outcome is Outcome.HELD
    assert "has not said if it arrived" in words(world.slack.told[-1][1])


@pytest.mark.parametrize(("after", "outcome"), [(3_600, Outcome.HELD), (3_601, Outcome.ALREADY)])
def test_an_unknown_end_holds_the_record_for_an_hour(world: ActingWorld, after: int, outcome: Outcome) -> None:
    """Then the app's own answer, which is read before every act, knows more than we do."""
    _end_unknown(world, "lost")
    world.connect(TOM, "tom", expires_in=None)
    world.now += after

    world.click(TOM)

    assert world.action_of(TOM).outcome is outcome


@pytest.mark.parametrize("name", ["action.happened", "action.not_happened"])
@pytest.mark.parametrize(
    ("arrived", "status", "outcome"),
    [(True, ActionStatus.DONE, Outcome.DONE), (False, ActionStatus.DONE, Outcome.DONE)],
)
def test_the_apps_own_word_counts_more_than_its_persons(
    world: ActingWorld, name: str, status: ActionStatus, outcome: Outcome, *, arrived: bool
) -> None:
    """What arrived is found; what the app proves not to have arrived is sent again."""
    _end_unknown(world, "lost" if arrived else "never_arrived")

    world.click(JOSIE, name=name, value=f"{CARD}#approve#0")

    assert (world.action_of(JOSIE).status, world.action_of(JOSIE).outcome) == (status, outcome)
    assert world.servicenow.acts == (1 if arrived else 2)


def test_a_word_alone_closes_no_card_where_the_app_can_be_asked(world: ActingWorld) -> None:
    _end_unknown(world, "never_arrived")
    world.servicenow.faults = ["check_down"]

    world.click(JOSIE, name="action.happened", value=f"{CARD}#approve#0")

    assert world.action_of(JOSIE).status is ActionStatus.UNKNOWN
    assert world.cards.rows[CARD].status is CardStatus.OPEN
    assert "its own word counts" in words(world.slack.told[-1][1])
    assert world.audit.names == ["action_ended", "unknown_settled_by_word"]


def test_housekeeping_asks_the_app_again_and_tells_how_it_turned_out(world: ActingWorld) -> None:
    _end_unknown(world, "lost")
    world.now += 3_600

    world.keep_house()
    world.run_queue()

    assert world.action_of(JOSIE).status is ActionStatus.DONE
    assert world.cards.rows[CARD].status is CardStatus.CLOSED


def test_nobody_is_told_twice_that_nobody_knows(world: ActingWorld) -> None:
    _end_unknown(world, "lost")
    told = len(world.slack.told)
    world.servicenow.faults = ["check_down"]
    world.now += 3_600

    world.keep_house()
    world.run_queue()

    assert world.action_of(JOSIE).status is ActionStatus.UNKNOWN
    assert len(world.slack.told) == told


def test_a_click_of_somebody_else_makes_us_ask_again(world: ActingWorld) -> None:
    _end_unknown(world, "lost")
    world.connect(TOM, "tom")

    world.click(TOM)
    world.run_queue()

    assert world.action_of(JOSIE).status is ActionStatus.DONE


def test_nobody_else_settles_it(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.servicenow.faults = ["lost", "check_down"]
    world.click(JOSIE)
    world.now += 300
    world.run_queue()

    world.click(TOM, name="action.happened", value=f"{CARD}#approve#0")

    assert world.action_of(JOSIE).status is ActionStatus.UNKNOWN


def test_a_record_settled_in_the_app_itself_closes_the_card_and_says_by_whom(world: ActingWorld) -> None:
    world.connect(TOM, "tom")
    world.servicenow.state = "rejected"

    world.click(TOM)

    assert world.servicenow.acts == 0
    assert world.cards.rows[CARD].decision == Decision("", "Rejected", None, "Josie", world.now)


def test_a_worker_that_died_after_sending_is_followed_by_a_check_and_no_second_act(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.servicenow.before_act = lambda: _die(world)
    with pytest.raises(KeyboardInterrupt):
        world.click(JOSIE)
    world.servicenow.before_act = None
    world.servicenow.state, world.servicenow.recorded = "approved", "josie"  # the call had arrived
    world.now += 100
    world.be_another_worker()

    world.keep_house()
    world.run_queue()

    assert world.action_of(JOSIE).status is ActionStatus.DONE
    assert world.servicenow.acts == 1


def test_when_slack_is_down_the_act_stands_and_the_card_catches_up(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.slack.down = True
    interaction = world.click(JOSIE)
    assert world.servicenow.state == "approved"

    world.slack.down = False
    world.deliver({"v": 1, "kind": "interaction", "interaction": interaction.as_json()})

    assert (world.servicenow.acts, len(world.slack.updated)) == (1, 1)


def test_another_persons_record_at_the_app_is_said_openly(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.servicenow.recorded = "service-account"

    world.click(JOSIE)

    assert "attribution_differs" in world.journal.names
    card = world.cards.rows[CARD]
    assert card.decision is not None
    assert card.decision.account_label == "Service-Account in ServiceNow, not josie@acme.com"


# --- tokens


def test_an_expiring_token_is_refreshed_first(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", expires_in=60)
    world.servicenow.tokens["at-2"] = "josie"
    world.authorization.answers = [TokenAnswer(Secret("at-2"), None, 1_800, None)]

    world.click(JOSIE)

    assert world.servicenow.state == "approved"
    connection = world.connections.get(JOSIE, "servicenow")
    assert connection is not None
    assert (connection.version, connection.lease_owner, connection.expires_at) == (2, None, world.now + 1_800)


def test_a_rejected_token_is_renewed_once_and_the_act_goes_on(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", expires_in=None)
    world.servicenow.tokens = {"at-2": "josie"}
    world.authorization.answers = [TokenAnswer(Secret("at-2"), Secret("rt-2"), None, None)]

    world.click(JOSIE)

    assert (world.servicenow.state, world.servicenow.acts) == ("approved", 1)


def test_an_ended_grant_asks_to_sign_in_and_the_action_waits(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", expires_in=60)

    world.click(JOSIE)

    connection = world.connections.get(JOSIE, "servicenow")
    assert connection is not None
    assert connection.status is Status.NEEDS_SIGN_IN
    assert "Your sign-in to ServiceNow has ended there." in words(world.slack.told[-1][1])
    assert world.action_of(JOSIE).waiting_for == "servicenow"
    assert world.slack.said_to(JOSIE) == ["Connect ServiceNow to go on"]


def test_our_own_bad_credentials_cost_nobody_their_connection(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", expires_in=60)
    world.authorization.answers = [InvalidClient("invalid_client")]

    world.click(JOSIE)

    connection = world.connections.get(JOSIE, "servicenow")
    assert connection is not None
    assert (connection.status, connection.lease_owner) == (Status.LIVE, None)
    assert world.action_of(JOSIE).outcome is Outcome.MISCONFIGURED


def test_a_refresh_that_did_not_answer_uses_a_token_that_is_still_good(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", expires_in=60)
    world.authorization.answers = [AppUnavailable("timeout")]

    world.click(JOSIE)

    assert world.servicenow.state == "approved"


def test_while_another_worker_refreshes_the_action_waits_a_moment(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", expires_in=60, lease_owner="another", lease_until=world.now + 25)

    world.click(JOSIE)

    assert world.authorization.refreshed == []
    assert world.actions_queue.kinds == ["resume"]
    assert world.action_of(JOSIE).status is ActionStatus.OPEN


def test_a_connection_that_was_cut_is_not_used(world: ActingWorld) -> None:
    connection = world.connect(JOSIE, "josie")
    world.connections.set_revoking(connection, now=world.now, due_at=world.now)

    world.click(JOSIE)

    assert world.servicenow.calls == []


def test_tokens_that_were_moved_to_another_person_do_not_open(world: ActingWorld) -> None:
    josies = world.connect(JOSIE, "josie")
    world.connect(TOM, "tom", sealed=josies.sealed)

    world.click(TOM)

    assert world.servicenow.calls == []
    toms = world.connections.get(TOM, "servicenow")
    assert toms is not None
    assert toms.status is Status.NEEDS_SIGN_IN


def _connected(user_id: str, intent: str) -> dict[str, object]:
    body = {"kind": "connected", "tenant": "T0ACME", "user_id": user_id, "app": "servicenow", "intent": intent}
    return {"v": 1, **body, "trace_id": "trace"}


def _end_unknown(world: ActingWorld, fault: str) -> None:
    world.connect(JOSIE, "josie", expires_in=None)
    world.servicenow.faults = [fault, "check_down"]
    world.click(JOSIE)
    world.now += 300
    world.run_queue()
    assert world.action_of(JOSIE).status is ActionStatus.UNKNOWN


def _once(world: ActingWorld, what: object) -> None:
    world.servicenow.before_act = None
    world.be_another_worker()
    what()  # type: ignore[operator]


def _die(world: ActingWorld) -> None:
    world.servicenow.before_act = None
    raise KeyboardInterrupt
