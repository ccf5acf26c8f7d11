"""Questions to an app's answer: a wrong shape is no answer, and truth is JMESPath's."""

from typing import Any

import pytest

from countersign.domain.query import ask, ask_text, holds


@pytest.mark.parametrize(
    ("found", "true"),
    [
        (None, False),
        (False, False),
        ("", False),
        ([], False),
        ({}, False),
        (0, True),
        (0.0, True),
        ("0", True),
        ([0], True),
    ],
)
def test_truth_is_that_of_jmespath(found: Any, true: bool) -> None:
    assert holds("x", {"x": found}) is true


@pytest.mark.parametrize("document", [None, "<html>", [], 5, {"rows": "many"}])
def test_a_document_of_another_shape_is_no_answer(document: Any) -> None:
    assert ask("length(rows[0].name)", document) is None
    assert not holds("rows[?a > `1`]", document)
    assert ask_text("rows[0].name", document) is None


def test_no_query_finds_nothing() -> None:
    assert (ask(None, {"a": 1}), holds(None, {"a": 1}), ask_text(None, {"a": 1})) == (None, False, None)


@pytest.mark.parametrize(
    ("found", "text"), [("a", "a"), (5, "5"), (True, "true"), ("", None), (None, None), ([1], None), ({"a": 1}, None)]
)
def test_only_plain_values_read_as_text(found: Any, text: str | None) -> None:
    assert ask_text("x", {"x": found}) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("cut \ud83d", "cut \ufffd"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\u00e9\U0001f600", "\u00e9\U0001f600"),
    ],
)
def test_half_a_character_is_replaced_so_that_every_answer_can_be_stored(said: str, text: str) -> None:
    assert ask_text("x", {"x": said}) == text
    text.encode()
