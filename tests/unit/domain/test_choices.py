"""A list of an app as the choices of a form."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.answer import NotUsable, Refused, TokenRejected
from countersign.domain.catalog import Choices
from countersign.domain.choices import MOST, Offered, read_choices
from countersign.domain.http import HttpAnswer
from countersign.domain.operation import Call
from tests.unit.domain.test_operation import DEAL, call

READ = call("salesforce.read_opportunity", opportunity_id=DEAL)


def listing() -> Call:
    """An operation that reads a list of projects."""
    operation = replace(READ.operation, success="values", choices=Choices("values", "id", "name"))
    return replace(READ, operation=operation)


def offered(*rows: Any) -> Any:
    return read_choices(listing(), HttpAnswer(200, {"values": list(rows), "more": None}))


def test_each_element_is_a_value_and_a_label() -> None:
    rows = {"id": 10001, "name": "Payroll"}, {"id": "OPS", "name": "Operations"}
    assert offered(*rows) == Offered((("10001", "Payroll"), ("OPS", "Operations")), more=False)


def test_an_element_without_a_label_shows_its_value() -> None:
    assert offered({"id": "OPS"}, {"id": "PAY", "name": "\u202e"}).options == (("OPS", "OPS"), ("PAY", "PAY"))


@pytest.mark.parametrize("row", [{"name": "None"}, {"id": {"x": 1}, "name": "Object"}, {"id": "x" * 151}, "text", None])
def test_what_cannot_be_chosen_is_left_out(row: Any) -> None:
    assert offered(row, {"id": "OPS", "name": "Operations"}) == Offered((("OPS", "Operations"),), more=False)


def test_a_value_is_offered_once() -> None:
    assert offered({"id": "1", "name": "First"}, {"id": "1", "name": "Again"}).options == (("1", "First"),)


def test_a_label_is_cut_to_what_chat_shows_and_has_one_line() -> None:
    ((_, label),) = offered({"id": "1", "name": "Very\nlong " + "name " * 40}).options
    assert (len(label) <= 75, label.startswith("Very long name"), label.endswith("…")) == (True, True, True)


def test_more_than_chat_shows_is_cut_and_said() -> None:
    found = offered(*({"id": str(number), "name": "x"} for number in range(MOST + 1)))
    assert (len(found.options), found.more) == (100, True)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (HttpAnswer(200, {"values": {"id": "1"}}), NotUsable("no list of choices in the answer")),
        (HttpAnswer(200, None, text="<html>"), NotUsable("status 200, but no word of success")),
        (HttpAnswer(401, [{"errorCode": "INVALID_SESSION_ID"}]), TokenRejected()),
        (HttpAnswer(403, [{"message": "Not yours"}]), Refused("Not yours", may_not=True)),
        (HttpAnswer(503, None), NotUsable("status 503")),
    ],
)
def test_anything_but_a_list_is_said_as_it_is(answer: HttpAnswer, expected: Any) -> None:
    assert read_choices(listing(), answer) == expected


def test_an_operation_without_choices_has_none_to_read() -> None:
    with pytest.raises(ValueError, match="no choices"):
        read_choices(READ, HttpAnswer(200, {}))
