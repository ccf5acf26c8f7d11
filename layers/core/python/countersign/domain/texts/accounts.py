"""How an account is named wherever people read who acted: on cards, in history, in replies."""

from countersign.domain.connection import Connection


def acting_as(connection: Connection) -> str:
    """``josie@acme.com``; of a shared connection ``the workspace's integration@acme.com``, which is nobody's own."""
    label = connection.account.label
    return f"the workspace's {label}" if connection.shared else label


def on_card(label: str, *, shared: bool) -> str:
    """What stands on a card behind the person's name: "by @josie (as the workspace's …)", where it was not as her."""
    return f"as {label}" if shared else label
