"""What is said about forms."""

from collections.abc import Sequence
from typing import Final

from countersign.domain.catalog import Procedure, Recipe
from countersign.domain.message import Button, Buttons, Form, Message, Note, Paragraph, Style, Text, Value
from countersign.domain.texts.names import CONNECT_OPEN, FORM_LOAD, FORM_OPEN


def form_not_opened(recipe: Recipe, procedure: Procedure, *, on_card: bool) -> Message:
    """Chat did not open the form in time; what to press."""
    if on_card:
        text = Text(
            "The form did not open. Nothing was done: please press *{label}* again.", {"label": procedure.label}
        )
        return Message(text, (Paragraph(text),))
    text = Text("The form of *{title}* did not open. Nothing was done.", {"title": recipe.title})
    button = Button("Fill in the form", FORM_OPEN, recipe.id, style=Style.PRIMARY)
    return Message(text, (Paragraph(text), Buttons((button,))))


RECIPE_GONE: Final = Text("Countersign doesn't know this recipe any more. Nothing was done.")
NOT_SHOWN: Final = Text("This form can't be shown here. Nothing was done. Please tell the person who runs Countersign.")
NOT_SEALED: Final = "This could not be locked away just now, so nothing was sent. Please try again in a minute."
STRANGER: Final = Text("Countersign belongs to another organisation, so it can't act for you here. Nothing was done.")


def loading(title: str, apps: Sequence[str], state: str) -> Form:
    """Stands there at once, while the choices are read."""
    text = Text("Loading choices from *{apps}*…", {"apps": " and ".join(apps)})
    note = Text("This takes a few seconds. If nothing comes, close this and start again.")
    return Form(title, None, (), state, (Paragraph(text), Note(note)))


def to_connect(title: str, app: str, link: tuple[str, str] | None, state: str, unfit: str = "") -> Form:
    """The choices are the person's own, so they sign in first.

    ``link``: address and id; None: too many are open. ``unfit``: why what they are connected as may not be used.
    """
    if link is None:
        text = Text(
            "You have too many links to connect apps that you have not used to the end. Use the newest for *{app}*; or "
            "wait ten minutes, and then come back.",
            {"app": app},
        )
        return _not_loaded(title, text, state)
    url, value = link
    text = Text(
        "{why} Please sign in to *{app}* once, in your own browser, and then press *Load the choices*.",
        {"app": app, "why": unfit or f"What you can choose here is what {app} lets you see."},
    )
    return _not_loaded(title, text, state, Button(f"Connect {app}", CONNECT_OPEN, value, url, Style.PRIMARY))


def not_shared(title: str, app: str, state: str) -> Form:
    """The workspace's own connection is missing, and this person can't mend that."""
    text = Text(
        "*{app}* is not connected for this workspace. Please ask an admin of Countersign to connect it.", {"app": app}
    )
    return _not_loaded(title, text, state)


def refused(title: str, app: str, message: str, state: str) -> Form:
    """The app did not give the choices to this person."""
    values: dict[str, Value] = {"app": app, "said": message}
    return _not_loaded(title, Text("*{app}* did not give you the choices. It said: “{said}”", values), state)


def not_answered(title: str, app: str, state: str) -> Form:
    """The app was not there."""
    return _not_loaded(title, Text("*{app}* did not answer. Please try again in a minute.", {"app": app}), state)


def paused(title: str, app: str, state: str) -> Form:
    """An admin paused the app."""
    return _not_loaded(title, Text("*{app}* is paused here. Please try again later.", {"app": app}), state)


def nothing_to_choose(title: str, app: str, label: str, state: str) -> Form:
    """A list without an entry: the form could not be sent."""
    values: dict[str, Value] = {"app": app, "label": label}
    return _not_loaded(title, Text("*{app}* has nothing to choose for you at “{label}”.", values), state)


def cannot_load(title: str, why: str, state: str) -> Form:
    """Anything else; ``why`` is a whole sentence."""
    return _not_loaded(title, Text("{why}", {"why": why}), state)


def closed(title: str, why: Text, state: str) -> Form:
    """Nothing can be asked here any more."""
    return Form(title, None, (), state, (Paragraph(why),))


def _not_loaded(title: str, text: Text, state: str, *buttons: Button) -> Form:
    again = Button("Load the choices" if buttons else "Try again", FORM_LOAD)
    return Form(title, None, (), state, (Paragraph(text), Buttons((*buttons, again))))
