"""The sandbox Google: a calendar for everyone, and Google's OAuth server.

Facts: developers.google.com/identity/protocols/oauth2/web-server (OAuth), and the pages named at each line.
"""

from sandbox.apps.accounts import accounts_like
from sandbox.apps.description import AppDescription, Endpoints, RefreshTokens, Revocation, TokenErrors
from sandbox.apps.google.api import API

DAY = 24 * 3600

DESCRIPTION = AppDescription(
    app_id="google",
    name="Google Calendar",
    hosts=("accounts.google.com", "oauth2.googleapis.com", "openidconnect.googleapis.com", "www.googleapis.com"),
    settings={"domain": "acme.com", "time_zone": "Europe/Berlin"},
    # accounts.google.com/.well-known/openid-configuration
    endpoints=Endpoints(
        "/o/oauth2/v2/auth",
        "/token",
        authorize_host="accounts.google.com",
        code_host="oauth2.googleapis.com",
        refresh_host="oauth2.googleapis.com",
        keys="/oauth2/v3/certs",
    ),
    # web-server, Revoking a token: an access token takes its refresh token along; 200, or 400 with an error code
    revocation=Revocation(
        "/revoke",
        host="oauth2.googleapis.com",
        ends="person",
        unknown_token=(400, {"error": "invalid_token", "error_description": "Token expired or revoked"}),
    ),
    scopes={
        "openid": "Associate you with your personal info on Google",
        "email": "See your primary Google Account email address",
        "profile": "See your personal info",
        "https://www.googleapis.com/auth/calendar.events": "View and edit events on all your calendars",
    },
    default_scope="openid",
    accounts=accounts_like(lambda _person, place: f"10769150350006150715{place}"),
    install=API,
    prompts=frozenset({"consent", "select_account"}),
    # web-server: a refresh token for offline access only, "the first time", unless consent is asked for again
    refresh=RefreshTokens(asked_by_parameter=("access_type", "offline"), at_consent_only=True, idle_seconds=182 * DAY),
    errors=TokenErrors(
        words={
            "bad_refresh_token": {
                "error": "invalid_grant",
                "error_description": "Token has been expired or revoked.",
            }
        }
    ),
    issuer="https://accounts.google.com",
    id_token_claims=lambda account: {"sub": account.account_id, "email": account.email, "email_verified": True},
)
