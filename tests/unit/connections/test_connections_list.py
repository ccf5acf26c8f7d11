"""The list of connections stays whole and pleasant with every app of a large catalog."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.adapters.slack.block_kit import MESSAGE_BLOCKS, message_json
from countersign.domain.connection import Account, Connection, Status
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.message import Paragraph
from countersign.domain.texts.connections_list import AppEntry, connections_list
from countersign.domain.tokens import Sealed
from tests.support.memory_chat import buttons, filled

JOSIE, OWNER = Person("T0ACME", "U0JOSIE"), shared_owner(Workspace("T0ACME"))
SEALED = Sealed("key", b"", b"", b"")


def entries(connected: int, missing: int, owner: Person = JOSIE, **changes: Any) -> list[AppEntry]:
    plain = {"status": Status.LIVE, "version": 1, "sealed": SEALED, "scopes": (), "expires_at": None, "connected_at": 1}
    names = [f"app{number:02}" for number in range(connected + missing)]
    rows = [
        Connection(owner, "T0ACME", name, Account(name, name, name), **{**plain, **changes})
        for name in names[:connected]
    ]
    found = [AppEntry(row.app, row.app.title(), [f"Recipe of {row.app}"], row) for row in rows]
    return found + [AppEntry(name, name.title(), [f"Recipe of {name}"]) for name in names[connected:]]


def texts(message: Any) -> list[str]:
    return [filled(block.text) for block in message.blocks if isinstance(block, Paragraph)]


@pytest.mark.parametrize("shared", [0, 1, 4])
@pytest.mark.parametrize("connected", range(16))
def test_fifteen_apps_are_shown_whole_within_slacks_limit(connected: int, shared: int) -> None:
    message = connections_list(entries(connected, 15 - connected), entries(shared, 0, OWNER), "Acme")

    drawn = message_json(message)["blocks"]
    assert len(drawn) <= MESSAGE_BLOCKS
    assert "more" not in str(drawn[-1])
    pressed = {(button.action, button.value) for button in buttons(message)}
    assert {value for action, value in pressed if action == "connections.connect"} == {f"app{n:02}" for n in range(15)}


def test_what_is_paused_is_not_among_the_buttons_of_many() -> None:
    many = [replace(entry, paused=entry.id == "app49") for entry in entries(10, 40)]
    labels = [button.label for button in buttons(connections_list(many, [], ""))]
    assert ("Connect App48" in labels, "Connect App49" in labels) == (True, False)


def test_forty_apps_that_are_not_connected_have_their_buttons_together() -> None:
    message = connections_list(entries(10, 40), [], "")

    assert len(message_json(message)["blocks"]) <= MESSAGE_BLOCKS
    assert len([button for button in buttons(message) if button.label.startswith("Connect ")]) == 40


def test_what_is_connected_comes_first_and_then_what_a_recipe_waits_for() -> None:
    own = entries(1, 2)

    message = connections_list([own[1], own[0], own[2]], [], "")

    labels = [button.label for button in buttons(message)]
    assert labels == ["Reconnect", "Disconnect", "Connect App01", "Connect App02"]
    offers = ["*App01*: Recipe of app01", "*App02*: Recipe of app02"]
    assert texts(message)[1:] == ["*Connect another app*", *offers]


def test_who_has_nothing_yet_is_told_so() -> None:
    assert texts(connections_list(entries(0, 1), [], ""))[:2] == [
        "You have not connected anything yet. You are asked when you first act.",
        "*Connect an app*",
    ]


def test_a_connection_whose_app_was_switched_off_can_only_be_cut() -> None:
    (entry,) = entries(1, 0)
    off = AppEntry(entry.id, entry.id, [], entry.connection, enabled=False)

    assert [button.label for button in buttons(connections_list([off], [], ""))] == ["Disconnect"]


def test_one_that_is_being_revoked_there_too_has_nothing_to_press() -> None:
    (entry,) = entries(1, 0, status=Status.REVOKING)
    off = AppEntry(entry.id, entry.id, [], entry.connection, enabled=False)

    assert buttons(connections_list([off], [], "")) == []


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.LIVE, "\nFor Recipe of app00"),
        (Status.NEEDS_SIGN_IN, "nothing that needs it works until you reconnect"),
        (Status.REVOKING, "Disconnected; being revoked at App00"),
    ],
)
def test_a_shared_one_says_how_it_stands(status: Status, said: str) -> None:
    message = connections_list([], entries(1, 0, OWNER, status=status, steward=JOSIE), "Acme")

    assert any(said in text for text in texts(message))


def test_cutting_a_shared_one_is_asked_about_with_what_will_stop() -> None:
    message = connections_list([], entries(1, 0, OWNER), "Acme")

    cut = buttons(message)[-1]
    assert cut.confirmation is not None
    assert (cut.action, cut.confirmation.title) == ("connections.disconnect_shared", "Disconnect App00 for everyone?")
    assert "Recipe of app00: no longer works for anybody." in cut.confirmation.text
