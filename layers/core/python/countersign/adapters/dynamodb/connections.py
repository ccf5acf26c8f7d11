"""Connections on DynamoDB: one row per person and app, and retired ones beside it."""

from collections.abc import Sequence
from dataclasses import replace

from countersign.adapters.dynamodb.account_notes import AccountNotes
from countersign.adapters.dynamodb.connection_row import (
    REVOCATION,
    UPKEEP,
    connection_item,
    read_connection,
    row_key,
    sort_key,
    standing,
    update_expression,
    upkeep_place,
)
from countersign.adapters.dynamodb.rows import sealed_item, without_nothing
from countersign.adapters.dynamodb.table import Item, Table
from countersign.domain.connection import Connection, CutBy, Status
from countersign.domain.errors import Conflict, LeaseBusy
from countersign.domain.identity import Person


class DynamoConnectionStore:
    """Implements ``ports.stores.ConnectionStore``.

    Its table holds connections alone, one row each; ``notes`` are those of the sign-ins' table.
    """

    def __init__(self, table: Table, notes: Table) -> None:
        self._table = table
        self._notes = AccountNotes(notes)

    def get(self, person: Person, app: str) -> Connection | None:
        """The person's connection to the app, whatever its state."""
        item = self._table.get(person.key, sort_key(app))
        return None if item is None else read_connection(item)

    def list(self, person: Person) -> Sequence[Connection]:
        """All of the person's connections, by app."""
        return [read_connection(item) for item in self._table.query(person.key, "app#")]

    def places(self, person: Person) -> Sequence[tuple[str, str]]:
        """App and workspace of each that isn't being revoked, whether the rest of its row can be read or not."""
        usable = [item for item in self._table.query(person.key, "app#") if item.get("status") != Status.REVOKING]
        return [(item["sk"].removeprefix("app#"), str(item.get("workspace", ""))) for item in usable]

    def put(self, connection: Connection, *, replaces: int | None, account: str = "") -> None:
        """Write the row over version ``replaces``, or as the first one. Raises Conflict."""
        if replaces is None:
            self._table.put(connection_item(connection), "attribute_not_exists(pk)")
            return
        of_account = " AND #account.#id = :account" if account else ""
        values = without_nothing({"version": replaces, "account": account or None})
        self._table.put(connection_item(connection), f"version = :version{of_account}", values)

    def set_revoking(
        self,
        connection: Connection,
        *,
        now: int,
        due_at: int,
        steward: Person | None = None,
        cut_by: CutBy | None = None,
    ) -> None:
        """Unusable from the next consistent read on. A refresh that is under way does not bring it back."""
        same_sign_in = "sign_in = :sign_in" if connection.sign_in else "attribute_not_exists(sign_in)"
        change = (
            "SET #status = :revoking, standing = :standing, due_kind = :kind, due_at = :due_at,"
            " revoking_since = if_not_exists(revoking_since, :since)"
        )
        change += ", steward = :steward" if steward else ""
        change += ", cut_by = if_not_exists(cut_by, :cut_by)" if cut_by else ""
        self._table.update(
            connection.person.key,
            sort_key(connection.app),
            change,
            f"attribute_exists(pk) AND #account.#id = :account AND {same_sign_in}",
            without_nothing(
                {
                    "revoking": Status.REVOKING.value,
                    "standing": standing(connection.workspace, Status.REVOKING),
                    "kind": REVOCATION,
                    "due_at": due_at,
                    "since": now,
                    "account": connection.account.id,
                    "sign_in": connection.sign_in or None,
                    "steward": steward.key if steward else None,
                    "cut_by": cut_by,
                }
            ),
        )

    def lease(self, connection: Connection, owner: str, until: int, now: int) -> Connection:
        """Take the refresh lease; from here on a refresh counts as sent. Raises LeaseBusy, Conflict."""
        try:
            self._table.update(
                connection.person.key,
                sort_key(connection.app),
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
        tokens: Item = {
            "sealed": sealed_item(connection.sealed),
            "version": connection.version,
            "refreshed_at": connection.refreshed_at,
            "expires_at": connection.expires_at,
        }
        gone: Item = dict.fromkeys(("lease_owner", "lease_until", "refresh_sent"))
        try:
            self._save_over(connection, owner, {**tokens, **gone, **upkeep_place(connection)}, status=Status.LIVE)
        except Conflict:  # cut meanwhile, it may be: then what is due is its revocation, and stays so
            self._save_over(connection, owner, {**tokens, **gone}, status=None)

    def _save_over(self, connection: Connection, owner: str, changes: Item, *, status: Status | None) -> None:
        values = {"before": connection.version - 1, "owner": owner, "status": status.value if status else None}
        self._table.update(
            connection.person.key,
            sort_key(connection.app),
            update_expression(changes),
            "version = :before AND lease_owner = :owner" + (" AND #status = :status" if status else ""),
            without_nothing({**values, **changes}),
        )

    def save_cut(self, connection: Connection) -> None:
        """Store refreshed tokens of a cut connection over the version before. Raises Conflict."""
        changes: Item = {
            "sealed": sealed_item(connection.sealed),
            "version": connection.version,
            "expires_at": connection.expires_at,
        }
        self._table.update(
            connection.person.key,
            sort_key(connection.app),
            update_expression(changes),
            "version = :before AND #status = :cut",
            without_nothing({**changes, "before": connection.version - 1, "cut": Status.REVOKING.value}),
        )

    def needs_sign_in(self, connection: Connection) -> None:
        """Mark as ended at the app, unless it moved or another worker's refresh is under way."""
        ended = replace(connection, status=Status.NEEDS_SIGN_IN, upkeep_at=0 if connection.shared else None)
        changes: Item = {
            "status": ended.status.value,
            "standing": standing(ended.workspace, ended.status),
            **dict.fromkeys(("lease_owner", "lease_until", "refresh_sent")),
            **upkeep_place(ended),
        }
        values = {"before": connection.version, "live": Status.LIVE.value, "owner": connection.lease_owner or ""}
        try:
            self._table.update(
                connection.person.key,
                sort_key(connection.app),
                update_expression(changes),
                "version = :before AND #status = :live AND (attribute_not_exists(lease_owner) OR lease_owner = :owner)",
                without_nothing({**values, **changes}),
            )
        except Conflict:
            return

    def release(self, connection: Connection, owner: str, *, in_doubt: bool) -> None:
        """Give the lease back. Not ours any more is no error."""
        try:
            self._table.update(
                connection.person.key,
                sort_key(connection.app),
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
                sort_key(connection.app),
                "SET last_used_at = :now",
                "version = :version",
                {"now": now, "version": connection.version},
            )
        except Conflict:
            return

    def retire(self, connection: Connection, *, now: int, due_at: int) -> None:
        """Keep tokens aside, REVOKING, until housekeeping ended them at the app."""
        retired = replace(connection, status=Status.REVOKING, revoking_since=now, retired=True)
        self._table.put(connection_item(retired) | {"due_kind": REVOCATION, "due_at": due_at})

    def delete(self, connection: Connection) -> bool:
        """Remove the row, retired or not, if it is REVOKING and still holds this version; True if it did.

        Its note goes first: after a crash in between the row is still due, and nothing of its person is left over.
        """
        noted = not connection.retired and self._notes.let_go(connection)
        values = {"version": connection.version, "revoking": Status.REVOKING.value}
        try:
            self._table.delete(
                connection.person.key, row_key(connection), "version = :version AND #status = :revoking", values
            )
        except Conflict:
            if noted:
                self._note_again(connection)
            return False
        return True

    def _note_again(self, connection: Connection) -> None:
        """Its person connected again meanwhile, it may be, or newer tokens came."""
        there = self.get(connection.person, connection.app)
        if there is not None:
            self._notes.hold(there)

    def hold_account(self, connection: Connection) -> Sequence[Person]:
        """Two who come at once see each other, because each writes before it reads."""
        return self._notes.hold(connection)

    def due(self, now: int, limit: int) -> Sequence[Connection]:
        """Revocations whose time has come."""
        return self._table.due(REVOCATION, now, limit, read_connection)

    def upkeep_due(self, now: int, limit: int) -> Sequence[Connection]:
        """Connections that housekeeping must look after now."""
        return self._table.due(UPKEEP, now, limit, read_connection)

    def claim_upkeep(self, connection: Connection, *, now: int, until: int) -> bool:
        """Take it up, and let others look again at ``until``: True for exactly one caller."""
        condition = "version = :version AND due_kind = :kind AND due_at <= :now"
        values = {"version": connection.version, "kind": UPKEEP, "now": now, "until": until}
        try:
            self._table.update(
                connection.person.key, sort_key(connection.app), "SET due_at = :until", condition, values
            )
        except Conflict:
            return False
        return True

    def plan_upkeep(self, connection: Connection) -> None:
        """Write when to look after it next, and whether its person was warned; the row having moved is no error."""
        changes: Item = {"warned": connection.warned or None, **upkeep_place(connection)}
        values = {"before": connection.version, "was": connection.status.value}
        try:
            self._table.update(
                connection.person.key,
                sort_key(connection.app),
                update_expression(changes),
                "version = :before AND #status = :was",
                without_nothing({**values, **changes}),
            )
        except Conflict:
            return

    def postpone(self, connection: Connection, due_at: int, *, failed: bool = False) -> None:
        """Try its revocation again later. Gone meanwhile is no error."""
        values: Item = {"due_at": due_at, "version": connection.version, "revoking": Status.REVOKING.value}
        change, condition = "SET due_at = :due_at", "version = :version AND #status = :revoking"
        if failed:
            change, values = f"{change}, revocation_failed = :failed", values | {"failed": True}
        try:
            self._table.update(connection.person.key, row_key(connection), change, condition, values)
        except Conflict:
            return
