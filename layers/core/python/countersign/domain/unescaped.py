"""What a text says once the escapes of web pages, JSON and addresses are undone. Pure."""

import html
import json
import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import unquote, unquote_plus

_IN_JSON: Final = re.compile(r'(?:\\u[0-9a-fA-F]{4})+|\\["\\/bfnrt]')
_NUMBERED: Final = re.compile(r"&#0*([0-9]{1,7})[0-9]*")

DEEPEST: Final = 2
"""Escapes inside one another that are undone: a page's in JSON, or JSON's in a page."""


def readings(text: str) -> frozenset[str]:
    """The text itself, and all that it may stand for."""
    found = frozenset({text})
    for _ in range(DEEPEST):
        found |= {undo(each) for each in found for undo in _UNDONE}
    return found


def _of_page(text: str) -> str:
    """Numbers are cut first: ``html`` raises at those of thousands of digits, and no character has one of them."""
    return html.unescape(_NUMBERED.sub(r"&#\1", text))


def _of_json(text: str) -> str:
    return _IN_JSON.sub(lambda escape: str(json.loads(f'"{escape[0]}"')), text)


_UNDONE: Final[Sequence[Callable[[str], str]]] = (_of_page, _of_json, unquote, unquote_plus)
