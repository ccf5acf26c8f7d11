"""The sandbox Expensify: personal keys instead of OAuth, one endpoint for every job, errors that come with status 200.

Facts: integrations.expensify.com/Integration-Server/doc, by heading.
"""

from sandbox.apps.accounts import accounts_like
from sandbox.apps.description import AppDescription, PersonalKeys
from sandbox.apps.expensify.api import API

DESCRIPTION = AppDescription(
    app_id="expensify",
    name="Expensify",
    hosts=("new.expensify.com", "integrations.expensify.com", "www.expensify.com"),
    # Authentication
    personal_keys=PersonalKeys("/tools/integrations/", "partnerUserID", "partnerUserSecret"),
    accounts=accounts_like(lambda _person, place: str(15_000_000 + place)),
    install=API,
)
