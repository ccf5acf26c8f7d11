"""Help, history, and answers to typed words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from countersign.domain.action import VOTES, Action, ActionStatus, Outcome
from countersign.domain.catalog import Recipe
from countersign.domain.message import (
    Block,
    Button,
    Buttons,
    Heading,
    Message,
    Moment,
    Paragraph,
    Style,
    Text,
    Value,
)
from countersign.domain.standing import Standing
from countersign.domain.texts.accounts import together
from countersign.domain.texts.names import CONNECTIONS_SHOW, FORM_OPEN
from countersign.domain.texts.say import say


def help_message(recipes: Sequence[Recipe], command: str, *, unknown_words: str | None = None) -> Message:
    """What can be done here."""
    blocks: list[Block] = []
    if unknown_words:
        blocks.append(
            Paragraph(Text("Countersign doesn't know “{words}”. Here is what it knows:", {"words": unknown_words}))
        )
    blocks.append(
        Paragraph(
            Text("*Countersign* does things in your business apps as you: each app sees, checks and records you.")
        )
    )
    lines = [
        "• `connections`: what you have connected, and how to cut it",
        "• `history`: what you did through Countersign",
        "• `forget me`: end your connections here and at the apps, and empty your history",
        "• `help`: this list",
    ]
    values: dict[str, Value] = {"command": command}
    for number, recipe in enumerate(recipe for recipe in recipes if recipe.command):
        lines.append(f"• `{{c{number}}}`: {{t{number}}}")
        values |= {f"c{number}": recipe.command or "", f"t{number}": recipe.description or recipe.title}
    template = "Write here, behind a mention, or after `{command}`:\n" + "\n".join(lines)
    blocks += [
        Paragraph(Text(template, values)),
        *_shortcuts(recipes),
        Buttons((Button("Personal accounts", CONNECTIONS_SHOW, style=Style.PRIMARY),)),
    ]
    return Message(Text("What Countersign can do"), blocks)


def _shortcuts(recipes: Sequence[Recipe]) -> list[Block]:
    """What starts from the chat's own menus; nothing where nothing does."""
    named = [(recipe.shortcut, recipe, "") for recipe in recipes if recipe.shortcut]
    named += [(one.message_shortcut, one, " (in the menu of a message)") for one in recipes if one.message_shortcut]
    lines, values = ["Or among your shortcuts:"], dict[str, Value]()
    for number, (name, recipe, where) in enumerate(named):
        lines.append(f"• *{{s{number}}}*{where}: {{t{number}}}")
        values |= {f"s{number}": name or "", f"t{number}": recipe.description or recipe.title}
    return [Paragraph(Text("\n".join(lines), values))] if named else []


def form_offer(recipe: Recipe) -> Message:
    """Typed words can't open a form; a button can."""
    text = Text("*{title}* asks a few things first.", {"title": recipe.title})
    button = Button("Fill in the form", FORM_OPEN, recipe.id, style=Style.PRIMARY)
    return Message(Text("{title}: fill in the form", {"title": recipe.title}), (Paragraph(text), Buttons((button,))))


_ENDS: Final = {
    ActionStatus.DONE: "done",
    ActionStatus.FAILED: "not done",
    ActionStatus.UNKNOWN: "not known whether it happened",
}


@dataclass(frozen=True, slots=True)
class Past:
    """One action of a person's history: what it was about, and why it was not done, if it was not."""

    what: str
    action: Action
    why: str | None = None


def history(past: Sequence[Past]) -> Message:
    """A person's last actions: as whom, and how each ended."""
    blocks: list[Block] = [Heading("What you did through Countersign")]
    if not past:
        blocks.append(Paragraph(Text("Nothing yet.")))
    for one in past:
        action = one.action
        values: dict[str, Value] = {
            "what": one.what,
            "end": _end(action),
            "at": Moment(action.created_at),
        }
        template = "*{what}*, {at}: {end}"
        if who := together((action.recorded_label or action.account_label or "", *action.also_as)):
            template += ", as {who}"
            values["who"] = who
        if more := one.why or (action.detail if action.status is not ActionStatus.DONE else None):
            template += "\n{more}"
            values["more"] = more
        blocks.append(Paragraph(Text(template, values)))
    return Message(Text("What you did through Countersign"), blocks)


def _end(action: Action) -> str:
    if action.outcome in VOTES:
        return "vote counted"
    if action.outcome is Outcome.PARTLY:
        return "done, but not what was to follow"
    if action.status is ActionStatus.DONE and action.standing is Standing.WAITS:
        return "done; it waited for others then"
    return _ENDS.get(action.status, "waiting")


def command_gone() -> Message:
    """A recipe that went from the catalog."""
    return say("Countersign doesn't know this command any more. Nothing was done. Write `help` for what it knows.")


def unreadable() -> Message:
    """A stored row in the way that nobody can read. What was done before it came up is not known here."""
    return say(
        "Countersign can't read something that it stored for this, so it stopped there."
        " Please tell the person who runs Countersign."
    )


def answers_unreadable() -> Message:
    """A form whose sealed answers do not open as its own."""
    return say("What you filled in can't be read, so nothing was done. Please fill in the form again.")


def wrong_answer(field: str, problem: str) -> Message:
    """A form's answers that only the worker found wrong."""
    return say("Nothing was done. {field}: {problem}", field=field, problem=problem)
