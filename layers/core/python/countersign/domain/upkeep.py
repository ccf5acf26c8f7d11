"""What housekeeping does for a connection that nobody uses: renews it in time, and says in time that it will end.

All figures are the app file's (``refresh_idle_days``, ``refresh_max_days``); all times epoch seconds.
"""

from typing import Final

from countersign.domain.catalog import OAuth
from countersign.domain.connection import Connection, Status

DAY: Final = 86_400


def ends_at(connection: Connection, oauth: OAuth | None) -> int | None:
    """When its refresh token ends whatever is done; None where the app names no such end."""
    if oauth is None or oauth.refresh_max_days is None:
        return None
    return connection.connected_at + oauth.refresh_max_days * DAY


def renew_at(connection: Connection, oauth: OAuth | None) -> int | None:
    """When its refresh token must be used, or it lapses: at three quarters of the time that it may rest.

    None where it does not lapse, and where it ends before that anyway.
    """
    if oauth is None or oauth.refresh_idle_days is None:
        return None
    used_at = max(connection.connected_at, connection.refreshed_at or 0)
    at = used_at + oauth.refresh_idle_days * DAY * 3 // 4
    end = ends_at(connection, oauth)
    return None if end is not None and at >= end else at


def warn_at(connection: Connection, oauth: OAuth | None) -> int | None:
    """When its person is told that it will end: a tenth of its life before, at least a day. None: not, or told."""
    end = ends_at(connection, oauth)
    if end is None or connection.warned:
        return None
    return end - max(DAY, (end - connection.connected_at) // 10)


def upkeep_at(connection: Connection, oauth: OAuth | None) -> int | None:
    """When to look after a connection next; None: never. A shared one that has ended is due at once, to be told of."""
    if connection.status is Status.NEEDS_SIGN_IN:
        return 0 if connection.shared else None
    if connection.status is Status.REVOKING:
        return None
    times = [at for at in (renew_at(connection, oauth), warn_at(connection, oauth)) if at is not None]
    return min(times, default=None)
