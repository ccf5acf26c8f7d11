"""The sandbox Salesforce: sObjects, SOQL, approval processes, and an OAuth server with Salesforce's habits.

Facts: Salesforce's developer and help pages, named at each line. Refresh token rotation is on.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from flask import Flask

from sandbox.apps.accounts import Account, Person
from sandbox.apps.description import (
    AppDescription,
    Endpoints,
    IssuedFor,
    Json,
    RefreshTokens,
    Revocation,
    TokenErrors,
)
from sandbox.apps.records import Records
from sandbox.apps.salesforce.approvals import Deals
from sandbox.apps.salesforce.identity import MY_DOMAIN, identity_routes, identity_url
from sandbox.apps.salesforce.objects import Org, record_id
from sandbox.apps.salesforce.pages import pages
from sandbox.apps.salesforce.rest import rest_api
from sandbox.apps.state import AppState

LICENCES = {"U0JOSIE": 1, "U0TOM": 2}


def accounts(people: Sequence[Person]) -> list[Account]:
    """Josie and Tom have a licence; others have no account here. The user name is the e-mail, as usual."""
    return [
        Account(
            record_id("User", LICENCES[person.id]),
            person.email,
            person.real_name,
            person.email,
            person.id,
            f"{person.email.partition('@')[0]}-sample",
        )
        for person in people
        if person.id in LICENCES
    ]


def token_extras(issued: IssuedFor) -> Json:
    """Where the API is, whose token it is, and the proof: HMAC-SHA256 over id and issued_at with the consumer secret.

    help.salesforce.com, "OAuth 2.0 Web Server Flow for Web App Integration"; issued_at is in milliseconds.
    """
    identity, issued_at = identity_url(issued.account), str(int(issued.issued_at * 1000))
    mac = hmac.new(issued.registration.client_secret.encode(), (identity + issued_at).encode(), hashlib.sha256)
    return {
        "id": identity,
        "instance_url": MY_DOMAIN,
        "issued_at": issued_at,
        "signature": base64.b64encode(mac.digest()).decode(),
    }


def install(app: Flask, state: AppState) -> Records:
    """Add the REST routes and pages, with two deals that wait for approval and one of Josie's own."""
    org = Org(state.directory, state.clock)
    deals = Deals(org, state.directory, state.audit)
    deals.add_samples()
    app.register_blueprint(identity_routes())
    app.register_blueprint(rest_api(org, deals, state.audit))
    app.register_blueprint(pages())
    return deals


DESCRIPTION = AppDescription(
    app_id="salesforce",
    name="Salesforce",
    hosts=("acme.my.salesforce.com",),
    settings={"domain": "acme"},
    endpoints=Endpoints("/services/oauth2/authorize", "/services/oauth2/token"),
    # developer.salesforce.com mobile_sdk/oauth_revoking_tokens: POST or GET; 400 for what isn't a live token
    revocation=Revocation(
        "/services/oauth2/revoke",
        methods=("GET", "POST"),
        missing_token=(
            400,
            {"error": "unsupported_token_type", "error_description": "this token type is not supported"},
        ),
        unknown_token=(400, {"error": "invalid_token", "error_description": "invalid token"}),
    ),
    scopes={
        "api": "Manage your data through the API",
        "refresh_token": "Act at any time until you take it back",
        "offline_access": "Act at any time until you take it back",
        "id": "See who you are",
        "openid": "See who you are",
        "profile": "See your profile",
        "email": "See your e-mail address",
        "full": "Do everything that you can do",
    },
    default_scope="api refresh_token id",
    accounts=accounts,
    install=install,
    code_seconds=15 * 60,
    access_token_prefix=f"{record_id('Organization', 1)[:15]}!",
    # No expires_in: the session's end shows as 401 INVALID_SESSION_ID.
    expires_in="absent",
    # help.salesforce.com, "Refresh Token Rotation": single use; reuse ends the present token and its access tokens
    refresh=RefreshTokens(rotates=True),
    # "Require Proof Key for Code Exchange (PKCE)" on the External Client App
    pkce="required",
    prompts=frozenset({"login", "consent", "select_account"}),
    client_auth=("client_secret_post", "client_secret_basic"),
    token_extras=token_extras,
    errors=TokenErrors(
        words={"bad_refresh_token": {"error": "invalid_grant", "error_description": "expired access/refresh token"}}
    ),
    issuer=MY_DOMAIN,
    id_token_claims=lambda account: {"sub": identity_url(account)},
)
