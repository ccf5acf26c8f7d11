"""What is said about how an action ended."""

from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card_button import RetryButton
from countersign.domain.message import Block, Button, Buttons, Mention, Message, Paragraph, Style, Text, Value
from countersign.domain.standing import Standing
from countersign.domain.texts.names import ACTION_RETRY, CONNECTIONS_CONNECT
from countersign.domain.texts.say import say


@dataclass(frozen=True, slots=True)
class Ended:
    """What of an ended action its person is told about.

    Attributes:
        what: the choice and its card, or the command, as people know it.
        on_card: whether others can decide the same.
        steps_done: how many steps before the last one were done, and stay done.
        detail: what the app, or its person, said about it.
        account: whom its person is signed in as, there; or how the workspace's shared account is called.
        shared: it acts with the workspace's connection, and not with its person's own.
        admins: user ids of those who can connect a shared one; empty where only the chat service knows.
        standing: whether the record is settled by it, where it decided one.
        again: the button of the same choice about what the card shows now, where it can be made.
    """

    what: str
    app: str
    app_id: str
    on_card: bool
    steps_done: int
    detail: str
    account: str
    shared: bool = False
    admins: tuple[str, ...] = ()
    again: Button | None = None
    standing: Standing | None = None


_WHY: Final[dict[Outcome, str]] = {
    Outcome.NOT_NAMED: "{app} does not name you, {account}, as one who may decide it.",
    Outcome.DONE_BEFORE: "you had done that before, in {app}.",
    Outcome.WAITS_FOR_OTHERS: "you had done that before, in {app}. It waits for others now.",
    Outcome.BUSY: "a decision about it is being made right now. Look at the card again soon.",
    Outcome.HELD: "an earlier decision is on its way, and {app} has not said if it arrived. Look at it in {app}.",
    Outcome.CARD_EXPIRED: "its card has expired. The record may still wait: decide it in {app}.",
    Outcome.NOT_LISTED: "its recipe names others who may decide it. The card stays open for them.",
    Outcome.OWN_REQUEST: "you, {account}, asked for it yourself, so somebody else has to decide. The card stays open.",
    Outcome.PAUSED: "{detail} is paused here. Please try again later, or do it in {detail}.",
    Outcome.NOTHING_APPLIES: "there is nothing to do for what you filled in.",
    Outcome.EXPIRED: "you did not go on within half an hour. Click again when you like.",
    Outcome.OFF_BOARDED: "Countersign was removed here, or your Slack account changed, while it waited.",
    Outcome.UNREACHABLE: "{app} could not be reached. Please try again in a minute.",
    Outcome.NO_ANSWER: "{app} did not answer. Please try again in a minute.",
    Outcome.OVERLOADED: "{app} has too much to do right now. Please try again in a minute.",
    Outcome.NOT_ARRIVED: "it did not arrive in {app}, and it was too late to send it again. Do it again if you like.",
    Outcome.NOT_TAKEN: "{app} did not take it, though we tried twice. Please try again, or do it in {app}.",
    Outcome.UNREADABLE: "what you filled in can't be read any more. Please fill it in again.",
    Outcome.TOLD: "you looked in {app}, and it had not happened. You can try again.",
    Outcome.MISCONFIGURED: "{detail}",
    Outcome.UNUSABLE: "{detail}",
}
_WHY_SHARED: Final[dict[Outcome, str]] = {
    Outcome.NOT_NAMED: "{app} does not name {account} as one who may decide it.",
    Outcome.DONE_BEFORE: "{account} had done that before, in {app}.",
    Outcome.WAITS_FOR_OTHERS: "{account} had done that before, in {app}. It waits for others now.",
}
"""Where "you" would be wrong: the account is the workspace's."""
_WHY_NOT_AFTER: Final[dict[Outcome, str]] = {
    Outcome.REFUSED: "{app} did not allow it, and said: “{detail}”",
    Outcome.ALREADY: "{app} says that it is settled already.",
    Outcome.SETTLED: "{app} says that it is settled, and not by whom.",
    Outcome.CHANGED: "it has changed in {app} in between.",
    Outcome.MOVED: "it has changed in {app} in between.",
    Outcome.NOT_PERMITTED: "the sign-in to {app} lacks a permission that it needs.",
    Outcome.NOT_SHARED: "{detail} is not connected for this workspace.",
    Outcome.SUPERSEDED: "you chose something else since.",
    Outcome.EXPIRED: "you did not sign in to {app} in time.",
    Outcome.TOLD: "you looked in {app}, and it had not happened.",
}
"""Of a step after the decision, where the sentence for a whole action would not do."""
_WAITS: Final = {
    Standing.WAITS: " It still waits for others.",
    Standing.UNSAID: " The app did not say if it waits for others.",
}


