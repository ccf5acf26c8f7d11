"""The list of connections: a person's own, what else they could connect, and for admins the workspace's shared ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from countersign.domain.connection import Connection, Status
from countersign.domain.message import (
    Block,
    Button,
    Buttons,
    Confirmation,
    Divider,
    Heading,
    Mention,
    Message,
    Moment,
    Paragraph,
    Style,
    Text,
    Value,
)
from countersign.domain.texts.connections import CODE_ALONE, disconnect_button
from countersign.domain.texts.names import (
    CONNECTIONS_CONNECT,
    CONNECTIONS_CONNECT_SHARED,
    CONNECTIONS_DISCONNECT_SHARED,
)

ROOM: Final = 48
"""Blocks of a list that Slack still shows whole (50 in a message); then what can be connected moves together."""

_PAUSED: Final = "Paused here: until it is resumed, nothing is done in it and nobody can sign in to it"


@dataclass(frozen=True, slots=True)
class AppEntry:
    """An app of the list: its connection, if there is one, and the titles of the recipes that act in it.

    ``enabled``: it is in the catalog, so that it can be connected (again).
    ``paused``: not now, and nothing is done in it meanwhile.
    """

    id: str
    name: str
    recipes: Sequence[str]
    connection: Connection | None = None
    enabled: bool = True
    paused: bool = False


def connections_list(own: Sequence[AppEntry], shared: Sequence[AppEntry], workspace: str) -> Message:
    """What a person has connected, and what they could. ``shared`` is for admins alone, and else empty."""
    blocks: list[Block] = [Heading("Your connections")]
    connected, missing = _parted(own)
    for entry, row in connected:
        cut = disconnect_button(entry.name, entry.id, "Disconnect")
        blocks += [Paragraph(_own_line(entry, row)), *_buttons(entry, row, CONNECTIONS_CONNECT, cut)]
    if not connected:
        blocks.append(Paragraph(Text("You have not connected anything yet. You are asked when you first act.")))
    section = _shared_section(shared, workspace) if shared else []
    if missing:
        title = "*Connect another app*" if connected else "*Connect an app*"
        blocks += [Divider(), Paragraph(Text(title))]
        blocks += _offers(missing, CONNECTIONS_CONNECT, room=ROOM - len(blocks) - len(section))
    return Message(Text("Your connections"), [*blocks, *section])


def _parted(entries: Sequence[AppEntry]) -> tuple[list[tuple[AppEntry, Connection]], list[AppEntry]]:
    connected = [(entry, entry.connection) for entry in entries if entry.connection is not None]
    return connected, [entry for entry in entries if entry.connection is None]


def _offers(missing: Sequence[AppEntry], action: str, *, room: int) -> list[Block]:
    """A row for each app with what it is good for; where there is no room for that, the buttons alone."""
    if len(missing) > room:
        buttons = [_offer_button(entry, action) for entry in missing if not entry.paused]
        return [Buttons(buttons)] if buttons else []
    return [Paragraph(_offer(one), None if one.paused else _offer_button(one, action)) for one in missing]


def _offer(entry: AppEntry) -> Text:
    template = "*{app}*: {recipes}" + (f"\n{_PAUSED}" if entry.paused else "")
    return Text(template, {"app": entry.name, "recipes": ", ".join(entry.recipes)})


def _offer_button(entry: AppEntry, action: str) -> Button:
    return Button(f"Connect {entry.name}", action, entry.id)


def _own_line(entry: AppEntry, row: Connection) -> Text:
    template = {
        Status.LIVE: "*{app}* as {label}\nConnected {since}",
        Status.NEEDS_SIGN_IN: "*{app}* as {label}\nEnded at {app}; sign in again to use it",
        Status.REVOKING: "*{app}* as {label}\nDisconnected; being revoked at {app}",
    }[row.status]
    return _line(template, entry, row)


def _line(template: str, entry: AppEntry, row: Connection) -> Text:
    values: dict[str, Value] = {"app": entry.name, "label": row.account.label, "since": Moment(row.connected_at)}
    if row.account.where:
        template = template.replace("{label}", "{label} ({organisation})", 1)
        values["organisation"] = row.account.where
    if row.steward is not None:
        values["admin"] = Mention(row.steward.user_id)
    if row.status is Status.LIVE and row.last_used_at:
        template += ", last used {used}"
        values["used"] = Moment(row.last_used_at)
    if entry.paused and row.status is not Status.REVOKING:
        template += f"\n{_PAUSED}"
    if not row.proof.asks_slack:
        template += f"\n{CODE_ALONE}"
    return Text(template, values)


def _buttons(entry: AppEntry, row: Connection, connect: str, cut: Button) -> list[Block]:
    """What can be done with a connection; one to an app that left the catalog can only be cut."""
    cut_already = row.status is Status.REVOKING
    loud = Style.PRIMARY if row.status is Status.NEEDS_SIGN_IN else Style.PLAIN
    label = f"Connect {entry.name} again" if cut_already else "Reconnect"
    again = [Button(label, connect, entry.id, style=loud)] if entry.enabled and not entry.paused else []
    row_of = [*again, *([] if cut_already else [cut])]
    return [Buttons(row_of)] if row_of else []


def _shared_section(entries: Sequence[AppEntry], workspace: str) -> list[Block]:
    """The workspace's own connections, with what stops when one is cut."""
    connected, missing = _parted(entries)
    about = "Recipes act with these for everyone, as the account named here. Only admins see this."
    blocks: list[Block] = [Divider(), Heading(f"Shared connections of {workspace}"), Paragraph(Text(about))]
    for entry, row in connected:
        buttons = _buttons(entry, row, CONNECTIONS_CONNECT_SHARED, _cut(entry))
        blocks += [Paragraph(_shared_line(entry, row)), *buttons]
    return [*blocks, *_offers(missing, CONNECTIONS_CONNECT_SHARED, room=len(missing))]


def _shared_line(entry: AppEntry, row: Connection) -> Text:
    by = " by {admin}" if row.steward is not None else ""
    template = {
        Status.LIVE: f"*{{app}}* as {{label}}\nConnected {{since}}{by}",
        Status.NEEDS_SIGN_IN: "*{app}* as {label}\nEnded at {app}; nothing that needs it works until you reconnect",
        Status.REVOKING: "*{app}* as {label}\nDisconnected; being revoked at {app}",
    }[row.status]
    line = _line(template, entry, row)
    if not entry.recipes:
        return Text(f"{line.template}\nNo recipe needs it any more", line.values)
    return Text(f"{line.template}\nFor {{recipes}}", {**line.values, "recipes": ", ".join(entry.recipes)})


def _cut(entry: AppEntry) -> Button:
    stops = f"{', '.join(entry.recipes)}: no longer works for anybody." if entry.recipes else "No recipe needs it."
    ask = Confirmation(
        f"Disconnect {entry.name} for everyone?",
        f"{stops} An admin can connect it again at any time.",
        "Disconnect",
        "Keep",
    )
    return Button("Disconnect", CONNECTIONS_DISCONNECT_SHARED, entry.id, style=Style.DANGER, confirmation=ask)
