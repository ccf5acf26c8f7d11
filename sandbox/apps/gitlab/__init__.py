"""The sandbox GitLab: merge requests with approvals, notes and issues, and Doorkeeper's OAuth server.

Facts: GitLab's documentation and source (gitlab-org/gitlab), paths named at each line.
"""

from sandbox.apps.accounts import accounts_like
from sandbox.apps.description import AppDescription, Endpoints, IssuedFor, Json, RefreshTokens, Revocation
from sandbox.apps.gitlab.api import API


def token_extras(issued: IssuedFor) -> Json:
    """doc/api/oauth2.md: `created_at` beside the RFC's members."""
    return {"created_at": int(issued.issued_at)}


DESCRIPTION = AppDescription(
    app_id="gitlab",
    name="GitLab",
    hosts=("gitlab.acme.com",),
    settings={"host": "gitlab.acme.com"},
    endpoints=Endpoints("/oauth/authorize", "/oauth/token"),
    # doc/api/oauth2.md, revoke: client credentials in the form; 200 and {} also for what is not live (RFC 7009 2.2); a
    # stranger gets 403 (Doorkeeper's tokens_controller)
    revocation=Revocation(
        "/oauth/revoke",
        authentication="client_secret_post",
        ends="grant",
        success=(200, {}),
        unauthenticated=(
            403,
            {"error": "unauthorized_client", "error_description": "You are not authorized to revoke this token"},
        ),
    ),
    # doc/integration/oauth_provider.md
    scopes={
        "api": "Access the API on your behalf",
        "read_api": "Read the API",
        "read_user": "Read your personal information",
    },
    default_scope="api",
    accounts=accounts_like(lambda _person, place: str(40 + place), lambda person: person.email.partition("@")[0]),
    install=API,
    code_seconds=600,
    # "Invalidates the existing access_token and refresh_token"; "The redirect_uri must match": doc/api/oauth2.md
    refresh=RefreshTokens(rotates=True, reuse="is_refused", ends_access_token=True, needs_redirect_uri=True),
    token_extras=token_extras,
    token_wording=lambda answer: answer | {"token_type": "Bearer"},
)
