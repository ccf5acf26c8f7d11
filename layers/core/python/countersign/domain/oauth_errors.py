"""The error words of authorization and token endpoints that may be written down as they came."""

from typing import Final

OTHER: Final = "other"
"""What any other word is called: an endpoint can send whatever it likes there, also what it was sent."""

KNOWN: Final = frozenset(
    {
        # RFC 6749 §4.1.2.1 and §5.2
        "invalid_request",
        "unauthorized_client",
        "access_denied",
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
        "invalid_client",
        "invalid_grant",
        "unsupported_grant_type",
        # OpenID Connect Core 1.0 §3.1.2.6
        "interaction_required",
        "login_required",
        "account_selection_required",
        "consent_required",
        "invalid_request_uri",
        "invalid_request_object",
        "request_not_supported",
        "request_uri_not_supported",
        "registration_not_supported",
        "unsupported_token_type",  # RFC 7009 §2.2.1
        "invalid_token",  # RFC 6750 §3.1
        "insufficient_scope",
        "invalid_target",  # RFC 8707 §2
        # docs.github.com/apps/oauth-apps/maintaining-oauth-apps, the troubleshooting pages
        "bad_verification_code",
        "bad_refresh_token",
        "incorrect_client_credentials",
        "unverified_user_email",
        "redirect_uri_mismatch",
        "application_suspended",
        # help.salesforce.com remoteaccess_oauth_flow_errors
        "invalid_client_id",
        "invalid_client_credentials",
        "inactive_user",
        "inactive_org",
        "rate_limit_exceeded",
        "redirect_uri_missing",
        "immediate_unsuccessful",
    }
)


def known(error: object) -> str:
    """The word, if it is one of them, else ``other``."""
    return error if isinstance(error, str) and error in KNOWN else OTHER
