"""An app's sentences are bounded, on one line, and can't turn the direction of what follows."""

import pytest

from countersign.domain.app_text import clean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("You may not.", "You may not."),
        ("a\r\n\tb\x00c\x1b[31m", "a b c [31m"),
        ("  spaces \u2028 lines ", "spaces lines"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("<!channel> <@U0TOM>", "<!channel> <@U0TOM>"),
    ],
)
def test_control_characters_and_tricks_are_taken_out(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_long_text_is_cut_and_says_so() -> None:
    assert clean("x" * 10_000) == "x" * 299 + "…"
    assert clean("x" * 300) == "x" * 300