def not_done(ended: Ended, why: Outcome | None) -> Message | None:
    """It certainly did not happen. None where nothing needs to be said: the person chose otherwise."""
    if why is Outcome.SUPERSEDED:
        return None
    if why is Outcome.REFUSED:
        return _refused(ended)
    if why is Outcome.NOT_PERMITTED:
        return _not_permitted(ended)
    if why is Outcome.CHANGED:
        return _changed(ended)
    if why is Outcome.MOVED:
        return _moved(ended)
    if why is Outcome.NOT_SHARED:
        return _not_shared(ended)
    reasons = _WHY | _WHY_SHARED if ended.shared else _WHY
    reason = reasons.get(why, "something went wrong on our side.") if why else "something went wrong on our side."
    values = {"what": ended.what, "app": ended.app, "account": ended.account, "detail": ended.detail}
    return say("*{what}* was not done: " + reason + _before(ended), **values)


def _changed(ended: Ended) -> Message:
    """The person is asked again: ``detail`` says what is different, where that is known."""
    text = Text(
        "*{what}* was not done: it changed after the card was drawn."
        + (" {detail}" if ended.detail else "")
        + " The card shows how it is now."
        + (" Do you still want it?" if ended.again else ""),
        {"what": ended.what, "detail": ended.detail},
    )
    return Message(text, (Paragraph(text), *((Buttons((ended.again,)),) if ended.again else ())))


def _moved(ended: Ended) -> Message:
    """The app itself says that its record is not what the person saw; the card may not know it yet."""
    text = Text(
        "*{what}* was not done: it has changed in {app} since you saw it. Please look at it again there."
        + _before(ended)
        + (" Do you still want it?" if ended.again else ""),
        {"what": ended.what, "app": ended.app},
    )
    return Message(text, (Paragraph(text), *((Buttons((ended.again,)),) if ended.again else ())))


def voted(ended: Ended, *, before: bool) -> Message:
    """A vote, where the card can't show it to everyone; ``before``: it was there already."""
    if before:
        return say("You chose *{what}* before; your vote counts. It is done when enough others do.", what=ended.what)
    return say("*{what}*: your vote counts. It is done when enough others choose it, too.", what=ended.what)


def why_not_after(ended: Ended, why: Outcome) -> str:
    """Why a step after the decision was not done: one sentence, all filled in."""
    reasons = _WHY | (_WHY_SHARED if ended.shared else {}) | _WHY_NOT_AFTER
    sentence = reasons.get(why, "something went wrong on our side.")
    return sentence.format(app=ended.app, account=ended.account, detail=ended.detail)


def why_not(outcome: Outcome, app: str, account: str, detail: str, *, shared: bool) -> str | None:
    """Why a person's action was not done, for their history: one sentence, all filled in. None: nobody noted it."""
    sentence = (_WHY_NOT_AFTER | _WHY | (_WHY_SHARED if shared else {})).get(outcome, "")
    said = sentence.format(app=app, account=account, detail=detail)
    return said[:1].upper() + said[1:] or None


def following(ended: Ended, step: str) -> Ended:
    """The same about one step after the decision: nobody else waits for it."""
    return replace(ended, what=f"{step}” after “{ended.what}", on_card=False)


def partly(ended: Ended, recorded: str, step: str, shortfall: str, link: Button | None) -> Message:
    """The decision stands, and its card says so; what was to follow it was not done. ``step``: what that was."""
    text = Text(
        "*{what}*: done, as {recorded}." + _WAITS.get(ended.standing or Standing.SETTLED, "") + "\n"
        "What was to follow was not: *{step}*. {shortfall} Please do that in {app} yourself.",
        {"what": ended.what, "recorded": recorded, "step": step, "shortfall": shortfall, "app": ended.app},
    )
    summary = Text("{what}: done, but not what was to follow", {"what": ended.what})
    return Message(summary, (Paragraph(text), *((Buttons((link,)),) if link else ())))


def _before(ended: Ended) -> str:
    """Steps that were done before stay done, and that is said."""
    return "" if ended.steps_done == 0 else " What this recipe did before that is done, and stays done."


def _not_shared(ended: Ended) -> Message:
    """The workspace's connection, which only an admin can make, is missing or has ended."""
    why = "it acts in {app} with a connection of the whole workspace, and there is none that works."
    summary = Text("{app} is not connected for this workspace", {"app": ended.detail})
    return Message(summary, (Paragraph(_ask_an_admin(ended, ended.detail, why)),))


def _ask_an_admin(ended: Ended, app: str, why: str) -> Text:
    """What only an admin can mend: why, and who that is as far as it is known."""
    values: dict[str, Value] = {"what": ended.what, "app": app}
    who = "an admin of this Slack workspace"
    if ended.admins:
        values |= {f"admin{number}": Mention(admin) for number, admin in enumerate(ended.admins)}
        who = " or ".join(f"{{admin{number}}}" for number in range(len(ended.admins)))
    please = f" Please ask {who} to write `connections` to Countersign and connect {{app}} there; then do this again."
    return Text("*{what}* was not done: " + why + please + _before(ended), values)


