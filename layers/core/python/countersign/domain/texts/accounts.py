"""How an account is named wherever people read who acted: on cards, in history, in replies."""

from collections.abc import Sequence

from countersign.domain.connection import Connection


def acting_as(connection: Connection) -> str:
    """``josie@acme.com``; of a shared connection ``the workspace's integration@acme.com``, which is nobody's own."""
    label = connection.account.label
    return f"the workspace's {label}" if connection.shared else label


def there(label: str, app: str) -> str:
    """``josie@acme.com in ServiceNow``; just ``the workspace's HubSpot account 7`` where that names the app already."""
    return label if f"{app} account" in label else f"{label} in {app}"


def together(labels: Sequence[str]) -> str:
    """Accounts in several apps; what is the same is said once."""
    return "; ".join(dict.fromkeys(filter(None, labels)))


def on_card(label: str, *, shared: bool) -> str:
    """What stands on a card behind the person's name: "by @josie (as the workspace's …)", where it was not as her."""
    return f"as {label}" if shared else label
