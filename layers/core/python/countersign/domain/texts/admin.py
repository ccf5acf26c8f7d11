"""What is said to those who look after a workspace, and to whoever tries to without being one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from countersign.domain.message import (
    Block,
    Button,
    Buttons,
    Confirmation,
    Divider,
    Heading,
    Mention,
    Message,
    Note,
    Paragraph,
    PersonPicker,
    Style,
    Text,
    Value,
)
from countersign.domain.tally import spoken
from countersign.domain.texts.names import (
    ADMIN_CHOOSE_PERSON,
    ADMIN_CUT_APP,
    ADMIN_CUT_PERSON,
    ADMIN_KEEP_PERSON,
    ADMIN_PAUSE_APP,
    ADMIN_RESUME_APP,
)
from countersign.domain.texts.say import say

MOST: Final = 20
"""Apps that are drawn with their buttons; a home tab has a hundred blocks, and shows the person's own above these."""


@dataclass(frozen=True, slots=True)
class AppState:
    """An app in a workspace: how many connections are in which state, and failures since this time yesterday."""

    id: str
    name: str
    connected: int = 0
    needs_sign_in: int = 0
    revoking: int = 0
    failures: int = 0
    paused: bool = False
    of_several: int = 0
    """Accounts that several people of the organisation are connected as."""
    paused_everywhere: bool = False
    """By the operators of the deployment, so that no admin can resume it."""

    @property
    def of_interest(self) -> bool:
        """Whether there is anything to see or to undo."""
        return (
            self.paused
            or self.paused_everywhere
            or bool(self.connected or self.needs_sign_in or self.revoking or self.failures)
        )


def admin_section(states: Sequence[AppState], chosen: str | None = None) -> list[Block]:
    """The section: the apps where something is, the others, and the way to cut off a person.

    ``chosen``: the user id of whom an admin chose to cut off, and is asked about.
    """
    shown = sorted((state for state in states if state.of_interest), key=lambda state: -state.failures)
    blocks: list[Block] = [Divider(), Heading("For admins"), Note(Text("Only admins of this workspace see this."))]
    for state in shown[:MOST]:
        blocks.append(Paragraph(_line(state)))
        blocks += [Buttons(buttons)] if (buttons := _buttons(state)) else []
    if len(shown) > MOST:
        more = Text("… and {more} more apps; `countersign connections` lists them all.", {"more": len(shown) - MOST})
        blocks.append(Note(more))
    title = "*Nobody is connected to these*" if shown else "*Nobody is connected to anything yet*"
    return [*blocks, *_quiet(title, [state for state in states if not state.of_interest]), *_person(chosen)]


def _quiet(title: str, states: Sequence[AppState]) -> list[Block]:
    """Apps where nothing is: they can be paused all the same, before anybody connects (again)."""
    buttons = [_pause(state, f"Pause {state.name}") for state in sorted(states, key=lambda one: one.name.casefold())]
    return [Paragraph(Text(title)), Buttons(buttons)] if buttons else []


def _person(chosen: str | None) -> list[Block]:
    if chosen is None:
        about = Text("*Cut off a person*\nEnds all their connections here, and what waits for them.")
        return [Paragraph(about, PersonPicker("Choose a person", ADMIN_CHOOSE_PERSON))]
    ask = Text(
        "*Cut off {person}?*\nAll their connections of this workspace end, here and at the apps, and what waits for "
        "them. They can connect again.",
        {"person": Mention(chosen)},
    )
    cut = Button("Cut off", ADMIN_CUT_PERSON, chosen, style=Style.DANGER)
    return [Paragraph(ask), Buttons((cut, Button("Keep", ADMIN_KEEP_PERSON)))]


