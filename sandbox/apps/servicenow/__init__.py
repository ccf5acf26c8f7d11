"""The sandbox ServiceNow: Table API, Change Management API, and an OAuth server with ServiceNow's habits.

Facts: ServiceNow's documentation (github.com/ServiceNow/ServiceNowDocs), pages named at each line.
"""

import uuid
from collections.abc import Sequence

from flask import Flask

from sandbox.apps.accounts import Account, Person
from sandbox.apps.description import AppDescription, Endpoints, RefreshTokens, Revocation, TokenErrors
from sandbox.apps.records import Records
from sandbox.apps.servicenow.change_api import change_api
from sandbox.apps.servicenow.changes import Changes
from sandbox.apps.servicenow.pages import pages
from sandbox.apps.servicenow.requests import Desk, Requests
from sandbox.apps.servicenow.table_api import table_api
from sandbox.apps.servicenow.tables import Tables
from sandbox.apps.state import AppState

INSTANCE = "https://acme.service-now.com"
DAY = 24 * 3600


def accounts(people: Sequence[Person]) -> list[Account]:
    """Everyone at Acme has a ServiceNow login: the part of their e-mail before the @."""
    return [_account(person) for person in people]


def _account(person: Person) -> Account:
    login = person.email.partition("@")[0]
    sys_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{INSTANCE}/sys_user/{login}").hex
    return Account(sys_id, login, person.real_name, person.email, person.id, f"{login}-sample")


def install(app: Flask, state: AppState) -> Records:
    """Add the REST routes and pages, with a few changes and requested items that wait for approval."""
    tables = Tables(INSTANCE, state.directory, state.clock)
    changes = Changes(tables, state.directory, state.audit)
    changes.add_samples()
    requests = Requests(tables, state.directory, state.audit)
    requests.add_samples()
    app.register_blueprint(table_api(tables, state.audit, requests))
    app.register_blueprint(change_api(tables, changes))
    app.register_blueprint(pages())
    return Desk((changes, requests))


DESCRIPTION = AppDescription(
    app_id="servicenow",
    name="ServiceNow",
    hosts=("acme.service-now.com",),
    settings={"instance": "acme"},
    endpoints=Endpoints("/oauth_auth.do", "/oauth_token.do"),
    # "does not require authentication"; 200 also for unknown tokens as far as stated: t_RevokeOAuthToken.md
    revocation=Revocation("/oauth_revoke_token.do", methods=("GET", "POST")),
    scopes={"useraccount": "Do everything that you can do"},
    default_scope="useraccount",
    accounts=accounts,
    install=install,
    code_seconds=60,
    # "always return the current refresh token"; an unexpired access token is answered again; 100 days:
    # t_CreateEndpointforExternalClients.md
    refresh=RefreshTokens(seconds=100 * DAY, repeats=True),
    answers_current_access_token=True,
    # "should not contain special characters", not empty: oauth-auth-code-flow-state-parm.md
    state_pattern="[A-Za-z0-9]+",
    # "If no match is made, the instance uses the first redirect URL": t_CreateEndpointforExternalClients.md
    redirect_mismatch="first_registered",
    # One answer for every refusal, whatever the reason; the true one stands only in the instance's log. Not
    # documented: seen in many public reports of /oauth_token.do.
    errors=TokenErrors(always=(401, {"error_description": "access_denied", "error": "server_error"})),
)
