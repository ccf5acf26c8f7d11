"""The sandbox Jira: service requests with approvals, issues and projects, and Atlassian's OAuth server.

Facts: developer.atlassian.com/cloud, pages named at each line; 3LO = jira/platform/oauth-2-3lo-apps.
"""

import uuid

from sandbox.apps.accounts import accounts_like
from sandbox.apps.description import AppDescription, Endpoints, RefreshTokens, TokenErrors
from sandbox.apps.jira.api import API

DAY = 24 * 3600

DESCRIPTION = AppDescription(
    app_id="jira",
    name="Jira",
    hosts=("acme.atlassian.net", "auth.atlassian.com", "api.atlassian.com"),
    settings={"site": "acme"},
    # 3LO
    endpoints=Endpoints(
        "/authorize",
        "/oauth/token",
        authorize_host="auth.atlassian.com",
        code_host="auth.atlassian.com",
        refresh_host="auth.atlassian.com",
    ),
    # jira/platform/scopes-for-oauth-2-3LO-and-forge-apps
    scopes={
        "offline_access": "Do this while you are away",
        "read:me": "View your user profile",
        "read:jira-work": "View Jira issue data",
        "write:jira-work": "Create and manage issues",
        "read:servicedesk-request": "View requests of Jira Service Management",
        "write:servicedesk-request": "Create and manage requests of Jira Service Management",
    },
    default_scope="read:me",
    accounts=accounts_like(lambda person, _place: f"712020:{uuid.uuid5(uuid.NAMESPACE_URL, person.email)}"),
    install=API,
    # 3LO: "audience" and "prompt" are required
    required_parameters={"audience": "api.atlassian.com", "prompt": "consent"},
    prompts=frozenset({"consent"}),
    # 3LO: the body is JSON
    token_body="json",  # noqa: S106 - a media type
    # community.developer.atlassian.com/t/54172: rotating, 10 minutes of leeway, 90 days unused, 365 in all
    refresh=RefreshTokens(
        asked_by_scope="offline_access",
        rotates=True,
        grace_seconds=600,
        idle_seconds=90 * DAY,
        seconds=365 * DAY,
    ),
    # nango.dev/blog/jira-oauth-refresh-token-invalid-grant: 403
    errors=TokenErrors(
        statuses={"invalid_grant": 403},
        words={
            "bad_refresh_token": {"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."}
        },
    ),
)
