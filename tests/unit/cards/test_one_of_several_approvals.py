"""An approval that is one of several: it is shown, the card stays open, and nobody is told of an end that isn't one."""

from dataclasses import replace
from functools import cached_property
from typing import Any

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card import CardStatus
from countersign.domain.catalog import Catalog, Operation
from countersign.domain.identity import Person
from countersign.domain.standing import Standing
from countersign.domain.texts.conversation import Past, history
from tests.support.acting_world import CARD, JOSIE, TOM
from tests.support.card_world import INPUTS, PRIYA, CardWorld, everything
from tests.support.memory_chat import buttons, words

TELL = "${input.requester_email}"


def approving(catalog: Catalog, check: dict[str, Any], **changes: Any) -> Catalog:
    """The catalog, its change approved in another way."""
    app = catalog.apps["servicenow"]
    approve: Operation = app.operations["approve_change"]
    assert approve.check is not None
    approve = replace(approve, check=replace(approve.check, **check), **changes)
    servicenow = replace(app, operations={**app.operations, "approve_change": approve})
    return replace(catalog, apps={**catalog.apps, "servicenow": servicenow})


class SeveralWorld(CardWorld):
    """Josie is asked first, then Tom: all must approve. Priya asked for it, and is told how it ends."""

    def __init__(self, check: dict[str, Any] | None = None, **changes: Any) -> None:
        super().__init__(tell=TELL)
        self.approval = check or {}, changes
        self.servicenow.next_approver = "tom"
        self.put_card(inputs=INPUTS)
        self.connect(JOSIE, "josie")
        self.connect(TOM, "tom")

    @cached_property
    def catalog(self) -> Catalog:  # type: ignore[override]
        check, changes = self.approval
        there: Catalog = CardWorld.catalog.func(self)
        return approving(there, check, **changes)

    def told(self, person: Person) -> list[str]:
        return [everything(message) for someone, message in self.slack.told if someone == person]


@pytest.fixture
def world() -> SeveralWorld:
    return SeveralWorld()


def test_the_first_of_two_is_shown_and_the_card_stays_open(world: SeveralWorld) -> None:
    world.click(JOSIE)

    assert (world.card.status, world.card.decision) == (CardStatus.OPEN, None)
    assert [(part.user_id, part.standing) for part in world.card.parts] == [("U0JOSIE", Standing.WAITS)]
    assert "(josie@acme.com in ServiceNow)" in world.drawn
    assert ". It still waits for others." in world.drawn
    labels = [button.label for button in buttons(world.slack.updated[-1][1])]
    assert labels == ["Approve", "Reject", "Open in ServiceNow"]
    assert world.action_of(JOSIE).status is ActionStatus.DONE


def test_who_asked_is_told_when_the_last_one_has_approved(world: SeveralWorld) -> None:
    world.click(JOSIE)
    assert world.told(PRIYA) == []

    world.click(TOM)

    (said,) = world.told(PRIYA)
    assert "tom@acme.com in ServiceNow" in said
    assert world.card.status is CardStatus.CLOSED
    assert "josie@acme.com" in world.drawn
    assert "waits for others" not in world.drawn
    assert world.servicenow.acts == 2


def test_the_same_persons_second_click_is_told_and_does_nothing(world: SeveralWorld) -> None:
    world.click(JOSIE)
    world.click(JOSIE)

    said = words(world.last_to(JOSIE))
    assert said.startswith("You have done this already, so nothing was done with your click:")
    assert said.endswith("It still waits for others.")
    assert (world.servicenow.acts, len(world.card.parts)) == (1, 1)


def test_once_the_record_shows_something_else_the_same_person_may_decide_again(world: SeveralWorld) -> None:
    world.click(JOSIE)
    world.servicenow.approver = "josie"  # asked anew, for what is new
    world.servicenow.earlier_approver = None
    world.cards.save(replace(world.card, inputs={**INPUTS, "short_description": "Upgrade both"}))

    world.click(JOSIE)

    assert (world.servicenow.acts, world.servicenow.state) == (2, "approved")
    assert world.card.status is CardStatus.CLOSED


def test_a_lost_answer_of_one_of_several_is_found_done_and_waits_for_others(world: SeveralWorld) -> None:
    world.servicenow.faults = ["lost"]
    world.click(JOSIE)
    world.now += 21
    world.run_queue()

    action = world.action_of(JOSIE)
    assert (world.servicenow.acts, action.status, action.standing) == (1, ActionStatus.DONE, Standing.WAITS)
    assert (world.card.status, len(world.card.parts)) == (CardStatus.OPEN, 1)
    assert world.told(PRIYA) == []


def test_where_the_app_does_not_say_whether_it_waits_that_is_what_is_said() -> None:
    world = SeveralWorld({"final": "nothing_of_the_kind"})
    world.click(JOSIE)

    assert world.card.status is CardStatus.OPEN
    assert ". The app did not say if it waits for others." in world.drawn
    assert world.told(PRIYA) == []


def test_where_the_app_can_not_be_asked_afterwards_the_card_is_not_closed(world: SeveralWorld) -> None:
    reads = iter([False, False, True])

    def fail() -> None:
        if next(reads, False):
            world.servicenow.faults = ["check_down"]

    world.servicenow.before_read = fail
    world.click(JOSIE)

    assert (world.action_of(JOSIE).standing, world.card.status) == (Standing.UNSAID, CardStatus.OPEN)
    assert world.servicenow.acts == 1


def test_the_answers_own_word_needs_no_further_call() -> None:
    world = SeveralWorld({"final": None}, final="`true`")
    world.click(JOSIE)

    assert (world.servicenow.calls, world.card.status) == (["read", "act", "read"], CardStatus.CLOSED)


def test_the_read_backs_word_counts_where_the_answer_says_nothing() -> None:
    world = SeveralWorld({"final": None})
    check, _ = world.approval
    read_back = world.catalog.apps["servicenow"].operations["approve_change"].read_back
    assert read_back is not None
    world.__dict__["catalog"] = approving(world.catalog, check, read_back=replace(read_back, final="`false`"))
    world.click(JOSIE)

    assert (world.servicenow.calls, world.card.status) == (["read", "act", "read"], CardStatus.OPEN)


def test_a_worker_that_dies_before_the_card_is_drawn_leaves_one_part(world: SeveralWorld) -> None:
    world.slack.down = True
    world.click(JOSIE)
    world.slack.down = False
    world.now += 120
    world.keep_house()
    world.run_queue()

    assert len(world.card.parts) == 1
    assert "It still waits for others." in world.drawn


def test_an_expired_card_of_which_one_approved_does_not_say_that_nobody_did(world: SeveralWorld) -> None:
    world.click(JOSIE)
    expired = world.cards.save(replace(world.card, status=CardStatus.EXPIRED, expires_at=world.now))
    world.show_card.rewrite(expired)

    assert "*Expired:* not everybody decided in time here" in world.drawn
    assert "nobody decided" not in world.drawn


def test_history_says_that_it_waited_for_others(world: SeveralWorld) -> None:
    world.click(JOSIE)
    (action,) = world.actions.of_card(JOSIE, CARD)

    assert (action.outcome, action.decides, action.settles) == (Outcome.DONE, True, False)
    assert "done; it waited for others then" in str(history([Past("Approve", action)]))
