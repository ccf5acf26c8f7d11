"""Who calls a REST route: the account whose access token stands in the request."""

from flask import request

from sandbox.apps.audit import Caller
from sandbox.apps.state import current


def bearer_caller(scope: str | None = None) -> Caller | None:
    """The caller by `Authorization: Bearer` (RFC 6750 section 2.1), or None: no token, expired, ended, locked out.

    With `scope`, the grant must have it too.
    """
    state = current()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    grant = state.grants.by_access_token(token.strip()) if scheme.lower() == "bearer" else None
    if grant is None or (scope and scope not in grant.scope.split()):
        return None
    account = state.directory.by_id(grant.account.account_id)
    return Caller(account, grant.client_id) if account else None
