"""The sandbox GitHub: pull requests, deployments and issues, and a GitHub App's OAuth server.

Facts: docs.github.com, pages named at each line. The app is a GitHub App with expiring user tokens.
"""

from sandbox.apps.accounts import accounts_like
from sandbox.apps.description import AppDescription, Endpoints, Json, RefreshTokens, Revocation, TokenErrors
from sandbox.apps.github.api import API

HALF_A_YEAR = 15_897_600


def token_wording(answer: Json) -> Json:
    """generating-a-user-access-token-for-a-github-app: `bearer`; `scope` is always empty."""
    return answer | {"token_type": "bearer", "scope": ""}


DESCRIPTION = AppDescription(
    app_id="github",
    name="GitHub",
    hosts=("github.com", "api.github.com"),
    endpoints=Endpoints(
        "/login/oauth/authorize",
        "/login/oauth/access_token",
        authorize_host="github.com",
        code_host="github.com",
        refresh_host="github.com",
    ),
    # rest/apps/oauth-applications: DELETE /applications/{client_id}/grant ends all tokens of the person
    revocation=Revocation(
        "/applications/<client_id>/grant",
        methods=("DELETE",),
        host="api.github.com",
        authentication="client_secret_basic",
        token_field="access_token",  # noqa: S106 - a field's name
        ends="person",
        success=(204, None),
        missing_token=(422, {"message": "Validation Failed"}),
        unknown_token=(404, {"message": "Not Found"}),
        unauthenticated=(401, {"message": "Bad credentials"}),
    ),
    # A GitHub App has permissions, not scopes: what is asked for is ignored.
    unknown_scope="ignored",
    # authorizing-oauth-apps: select_account is the only prompt
    prompts=frozenset({"select_account"}),
    accounts=accounts_like(
        lambda _person, place: str(58_301_000 + place), lambda person: person.email.partition("@")[0]
    ),
    install=API,
    code_seconds=600,
    access_token_prefix="ghu_",  # noqa: S106 - how they all begin
    # refreshing-user-access-tokens: both tokens of the pair before stop working
    refresh=RefreshTokens(seconds=HALF_A_YEAR, rotates=True, reuse="is_refused", ends_access_token=True),
    token_extras=lambda _issued: {"refresh_token_expires_in": HALF_A_YEAR},
    token_wording=token_wording,
    answers_forms=True,
    # troubleshooting-oauth-app-access-token-request-errors: HTTP 200, whatever is wrong
    errors=TokenErrors(
        statuses={"*": 200},
        words={
            "bad_code": {
                "error": "bad_verification_code",
                "error_description": "The code passed is incorrect or expired.",
            },
            "bad_refresh_token": {
                "error": "bad_refresh_token",
                "error_description": "The refresh token passed is incorrect or expired.",
            },
            "invalid_client": {
                "error": "incorrect_client_credentials",
                "error_description": "The client_id and/or client_secret passed are incorrect.",
            },
        },
    ),
)
