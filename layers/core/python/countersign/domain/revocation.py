"""When tokens that nobody uses any more may be revoked without ending those that somebody does."""

from countersign.domain.catalog import App
from countersign.domain.connection import Connection, Status


def may_revoke(app: App, account_id: str | None, *, beside: Connection | None) -> bool:
    """Whether revoking left-over tokens leaves the person's present connection alone.

    Some apps end the one token family that is named, others everything between this account and us: then nothing may
    be revoked while a connection to the same account lives.

    Args:
        app: whose revocation it is; False where it has none.
        account_id: of the left-over tokens; None where the app never said.
        beside: the person's connection to the app as it is now.
    """
    revocation = app.oauth.revocation if app.oauth else None
    if revocation is None:
        return False
    if revocation.ends == "token" or beside is None or beside.status is not Status.LIVE:
        return True
    return account_id is not None and account_id != beside.account.id