def _refused(ended: Ended) -> Message:
    """The app said no; a card stays as it was for the others."""
    changed = (
        "Nothing was changed" if ended.steps_done == 0 else "This step was not done; what came before it stays done"
    )
    rest = f"{changed}, and the card stays open for others." if ended.on_card else f"{changed}."
    whose = "This is done there as {account}. " if ended.shared else "You are signed in there as {account}. "
    text = Text(
        "*{app} did not allow this: {what}.* It said: “{message}”\n" + whose + rest,
        {"app": ended.app, "what": ended.what, "message": ended.detail, "account": ended.account},
    )
    button = Button("Sign in as someone else", CONNECTIONS_CONNECT, ended.app_id)
    blocks: tuple[Block, ...] = (Paragraph(text),) if ended.shared else (Paragraph(text), Buttons((button,)))
    return Message(Text("{app} did not allow this", {"app": ended.app}), blocks)


def _not_permitted(ended: Ended) -> Message:
    """The app would say no: its person allowed less, or signed in before the recipe needed more."""
    if ended.shared:
        why = "the workspace's connection to {app} lacks a permission that this needs."
        summary = Text("{app} has to be connected again for this workspace", {"app": ended.app})
        return Message(summary, (Paragraph(_ask_an_admin(ended, ended.app, why)),))
    text = Text(
        "*{what}* was not done: when you signed in to {app}, you did not give a permission that this needs. "
        "Please sign in again and give it, and then do this again." + _before(ended),
        {"what": ended.what, "app": ended.app},
    )
    button = Button(f"Reconnect {ended.app}", CONNECTIONS_CONNECT, ended.app_id, style=Style.PRIMARY)
    summary = Text("{app} needs one more permission", {"app": ended.app})
    return Message(summary, (Paragraph(text), Buttons((button,))))


def done(ended: Ended, recorded: str, link: Button | None) -> Message:
    """A command's success, or a card's where no copy of the card is left."""
    values: dict[str, Value] = {"what": ended.what, "recorded": recorded, "reply": ended.detail}
    said = "{reply}\nRecorded as {recorded}." if ended.detail else "*{what}*: done, as {recorded}."
    text = Text(said + _WAITS.get(ended.standing or Standing.SETTLED, ""), values)
    blocks: list[Block] = [Paragraph(text)]
    if link:
        blocks.append(Buttons((link,)))
    return Message(Text("{what}: done", {"what": ended.what}), blocks)


def recorded_otherwise(ended: Ended, recorded: str) -> Message:
    """Attribution proof failed: the app names somebody else."""
    return say(
        "*Look at this:* {app} took “{what}”, but it says that it was not {account} who did it: {recorded}. "
        "Please tell an admin of {app}.",
        app=ended.app,
        what=ended.what,
        account=ended.account,
        recorded=recorded,
    )


def settled(ended: Ended, actor: str | None) -> Message:
    """The record is settled, and whether by this click is all that is not known."""
    who = "{actor} as who did it" if actor else "nobody"
    return say(
        f"*{{what}}*: {{app}} did not answer you in time. Now it says{{how}} that this is settled, and names {who}: "
        "we can't tell whether it was your click. Please look there.",
        what=ended.what,
        app=ended.app,
        how=f" (“{ended.detail}”)" if ended.detail else "",
        actor=actor or "",
    )


def membership_unknown(reason: str) -> str:
    """Nobody can say whether a person may decide; ``reason``: Slack's own word."""
    return (
        f"Slack did not say who may decide it ({reason}). "
        "Please tell the person who runs Countersign: it may lack a permission, or the recipe name who is gone."
    )


def requester_unknown() -> str:
    """Self-approval is forbidden, and nobody knows whose it would be."""
    return "nobody can tell whose request it is, and whoever asked may not decide it. Please decide it in the app."


def gone(status: ActionStatus) -> Message:
    """Its recipe is not there any more."""
    if status is ActionStatus.UNKNOWN:
        return say(
            "We don't know whether what you asked for happened, and Countersign doesn't know its recipe any more. "
            "Please look in its app."
        )
    if status is ActionStatus.DONE:
        return say("This is done. Countersign doesn't know its recipe any more.")
    return say("This was not done: Countersign doesn't know this recipe any more. Please do it in its app.")


def over() -> Message:
    """A button of an action that is not known any more."""
    return say("This is over. Click the card, or write the command, again.")


def approve_as(what: str, choice: str, account: str, again: RetryButton) -> Message:
    """After a late sign-in: ask again instead of acting by itself. ``choice``: the short word for the button."""
    text = Text(
        "You are connected as {account}. You asked for “{what}” a while ago; do you still want it?",
        {"account": account, "what": what},
    )
    button = Button(f"{choice} as {account}"[:75], ACTION_RETRY, again.as_value(), style=Style.PRIMARY)
    return Message(Text("Do you still want “{what}”?", {"what": what}), (Paragraph(text), Buttons((button,))))