def _line(state: AppState) -> Text:
    values: dict[str, Value] = {"app": state.name, "connected": spoken(state.connected)}
    said = ["*{app}*: {connected} connected"]
    if state.needs_sign_in:
        said.append("{needs} must sign in again")
        values["needs"] = spoken(state.needs_sign_in)
    if state.revoking:
        said.append("{revoking} being revoked")
        values["revoking"] = spoken(state.revoking)
    line = ", ".join(said)
    if state.failures:
        line += "\n{failures} since this time yesterday"
        values["failures"] = "1 failure" if state.failures == 1 else f"{state.failures:,} failures"
    if state.of_several:
        line += "\n{several} connected by several people"
        values["several"] = "1 account is" if state.of_several == 1 else f"{state.of_several} accounts are"
    if state.paused_everywhere:
        line += "\n*Paused everywhere* by those who run Countersign: nothing is done in {app} until they resume it"
    elif state.paused:
        line += "\n*Paused*: nothing is done in {app}, and nobody can sign in to it, until an admin resumes it"
    return Text(line, values)


def _buttons(state: AppState) -> list[Button]:
    stop = [] if state.paused_everywhere else [_resume(state) if state.paused else _pause(state, "Pause")]
    return [*stop, _cut(state)] if state.connected or state.needs_sign_in else stop


def _pause(state: AppState, label: str) -> Button:
    text = f"Nothing is done in {state.name} and nobody can sign in to it until an admin resumes it."
    ask = Confirmation(f"Pause {state.name} for everyone?", text, "Pause", "Don't pause")
    return Button(label[:75], ADMIN_PAUSE_APP, state.id, confirmation=ask)


def _resume(state: AppState) -> Button:
    ask = Confirmation(f"Resume {state.name}?", "People can act in it again.", "Resume", "Not yet")
    return Button("Resume", ADMIN_RESUME_APP, state.id, style=Style.PRIMARY, confirmation=ask)


def _cut(state: AppState) -> Button:
    number = state.connected + state.needs_sign_in
    whose = "1 connection" if number == 1 else f"{spoken(number)} connections"
    whose = whose[0].upper() + whose[1:]
    text = f"{whose} of this workspace will be ended, here and at {state.name}. People can connect again; pause it too "
    ask = Confirmation(f"Cut off {state.name} for everyone?", text + "if they should not.", "Cut off", "Keep")
    return Button("Cut off everyone", ADMIN_CUT_APP, state.id, style=Style.DANGER, confirmation=ask)


def admins_only() -> Message:
    """A button of this section, pressed by somebody who is no admin."""
    return say("Only an admin of this Slack workspace can do that. Nothing was changed.")


def not_understood() -> Message:
    """A button that brings what nothing can be done with."""
    return say("Countersign did not understand that. Nothing was changed; please open the home tab again.")


def paused(app: str) -> Message:
    """To the admin."""
    return say("*{app}* is paused here. Whoever tries to act in it is told so; resume it in the home tab.", app=app)


def resumed(app: str) -> Message:
    """To the admin."""
    return say("*{app}* is resumed: people can act in it again.", app=app)


def resumed_here_alone(app: str) -> Message:
    """To the admin: an operator's pause is not theirs to end."""
    return say(
        "*{app}* stays paused: those who run Countersign paused it everywhere, and only they can resume it. "
        "This workspace's own pause, if there was one, has ended.",
        app=app,
    )


def cutting_app(app: str) -> Message:
    """To the admin, at once."""
    return say("Everybody's connection to *{app}* is being cut. You will be told how many there were.", app=app)


def app_cut_off(app: str, count: int) -> Message:
    """To the admin, when it is done."""
    if count == 0:
        return say("*{app}*: nobody was connected. Nothing had to be cut.", app=app)
    how_many = "1 connection was" if count == 1 else f"{count:,} connections were"
    return say("*{app}*: {many} cut and can't be used any more; {app} is asked to revoke.", app=app, many=how_many)


def cutting_person(user_id: str) -> Message:
    """To the admin, at once."""
    return say("{person} is being cut off. You will be told what there was.", person=Mention(user_id))


def is_paused(app: str) -> Message:
    """To a person who wants to sign in to a paused app."""
    return say("*{app}* is paused here, so nobody can sign in to it now. Please try again later.", app=app)
