"""The sandbox SAP Concur: expense reports, and an OAuth server that lives in several places.

Facts: developer.concur.com (source: github.com/SAP-docs/preview.developer.concur.com), pages named at each line.
"""

import uuid

from sandbox.apps.accounts import accounts_like
from sandbox.apps.concur.api import API, COMPANY, GEOLOCATION
from sandbox.apps.description import AppDescription, Endpoints, RefreshTokens, Revocation, TokenErrors

DAY = 24 * 3600
SIX_MONTHS = 182 * DAY

DESCRIPTION = AppDescription(
    app_id="concur",
    name="SAP Concur",
    hosts=(
        "www.concursolutions.com",
        "www-eu2.api.concursolutions.com",
        "glz.api.concursolutions.com",
        "eu2.api.concursolutions.com",
    ),
    settings={"data_center": "eu2", "company": COMPANY},
    # authentication/apidoc, Authorization grant and Base URIs: browsers at www-…, codes at the app's home, all
    # else where the person lives
    endpoints=Endpoints(
        "/oauth2/v0/authorize",
        "/oauth2/v0/token",
        authorize_host="www-eu2.api.concursolutions.com",
        code_host="glz.api.concursolutions.com",
        refresh_host="eu2.api.concursolutions.com",
        keys="/oauth2/v0/jwks",
    ),
    # apidoc, Revoking a token: all refresh tokens of the user for the app
    revocation=Revocation(
        "/app-mgmt/v0/connections",
        methods=("DELETE",),
        host="eu2.api.concursolutions.com",
        authentication="bearer",
        token_field=None,
        ends="person",
        unauthenticated=(401, {"code": 401, "message": "Unauthorized"}),
    ),
    scopes={
        "openid": "Know who you are",
        "identity.user.ids.read": "Read your user id and name",
        "identity.user.core.read": "Read your profile",
        "identity.user.coresensitive.read": "Read your e-mail addresses",
        "identity.user.enterprise.read": "Read which company you work for",
        "expense.report.read": "Read expense reports",
        "expense.report.readwrite": "Create and change your expense reports",
        "expense.report.workflowstatus.write": "Approve and send back expense reports as you",
    },
    default_scope="openid",
    accounts=accounts_like(lambda person, _place: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{GEOLOCATION}/{person.email}"))),
    install=API,
    # apidoc names no PKCE parameter
    pkce="ignored",
    beside_the_code=lambda _account: {"geolocation": GEOLOCATION},
    # apidoc: "expires_in": "3600"
    expires_in="string",
    token_extras=lambda _issued: {"geolocation": GEOLOCATION},
    # apidoc, Refreshing a token: six months; "this token can change even if most of the time, this value is the same"
    refresh=RefreshTokens(idle_seconds=SIX_MONTHS, repeats=True),
    # apidoc, Troubleshooting
    errors=TokenErrors(
        words={
            "bad_code": {"error": "invalid_grant", "error_description": "Invalid code", "code": 107},
            "bad_refresh_token": {"error": "invalid_grant", "error_description": "Bad token", "code": 108},
            "invalid_client": {"error": "invalid_client", "error_description": "Incorrect credentials", "code": 64},
        }
    ),
    issuer=GEOLOCATION,
    # apidoc, ID token
    id_token_claims=lambda account: {"sub": account.account_id, "concur.version": 2, "concur.type": "user"},
)
