"""Who is connected as which account of an app: notes beside the sign-ins, and never the account's id itself."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from countersign.adapters.dynamodb.table import Table
from countersign.domain.connection import Connection
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person

_MOST: Final = 1_000
"""People of one account that are told from each other: a password that so many share is known as shared."""


class AccountNotes:
    """Two rows for each: one to find everybody of an account, one to find all that is noted of a person.

    The second is written first and goes last, so that whatever is noted can be found again when its person leaves.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def hold(self, connection: Connection) -> Sequence[Person]:
        """Note it, and nothing else of its owner and app any more; everybody who is noted for the account by now."""
        owner, place = connection.person.key, _place(connection)
        self._table.put({"pk": _of(connection), "sk": place})
        self._table.put({"pk": place, "sk": owner})
        self._drop(connection, keep=place)
        return [Person.from_key(item["sk"]) for item in self._table.query(place, limit=_MOST)]

    def let_go(self, connection: Connection) -> bool:
        """Forget whatever is noted of its owner and app; False where that was nothing."""
        return self._drop(connection, keep="")

    def _drop(self, connection: Connection, *, keep: str) -> bool:
        places = [item["sk"] for item in self._table.query(_of(connection)) if item["sk"] != keep]
        for place in places:
            self._delete(place, connection.person.key)
            self._delete(_of(connection), place)
        return bool(places)

    def _delete(self, pk: str, sk: str) -> None:
        with suppress(Conflict):
            self._table.delete(pk, sk, "attribute_exists(pk)", {})


def _of(connection: Connection) -> str:
    """Where what is noted of an owner and an app stands."""
    return f"holds#{connection.person.key}#{connection.app}"


def _place(connection: Connection) -> str:
    """Where everybody of a tenant who is connected as this account stands."""
    account = hashlib.sha256(connection.account.id.encode()).hexdigest()
    return f"account#{connection.person.tenant}#{connection.app}#{account}"
