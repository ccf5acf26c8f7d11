"""Installations on DynamoDB: one row per workspace, all in one partition; and installations under way."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from countersign.adapters.dynamodb.reading import checked, listed, readable
from countersign.adapters.dynamodb.rows import without_nothing
from countersign.adapters.dynamodb.table import Item, Table
from countersign.domain.errors import Conflict
from countersign.domain.identity import Workspace
from countersign.domain.installation import Installation, InstallState

MOST: Final = 10_000
"""Workspaces that one deployment can list; they share a partition, and change a few times a year."""
_ALL: Final = "installations"
_FIRST: Final = "first"


class DynamoInstallationStore:
    """Implements ``ports.stores.InstallationStore``. The bots' tokens stand beside, as connections."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, workspace_id: str) -> Installation | None:
        """What is known of a workspace, removed or not."""
        item = self._table.get(_ALL, workspace_id)
        return None if item is None else _read(item)

    def list(self) -> Sequence[Installation]:
        """All, removed ones too, by id."""
        return [_read(item) for item in self._table.query(_ALL, limit=MOST)]

    def put(self, installation: Installation) -> None:
        """Write it over any that was made, and removed, before. Raises Conflict."""
        self._table.put(
            _item(installation),
            "(attribute_not_exists(installed_at) OR installed_at <= :at)"
            " AND (attribute_not_exists(gone_at) OR gone_at < :at)",
            {"at": installation.installed_at},
        )

    def mark_gone(self, workspace_id: str, organisation: str | None, at: int) -> Installation:
        """Note the latest removal: an event that comes late or twice changes nothing."""
        values = without_nothing({"at": at, "organisation": organisation})
        change = "SET gone_at = :at" + (", organisation = :organisation" if organisation else "")
        with suppress(Conflict):  # this removal or a later one is noted already
            self._table.update(_ALL, workspace_id, change, "attribute_not_exists(gone_at) OR gone_at < :at", values)
        there = self.get(workspace_id)
        if there is None:
            raise Conflict("an installation's row went while it was marked")
        return there

    def mark_joined(self, workspace_id: str, organisation: str) -> None:
        """Note the organisation of a workspace that is known."""
        with suppress(Conflict):
            values = {"organisation": organisation}
            self._table.update(_ALL, workspace_id, "SET organisation = :organisation", "attribute_exists(pk)", values)

    def first(self, workspace_id: str) -> str:
        """The first workspace ever, which stays it."""
        try:
            self._table.put({"pk": _FIRST, "sk": _FIRST, "workspace": workspace_id}, "attribute_not_exists(pk)")
        except Conflict:
            there = self._table.get(_FIRST, _FIRST)
            with readable("first workspace"):
                return str(there["workspace"]) if there else workspace_id
        return workspace_id

    def put_state(self, state: InstallState) -> None:
        """Write a new installation under way."""
        row = {
            "pk": f"state#{state.id_hash}",
            "sk": "state",
            "cookie": state.cookie_hash,
            "redirect_uri": state.redirect_uri,
            "expires_at": state.expires_at,
            "ttl": state.expires_at + 86_400,
        }
        self._table.put(row, "attribute_not_exists(pk)")

    def get_state(self, id_hash: str) -> InstallState | None:
        """One under way, spent or not."""
        item = self._table.get(f"state#{id_hash}", "state")
        return None if item is None else _read_state(id_hash, item)

    def consume_state(self, state: InstallState) -> bool:
        """Spend it: True for exactly one caller."""
        condition = "attribute_exists(pk) AND attribute_not_exists(spent)"
        try:
            self._table.update(f"state#{state.id_hash}", "state", "SET spent = :yes", condition, {"yes": True})
        except Conflict:
            return False
        return True


def _item(installation: Installation) -> Item:
    return without_nothing(
        {
            "pk": _ALL,
            "sk": installation.workspace.id,
            "organisation": installation.workspace.organisation,
            "name": installation.name,
            "app": installation.app_id,
            "bot_user": installation.bot_user,
            "installed_by": installation.installed_by,
            "scopes": list(installation.scopes),
            "installed_at": installation.installed_at,
            "gone_at": installation.gone_at,
        }
    )


@checked
def _read(item: Item) -> Installation:
    """A row; one that only a removal wrote knows little more than when that was."""
    return Installation(
        workspace=Workspace(item["sk"], item.get("organisation")),
        name=str(item.get("name", item["sk"])),
        app_id=item.get("app", ""),
        bot_user=item.get("bot_user", ""),
        installed_by=item.get("installed_by", ""),
        scopes=tuple(listed(item.get("scopes", ()))),
        installed_at=item.get("installed_at", 0),
        gone_at=item.get("gone_at"),
    )


@checked
def _read_state(id_hash: str, item: Item) -> InstallState:
    return InstallState(id_hash, item["cookie"], item["redirect_uri"], item["expires_at"])
