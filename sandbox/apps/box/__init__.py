"""The sandbox Box: files with review tasks, and an OAuth server with Box's habits.

Facts: developer.box.com and Box's OpenAPI description (github.com/box/box-openapi), pages named at each line.
"""

from sandbox.apps.accounts import accounts_like
from sandbox.apps.box.api import API
from sandbox.apps.description import AppDescription, Endpoints, Json, RefreshTokens, Revocation, TokenErrors

DAY = 24 * 3600


def token_wording(answer: Json) -> Json:
    """`bearer` in small letters, `restricted_to` always there, and no scope: reference/resources/access-token."""
    worded = {name: value for name, value in answer.items() if name != "scope"}
    return worded | {"token_type": "bearer", "restricted_to": []}


DESCRIPTION = AppDescription(
    app_id="box",
    name="Box",
    hosts=("app.box.com", "account.box.com", "api.box.com"),
    # box-openapi /authorize, /oauth2/token
    endpoints=Endpoints(
        "/api/oauth2/authorize",
        "/oauth2/token",
        authorize_host="account.box.com",
        code_host="api.box.com",
        refresh_host="api.box.com",
    ),
    # box-openapi /oauth2/revoke: the client says who it is; 200, 400 for what is not right
    revocation=Revocation(
        "/oauth2/revoke",
        host="api.box.com",
        authentication="client_secret_post",
        ends="grant",
        missing_token=(400, {"error": "invalid_request", "error_description": "Token is missing"}),
        unknown_token=(400, {"error": "invalid_token", "error_description": "Invalid token"}),
        unauthenticated=(400, {"error": "invalid_client", "error_description": "The client credentials are invalid"}),
    ),
    scopes={"root_readwrite": "Read and write all files and folders", "root_readonly": "Read all files and folders"},
    default_scope="root_readwrite",
    accounts=accounts_like(lambda _person, place: str(22_000_000_000 + place)),
    install=API,
    # guides/api-calls/permissions-and-errors/expiration
    code_seconds=30,
    refresh=RefreshTokens(idle_seconds=60 * DAY, rotates=True, reuse="is_refused"),
    # box-openapi /authorize names no PKCE parameter
    pkce="ignored",
    token_wording=token_wording,
    errors=TokenErrors(
        words={
            "bad_code": {
                "error": "invalid_grant",
                "error_description": "The authorization code has expired",
            },
            "bad_refresh_token": {
                "error": "invalid_grant",
                "error_description": "Refresh token has expired",
            },
            "invalid_client": {
                "error": "invalid_client",
                "error_description": "The client credentials are invalid",
            },
        },
        statuses={"invalid_client": 400},
    ),
)
