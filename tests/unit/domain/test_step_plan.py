"""Which steps of a procedure are taken."""

from typing import Any

import pytest

from countersign.domain.catalog import Comparison, Condition, Step
from countersign.domain.step_plan import holds, may_be_taken, next_step
from countersign.domain.template import UnknownName

AMOUNT = "${input.amount}"
BIG = Condition(AMOUNT, Comparison.AT_LEAST, 1000)
FOUND = Condition("${steps.find.id}", Comparison.EMPTY, against=False)


def step(name: str, *when: Condition) -> Step:
    return Step(name, f"app.{name}", {}, when)


@pytest.mark.parametrize(
    ("comparison", "against", "text", "expected"),
    [
        (Comparison.IS, "high", "high", True),
        (Comparison.IS, "high", "High", False),
        (Comparison.IS, "high", None, False),
        (Comparison.IS_NOT, "high", "low", True),
        (Comparison.IS_NOT, "high", None, True),
        (Comparison.IS_NOT, "high", "high", False),
        (Comparison.ONE_OF, ["high", "urgent"], "urgent", True),
        (Comparison.ONE_OF, ["high", "urgent"], "urge", False),
        (Comparison.ONE_OF, ["high", "urgent"], None, False),
        (Comparison.AT_LEAST, 1000, "1000", True),
        (Comparison.AT_LEAST, 1000, "1000.00", True),
        (Comparison.AT_LEAST, 0.3, "0.3", True),
        (Comparison.AT_LEAST, 1000, "999.99", False),
        (Comparison.AT_LEAST, 0, None, False),
        (Comparison.AT_LEAST, 0, "much", False),
        (Comparison.AT_LEAST, 0, "NaN", False),
        (Comparison.AT_LEAST, 0, "Infinity", False),
        (Comparison.AT_MOST, 5, "5", True),
        (Comparison.AT_MOST, 5, "5.01", False),
        (Comparison.AT_MOST, 5, "", False),
        (Comparison.EMPTY, True, None, True),
        (Comparison.EMPTY, True, " \n", True),
        (Comparison.EMPTY, True, "0", False),
        (Comparison.EMPTY, False, "0", True),
        (Comparison.EMPTY, False, None, False),
    ],
)
def test_a_condition_compares_as_it_says(comparison: Comparison, against: Any, text: str | None, expected: Any) -> None:
    assert holds(Condition(AMOUNT, comparison, against), {"input.amount": text}) is expected


def test_a_condition_compares_the_whole_text_around_a_name() -> None:
    condition = Condition("${input.a}-${input.b}", Comparison.IS, "x-y")
    assert holds(condition, {"input.a": "x", "input.b": "y"})


def test_a_condition_about_a_name_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UnknownName):
        holds(BIG, {})


def test_steps_whose_conditions_do_not_all_hold_are_skipped() -> None:
    steps = [step("small", Condition(AMOUNT, Comparison.AT_MOST, 10)), step("big", BIG, FOUND), step("last", BIG)]
    values = {"input.amount": "5000", "steps.find.id": None}
    assert next_step(steps, 0, values) == 2
    assert next_step(steps, 0, values | {"steps.find.id": "7"}) == 1
    assert next_step(steps, 0, values | {"input.amount": "500"}) == 3
    assert next_step(steps, 3, values) == 3


def test_what_depends_on_a_step_to_come_may_be_taken() -> None:
    steps = [step("find"), step("use", FOUND), step("big", BIG)]
    values = {"input.amount": "5", "steps.find.id": None}
    assert [place for place, _ in may_be_taken(steps, 0, values)] == [0, 1]


def test_what_depends_on_a_step_that_is_over_is_known() -> None:
    steps = [step("find"), step("note"), step("use", FOUND), step("big", BIG)]
    assert [place for place, _ in may_be_taken(steps, 1, {"input.amount": "5", "steps.find.id": None})] == [1]
    assert [place for place, _ in may_be_taken(steps, 1, {"input.amount": "5", "steps.find.id": "7"})] == [1, 2]


def test_what_depends_on_a_skipped_step_is_known() -> None:
    steps = [step("note"), step("find", BIG), step("use", FOUND)]
    assert [place for place, _ in may_be_taken(steps, 0, {"input.amount": "5", "steps.find.id": None})] == [0]


def test_the_step_that_is_taken_now_is_not_judged_again() -> None:
    assert [place for place, _ in may_be_taken([step("big", BIG)], 0, {"input.amount": "5"})] == [0]
