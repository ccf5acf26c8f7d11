"""Our templates and other people's values as Slack's texts. Nothing a value holds becomes a mention, link or format.

Escaping: docs.slack.dev/messaging/formatting-message-text. Slack has no escape for ``* _ ~``, backticks, emoji names
and quotes, and no invisible character is promised to hinder them: those that could mean something (at the edge of a
word, at the start of a line) become their look-alikes. Lengths are counted as Slack's clients count them, in UTF-16.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from countersign.domain.errors import ChatRefused
from countersign.domain.message import Link, Mention, Moment, Text, Value

ELLIPSIS: Final = "…"
NOTHING: Final = "\u2013"
"""Shown for a value without any visible character; Slack refuses empty texts."""

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_URL: Final = re.compile(r"https?://[^\s<>|\"\\^`{}\x00-\x1f\x7f]+")
_USER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_EMOJI: Final = re.compile(r":(?=[a-z0-9_+'-]{0,60}[a-z][a-z0-9_+'-]{0,60}:|[+-]1:)")
_LOOK_ALIKES: Final = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb", ":": "\ua789", ">": "\u203a"}
_KEPT_INVISIBLES: Final = "\u200c\u200d"  # joiners: emoji and several scripts are written with them
_URL_LIMIT: Final = 3000
_LINK_LABEL_LIMIT: Final = 150
_FAR_BEYOND: Final = 2


def size(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def plain(text: str, limit: int) -> str:
    """For ``plain_text`` objects: nothing is formatted there, but entities are decoded, so the three are escaped."""
    return _cut([_escape(character) for character in _visible(text, limit)], limit)


def marked_up(text: Text, limit: int, *, links: bool = True) -> str:
    """For ``mrkdwn`` objects. What is too long is cut in its longest value, never in our own words.

    ``links=False`` shows labels instead (notification texts hold no link: Slack would fetch it). Raises ChatRefused
    when our own words alone are too long, KeyError when the template names a value that is not there.
    """
    parts = _PLACEHOLDER.split(text.template)
    values = [text.values[name] for name in parts[1::2]]
    pieces = [_pieces(value, limit, links=links) for value in values]
    budget = limit - sum(size(_escape(part)) for part in parts[::2])
    rendered = _fit(values, pieces, budget)
    literals = [_escape(part) for part in parts[::2]]
    return "".join(a + b for a, b in zip(literals, [*rendered, ""], strict=True)) or NOTHING


def checked_url(url: str) -> str:
    """An address that is safe in a link and a button. Raises ChatRefused: addresses are ours, never anyone's data."""
    if not _URL.fullmatch(url) or size(url) > _URL_LIMIT:
        raise ChatRefused("invalid_url")
    return url


def _fit(values: Sequence[Value], pieces: list[list[str]], budget: int) -> list[str]:
    """Cut the longest data until everything fits. Mentions, dates and links are whole or not at all."""
    limits = [_total(piece) for piece in pieces]
    excess = sum(limits) - budget
    while excess > 0:
        longest = max(range(len(limits)), key=lambda i: limits[i] if isinstance(values[i], str) else 0, default=-1)
        if longest < 0 or not isinstance(values[longest], str) or limits[longest] <= 1:
            raise ChatRefused("text_too_long")
        taken = min(excess, limits[longest] - 1)
        limits[longest] -= taken
        excess -= taken
    return [_cut(piece, limit) for piece, limit in zip(pieces, limits, strict=True)]


def _pieces(value: Value, limit: int, *, links: bool) -> list[str]:
    """A value as pieces that may not be cut apart."""
    match value:
        case str():
            return _neutral(_visible(value, limit))
        case int():
            return [str(value)]
        case Mention(user_id):
            return [f"<@{user_id}>"] if _USER.fullmatch(user_id) else _neutral(_visible(user_id, limit))
        case Moment(at):
            fallback = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
            return [f"<!date^{at}^{{date_short_pretty}} {{time}}|{fallback}>"]
        case Link(url, label):
            shown = _cut(_neutral(_visible(label, _LINK_LABEL_LIMIT)), _LINK_LABEL_LIMIT)
            return [f"<{_escape(checked_url(url))}|{shown.replace('|', '¦')}>"] if links else [shown]


def _visible(text: str, limit: int) -> str:
    """Without control characters and marks that turn the direction of text; every kind of line end is a line feed.

    Of a text far beyond the limit only a beginning is looked at, so that time is bounded too.
    """
    text = text[: _FAR_BEYOND * limit]
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    shown = "".join(map(_shown, text)).strip()
    return shown if any(unicodedata.category(c)[0] not in "CZ" for c in shown) else NOTHING


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if character == "\n" or character in _KEPT_INVISIBLES:
        return character
    if category == "Cc":
        return " "
    return {"Cf": "", "Cs": "\ufffd"}.get(category, character)


def _neutral(text: str) -> list[str]:
    """Each character escaped, or its look-alike where it could format something."""
    emoji = {match.start() for match in _EMOJI.finditer(text)}
    return [
        _LOOK_ALIKES[character] if at in emoji or _formats(text, at) else _escape(character)
        for at, character in enumerate(text)
    ]


def _formats(text: str, at: int) -> bool:
    """Whether Slack could take a character for formatting: not between two letters or digits (``CHG_0030``)."""
    character, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if character == ">":
        return before in ("", "\n")
    return character == "`" or (character in "*_~" and not (before.isalnum() and after.isalnum()))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _total(pieces: list[str]) -> int:
    return sum(map(size, pieces))


def _cut(pieces: list[str], limit: int) -> str:
    """The pieces, or as many as fit before an ellipsis."""
    if _total(pieces) <= limit:
        return "".join(pieces)
    kept, room = [], limit - size(ELLIPSIS)
    for piece in pieces:
        room -= size(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + ELLIPSIS
