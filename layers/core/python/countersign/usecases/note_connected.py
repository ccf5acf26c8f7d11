"""Writes down that an account was connected."""

from collections.abc import Sequence

from countersign.domain.catalog import App
from countersign.domain.connection import Connection
from countersign.domain.sign_in import Intent, Leg
from countersign.ports.records import AuditLog


def note_connected(audit: AuditLog, intent: Intent, leg: Leg, connection: Connection, app: App | None) -> None:
    """From the rows alone: once for each sign-in, whoever finds it stored, and however often. Raises StoreUnavailable.

    ``leg``: whose tokens the connection holds. ``app``: as it was asked; None where it left the catalog since.
    """
    account = connection.account
    facts = {
        "app": connection.app,
        "workspace": connection.workspace,
        "account": account.id,
        "account_organisation": account.organisation or "",
        "replaced_account": leg.replaces_account,
        "scopes": " ".join(connection.scopes),
        "scopes_unasked": " ".join(_unasked(app, connection.scopes)),
        "shared": "yes" if connection.shared else "no",
        "proof": connection.proof.value,
        "trace_id": intent.trace_id,
    }
    audit.record("sign_in.connected", intent.person, facts, once=leg.id_hash)


def _unasked(app: App | None, granted: Sequence[str]) -> Sequence[str]:
    """What the app gave beyond what it was asked for; where nothing was asked, its default is what was meant."""
    asked = app.oauth.scopes if app is not None and app.oauth is not None else ()
    return [scope for scope in granted if scope not in asked] if asked else ()
