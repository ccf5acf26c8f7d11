"""What cards say, and what is said to a click on one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from countersign.domain.card import Card, CardStatus, Decision, Vote
from countersign.domain.message import (
    Block,
    Button,
    Buttons,
    Facts,
    Heading,
    Mention,
    Message,
    Moment,
    Note,
    Paragraph,
    Text,
    Value,
)
from countersign.domain.standing import Standing
from countersign.domain.texts.say import say

_POINT_IN_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)

MOST_PARTS: Final = 10
"""Decisions beside the last one that a card names: Slack takes no more than 50 blocks."""
_STANDS: Final = {
    Standing.SETTLED: "",
    Standing.WAITS: ". It still waits for others.",
    Standing.UNSAID: ". The app did not say if it waits for others.",
}
_NO_VOTES: Final[Mapping[str, tuple[str, int]]] = {}


def card(
    shown: Card,
    title: str,
    text: str | None,
    facts: Sequence[tuple[str, str]],
    *,
    link: Button | None,
    buttons: Sequence[Button],
    needed: Mapping[str, tuple[str, int]] = _NO_VOTES,
) -> Message:
    """An approval card: open with its buttons, or over and saying how.

    ``needed``: choice → its label and how many people must choose it, where that is more than one.
    """
    blocks: list[Block] = [Heading(title)]
    if text:
        blocks.append(Paragraph(Text("{text}", {"text": text})))
    if facts:
        blocks.append(Facts([(label, _in_local_time(value)) for label, value in facts]))
    blocks += _how_it_stands(shown, needed)
    row = [*(buttons if shown.status is CardStatus.OPEN else ()), *([link] if link else ())]
    if row:
        blocks.append(Buttons(row))
    return Message(_summary(shown, title), blocks)


def card_of_nothing(shown: Card) -> Message:
    """A card whose recipe is not in the catalog any more: what became of it is still said."""
    title = f"Record {shown.record}"
    over: list[Block] = [Paragraph(Text("Countersign doesn't know the recipe of this card any more."))]
    if shown.status is CardStatus.CLOSED:
        over.append(_closed(shown.decision))
    return Message(_summary(shown, title), (Heading(title), *over))


def _summary(shown: Card, title: str) -> Text:
    if shown.status is CardStatus.EXPIRED:
        return Text("Expired: {title}", {"title": title})
    if shown.status is CardStatus.CLOSED and shown.decision:
        return Text("{past}: {title}", {"past": shown.decision.past, "title": title})
    return Text("{title}", {"title": title})


def _how_it_stands(shown: Card, needed: Mapping[str, tuple[str, int]]) -> Iterator[Block]:
    yield from (Paragraph(_part(part, open_=shown.status is CardStatus.OPEN)) for part in shown.parts[-MOST_PARTS:])
    if shown.status is CardStatus.EXPIRED:
        who = "not everybody" if shown.parts else "nobody"
        yield Paragraph(Text(f"*Expired:* {who} decided in time here, {{at}}", {"at": Moment(shown.ended_at)}))
        return
    if shown.status is CardStatus.CLOSED:
        yield _closed(shown.decision)
    for choice, (label, votes) in needed.items():
        if shown.status is CardStatus.OPEN or (shown.decision and shown.decision.choice == choice):
            yield Note(_votes(label, votes, shown.chosen(choice)))
    if shown.status is CardStatus.OPEN and shown.lapsed:
        lapsed = "one earlier vote doesn't" if shown.lapsed == 1 else "{votes} earlier votes don't"
        yield Note(Text(f"This changed, so {lapsed} count any more.", {"votes": shown.lapsed}))


def _votes(label: str, needed: int, votes: Sequence[Vote]) -> Text:
    """``Approve: 1 of 2: @tom``, with what they said."""
    template, values = "*{label}*: {given} of {needed}", dict[str, Value](label=label, given=len(votes), needed=needed)
    for place, vote in enumerate(votes):
        template += (": " if place == 0 else ", ") + f"{{who{place}}}"
        values[f"who{place}"] = Mention(vote.user_id)
        if vote.comment:
            template += f" “{{comment{place}}}”"
            values[f"comment{place}"] = vote.comment
    return Text(template, values)


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


def _part(decision: Decision, *, open_: bool) -> Text:
    """One decision of several; what the app still waited for then is only said while the card is open."""
    who = _who_decided(decision)
    return Text(who.template + (_STANDS[decision.standing] if open_ else ""), who.values)


def _who_decided(decision: Decision) -> Text:
    values: dict[str, Value] = {"past": decision.past, "account": decision.account_label, "at": Moment(decision.at)}
    template = "*{past}* in the app itself by {account}, {at}"
    if not decision.account_label:
        template = "*{past}*, {at}. The app does not say by whom."
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


def waits_for_others(decision: Decision) -> Message:
    """Told to whoever decides a second time what the app has taken from them, and what others have to settle."""
    who = _part(decision, open_=True)
    text = Text(f"You have done this already, so nothing was done with your click:\n{who.template}", who.values)
    return Message(Text("You have done this already. Nothing was done."), (Paragraph(text),))


def card_gone() -> Message:
    """A button of a card that is not known any more, or that is not ours."""
    return say("Countersign doesn't know this card any more. Nothing was done. Open the record in its app instead.")


def card_changed() -> Message:
    """The record changed between what was seen and the click."""
    return say("This changed after you saw it, so nothing was done. Look at the card again; it shows how it is now.")


def card_expired(at: int) -> Message:
    """A click on a card that nobody decided in time."""
    return say(
        "This card expired {at}, so nothing was done. The record may still wait: decide it in its app.", at=Moment(at)
    )


def reminder(title: str, people: Sequence[str], needed: Sequence[tuple[str, int, int]]) -> Message:
    """Said once in the thread of a card that waits. ``needed``: label, votes given, votes needed."""
    template, values = "*{title}* still waits for a decision.", dict[str, Value](title=title)
    for place, (label, given, votes) in enumerate(needed):
        template += f" {{label{place}}}: {{given{place}}} of {{votes{place}}}."
        values |= {f"label{place}": label, f"given{place}": given, f"votes{place}": votes}
    for place, user_id in enumerate(people):
        template += (" " if place == 0 else ", ") + f"{{who{place}}}"
        values[f"who{place}"] = Mention(user_id)
    return say(template, **values)


def outcome_for_requester(title: str, decision: Decision | None, link: Button | None) -> Message:
    """How what a person asked for ended, in their direct message; no decision: its card expired."""
    if decision is None:
        late = "*{title}*: it was not settled in time, and its card expired. Ask again in the app."
        text = Text(late, {"title": title})
    else:
        who = _who_decided(decision)
        text = Text(f"*{{title}}*\n{who.template}", {**who.values, "title": title})
    summary = Text("{past}: {title}", {"past": decision.past if decision else "Expired", "title": title})
    return Message(summary, (Paragraph(text), *((Buttons((link,)),) if link else ())))


def by_word(account: str | None) -> str:
    """Who decided, where the app can't be asked and its person says so."""
    return f"{account or 'somebody'}, by their own word"
