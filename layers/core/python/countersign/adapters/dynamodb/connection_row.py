"""A connection as a row: its keys, its attributes, its place in the due index."""

from typing import Final

from countersign.adapters.dynamodb.reading import checked, listed
from countersign.adapters.dynamodb.rows import account_item, read_account, read_sealed, sealed_item, without_nothing
from countersign.adapters.dynamodb.table import Item
from countersign.domain.connection import Account, Connection, CutBy, Status
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person
from countersign.domain.proof import Proof
from countersign.domain.tokens import Sealed

REVOCATION: Final = "revocation"
UPKEEP: Final = "upkeep"


def upkeep_place(connection: Connection) -> Item:
    """Its place in the due index; none for what is being revoked, whose place is another."""
    if connection.status is Status.REVOKING:
        return {}
    due = connection.upkeep_at is not None
    return {"due_kind": UPKEEP if due else None, "due_at": connection.upkeep_at}


def update_expression(changes: Item) -> str:
    """An update expression: attributes that are None are removed, the others set."""
    names = {name: f"#{name}" if name == "status" else name for name in changes}
    kept = ", ".join(f"{names[name]} = :{name}" for name, value in changes.items() if value is not None)
    gone = ", ".join(names[name] for name, value in changes.items() if value is None)
    return " ".join(filter(None, (f"SET {kept}" if kept else "", f"REMOVE {gone}" if gone else "")))


def sort_key(app: str) -> str:
    """Where the one connection to an app stands among its owner's rows."""
    return f"app#{app}"


def standing(workspace: str, status: Status | None = None) -> str:
    """Where it stands among the connections to its app: by workspace, then by state. None: where all states begin."""
    return f"{workspace}#{status.value if status else ''}"


def row_key(connection: Connection) -> str:
    """Where this very connection stands: retired ones beside the present one."""
    if connection.retired:
        return f"retired#{connection.app}#{connection.version}#{connection.connected_at}"
    return sort_key(connection.app)


def connection_item(connection: Connection) -> Item:
    """The row to write."""
    return without_nothing(
        {
            "pk": connection.person.key,
            "sk": row_key(connection),
            "app": connection.app,
            "workspace": connection.workspace,
            "tenant": connection.person.tenant,
            "account": account_item(connection.account),
            "status": connection.status.value,
            "standing": standing(connection.workspace, connection.status),
            "version": connection.version,
            "sealed": sealed_item(connection.sealed),
            "scopes": list(connection.scopes),
            "expires_at": connection.expires_at,
            "connected_at": connection.connected_at,
            "last_used_at": connection.last_used_at,
            "lease_owner": connection.lease_owner,
            "lease_until": connection.lease_until or None,
            "refresh_sent": connection.refresh_sent or None,
            "revoking_since": connection.revoking_since,
            "cut_by": connection.cut_by,
            "revocation_failed": connection.revocation_failed or None,
            "sign_in": connection.sign_in or None,
            "site": connection.site or None,
            "steward": connection.steward.key if connection.steward else None,
            "refreshed_at": connection.refreshed_at,
            "warned": connection.warned or None,
            "proof": connection.proof.value,
            "own_address": connection.own_address or None,
            **upkeep_place(connection),
        }
    )


@checked
def read_connection(item: Item) -> Connection:
    """The connection again; what an earlier version wrote lacks what came since. Raises Unreadable."""
    return Connection(
        person=Person.from_key(item["pk"]),
        workspace=item["workspace"],
        app=item["app"],
        account=_there(read_account(item["account"])),
        status=Status(item["status"]),
        version=item["version"],
        sealed=_there(read_sealed(item["sealed"])),
        scopes=tuple(listed(item["scopes"])),
        expires_at=item.get("expires_at"),
        connected_at=item["connected_at"],
        last_used_at=item.get("last_used_at"),
        lease_owner=item.get("lease_owner"),
        lease_until=item.get("lease_until", 0),
        refresh_sent=item.get("refresh_sent", False),
        revoking_since=item.get("revoking_since"),
        revocation_failed=item.get("revocation_failed", False),
        retired=item["sk"].startswith("retired#"),
        sign_in=item.get("sign_in", ""),
        site=item.get("site", ""),
        steward=Person.from_key(item["steward"]) if "steward" in item else None,
        refreshed_at=item.get("refreshed_at"),
        upkeep_at=item["due_at"] if item.get("due_kind") == UPKEEP else None,
        warned=item.get("warned", False),
        proof=Proof(item.get("proof", Proof.SIWS)),
        cut_by=CutBy(item["cut_by"]) if "cut_by" in item else None,
        own_address=item.get("own_address", False),
    )


def _there[T: (Account, Sealed)](value: T | None) -> T:
    if value is None:
        raise Conflict("a connection's row lacks its account or tokens")
    return value
