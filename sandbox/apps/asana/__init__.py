"""The sandbox Asana: approval tasks in one project, and its OAuth server.

Facts: developers.asana.com/docs/oauth and Asana's OpenAPI description (github.com/Asana/openapi), by path or schema.
"""

from sandbox.apps.accounts import accounts_like
from sandbox.apps.asana.api import API
from sandbox.apps.description import AppDescription, Endpoints, IssuedFor, Json, Revocation


def token_extras(issued: IssuedFor) -> Json:
    """docs/oauth, token exchange: `data` names the person."""
    account = issued.account
    return {"data": {"gid": account.account_id, "name": account.name, "email": account.email}}


DESCRIPTION = AppDescription(
    app_id="asana",
    name="Asana",
    hosts=("app.asana.com",),
    endpoints=Endpoints("/-/oauth_authorize", "/-/oauth_token"),
    # docs/oauth, token deauthorization: the client in the form; a refresh token takes its access tokens along
    revocation=Revocation(
        "/-/oauth_revoke",
        authentication="client_secret_post",
        ends="grant",
        success=(200, {}),
        missing_token=(400, {"error": "invalid_request", "error_description": "token is missing"}),
        unauthenticated=(401, {"error": "invalid_client"}),
    ),
    # components/securitySchemes/oauth2
    scopes={
        "default": "Access to everything that you can do",
        "users:read": "View access to users",
        "tasks:read": "View access to tasks",
        "tasks:write": "Create and modify access to tasks",
    },
    default_scope="default",
    accounts=accounts_like(lambda _person, place: str(1_204_000_000_000_000 + place)),
    install=API,
    code_seconds=300,
    # docs/oauth: a refresh answers an access token alone
    token_extras=token_extras,
    token_wording=lambda answer: answer | {"token_type": "bearer"},
)
