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


_SEVERAL: Final = 2
_PLACE: Final = "account#{tenant}#"


class AccountNotes:
    """Two rows for each: one to find everybody of an account, one to find all that is noted of a person.

    And one for each account that several people are connected as, so that whoever looks after them can see it.

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
        owners = [Person.from_key(item["sk"]) for item in self._table.query(place, limit=_MOST)]
        if len(owners) >= _SEVERAL:
            self._table.put({"pk": _several(connection.person.tenant), "sk": _account(connection)})
            self._forget_several(connection.person.tenant, place)  # another may have let go of it this very moment
        return owners

    def of_several(self, tenant: str) -> frozenset[str]:
        """Which accounts several people are connected as, in the words of ``named``."""
        return frozenset(item["sk"] for item in self._table.query(_several(tenant), limit=_MOST))

    def named(self, connection: Connection) -> str:
        """The app and the account of a connection, as ``of_several`` says them: nobody can read the account from it."""
        return _account(connection)

    def let_go(self, connection: Connection) -> bool:
        """Forget whatever is noted of its owner and app; False where that was nothing."""
        return self._drop(connection, keep="")

    def _drop(self, connection: Connection, *, keep: str) -> bool:
        places = [item["sk"] for item in self._table.query(_of(connection)) if item["sk"] != keep]
        for place in places:
            self._delete(place, connection.person.key)
            self._delete(_of(connection), place)
            self._forget_several(connection.person.tenant, place)
        return bool(places)

    def _forget_several(self, tenant: str, place: str) -> None:
        """Unless there are several still."""
        if len(self._table.query(place, limit=_SEVERAL)) < _SEVERAL:
            self._delete(_several(tenant), place.removeprefix(_PLACE.format(tenant=tenant)))

    def _delete(self, pk: str, sk: str) -> None:
        with suppress(Conflict):
            self._table.delete(pk, sk, "attribute_exists(pk)", {})


def _of(connection: Connection) -> str:
    """Where what is noted of an owner and an app stands."""
    return f"holds#{connection.person.key}#{connection.app}"


def _several(tenant: str) -> str:
    """Where the accounts that several people are connected as stand."""
    return f"several#{tenant}"


def _account(connection: Connection) -> str:
    """An account of an app, without saying which."""
    return f"{connection.app}#{hashlib.sha256(connection.account.id.encode()).hexdigest()}"


def _place(connection: Connection) -> str:
    """Where everybody of a tenant who is connected as this account stands."""
    return _PLACE.format(tenant=connection.person.tenant) + _account(connection)
