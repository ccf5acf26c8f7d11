"""A click that waited acts on what its person saw, while that is still asked; and on nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card import Card, CardStatus, Decision
from countersign.domain.card_button import RetryButton, fingerprint
from countersign.domain.card_life import brought_up_to_date
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.texts.names import ACTION_HAPPENED, ACTION_RETRY, CARD_CHOOSE
from tests.support.acting_world import JOSIE, WORKSPACE
from tests.support.card_world import INPUTS, UNCHANGED, CardWorld
from tests.support.memory_chat import buttons, words

SETTLED = Decision("", "Rejected", None, "Tom in ServiceNow", 1_800_000_000)


def waiting(**rules: object) -> CardWorld:
    """Josie clicked, and has not signed in yet."""
    world = CardWorld(**rules)  # type: ignore[arg-type]
    world.put_card(inputs=INPUTS)
    world.click(JOSIE)
    assert world.action_of(JOSIE).status is ActionStatus.OPEN
    return world


def sign_in(world: CardWorld, after: int = 60) -> None:
    world.now += after
    world.connect(JOSIE, "josie")
    world.resume_actions.after_sign_in(JOSIE, "servicenow", "")
    world.run_queue()


def press(world: CardWorld, value: str, name: str = ACTION_RETRY) -> None:
    world.now += 5
    world.click(JOSIE, name=name, value=value)


def show_another(world: CardWorld) -> None:
    inputs = {**world.card.inputs, "short_description": "Wire 1,000,000 to Tom"}
    world.cards.save(replace(world.card, inputs=inputs))


def test_yes_to_what_was_asked_is_no_yes_to_what_the_card_shows_by_then() -> None:
    world = waiting()
    sign_in(world, after=700)
    (asked,) = buttons(world.last_to(JOSIE))
    show_another(world)
    press(world, asked.value)
    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (0, Outcome.CHANGED)
    (again,) = buttons(world.last_to(JOSIE))
    assert again.action == CARD_CHOOSE
    assert again.value == world.button().as_value(), "about what the card shows now"


def test_yes_to_what_the_card_still_shows_is_done() -> None:
    world = waiting()
    sign_in(world, after=700)
    (asked,) = buttons(world.last_to(JOSIE))
    assert RetryButton.from_value(asked.value).shown == fingerprint(INPUTS)
    press(world, asked.value)
    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (1, Outcome.DONE)


@pytest.mark.parametrize("shown", ["", "|", "|0123456789abcdef"])
def test_a_button_that_does_not_say_what_it_showed_asks_again(shown: str) -> None:
    world = waiting()
    sign_in(world, after=700)
    press(world, f"{world.action_of(JOSIE).id}{shown}")
    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (0, Outcome.CHANGED)


def closed(card: Card) -> Card:
    return replace(card, status=CardStatus.CLOSED, decision=SETTLED)


def next_round(card: Card) -> Card:
    told = replace(card, status=CardStatus.OPEN, decision=None)
    return replace(brought_up_to_date(closed(card), told, 1_800_001_000, same=True), copies=card.copies)


@pytest.mark.parametrize(
    ("became", "outcome", "said"),
    [(closed, Outcome.ALREADY, "Rejected"), (next_round, Outcome.CHANGED, "was not done: it changed")],
)
@pytest.mark.parametrize("votes", [{}, {"approve": 2, "reject": 2}])
@pytest.mark.parametrize("after", [60, 700])
def test_what_is_no_longer_asked_is_not_done_by_a_sign_in(
    became: Callable[[Card], Card], outcome: Outcome, said: str, votes: dict[str, int], after: int
) -> None:
    world = CardWorld(votes=votes, requester="${input.requester_email}", self_approval=False)
    world.put_card(inputs=INPUTS)
    world.click(JOSIE)
    world.cards.save(became(world.card))
    before = world.card
    sign_in(world, after=after)
    ended = world.action_of(JOSIE)
    assert (world.servicenow.acts, ended.status, ended.outcome) == (0, ActionStatus.FAILED, outcome)
    assert said in words(world.last_to(JOSIE))
    assert (world.card.status, world.card.decision, world.card.votes) == (before.status, before.decision, ())


def test_a_token_that_is_refused_at_the_act_counts_as_nothing_sent_and_the_card_is_compared_anew() -> None:
    world = CardWorld(unchanged=UNCHANGED)
    world.put_card()
    world.connect(JOSIE, "josie")
    send = world.servicenow.send

    def ends_at_the_act(request: HttpRequest, allowed_hosts: Sequence[str]) -> HttpAnswer:
        if request.method == "PATCH":
            world.servicenow.tokens.pop("at-josie", None)
        return send(request, allowed_hosts)

    world.servicenow.send = ends_at_the_act  # type: ignore[method-assign]
    world.click(JOSIE)
    waits = world.action_of(JOSIE)
    assert (waits.status, waits.sends) == (ActionStatus.OPEN, 0)

    world.servicenow.send = send  # type: ignore[method-assign]
    world.servicenow.tokens["at-josie"] = "josie"
    world.servicenow.short_description = "Wire 1,000,000 to Tom"
    world.connections.rows.clear()
    sign_in(world)
    assert (world.servicenow.state, world.action_of(JOSIE).outcome) == ("requested", Outcome.CHANGED)


def test_a_word_about_a_step_that_the_recipe_has_no_more_is_taken_as_it_is() -> None:
    world = CardWorld()
    world.put_card()
    world.connect(JOSIE, "josie")
    world.click(JOSIE)
    doubt = replace(world.action_of(JOSIE), status=ActionStatus.UNKNOWN, outcome=Outcome.UNKNOWN, step=1)
    world.actions.save(doubt)
    told = Interaction(
        id="t",
        kind=Kind.BUTTON,
        person=JOSIE,
        workspace=WORKSPACE,
        reply_to=ReplyTo("C0APPROVALS", None, None),
        name=ACTION_HAPPENED,
        value=doubt.id,
        at=world.now,
        trace_id="t",
    )
    assert world.deliver({"v": 1, "kind": "interaction", "interaction": told.as_json()}) == []
    assert (world.action_of(JOSIE).status, world.action_of(JOSIE).outcome) == (ActionStatus.DONE, Outcome.TOLD)
