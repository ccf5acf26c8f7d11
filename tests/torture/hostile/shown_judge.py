"""Whether what people see is only ever text where it holds data of others (C8)."""

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, Final

from slack_sdk.models.blocks import Block as SdkBlock

from countersign.adapters.slack.block_kit import home_json, message_json
from countersign.adapters.slack.form_view import form_json
from countersign.domain.message import Form, Message
from sandbox.slack.block_kit.check import check_blocks, check_view, view_too_large
from tests.torture.hostile.judge import Verdicts
from tests.torture.hostile.shown_data import EVENTS_WRITTEN, PLACES, Shown, strings
from tests.torture.measure import Share

TAG: Final = re.compile(r"<([^>]*)>")
HALF: Final = re.compile(r"&(?!amp;|lt;|gt;)")
OURS: Final = re.compile(
    r"@U0(JOSIE|TOM|PRIYA)|!date\^\d+\^\{date_short_pretty\} \{time\}\|[0-9: -]+UTC"
    r"|https://(acme\.service-now\.com|acme\.slack\.com|docs\.|[a-z.]*expensify\.com)[^|>]*\|[^|>]*"
)
"""What we write into a text ourselves: people, times, links to the app."""
DIRECTIONS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - full-width ones are formulas too
SUMMARY: Final = 4_000
TAGS: Final = frozenset(
    {"html", "head", "meta", "title", "style", "body", "main", "p", "svg", "path", "h1", "h2", "dl", "div", "dt", "dd"}
    | {"ul", "li", "form", "button", "fieldset", "legend", "label", "input", "span", "a", "code"}
)
EVENTS: Final = re.compile(r"on[a-z]+", re.IGNORECASE)


def faults_of(shown: Shown) -> Iterator[str]:
    """What is wrong with it; nothing, it is to be hoped."""
    match shown.surface, shown.content:
        case "message", Message() as message:
            drawn = message_json(message)
            if not 1 <= utf16(drawn["text"]) <= SUMMARY or "<" in drawn["text"]:
                yield "the notification's text"
            yield from check_blocks(drawn["blocks"], "message")
            yield from _faults_of_blocks(drawn)
        case "home", Message() as message:
            yield from _faults_of_view(home_json(message))
        case "form", Form() as form:
            yield from _faults_of_view(form_json(form))
        case "page", str(html):
            yield from _faults_of_page(html)
        case "sheet", str(text):
            yield from _faults_of_sheet(text)
        case _:
            yield f"{shown.surface} is nothing that people see"


def utf16(text: str) -> int:
    """Length as Slack counts it."""
    return len(text.encode("utf-16-le")) // 2


def _faults_of_view(view: dict[str, Any]) -> Iterator[str]:
    yield from check_view(view)
    if view_too_large(view):
        yield "larger than any view"
    yield from _faults_of_blocks(view)


def _faults_of_blocks(drawn: dict[str, Any]) -> Iterator[str]:
    """Slack's limits by its own SDK; and that no text holds more than what we wrote into it."""
    json.dumps(drawn, ensure_ascii=False).encode()
    for block in drawn["blocks"]:
        parsed = SdkBlock.parse(block)
        if parsed is None:
            yield f"no block of Slack's: {block}"
        else:
            parsed.validate_json()
    for text in _texts(drawn["blocks"]):
        foreign = [tag for tag in TAG.findall(text["text"]) if not (text["type"] == "mrkdwn" and OURS.fullmatch(tag))]
        if foreign or "<" in TAG.sub("", text["text"]):
            yield f"{foreign or text['text'][:80]} is no text any more"
        if HALF.search(TAG.sub("", text["text"])) or DIRECTIONS.search(text["text"]) or not text["text"].strip():
            yield f"half a character, a mark of direction, or nothing: {text['text'][:80]!r}"
        if text["type"] == "mrkdwn" and text.get("verbatim") is not True:
            yield "Slack makes links of its own in it"


def _texts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("type") in {"plain_text", "mrkdwn"}:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


class Page(HTMLParser):
    """The tags of a page that are not ours, and the attributes that run or lead somewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more tag."""
        if tag not in TAGS:
            self.faults.append(f"<{tag}> on a page")
        for name, value in attrs:
            address = (value or "") if name in {"href", "action", "src", "formaction"} else ""
            if EVENTS.fullmatch(name) or not (address == "" or address.startswith("https://")):
                self.faults.append(f"{name}={value!r} on a page")

    def handle_comment(self, data: str) -> None:
        """We write none."""
        self.faults.append(f"<!--{data[:80]} on a page")


def _faults_of_page(html: str) -> Iterator[str]:
    html.encode()
    page = Page()
    page.feed(html)
    page.close()
    yield from page.faults
    if DIRECTIONS.search(html):
        yield "a mark of direction on a page"


def _faults_of_sheet(text: str) -> Iterator[str]:
    """As a spreadsheet reads it: a row for each event, no cell a formula."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    if [len(row) for row in rows] != [len(header)] * EVENTS_WRITTEN:
        yield f"rows of {[len(row) for row in rows]} cells under {len(header)}"
    yield from (f"a formula: {cell[:60]!r}" for row in rows for cell in row if cell.startswith(FORMULA))


def attack_shown(share: Share) -> Verdicts:
    """So many (string, place), each place with the whole list, from a place of the list that the seed says."""
    verdicts, known = Verdicts(), strings()
    places = list(PLACES.items())
    for number in range(share.count):
        place, draw = places[number % len(places)]
        text = known[(share.seed + number // len(places)) % len(known)]
        verdicts.classes["C8"] += 1
        what = f"seed {share.seed}, text {number} ({place}, {text[:60]!r})"
        try:
            shown = list(draw(text))
            for fault in (fault for one in shown for fault in faults_of(one)):
                verdicts.fault(f"{what}: {fault}")
            if not shown:
                verdicts.fault(f"{what}: nothing was shown")
        except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
            verdicts.uncaught += 1
            verdicts.fault(f"{what}: {type(error).__name__} escaped: {str(error)[:200]}")
    return verdicts
