"""The sandbox DocuSign: envelopes, in accounts of which a person may have several, and DocuSign's OAuth server.

Facts: developers.docusign.com, and the OpenAPI file (github.com/docusign/OpenAPI-Specifications), named at each line.
"""

import uuid

from sandbox.apps.accounts import accounts_like
from sandbox.apps.description import AppDescription, Endpoints, RefreshTokens
from sandbox.apps.docusign.api import API

DAY = 24 * 3600

DESCRIPTION = AppDescription(
    app_id="docusign",
    name="DocuSign",
    hosts=("account.docusign.com", "eu.docusign.net", "apps.docusign.com"),
    settings={"server": "account"},
    # platform/auth/authcode
    endpoints=Endpoints(
        "/oauth/auth",
        "/oauth/token",
        authorize_host="account.docusign.com",
        code_host="account.docusign.com",
        refresh_host="account.docusign.com",
    ),
    scopes={
        "signature": "Create and send envelopes, and obtain links for starting signing sessions",
        "extended": "Stay signed in for as long as it is used",
    },
    default_scope="signature",
    accounts=accounts_like(lambda person, _place: str(uuid.uuid5(uuid.NAMESPACE_URL, f"docusign/{person.email}"))),
    install=API,
    prompts=frozenset({"login"}),
    # platform/auth/authcode: PKCE belongs to the public grant
    pkce="ignored",
    # platform/auth/reference/obtain-access-token
    client_auth=("client_secret_basic",),
    # docusign.com/blog/developers/authorization-code-grant-refresh-tokens: 30 days; with `extended` a new one each time
    refresh=RefreshTokens(rotates=True, reuse="is_refused", idle_seconds=30 * DAY),
)
