"""What cards say, and what is said to a click on one."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from countersign.domain.card import Card, CardStatus, Decision
from countersign.domain.message import (
    Block,
    Button,
    Buttons,
    Facts,
    Heading,
    Mention,
    Message,
    Moment,
    Paragraph,
    Text,
    Value,
)
from countersign.domain.texts.say import say

_POINT_IN_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def card(
    shown: Card,
    title: str,
    text: str | None,
    facts: Sequence[tuple[str, str]],
    *,
    link: Button | None,
    buttons: Sequence[Button],
) -> Message:
    """An approval card: open with its buttons, or closed and naming who decided."""
    blocks: list[Block] = [Heading(title)]
    if text:
        blocks.append(Paragraph(Text("{text}", {"text": text})))
    if facts:
        blocks.append(Facts([(label, _in_local_time(value)) for label, value in facts]))
    if shown.status is CardStatus.CLOSED:
        blocks.append(_closed(shown.decision))
    row = [*(buttons if shown.status is CardStatus.OPEN else ()), *([link] if link else ())]
    if row:
        blocks.append(Buttons(row))
    summary = Text("{title}", {"title": title})
    if shown.status is CardStatus.CLOSED and shown.decision:
        summary = Text("{past}: {title}", {"past": shown.decision.past, "title": title})
    return Message(summary, blocks)


def _in_local_time(value: str) -> Value:
    """A point in time as programs write it (RFC 3339 §5.6) is shown in the reader's own; anything else as it is."""
    if not _POINT_IN_TIME.fullmatch(value):
        return value
    try:
        at = int(datetime.fromisoformat(value).timestamp())
    except (ValueError, OverflowError):
        return value
    return Moment(at) if at >= 0 else value


def _closed(decision: Decision | None) -> Block:
    if decision is None:
        return Paragraph(Text("This was settled in the app itself."))
    return Paragraph(_who_decided(decision))


def _who_decided(decision: Decision) -> Text:
    values: dict[str, Value] = {"past": decision.past, "account": decision.account_label, "at": Moment(decision.at)}
    template = "*{past}* in the app itself by {account}, {at}"
    if decision.user_id is not None:
        values["who"] = Mention(decision.user_id)
        template = "*{past}* by {who} ({account}), {at}"
    if decision.comment:
        values["comment"] = decision.comment
        template += "\n“{comment}”"
    return Text(template, values)


def already_decided(decision: Decision | None, what: str | None = None) -> Message:
    """Told to whoever clicks after a decision. ``what``: their choice, where they may read this far from the card."""
    if decision is None:
        return say("This has been settled already. Nothing was done.")
    who = _who_decided(decision)
    said = "This is settled already, so nothing was done with your click:"
    if what is not None:
        said = "*{what}* was not done, because this is settled already:"
    text = Text(f"{said}\n{who.template}", {**who.values, "what": what or ""})
    return Message(Text("This is settled already. Nothing was done."), (Paragraph(text),))


def card_gone() -> Message:
    """A button of a card that is not known any more, or that is not ours."""
    return say("Countersign doesn't know this card any more. Nothing was done. Open the record in its app instead.")


def card_changed() -> Message:
    """The record changed between what was seen and the click."""
    return say("This changed after you saw it, so nothing was done. Look at the card again; it shows how it is now.")


def by_word(account: str | None) -> str:
    """Who decided, where the app can't be asked and its person says so."""
    return f"{account or 'somebody'}, by their own word"
