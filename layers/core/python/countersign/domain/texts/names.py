"""Names of the buttons: what a click says it wants. Kept where the texts and the routing both read them."""

from typing import Final

CARD_CHOOSE: Final = "card.choose"
CARD_OPEN: Final = "card.open"
CONNECT_OPEN: Final = "connect.open"
FORM_OPEN: Final = "form.open"
FORM_LOAD: Final = "form.load"
"""Reads the choices of the form that it stands in."""
CONNECTIONS_SHOW: Final = "connections.show"
CONNECTIONS_CONNECT: Final = "connections.connect"
CONNECTIONS_DISCONNECT: Final = "connections.disconnect"
CONNECTIONS_CONNECT_SHARED: Final = "connections.connect_shared"
CONNECTIONS_DISCONNECT_SHARED: Final = "connections.disconnect_shared"
ACTION_RETRY: Final = "action.retry"
ACTION_HAPPENED: Final = "action.happened"
ACTION_NOT_HAPPENED: Final = "action.not_happened"
