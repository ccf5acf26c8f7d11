"""Before the act the record is read as the person: what the card showed must still be so, or they are asked again."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.action import Outcome
from countersign.domain.card import CardStatus
from countersign.domain.card_rules import as_it_is_now, differences
from countersign.domain.card_template import Unchanged
from countersign.domain.message import Field, FieldKind
from tests.support.acting_world import JOSIE, TOM
from tests.support.card_world import UNCHANGED, CardWorld
from tests.support.memory_chat import buttons, words

NOW_CALLED = "Drop the payroll database"


@pytest.fixture
def world() -> CardWorld:
    world = CardWorld(unchanged=UNCHANGED)
    world.put_card()
    world.connect(JOSIE, "josie")
    return world


def test_a_record_that_is_what_the_card_shows_is_decided(world: CardWorld) -> None:
    world.click(JOSIE)

    assert world.servicenow.calls == ["read", "read", "act", "read", "read"]
    assert world.card.status is CardStatus.CLOSED


def test_a_record_that_changed_is_not_decided_and_the_card_shows_how_it_is(world: CardWorld) -> None:
    world.servicenow.short_description = NOW_CALLED

    world.click(JOSIE)

    assert (world.servicenow.calls, world.action_of(JOSIE).outcome) == (["read"], Outcome.CHANGED)
    assert (world.card.status, world.card.inputs["short_description"]) == (CardStatus.OPEN, NOW_CALLED)
    assert NOW_CALLED in str(world.slack.updated[-1][1].summary)


def test_the_person_is_told_what_changed_and_asked_again(world: CardWorld) -> None:
    world.servicenow.short_description = NOW_CALLED
    world.click(JOSIE)

    message = world.last_to(JOSIE)
    assert f"“Upgrade the payroll database” is now “{NOW_CALLED}”" in words(message)
    (again,) = buttons(message)
    world.click(JOSIE, value=again.value, message=("DU0JOSIE", "1.0"))

    assert world.servicenow.recorded == "josie"


def test_the_old_button_of_a_card_that_was_drawn_anew_does_nothing(world: CardWorld) -> None:
    old = world.button().as_value()
    world.servicenow.short_description = NOW_CALLED
    world.click(JOSIE)
    world.servicenow.calls.clear()

    world.click(JOSIE, value=old)

    assert world.servicenow.calls == []
    assert "This changed after you saw it" in words(world.last_to(JOSIE))


def test_a_changed_record_clears_the_votes() -> None:
    world = CardWorld(unchanged=UNCHANGED, votes={"approve": 2})
    world.put_card()
    world.connect(JOSIE, "josie")
    world.click(TOM)
    world.servicenow.short_description = NOW_CALLED

    world.click(JOSIE)

    assert (world.card.votes, world.servicenow.acts) == ((), 0)
    assert "2 earlier votes don't count any more" in world.drawn


def test_a_record_that_the_person_may_not_read_is_not_decided(world: CardWorld) -> None:
    world.servicenow.change_hidden = True

    world.click(JOSIE)

    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (0, Outcome.REFUSED)
    assert "You may not read this change" in words(world.last_to(JOSIE))


def test_a_record_that_can_not_be_read_now_is_not_decided(world: CardWorld) -> None:
    world.servicenow.faults = ["check_down"]

    world.click(JOSIE)

    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (0, Outcome.NO_ANSWER)
    assert "ServiceNow did not answer" in words(world.last_to(JOSIE))
    world.click(JOSIE)
    assert world.servicenow.recorded == "josie"


def test_a_connection_that_may_not_read_the_record_is_asked_for_anew(world: CardWorld) -> None:
    app = world.catalog.apps["servicenow"]
    reads = replace(app.operations["read_change"], scopes=("changes.read",))
    permitted = replace(app, operations={**app.operations, "read_change": reads})
    world.__dict__["catalog"] = replace(world.catalog, apps={**world.catalog.apps, "servicenow": permitted})
    world.be_another_worker()
    there = world.connections.get(JOSIE, "servicenow")
    assert there is not None
    world.connections.rows[JOSIE.key, "servicenow"] = replace(there, scopes=("useraccount",))

    world.click(JOSIE)

    assert (world.servicenow.calls, world.action_of(JOSIE).outcome) == ([], Outcome.NOT_PERMITTED)
    assert "Reconnect" in next(button.label for button in buttons(world.last_to(JOSIE)))


def test_after_something_was_sent_the_record_is_not_compared_any_more(world: CardWorld) -> None:
    world.servicenow.faults = ["lost"]
    world.click(JOSIE)
    world.servicenow.short_description = NOW_CALLED
    world.now += 60

    world.run_queue()

    assert (world.servicenow.acts, world.card.status) == (1, CardStatus.CLOSED)


def test_a_hook_that_changed_the_card_meanwhile_has_the_last_word(world: CardWorld) -> None:
    def hook() -> None:
        world.servicenow.before_read = None
        world.cards.save(replace(world.card, inputs={**world.card.inputs, "short_description": "By the hook"}))

    world.servicenow.before_read = hook
    world.servicenow.short_description = NOW_CALLED

    world.click(JOSIE)

    assert (world.card.inputs["short_description"], world.servicenow.acts) == ("By the hook", 0)


AMOUNT = {"amount": "amount"}


@pytest.mark.parametrize(
    ("shown", "there", "same"),
    [
        ("1000", "1000.00", True),
        ("1000", "1000.01", False),
        ("-5", "-5.0", True),
        ("1e3", "1000", False),
        ("1_000", "1000", False),
        ("", "", True),
        ("1000", "", False),
        ("", "1000", False),
        ("two  lines\nhere", "two lines here", True),
        ("A", "a", False),
        ("NaN", "NaN", True),
    ],
)
def test_values_compare_as_numbers_where_both_are(shown: str, there: str, *, same: bool) -> None:
    was = {"name": "Deal", **({"amount": shown} if shown else {})}

    now = as_it_is_now(was, AMOUNT, {"amount": there} if there else {})

    assert (now == was) is same
    assert now.get("amount", "") == (shown if same else there)


def test_what_is_secret_is_not_said_and_not_everything_is() -> None:
    fields = {name: Field(name, FieldKind.TEXT, name.upper()) for name in "abcde"}
    fields["a"] = replace(fields["a"], secret=True)
    was: dict[str, Any] = dict.fromkeys("abcde", "1")

    said = differences(fields, was, {**dict.fromkeys("acde", "2")})

    assert said == "A is another one. B: “1” is now nothing. C: “1” is now “2”. 2 more changed."


def test_the_shipped_operation_can_be_compared_with(world: CardWorld) -> None:
    assert isinstance(UNCHANGED, Unchanged)
    assert world.catalog.operation(UNCHANGED.operation).reads_only
