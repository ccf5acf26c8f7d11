"""What people fill in is checked before anything starts, with words that say what to change."""

import pytest

from countersign.domain.form_check import accepted, check_answers
from countersign.domain.message import Field, FieldKind

TEXT = Field("x", FieldKind.TEXT, "X", max_length=5, min_length=2)
LINES = Field("x", FieldKind.MULTILINE, "X")
NUMBER = Field("x", FieldKind.NUMBER, "X", minimum=0.5, maximum=1000)
SELECT = Field("x", FieldKind.SELECT, "X", options=(("a", "A"), ("b", "B")))
DATE = Field("x", FieldKind.DATE, "X")
PERSON = Field("x", FieldKind.PERSON, "X")
CODE = Field("x", FieldKind.TEXT, "X", pattern="[0-9]{3}", placeholder="123")


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        (TEXT, "ab"),
        (TEXT, "  abcde  "),
        (LINES, "one\ntwo\r\n\tthree"),
        (LINES, "x" * 3000),
        (NUMBER, "0.5"),
        (NUMBER, "1000"),
        (NUMBER, "+12.50"),
        (SELECT, "b"),
        (DATE, "2024-02-29"),
        (PERSON, "U0TOM"),
        (CODE, "042"),
    ],
)
def test_a_right_answer_passes(field: Field, answer: str) -> None:
    assert check_answers([field], {"x": answer}) == {}


@pytest.mark.parametrize(
    ("field", "answer", "said"),
    [
        (TEXT, "", "Please fill this in."),
        (TEXT, "  \n ", "Please fill this in."),
        (TEXT, "a", "Please write at least 2 characters."),
        (TEXT, "abcdef", "Please write at most 5 characters (these are 6)."),
        (TEXT, "a\nb", "Please write this without line breaks or control characters."),
        (LINES, "a\x00b", "Please write text."),
        (LINES, "half \ud83d", "Please write text."),
        (LINES, "x" * 3001, "Please write at most 3,000 characters (these are 3,001)."),
        (NUMBER, "0.49", "Please write a number that is at least 0.5."),
        (NUMBER, "1000.01", "Please write a number that is at most 1,000."),
        *(
            (NUMBER, text, "Please write a number, like 1250.50.")
            for text in ("1e3", "NaN", "٣", "1,5", "0x1", "1_0", "9" * 16)
        ),
        (SELECT, "A", "Please choose one of the options."),
        *(
            (DATE, text, "Please choose a date (year-month-day, like 2025-03-31).")
            for text in ("2023-02-29", "2024-W09-4", "20240229", "1.2.2024")
        ),
        (PERSON, "<@U0TOM>", "Please choose a person."),
        (CODE, "42", "Please write it like 123."),
        (CODE, "1234", "Please write it like 123."),
    ],
)
def test_a_wrong_answer_is_told_what_to_change(field: Field, answer: str, said: str) -> None:
    assert check_answers([field], {"x": answer}) == {"x": said}


def test_an_optional_field_may_be_left_empty_or_out() -> None:
    field = Field("x", FieldKind.NUMBER, "X", required=False)
    assert check_answers([field], {"x": " "}) == check_answers([field], {}) == {}


def test_only_what_was_asked_is_accepted_and_stripped() -> None:
    assert accepted([TEXT, DATE], {"x": " ab ", "sys_id": "forged"}) == {"x": "ab"}
