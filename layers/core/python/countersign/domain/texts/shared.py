"""What is said about shared connections, to the admins who look after them and to everybody else."""

from collections.abc import Sequence
from typing import Final

from countersign.domain.message import Button, Buttons, Message, Moment, Note, Paragraph, Style, Text
from countersign.domain.texts.names import CONNECT_OPEN, CONNECTIONS_CONNECT_SHARED
from countersign.domain.texts.say import say
from countersign.domain.texts.sign_in import LINK_NOTE

NO_GUESTS: Final = Text(
    "This acts with your workspace's own connection, and guests may not use it. Nothing was done. "
    "Please ask somebody of the company to do it."
)
OTHER_WORKSPACE: Final = Text(
    "This belongs to another workspace of your organisation, and is done with that workspace's connection. "
    "Nothing was done. Please open it in that workspace."
)
_FOR_EVERYONE: Final = (
    "You connect *{app}* for everyone in {workspace}: {recipes} will act there as the account that you sign in with. "
    "Take one that belongs to the workspace, not to a person."
)


def shared_prompt(app: str, workspace: str, recipes: Sequence[str], url: str, value: str) -> Message:
    """Asks an admin, in private, to sign in for the workspace. The link is in the button only, never in text."""
    text = Text(_FOR_EVERYONE, {"app": app, "workspace": workspace, "recipes": ", ".join(recipes)})
    button = Button(f"Connect {app}", CONNECT_OPEN, value, url, Style.PRIMARY)
    summary = Text("Connect {app} for everyone in {workspace}", {"app": app, "workspace": workspace})
    return Message(summary, (Paragraph(text), Buttons((button,)), Note(LINK_NOTE)))


def shared_connected(app: str, label: str) -> Message:
    """To the admin, after the sign-in."""
    return say(
        "*{app}* is connected for everyone here, as {label}. Recipes that need it work now.", app=app, label=label
    )


def admins_only(app: str) -> Message:
    """A button of the shared connections, pressed by somebody who may not."""
    return say(
        "Only an admin of this Slack workspace can connect or disconnect *{app}* for everyone. Nothing was changed.",
        app=app,
    )


def nothing_shared(app: str) -> Message:
    """Disconnect of a shared connection that is not there."""
    return say("There is no shared connection to *{app}*. Nothing was changed.", app=app)


def shared_ended(app: str, app_id: str, label: str) -> Message:
    """To the admin who connected it, once."""
    text = Text(
        "The shared connection to *{app}* as {label} has ended there. Recipes that need it don't work until an admin "
        "connects it again.",
        {"app": app, "label": label},
    )
    return _with_reconnect(Text("{app} has to be connected again", {"app": app}), text, app, app_id)


def shared_ends_soon(app: str, app_id: str, label: str, at: int) -> Message:
    """To the admin who connected it, once, in time."""
    text = Text(
        "The shared connection to *{app}* as {label} ends {at}, whatever is done: {app} sets that limit. "
        "Connect it again before then, and nobody notices.",
        {"app": app, "label": label, "at": Moment(at)},
    )
    return _with_reconnect(Text("{app} has to be connected again soon", {"app": app}), text, app, app_id)


def _with_reconnect(summary: Text, text: Text, app: str, app_id: str) -> Message:
    button = Button(f"Reconnect {app}"[:75], CONNECTIONS_CONNECT_SHARED, app_id, style=Style.PRIMARY)
    return Message(summary, (Paragraph(text), Buttons((button,))))
