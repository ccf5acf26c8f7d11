"""The sandbox HubSpot: deals, and an OAuth server whose tokens carry the app's rights.

Facts: HubSpot's OpenAPI descriptions (github.com/HubSpot/HubSpot-public-api-spec-collection), by path, and
developers.hubspot.com, pages named at each line.
"""

from sandbox.apps.accounts import accounts_like
from sandbox.apps.description import (
    FOREVER,
    AppDescription,
    Endpoints,
    Introspection,
    IssuedFor,
    Json,
    RefreshTokens,
    Revocation,
    TokenErrors,
)
from sandbox.apps.grants import Grant
from sandbox.apps.hubspot.api import API, HUB_ID

ERROR = {"status": "error", "correlationId": "00000000-0000-0000-0000-000000000000"}


def token_extras(issued: IssuedFor) -> Json:
    """Auth/Oauth v3, AccessTokenResponse: which account, who let the app in, and the scopes as a list."""
    named = {"hub_id": HUB_ID, "user_id": int(issued.account.account_id), "token_use": "access_token"}
    return named | {"scopes": issued.scope.split()}


def token_wording(answer: Json) -> Json:
    """The same schema has no `scope`."""
    return {name: value for name, value in answer.items() if name != "scope"} | {"token_type": "bearer"}


def introspected(grant: Grant, ends_at: float) -> Json:
    """POST /oauth/v3/token/introspect: of a token that lives, the refresh token without an end."""
    named = {"hub_id": HUB_ID, "user_id": int(grant.account.account_id), "user": grant.account.email}
    own = named | {"active": True, "scopes": grant.scope.split()}
    return own if ends_at == FOREVER else own | {"exp": int(ends_at)}


DESCRIPTION = AppDescription(
    app_id="hubspot",
    name="HubSpot",
    hosts=("app.hubspot.com", "api.hubapi.com"),
    settings={"account": str(HUB_ID)},
    endpoints=Endpoints(
        "/oauth/authorize",
        "/oauth/v3/token",
        authorize_host="app.hubspot.com",
        code_host="api.hubapi.com",
        refresh_host="api.hubapi.com",
    ),
    # POST /oauth/v3/token/revoke: the client in the form
    revocation=Revocation(
        "/oauth/v3/token/revoke",
        host="api.hubapi.com",
        authentication="client_secret_post",
        ends="grant",
        success=(204, None),
        missing_token=(400, ERROR | {"message": "missing or invalid token", "category": "VALIDATION_ERROR"}),
        unauthenticated=(401, ERROR | {"message": "missing or invalid client", "category": "BAD_CLIENT_SECRET"}),
    ),
    introspection=Introspection("/oauth/v3/token/introspect", introspected, host="api.hubapi.com"),
    scopes={
        "oauth": "Basic access",
        "crm.objects.deals.read": "View deals",
        "crm.objects.deals.write": "Create and change deals",
    },
    default_scope="oauth",
    # working-with-oauth: an unknown scope is an error on the page
    # working-with-oauth: the page always shows what is asked for, and the accounts to choose from
    always_asks=True,
    accounts=accounts_like(lambda _person, place: str(9_100 + place)),
    install=API,
    code_seconds=600,
    # schema AccessTokenResponse: refresh_token is required in every answer
    refresh=RefreshTokens(repeats=True),
    token_extras=token_extras,
    token_wording=token_wording,
    errors=TokenErrors(
        words={
            "bad_refresh_token": ERROR | {"error": "invalid_grant", "message": "missing or invalid refresh token"},
            "bad_code": ERROR | {"error": "invalid_grant", "message": "missing or invalid auth code"},
        },
    ),
)
