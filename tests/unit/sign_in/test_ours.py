"""Accounts and sites of another company are refused where an app's addresses are everybody's: at sign-in, and after."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from countersign.domain.catalog import App
from countersign.domain.connection import Account, Connection
from countersign.domain.errors import NoSites
from countersign.domain.http import HttpAnswer
from countersign.domain.identify import SignedIn, account_in, identity_values
from countersign.domain.pages import Page, PageKind
from countersign.domain.sites import read_sites
from countersign.domain.tenancy import demanded, is_ours
from tests.support.shipped_catalog import shipped
from tests.support.sign_in_apps import SERVICENOW, SITES_URL, catalog_with, with_sites
from tests.support.sign_in_world import JOSIE, servicenow_user

if TYPE_CHECKING:
    from tests.unit.sign_in.conftest import Scripted

JIRA = shipped().apps["jira"]
OURS = {"id": "c-1", "name": "Acme", "url": "https://acme.atlassian.net", "scopes": ["read:servicedesk-request"]}
THEIRS = OURS | {"id": "c-2", "name": "Acme", "url": "https://toms-own.atlassian.net"}
BASE = "https://acme.service-now.com"


def offered(listed: list[dict[str, Any]], site: str = "acme") -> list[str]:
    """The ids of the sites that Jira's own file lets a person connect."""
    sites, answer = JIRA.server.sites, HttpAnswer(200, listed, {})
    assert sites is not None
    found = read_sites(JIRA, sites, answer, ("api.atlassian.com",), {"site": site}, local=False)
    return [one.id for one in found]


def held_to_company() -> App:
    """ServiceNow, were its address everybody's: its people are told apart by what they are of."""
    ours = "result[0].company == ${settings.instance}"
    return replace(SERVICENOW, identity=replace(SERVICENOW.identity, ours=ours))


def sign_in(scripted: "Scripted", **user: str) -> tuple[Page, str, str]:
    """As far as the page after the app; the form's own secret, and the cookie."""
    rows = {"result": [servicenow_user("josie@acme.com")["result"][0] | user]}
    scripted.http.bodies["acme.service-now.com"] = rows
    _, cookie, state = scripted.to_app(JOSIE)
    return scripted.back(state, cookie), scripted.world.confirm_secret(cookie, state), cookie


def stored(scripted: "Scripted") -> Connection | None:
    return scripted.world.connections.get(JOSIE, "servicenow")


def test_of_a_persons_jira_sites_only_the_companys_can_be_connected() -> None:
    assert offered([THEIRS, OURS]) == ["c-1"]
    assert offered([THEIRS, OURS], site="toms-own") == ["c-2"]


@pytest.mark.parametrize(
    "url",
    [
        "https://toms-own.atlassian.net",
        "https://acme.atlassian.net.evil.example",
        "https://evil.example/https://acme.atlassian.net",
        "https://ACME.atlassian.net",
        "https://acme.atlassian.net/",
        "",
        None,
        ["https://acme.atlassian.net"],
    ],
)
def test_a_jira_site_that_is_only_called_alike_is_none(url: Any) -> None:
    with pytest.raises(NoSites):
        offered([OURS | {"url": url}])


def test_where_all_sites_are_other_companies_nothing_is_connected_and_that_is_said(scripted: "Scripted") -> None:
    app = with_sites()
    sites = replace(app.server.sites, ours="name == ${settings.instance}")  # type: ignore[type-var]
    scripted.world.catalog = catalog_with(replace(app, oauth=replace(app.server, sites=sites)))
    scripted.http.bodies[SITES_URL] = [{"id": "c-1", "name": "toms-own", "url": f"{BASE}/c-1"}]
    page, _, _ = sign_in(scripted)
    assert page.kind is PageKind.NO_SITES
    assert stored(scripted) is None


def test_an_account_of_another_company_is_refused_given_back_and_noted(scripted: "Scripted") -> None:
    scripted.world.catalog = catalog_with(held_to_company())
    page, secret, cookie = sign_in(scripted, company="umbrella")
    assert (page.kind, page.post_to) == (PageKind.OTHER_ORGANISATION, "")
    assert [name for name, _, _ in scripted.world.audit.events][-1] == "sign_in.refused_by_policy"
    assert scripted.world.confirm_sign_in(secret, cookie, accepted=True).kind is not PageKind.DONE
    assert stored(scripted) is None


def test_one_of_ours_is_stored_with_what_it_was_held_to(scripted: "Scripted") -> None:
    app = held_to_company()
    scripted.world.catalog = catalog_with(app)
    _, secret, cookie = sign_in(scripted, company="acme")
    assert scripted.world.confirm_sign_in(secret, cookie, accepted=True).kind is PageKind.DONE
    row = stored(scripted)
    assert row is not None
    assert row.account.held_to == demanded(app, {"settings.instance": "acme"}) != ""
    assert is_ours(row.account, app, {"instance": "acme"})
    assert not is_ours(row.account, app, {"instance": "umbrella"}), "the deployment has moved to another company"


def test_where_the_address_is_the_companys_own_nothing_more_is_demanded() -> None:
    assert is_ours(Account("a1", "josie", "Josie"), SERVICENOW, {})
    assert not is_ours(Account("a1", "josie", "Josie"), JIRA, {"site": "acme"}), "connected before that was asked"


CONCUR = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PERSON: dict[str, dict[str, Any]] = {
    "hubspot": {"hub_id": 1234567, "user_id": 7},
    "google": {"sub": "g-1", "email": "josie@acme.com", "email_verified": True, "name": "Josie", "hd": "acme.com"},
    "concur": {
        "id": "c-1",
        "active": True,
        "userName": "josie@acme.com",
        "displayName": "Josie",
        "emails": [{"value": "josie@acme.com"}],
        CONCUR: {"companyId": "aa076ada-80a9-4f57-8e98-9300b1c3171d"},
    },
}
OURS_IS = {
    "hubspot": {"account": "1234567"},
    "google": {"domain": "acme.com", "time_zone": "Europe/Berlin"},
    "concur": {"company": "aa076ada-80a9-4f57-8e98-9300b1c3171d", "data_center": "eu2"},
}


@pytest.mark.parametrize(
    ("app_id", "changes", "ours"),
    [
        ("hubspot", {}, True),
        ("hubspot", {"hub_id": 7654321}, False),
        ("google", {}, True),
        ("google", {"hd": "umbrella.example"}, False),
        ("google", {"hd": None}, False),  # a private account, also with an address of ours
        ("concur", {}, True),
        ("concur", {CONCUR: {"companyId": "00000000-0000-0000-0000-000000000000"}}, False),
        ("concur", {CONCUR: None}, False),
    ],
)
def test_whose_people_an_app_that_is_everybodys_lets_in(app_id: str, changes: dict[str, Any], *, ours: bool) -> None:
    app, settings = shipped().apps[app_id], OURS_IS[app_id]
    known = identity_values(app, settings, SignedIn("https://eu2.api.concursolutions.com", {"sub": "c-1"}))
    account = account_in(app, PERSON[app_id] | changes, known)
    assert is_ours(account, app, settings) is ours
