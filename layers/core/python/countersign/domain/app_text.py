"""Makes a sentence from an app fit to be shown to people."""

import unicodedata
from typing import Final

MESSAGE_CHARACTERS: Final = 300
_ZERO_WIDTH_JOINER: Final = "\u200d"


def clean(text: str, limit: int = MESSAGE_CHARACTERS) -> str:
    """One line of at most ``limit`` characters, without control characters or marks that turn the direction of text.

    What is left is still foreign data: whoever renders it escapes it for its markup.
    """
    kept = "".join(map(_kept, text[: limit * 4]))
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category in {"Cf", "Cs"} and character != _ZERO_WIDTH_JOINER:
        return ""
    return character
