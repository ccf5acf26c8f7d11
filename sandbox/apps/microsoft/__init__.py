"""The sandbox Microsoft 365: a calendar and task lists for everyone, and Microsoft's identity platform.

Facts: learn.microsoft.com, pages named at each line.
"""

import uuid

from sandbox.apps.accounts import accounts_like
from sandbox.apps.description import AppDescription, Endpoints, RefreshTokens, TokenErrors
from sandbox.apps.microsoft.api import API

DAY = 24 * 3600
TENANT = "6f1c6a3e-53f5-4a77-9d0f-0a6b2c8f1d11"

DESCRIPTION = AppDescription(
    app_id="microsoft",
    name="Microsoft 365",
    hosts=("login.microsoftonline.com", "graph.microsoft.com"),
    settings={"tenant": TENANT, "time_zone": "Europe/Berlin"},
    # entra/identity-platform/v2-oauth2-auth-code-flow
    endpoints=Endpoints(
        f"/{TENANT}/oauth2/v2.0/authorize",
        f"/{TENANT}/oauth2/v2.0/token",
        authorize_host="login.microsoftonline.com",
        code_host="login.microsoftonline.com",
        refresh_host="login.microsoftonline.com",
        keys=f"/{TENANT}/discovery/v2.0/keys",
    ),
    scopes={
        "openid": "Sign you in",
        "profile": "View your basic profile",
        "email": "View your email address",
        "offline_access": "Maintain access to data you have given it access to",
        "User.Read": "Sign you in and read your profile",
        "Calendars.ReadWrite": "Have full access to your calendars",
        "Tasks.ReadWrite": "Create, read, update and delete your tasks and task lists",
    },
    default_scope="openid",
    accounts=accounts_like(lambda person, _place: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{TENANT}/{person.email}"))),
    install=API,
    prompts=frozenset({"login", "select_account", "consent"}),
    # entra/identity-platform/refresh-tokens: 90 days; a used one is not revoked
    refresh=RefreshTokens(
        asked_by_scope="offline_access", rotates=True, grace_seconds=90 * DAY, reuse="is_refused", idle_seconds=90 * DAY
    ),
    errors=TokenErrors(
        words={
            "bad_refresh_token": {
                "error": "invalid_grant",
                "error_description": "AADSTS700082: The refresh token has expired due to inactivity.",
                "error_codes": [700082],
            }
        }
    ),
    issuer=f"https://login.microsoftonline.com/{TENANT}/v2.0",
    id_token_claims=lambda account: {"sub": account.account_id, "oid": account.account_id, "tid": TENANT},
)
