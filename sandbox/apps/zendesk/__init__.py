"""The sandbox Zendesk: tickets with idempotency keys and safe updates, and its OAuth server, which speaks JSON.

Facts: developer.zendesk.com, pages named at each line.
"""

from sandbox.apps.accounts import accounts_like
from sandbox.apps.description import AppDescription, Endpoints, RefreshTokens, TokenErrors
from sandbox.apps.zendesk.api import API

DAY = 24 * 3600
DESCRIPTION = AppDescription(
    app_id="zendesk",
    name="Zendesk",
    hosts=("acme.zendesk.com",),
    settings={"subdomain": "acme"},
    endpoints=Endpoints("/oauth/authorizations/new", "/oauth/tokens"),
    # Revoking is a call of its API like others: documentation/api-basics/authentication/revoking-oauth-token
    # api-reference/ticketing/oauth/oauth_tokens, scopes
    scopes={"read": "Read all your data", "write": "Change all your data", "users:read": "Read users"},
    default_scope="read",
    accounts=accounts_like(lambda _person, place: str(35_400 + place)),
    install=API,
    # api-reference/ticketing/oauth/grant_type_tokens: JSON; no end unless one is asked for; a refresh ends the old pair
    code_seconds=120,
    token_body="json",  # noqa: S106 - a media type
    expires_in="if_asked",
    refresh=RefreshTokens(idle_seconds=30 * DAY, rotates=True, reuse="is_refused", ends_access_token=True),
    token_wording=lambda answer: answer | {"token_type": "bearer"},
    errors=TokenErrors(
        words={
            "invalid_grant": {
                "error": "invalid_grant",
                "error_description": "The provided authorization grant is invalid, expired or revoked.",
            },
        },
    ),
)
