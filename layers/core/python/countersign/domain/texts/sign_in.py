"""What is said on the way to a connection."""

from collections.abc import Sequence
from typing import Final

from countersign.domain.message import (
    Button,
    Buttons,
    Mention,
    Message,
    Note,
    Paragraph,
    Style,
    Text,
    Value,
)
from countersign.domain.policy import Breach
from countersign.domain.proof import Proof
from countersign.domain.texts.connections import CODE_ALONE, disconnect_button
from countersign.domain.texts.names import CONNECT_OPEN
from countersign.domain.texts.say import say

LINK_NOTE: Final = Text(
    "You may be asked to sign in to Slack in your browser, or for a code. The link works for you alone, for 10 minutes."
)


def connect_prompt(app: str, url: str, value: str, why: str | None) -> Message:
    """Asks a person, in private, to sign in. The link is in the button only, never in text."""
    template = "To do this as you, Countersign needs you to sign in to *{app}* once, in your own browser. "
    values: dict[str, Value] = {"app": app}
    if why is not None:
        template = "{why} Please sign in to *{app}*, in your own browser. "
        values["why"] = why
    text = Text(template + "{app} then decides whether you may, and records you.", values)
    button = Button(f"Connect {app}", CONNECT_OPEN, value, url, Style.PRIMARY)
    summary = Text("Connect {app} to go on", {"app": app})
    return Message(summary, (Paragraph(text), Buttons((button,)), Note(LINK_NOTE)))


ASKED_FOR: Final = "You asked for a connection."
LINK_ENDED: Final = "Here is a new link, because the last one had ended."


def ended_there(app: str) -> str:
    """Why somebody who connected before is asked again."""
    return f"Your sign-in to {app} has ended there."


def needs_fresh(app: str, *, approval: bool) -> str:
    """Why somebody who is connected is asked again: step-up."""
    return f"This {'approval' if approval else 'command'} needs a fresh sign-in, and yours to {app} is older than that."


def unfit_account(app: str, label: str, breach: Breach, organisation: str) -> str:
    """Why somebody who is connected is asked again: the policy of this workspace."""
    if breach is Breach.ORGANISATION:
        return f"Here, {app} is used with accounts of the organisation {organisation} only, and {label} is not one."
    return f"Here, {app} is used with the account of your own Slack e-mail address only, and {label} was not found so."


def needs_several(apps: Sequence[str]) -> str:
    """Why one sign-in is not all: said before the first."""
    listed = f"{', '.join(apps[:-1])} and {apps[-1]}"
    return f"This is done in {listed}, as you, so you sign in to each once, one after the other."


def connected(app: str, app_id: str, label: str, waiting: int, proof: Proof) -> Message:
    """After a sign-in, by direct message."""
    values: dict[str, Value] = {"app": app, "label": label}
    template = "You are connected to *{app}* as {label}."
    if waiting:
        template += " What you asked for goes on now."
    if not proof.asks_slack:
        template += f" {CODE_ALONE}."
    return Message(
        Text("Connected to {app}", {"app": app}),
        (Paragraph(Text(template, values)), Buttons((disconnect_button(app, app_id, "Not you? Disconnect"),))),
    )


def code_heard() -> Message:
    """The code was right."""
    return say("Thank you, that is the code. Go back to your browser and press the button there.")


def code_wrong(left: int) -> Message:
    """It was another than the browser shows."""
    if left == 0:
        return say("That is not the code either, so it has ended. Press *Connect* again; it brings a new one.")
    return say(
        "That is not the code that your browser shows. Look again: {left} more {tries}.",
        left=str(left),
        tries="try" if left == 1 else "tries",
    )


def account_of_two(app: str, label: str, other: str) -> Message:
    """To each of two people who are connected as the same account. ``other``: the other one's user id."""
    text = Text(
        "*Look at this:* {label} in *{app}* is connected by two people now, you and {other}. What either of you does "
        "is done as that account. Is it not meant for both? Write `connections` to me to disconnect it, or tell an "
        "admin.",
        {"label": label, "app": app, "other": Mention(other)},
    )
    return Message(Text("One account of {app}, two people", {"app": app}), (Paragraph(text),))


def prompt_done(app: str, label: str) -> Message:
    """Stands where the prompt stood."""
    return say("Connected to *{app}* as {label}.", app=app, label=label)


def link_was_opened_by_another(app: str) -> Message:
    """To the link's own person, when another one's browser was stopped."""
    return say(
        "Your link to connect *{app}* was opened by somebody else. They were stopped: nothing was connected, and the "
        "link is worthless now. If that was you in another Slack account, write `connections` to me for a new link, "
        "and open it in your own browser.",
        app=app,
    )


def sign_in_help(app: str) -> Message:
    """To a person whose browser set out and did not come back."""
    return say(
        "Did connecting *{app}* get stuck? It needs one browser in which you are signed in to this Slack workspace, "
        "and to {app} as yourself. If Slack said that Sign in with Slack is switched off, an admin of the "
        "workspace must allow it. To start again, click the button you used before.",
        app=app,
    )


def too_many_links(most: int) -> Message:
    """Too many open prompts for one person, whatever they are for."""
    return say(
        "You have {most} links to connect apps that you have not used to the end. Use the newest for each app; or wait "
        "ten minutes, and click again.",
        most=str(most),
    )


def foreign_person() -> Message:
    """To people of another company in a shared channel."""
    return say("Countersign belongs to another organisation, so it can't act for you here. Nothing was done.")
