"""How far things are counted where somebody waits for the number."""

from typing import Final

COUNTED: Final = 5_000
"""Nothing is counted further; one more than this stands for any number that is larger."""


def spoken(number: int) -> str:
    """The number in words that are true."""
    return f"more than {COUNTED:,}" if number > COUNTED else f"{number:,}"
