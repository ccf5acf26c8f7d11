"""Writes down that an account was connected."""

from countersign.domain.connection import Connection
from countersign.domain.sign_in import Intent, Leg
from countersign.ports import AuditLog


def note_connected(audit: AuditLog, intent: Intent, leg: Leg, connection: Connection) -> None:
    """From the rows alone: once for each sign-in, whoever finds it stored, and however often. Raises StoreUnavailable.

    ``leg``: whose tokens the connection holds.
    """
    account = connection.account
    facts = {
        "app": connection.app,
        "workspace": connection.workspace,
        "account": account.id,
        "account_organisation": account.organisation or "",
        "replaced_account": leg.replaces_account,
        "scopes": " ".join(connection.scopes),
        "shared": "yes" if connection.shared else "no",
        "proof": connection.proof.value,
        "trace_id": intent.trace_id,
    }
    audit.record("sign_in.connected", intent.person, facts, once=leg.id_hash)
