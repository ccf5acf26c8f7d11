"""Connections on DynamoDB: one row per person and app, and retired ones beside it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from countersign.adapters.dynamodb.rows import account_item, read_account, read_sealed, sealed_item, without_nothing
from countersign.adapters.dynamodb.table import Item, Table
from countersign.domain.connection import Account, Connection, Status
from countersign.domain.errors import Conflict, LeaseBusy
from countersign.domain.identity import Person
from countersign.domain.tokens import Sealed

_REVOCATION: Final = "revocation"


class DynamoConnectionStore:
    """Implements ``ports.ConnectionStore``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, person: Person, app: str) -> Connection | None:
        """The person's connection to the app, whatever its state."""
        item = self._table.get(person.key, _sk(app))
        return None if item is None else _read(item)

    def list(self, person: Person) -> Sequence[Connection]:
        """All of the person's connections, by app."""
        return [_read(item) for item in self._table.query(person.key, "app#")]

    def put(self, connection: Connection, *, replaces: int | None) -> None:
        """Write the row over version ``replaces``, or as the first one. Raises Conflict."""
        if replaces is None:
            self._table.put(_item(connection), "attribute_not_exists(pk)")
        else:
            self._table.put(_item(connection), "version = :version", {"version": replaces})

    def set_revoking(self, connection: Connection, *, now: int, due_at: int) -> None:
        """Unusable from the next consistent read on. A refresh that is under way does not bring it back."""
        same_sign_in = "sign_in = :sign_in" if connection.sign_in else "attribute_not_exists(sign_in)"
        self._table.update(
            connection.person.key,
            _sk(connection.app),
            "SET #status = :revoking, due_kind = :kind, due_at = :due_at,"
            " revoking_since = if_not_exists(revoking_since, :since)",
            f"attribute_exists(pk) AND #account.#id = :account AND {same_sign_in}",
            without_nothing(
                {
                    "revoking": Status.REVOKING.value,
                    "kind": _REVOCATION,
                    "due_at": due_at,
                    "since": now,
                    "account": connection.account.id,
                    "sign_in": connection.sign_in or None,
                }
            ),
        )

    def lease(self, connection: Connection, owner: str, until: int, now: int) -> Connection:
        """Take the refresh lease; from here on a refresh counts as sent. Raises LeaseBusy, Conflict."""
        try:
            self._table.update(
                connection.person.key,
                _sk(connection.app),
                "SET lease_owner = :owner, lease_until = :until, refresh_sent = :sent",
                "version = :version AND #status = :live"
                " AND (attribute_not_exists(lease_owner) OR lease_owner = :owner OR lease_until < :now)",
                {
                    "owner": owner,
                    "until": until,
                    "sent": True,
                    "version": connection.version,
                    "live": Status.LIVE.value,
                    "now": now,
                },
            )
        except Conflict:
            there = self.get(connection.person, connection.app)
            if there is not None and there.version == connection.version and there.leased_to_another(owner, now):
                raise LeaseBusy(f"{connection.app}: another worker is refreshing") from None
            raise
        leased = self.get(connection.person, connection.app)
        if leased is None or leased.version != connection.version:
            raise Conflict("another connection came while this one was leased")
        return leased

    def save_refreshed(self, connection: Connection, owner: str) -> None:
        """Store refreshed tokens over the version before, whatever the status has become meanwhile."""
        change = "SET sealed = :sealed, version = :version"
        if connection.expires_at is not None:
            change += ", expires_at = :expires_at"
        removed = "lease_owner, lease_until, refresh_sent" + (", expires_at" if connection.expires_at is None else "")
        values = {
            "sealed": sealed_item(connection.sealed),
            "version": connection.version,
            "before": connection.version - 1,
            "owner": owner,
            "expires_at": connection.expires_at,
        }
        self._table.update(
            connection.person.key,
            _sk(connection.app),
            f"{change} REMOVE {removed}",
            "version = :before AND lease_owner = :owner",
            without_nothing(values),
        )

    def needs_sign_in(self, connection: Connection) -> None:
        """Mark as ended at the app, unless it moved or another worker's refresh is under way."""
        try:
            self._table.update(
                connection.person.key,
                _sk(connection.app),
                "SET #status = :ended REMOVE lease_owner, lease_until, refresh_sent",
                "version = :version AND #status = :live"
                " AND (attribute_not_exists(lease_owner) OR lease_owner = :owner)",
                {
                    "ended": Status.NEEDS_SIGN_IN.value,
                    "version": connection.version,
                    "live": Status.LIVE.value,
                    "owner": connection.lease_owner or "",
                },
            )
        except Conflict:
            return

    def release(self, connection: Connection, owner: str, *, in_doubt: bool) -> None:
        """Give the lease back. Not ours any more is no error."""
        try:
            self._table.update(
                connection.person.key,
                _sk(connection.app),
                "SET refresh_sent = :in_doubt REMOVE lease_owner, lease_until",
                "lease_owner = :owner",
                {"in_doubt": in_doubt, "owner": owner},
            )
        except Conflict:
            return

    def touch(self, connection: Connection, now: int) -> None:
        """Note the last use; the row having moved is no error."""
        try:
            self._table.update(
                connection.person.key,
                _sk(connection.app),
                "SET last_used_at = :now",
                "version = :version",
                {"now": now, "version": connection.version},
            )
        except Conflict:
            return

    def retire(self, connection: Connection, *, now: int, due_at: int) -> None:
        """Keep tokens aside, REVOKING, until housekeeping ended them at the app."""
        retired = replace(connection, status=Status.REVOKING, revoking_since=now, retired=True)
        self._table.put(_item(retired) | {"due_kind": _REVOCATION, "due_at": due_at})

    def delete(self, connection: Connection) -> bool:
        """Remove the row, retired or not, if it is REVOKING and still holds this version; True if it did."""
        values = {"version": connection.version, "revoking": Status.REVOKING.value}
        try:
            self._table.delete(
                connection.person.key, _row(connection), "version = :version AND #status = :revoking", values
            )
        except Conflict:
            return False
        return True

    def due(self, now: int, limit: int) -> Sequence[Connection]:
        """Revocations whose time has come."""
        return self._table.due(_REVOCATION, now, limit, _read)

    def postpone(self, connection: Connection, due_at: int, *, failed: bool = False) -> None:
        """Try its revocation again later. Gone meanwhile is no error."""
        values: Item = {"due_at": due_at, "version": connection.version, "revoking": Status.REVOKING.value}
        change, condition = "SET due_at = :due_at", "version = :version AND #status = :revoking"
        if failed:
            change, values = f"{change}, revocation_failed = :failed", values | {"failed": True}
        try:
            self._table.update(connection.person.key, _row(connection), change, condition, values)
        except Conflict:
            return


def _sk(app: str) -> str:
    return f"app#{app}"


def _row(connection: Connection) -> str:
    if connection.retired:
        return f"retired#{connection.app}#{connection.version}#{connection.connected_at}"
    return _sk(connection.app)


def _item(connection: Connection) -> Item:
    return without_nothing(
        {
            "pk": connection.person.key,
            "sk": _row(connection),
            "app": connection.app,
            "workspace": connection.workspace,
            "account": account_item(connection.account),
            "status": connection.status.value,
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
            "revocation_failed": connection.revocation_failed or None,
            "sign_in": connection.sign_in or None,
        }
    )


def _read(item: Item) -> Connection:
    return Connection(
        person=Person.from_key(item["pk"]),
        workspace=item["workspace"],
        app=item["app"],
        account=_there(read_account(item["account"])),
        status=Status(item["status"]),
        version=item["version"],
        sealed=_there(read_sealed(item["sealed"])),
        scopes=tuple(item["scopes"]),
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
    )


def _there[T: (Account, Sealed)](value: T | None) -> T:
    if value is None:
        raise Conflict("a connection's row lacks its account or tokens")
    return value
