"""What came through a workspace, over the ``tenant-index`` of three tables. Keys only: the rows are read one by one."""

from collections.abc import Sequence
from contextlib import suppress

from countersign.adapters.dynamodb.table import Table
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person


class DynamoBelongings:
    """Implements ``ports.stores.Belongings``."""

    def __init__(self, connections: Table, sign_ins: Table, cards: Table) -> None:
        self._connections, self._sign_ins, self._cards = connections, sign_ins, cards

    def connections(
        self, tenant: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[tuple[Person, str]], str | None]:
        """Whose, and to which app. Retired ones are on their way out already."""
        keys, following = self._connections.page_of_tenant(tenant, workspace, after, limit)
        return [(Person.from_key(pk), sk.removeprefix("app#")) for pk, sk in keys if sk.startswith("app#")], following

    def intents(
        self, tenant: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[str], str | None]:
        """By the hash of their links."""
        keys, following = self._sign_ins.page_of_tenant(tenant, workspace, after, limit)
        return [pk.removeprefix("intent#") for pk, _ in keys], following

    def cards(
        self, tenant: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[str], str | None]:
        """By id."""
        keys, following = self._cards.page_of_tenant(tenant, workspace, after, limit)
        return [pk.removeprefix("card#") for pk, _ in keys], following

    def forget_card(self, card_id: str) -> None:
        """Remove its row."""
        with suppress(Conflict):
            self._cards.delete(f"card#{card_id}", "card", "attribute_exists(pk)", {})
