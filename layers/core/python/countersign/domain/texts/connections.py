"""What is said about connections, and their end."""

from collections.abc import Mapping, Sequence

from countersign.domain.connection import Connection, Status
from countersign.domain.message import (
    Block,
    Button,
    Buttons,
    Confirmation,
    Divider,
    Heading,
    Message,
    Moment,
    Paragraph,
    Style,
    Text,
    Value,
)
from countersign.domain.texts.names import CARD_OPEN, CONNECTIONS_CONNECT, CONNECTIONS_DISCONNECT
from countersign.domain.texts.say import say


def connections(rows: Sequence[Connection], names: Mapping[str, str]) -> Message:
    """What a person has connected, and what they could. ``names``: app id → name, of every app of the catalog."""
    blocks: list[Block] = [Heading("Your connections")]
    by_app = {row.app: row for row in rows}
    for position, row in enumerate(rows):
        blocks += [Divider()] if position else []
        blocks += [Paragraph(_connection_line(row, names.get(row.app, row.app))), _connection_buttons(row, names)]
    missing = [app for app in names if app not in by_app]
    if not rows:
        blocks.append(Paragraph(Text("You have not connected anything yet. You are asked when you first act.")))
    if missing:
        blocks += [Divider()] if rows else []
        blocks.append(Buttons([Button(f"Connect {names[app]}", CONNECTIONS_CONNECT, app) for app in missing[:25]]))
    return Message(Text("Your connections"), blocks)


def _connection_line(row: Connection, name: str) -> Text:
    values: dict[str, Value] = {"app": name, "label": row.account.label, "since": Moment(row.connected_at)}
    template = {
        Status.LIVE: "*{app}* as {label}\nConnected {since}",
        Status.NEEDS_SIGN_IN: "*{app}* as {label}\nEnded at {app}; sign in again to use it",
        Status.REVOKING: "*{app}* as {label}\nDisconnected; being revoked at {app}",
    }[row.status]
    if row.account.organisation:
        template = template.replace("{label}", "{label} ({organisation})", 1)
        values["organisation"] = row.account.organisation
    if row.status is Status.LIVE and row.last_used_at:
        template += ", last used {used}"
        values["used"] = Moment(row.last_used_at)
    return Text(template, values)


def _connection_buttons(row: Connection, names: Mapping[str, str]) -> Block:
    name = names.get(row.app, row.app)
    if row.status is Status.REVOKING:
        return Buttons((Button(f"Connect {name} again", CONNECTIONS_CONNECT, row.app),))
    again = Button("Reconnect", CONNECTIONS_CONNECT, row.app)
    if row.status is Status.NEEDS_SIGN_IN:
        again = Button("Reconnect", CONNECTIONS_CONNECT, row.app, style=Style.PRIMARY)
    return Buttons((again, disconnect_button(name, row.app, "Disconnect")))


def disconnect_button(app: str, app_id: str, label: str) -> Button:
    """*Disconnect*, which asks once."""
    ask = Confirmation(
        f"Disconnect {app}?",
        f"Countersign can no longer act as you in {app}, from now on. You can connect again at any time.",
        "Disconnect",
        "Keep",
    )
    return Button(label, CONNECTIONS_DISCONNECT, app_id, style=Style.DANGER, confirmation=ask)


def nothing_connected(app: str) -> Message:
    """Disconnect of what is not there."""
    return say("You have no connection to *{app}*. Nothing was changed.", app=app)


def changed_meanwhile(app: str) -> Message:
    """Disconnect while another sign-in to the same app ended."""
    return say(
        "Your connection to *{app}* changed this very moment. Nothing was disconnected; please look again.", app=app
    )


def disconnecting(app: str) -> Message:
    """At once, while the revocation is on its way."""
    return say("*{app}* is disconnected: Countersign can't use it any more.", app=app)


def revoked(app: str) -> Message:
    """The whole truth: gone here and there."""
    return say("*{app}*: removed here, and revoked at {app}.", app=app)


def not_revocable(app: str, url: str | None) -> Message:
    """The app has no revocation call."""
    if url is None:
        return say(
            "*{app}*: removed here. {app} has no revoke call; remove Countersign there yourself, in your account.",
            app=app,
        )
    text = Text("*{app}*: removed here. {app} has no revoke call; remove it there yourself.", {"app": app})
    blocks = (Paragraph(text), Buttons((Button(f"Open {app}"[:75], CARD_OPEN, url=url),)))
    return Message(Text("{app}: removed here", {"app": app}), blocks)


def revocation_goes_on(app: str, until: int) -> Message:
    """The app did not answer."""
    return say(
        "*{app}*: removed here. {app} did not answer, so it may still be live there; we keep trying until {until}.",
        app=app,
        until=Moment(until),
    )


def revocation_gave_up(app: str, url: str | None) -> Message:
    """A day of trying did not help."""
    text = Text("*{app}*: removed here, but {app} never answered. Please remove it there yourself.", {"app": app})
    buttons = (Buttons((Button(f"Open {app}"[:75], CARD_OPEN, url=url),)),) if url else ()
    return Message(Text("{app}: please remove the access there", {"app": app}), (Paragraph(text), *buttons))
