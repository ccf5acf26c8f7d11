"""N of M: votes are counted on the card, nobody has two, none is lost, and the last needed one acts as its voter."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card import Card, CardStatus, Vote
from countersign.domain.card_life import brought_up_to_date
from countersign.domain.card_template import Who
from countersign.domain.errors import Conflict
from countersign.domain.form_state import FormState
from countersign.domain.identity import Person
from countersign.domain.interaction import Kind, ReplyTo
from countersign.domain.message import Mention
from tests.support.acting_world import CARD, JOSIE, TOM
from tests.support.card_world import INPUTS, PRIYA, CardWorld
from tests.support.memory_chat import buttons, words


@pytest.fixture
def world() -> CardWorld:
    world = CardWorld(votes={"approve": 2, "reject": 2})
    world.put_card()
    world.connect(JOSIE, "josie")
    return world


def _votes(world: CardWorld) -> list[tuple[str, str]]:
    return [(vote.user_id, vote.choice) for vote in world.card.votes]


def test_a_first_vote_touches_no_app_and_asks_for_no_sign_in(world: CardWorld) -> None:
    world.click(TOM)

    assert (world.servicenow.calls, world.sign_ins.intents, world.slack.told) == ([], {}, [])
    assert _votes(world) == [("U0TOM", "approve")]
    action = world.action_of(TOM)
    assert (action.status, action.outcome) == (ActionStatus.DONE, Outcome.VOTED)


def test_everybody_sees_how_many_have_voted_and_who(world: CardWorld) -> None:
    world.click(TOM)

    assert f"*Approve*: 1 of 2: {Mention('U0TOM')}" in world.drawn
    assert "*Reject*: 0 of 2" in world.drawn
    labels = [button.label for button in buttons(world.slack.updated[-1][1])]
    assert labels == ["Approve", "Reject", "Open in ServiceNow"]


def test_the_last_vote_needed_acts_as_its_own_voter(world: CardWorld) -> None:
    world.click(TOM)
    world.click(JOSIE)

    assert (world.servicenow.recorded, world.servicenow.acts) == ("josie", 1)
    assert world.card.decision is not None
    assert world.card.decision.user_id == "U0JOSIE"
    assert "*Approve*: 2 of 2" in world.drawn
    assert "*Reject*" not in world.drawn


def test_a_second_vote_by_the_same_person_is_no_second_vote_and_they_are_told(world: CardWorld) -> None:
    world.click(TOM)
    world.now += 60
    world.click(TOM)

    assert _votes(world) == [("U0TOM", "approve")]
    assert "your vote counts" in words(world.last_to(TOM))
    assert world.servicenow.calls == []


def test_a_click_that_is_delivered_again_says_nothing_again(world: CardWorld) -> None:
    click = world.click(TOM)
    world.now += 60
    for _ in range(3):
        world.deliver({"v": 1, "kind": "interaction", "interaction": click.as_json()})

    assert (_votes(world), world.slack.told) == ([("U0TOM", "approve")], [])
    assert len(world.actions.of_card(TOM, CARD)) == 1


def test_a_person_who_changes_their_mind_moves_their_vote(world: CardWorld) -> None:
    world.click(TOM)
    world.now += 60
    world.click(TOM, "reject", answers={"comment": "Not in the freeze"})

    assert _votes(world) == [("U0TOM", "reject")]
    assert "“Not in the freeze”" in world.drawn
    assert "*Approve*: 0 of 2" in world.drawn


def test_two_votes_for_different_things_decide_nothing(world: CardWorld) -> None:
    world.click(TOM)
    world.click(JOSIE, "reject", answers={"comment": "Not in the freeze"})

    assert (world.servicenow.acts, world.card.status) == (0, CardStatus.OPEN)


def test_votes_written_at_once_are_all_counted(world: CardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    save = world.cards.save
    raced: list[Card] = []

    def other_first(card: Card) -> Card:
        if not raced:
            raced.append(card)
            save(replace(world.card, votes=(*world.card.votes, Vote("approve", "U0PRIYA", world.now))))
        return save(card)

    monkeypatch.setattr(world.cards, "save", other_first)
    world.click(JOSIE)

    assert sorted(_votes(world)) == [("U0JOSIE", "approve"), ("U0PRIYA", "approve")]
    assert world.servicenow.recorded == "josie"


def test_when_others_write_all_the_time_the_vote_is_tried_again_later(
    world: CardWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conflict(_card: Card) -> Card:
        raise Conflict("the row moved")

    with monkeypatch.context() as patched:
        patched.setattr(world.cards, "save", conflict)
        world.click(TOM)
    assert (world.action_of(TOM).status, world.card.votes) == (ActionStatus.OPEN, ())
    world.now += 3
    world.run_queue()

    assert _votes(world) == [("U0TOM", "approve")]


def test_two_last_voters_at_once_are_one_act(world: CardWorld) -> None:
    world.connect(PRIYA, "priya")
    world.click(TOM)
    world.servicenow.before_act = lambda: _once(world, PRIYA)

    world.click(JOSIE)

    assert world.servicenow.acts == 1
    assert world.action_of(PRIYA).outcome is Outcome.BUSY
    assert world.card.decision is not None


def _once(world: CardWorld, person: Person) -> None:
    world.servicenow.before_act = None
    world.click(person)


def test_a_last_vote_whose_act_is_refused_stays_and_somebody_else_goes_on(world: CardWorld) -> None:
    world.connect(PRIYA, "priya")
    world.click(TOM)

    world.click(PRIYA)

    assert world.action_of(PRIYA).outcome is Outcome.REFUSED
    assert (world.card.status, len(world.card.votes)) == (CardStatus.OPEN, 2)
    assert "*Approve*: 2 of 2" in world.drawn
    world.click(JOSIE)
    assert world.servicenow.recorded == "josie"


def test_a_voter_whose_act_failed_may_try_again(world: CardWorld) -> None:
    world.servicenow.faults = ["429"]
    world.click(TOM)
    world.click(JOSIE)
    assert world.servicenow.state == "requested"
    world.now += 60

    world.click(JOSIE)

    assert world.servicenow.recorded == "josie"


def test_an_earlier_voter_goes_on_where_the_last_one_does_not(world: CardWorld) -> None:
    world.click(JOSIE)
    world.click(TOM)  # enough, but Tom is not connected
    assert world.action_of(TOM).waiting_for == "servicenow"
    assert "*Approve*: 2 of 2" in world.drawn
    world.now += 60

    world.click(JOSIE)

    assert (world.servicenow.recorded, world.card.status) == ("josie", CardStatus.CLOSED)


def test_a_card_that_changes_forgets_its_votes_and_says_so(world: CardWorld) -> None:
    world.click(TOM)
    card = world.card
    told = replace(card, inputs={**card.inputs, "short_description": "Drop the payroll database"})
    world.cards.save(brought_up_to_date(card, told, world.now, same=False))
    world.show_card.rewrite(world.card)
    assert "one earlier vote doesn't count any more" in world.drawn

    world.click(JOSIE)

    assert (_votes(world), world.servicenow.acts) == ([("U0JOSIE", "approve")], 0)
    assert "earlier vote" not in world.drawn


def test_a_vote_about_what_the_card_does_not_show_any_more_is_not_counted(
    world: CardWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = world.cards.save

    def changed_first(_card: Card) -> Card:
        save(replace(world.card, inputs={**world.card.inputs, "short_description": "Drop it"}))
        raise Conflict("the row moved")

    monkeypatch.setattr(world.cards, "save", changed_first)
    world.click(TOM)

    assert (world.card.votes, world.action_of(TOM).outcome) == ((), Outcome.CHANGED)


def test_a_vote_is_in_the_persons_history_as_a_vote(world: CardWorld) -> None:
    world.click(TOM)

    world.click(TOM, kind=Kind.TEXT, name="", value="history")

    assert "vote counted" in words(world.last_to(TOM))


def test_where_the_requester_may_not_decide_every_vote_needs_the_account() -> None:
    world = CardWorld(votes={"approve": 2}, requester="${input.requester_email}", self_approval=False)
    world.put_card(inputs={**INPUTS, "requester_email": "tom@acme.com"})
    world.click(TOM)
    assert (world.card.votes, world.action_of(TOM).waiting_for) == ((), "servicenow")

    (intent,) = world.sign_ins.intents
    world.connect(TOM, "tom")
    connected = {"kind": "connected", "tenant": "T0ACME", "user_id": "U0TOM", "app": "servicenow", "intent": intent}
    world.deliver({"v": 1, **connected})
    world.run_queue()

    assert (world.card.votes, world.action_of(TOM).outcome) == ((), Outcome.OWN_REQUEST)


def test_who_may_not_decide_has_no_vote_and_the_card_is_not_touched() -> None:
    world = CardWorld(votes={"approve": 2}, who=Who(people=("U0JOSIE",)))
    world.put_card()

    world.click(TOM)

    assert (world.card.votes, world.slack.updated) == ((), [])
    assert world.action_of(TOM).outcome is Outcome.NOT_LISTED


# --- who is for another choice by now, or not here any more


@pytest.mark.parametrize("connected", [True, False])
def test_who_chooses_what_needs_one_person_is_for_nothing_else_any_more(*, connected: bool) -> None:
    world = CardWorld(votes={"approve": 2})
    world.put_card()
    world.connect(JOSIE, "josie")
    if connected:
        world.connect(TOM, "tom")  # and ServiceNow will refuse him
    world.click(TOM)
    assert _votes(world) == [("U0TOM", "approve")]
    world.now += 5
    state = FormState(
        "approve_change", "reject", CARD, ReplyTo("C0APPROVALS", None, None), world.button("reject").shown
    )
    answers = {"comment": "No: this is fraud.", "comments": "No: this is fraud."}
    world.click(TOM, "reject", kind=Kind.FORM, state=state.as_text(), answers=answers, message=None)
    assert _votes(world) == []
    assert "*Approve*: 0 of 2" in world.drawn

    world.now += 5
    world.click(JOSIE)
    assert (world.servicenow.state, world.card.status) == ("requested", CardStatus.OPEN)
    assert _votes(world) == [("U0JOSIE", "approve")]


def test_where_no_choice_needs_several_a_click_writes_no_card_before_it_acts() -> None:
    world = CardWorld()
    world.put_card()
    before = world.card
    world.click(TOM)
    assert world.card == before


def _let_in(*people: str) -> CardWorld:
    world = CardWorld(votes={"approve": 2}, who=Who(user_group="S1"))
    world.put_card()
    world.connect(JOSIE, "josie")
    world.slack.groups = {"S1": frozenset(people)}
    return world


def test_a_vote_of_who_may_not_decide_any_more_does_not_count() -> None:
    world = _let_in("U0TOM", "U0JOSIE")
    world.click(TOM)
    world.slack.groups = {"S1": frozenset({"U0JOSIE"})}
    world.now += 3_600
    world.click(JOSIE)
    assert (world.servicenow.acts, _votes(world)) == (0, [("U0JOSIE", "approve")])
    assert world.action_of(JOSIE).outcome is Outcome.VOTED
    assert "*Approve*: 1 of 2" in world.drawn


def test_a_vote_of_who_left_does_not_count() -> None:
    world = CardWorld(votes={"approve": 2})
    world.put_card()
    world.connect(JOSIE, "josie")
    world.click(TOM)
    world.slack.flags["U0TOM"] = {"gone": "yes"}
    world.click(JOSIE)
    assert (world.servicenow.acts, _votes(world)) == (0, [("U0JOSIE", "approve")])


def test_where_chat_does_not_say_whether_a_voter_still_may_nobody_acts() -> None:
    world = _let_in("U0TOM", "U0JOSIE")
    world.click(TOM)
    world.slack.groups = {}
    world.click(JOSIE)
    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (0, Outcome.MISCONFIGURED)
    assert _votes(world) == [("U0TOM", "approve")]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": CardStatus.CLOSED}, Outcome.ALREADY),
        ({"status": CardStatus.EXPIRED}, Outcome.CARD_EXPIRED),
        ({"round": 1}, Outcome.CHANGED),
    ],
)
def test_no_vote_is_counted_on_a_card_that_does_not_ask_for_it(
    world: CardWorld, changes: dict[str, Any], why: Outcome
) -> None:
    world.click(TOM)
    action, procedure = world.action_of(TOM), world.catalog.recipes["approve_change"].procedures["approve"]
    there = world.cards.save(replace(world.card, **changes))
    for stopped in (
        world.heed_card.cast_vote(action, procedure, {}, lambda *_: True),
        world.heed_card.cast_vote.withdraw(action),
    ):
        assert stopped is not None
        assert stopped.why is why
    assert world.card == there
