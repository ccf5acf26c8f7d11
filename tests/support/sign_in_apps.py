"""Apps that sign in in ways that few do: made from shipped ones, for the tests of each way."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from countersign.domain.app_sign_in import Credential, CredentialField, Identity, Sites
from countersign.domain.catalog import App, Catalog, Request
from tests.support.shipped_catalog import shipped

SITES_URL = "https://acme.service-now.com/sites"
SALESFORCE, SERVICENOW = shipped().apps["salesforce"], shipped().apps["servicenow"]


def with_sites() -> App:
    """ServiceNow, had it sites: every one of them is at its own path."""
    sites = Sites(Request("GET", SITES_URL), "@", "id", "name", "url")
    request = Request("GET", "https://acme.service-now.com/me")
    asked = replace(SERVICENOW.identity, request=request)
    return replace(SERVICENOW, oauth=replace(SERVICENOW.server, sites=sites), identity=asked, api_base=None)


def with_key() -> App:
    """An app that takes a key instead of tokens, as Expensify does: the key says nothing of whose it is."""
    fields = {
        "user_id": CredentialField("partnerUserID", "[A-Za-z0-9_.@-]{1,100}", secret=False),
        "user_secret": CredentialField("partnerUserSecret", "[!-~]{1,500}", secret=True),
    }
    credential = Credential("https://www.expensify.com/tools/integrations/", "You find it under Integrations.", fields)
    check = {
        "type": "get",
        "credentials": {"partnerUserID": "${credential.user_id}", "partnerUserSecret": "${credential.user_secret}"},
    }
    request = Request("POST", "${api_base}/jobs", form={"requestJobDescription": check})
    identity = Identity(
        request=request,
        account_id="${credential.user_id}",
        login="${person.email}",
        name="${person.email}",
        email="${person.email}",
        organisation=None,
        demand="responseCode == `200`",
    )
    account_url = "https://www.expensify.com/tools/integrations/"
    return replace(SERVICENOW, oauth=None, credential=credential, identity=identity, account_url=account_url)


def catalog_with(app: App) -> Catalog:
    """The shipped catalog with this app in the place of its namesake."""
    return replace(shipped(), apps={**shipped().apps, app.id: app})


def jwt(claims: Mapping[str, Any] | str) -> str:
    """A JSON Web Token with these claims, signed by nobody."""
    text = claims if isinstance(claims, str) else json.dumps(claims)
    return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in ("{}", text, "x"))
