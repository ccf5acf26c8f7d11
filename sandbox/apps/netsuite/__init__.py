"""The sandbox NetSuite: expense reports, vendor bills and purchase orders, and an OAuth server with NetSuite's habits.

Facts: Oracle's NetSuite help (docs.oracle.com/en/cloud/saas/netsuite/ns-online-help), pages named at each line.
"""

from sandbox.apps.accounts import accounts_like
from sandbox.apps.description import AppDescription, Endpoints, IssuedFor, Json, RefreshTokens, Revocation
from sandbox.apps.netsuite.api import ACCOUNT, API, SUITETALK

DAY = 24 * 3600
ROLE = 1057


def access_token_claims(issued: IssuedFor) -> Json:
    """section_158255317571: `sub` is role;entity, `aud` the client's id and the company."""
    return {
        "sub": issued.account.account_id,
        "aud": [f"{issued.registration.client_id};{ACCOUNT}"],
        "ttype": "ACCESS",
        "scope": issued.scope.split(),
        "iss": "https://system.netsuite.com",
        "iat": int(issued.issued_at),
    }


DESCRIPTION = AppDescription(
    app_id="netsuite",
    name="NetSuite",
    hosts=(f"{ACCOUNT}.app.netsuite.com", SUITETALK),
    settings={"account": ACCOUNT},
    # section_158081944642, section_160855590788
    endpoints=Endpoints(
        "/app/login/oauth2/authorize.nl",
        "/services/rest/auth/oauth2/v1/token",
        authorize_host=f"{ACCOUNT}.app.netsuite.com",
        code_host=SUITETALK,
        refresh_host=SUITETALK,
        keys="/services/rest/auth/oauth2/v1/keys",
    ),
    # section_161071224088
    revocation=Revocation(
        "/services/rest/auth/oauth2/v1/revoke", host=SUITETALK, authentication="client_secret_basic", ends="grant"
    ),
    scopes={
        "rest_webservices": "Use REST web services as you, in this role",
        "restlets": "Use RESTlets as you, in this role",
        "suite_analytics": "Use SuiteAnalytics Connect as you, in this role",
    },
    default_scope="rest_webservices",
    accounts=accounts_like(lambda _person, place: f"{ROLE};{10 + place}"),
    install=API,
    # section_158081944642: 22 to 1,024 printable ASCII characters
    state_pattern="[ -~]{22,1024}",
    prompts=frozenset({"login", "consent"}),
    # section_160855594402
    client_auth=("client_secret_basic",),
    refresh=RefreshTokens(seconds=7 * DAY),
    issuer="https://system.netsuite.com",
    access_token_claims=access_token_claims,
)
