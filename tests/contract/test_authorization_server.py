"""``OAuthHttp`` and the shipped app files against a real authorization server, authlib's, in the sandbox apps."""

import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from countersign.adapters.http import HardenedHttp
from countersign.adapters.oauth_http import OAuthHttp
from countersign.domain.connection import Account
from countersign.domain.errors import InvalidClient, InvalidGrant
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.oauth import ClientCredentials, tokens_after
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens
from countersign.usecases.identify_account import IdentifyAccount
from tests.sandbox.apps.conftest import CALLBACK, REGISTRATION, Clock, RunningApp, run
from tests.support.shipped_catalog import SETTINGS, shipped

HOSTS = {"servicenow": "acme.service-now.com", "salesforce": "acme.my.salesforce.com"}
VERIFIER = "ab" * 32


@pytest.fixture(params=sorted(HOSTS))
def running(request: pytest.FixtureRequest) -> Iterator[RunningApp]:
    yield from run(request.param, Clock(), {})


def _stand_ins(running: RunningApp) -> LocalHosts:
    return LocalHosts({HOSTS[running.state.description.app_id]: running.base})


def _oauth(running: RunningApp, *secrets: str) -> OAuthHttp:
    ours = tuple(map(Secret, secrets or (REGISTRATION["client_secret"],)))
    credentials = ClientCredentials(REGISTRATION["client_id"], ours)
    stand_ins = _stand_ins(running)
    http = HardenedHttp(stand_ins, local=True)
    return OAuthHttp(http, SETTINGS.__getitem__, lambda _: credentials, stand_ins, _now, local=True)


def _now() -> int:
    return int(time.time())


def _code(running: RunningApp, oauth: OAuthHttp, login: str = "josie") -> Secret:
    """Sign in and allow in a browser, at the address that we made."""
    app = shipped().apps[running.state.description.app_id]
    browser = running.browser()
    page = browser.get(oauth.authorization_url(app, CALLBACK, "cd" * 32, VERIFIER).removeprefix(running.base))
    if "Sign in to" in page.text:
        page = browser.sign_in(page, login if app.id == "servicenow" else f"{login}@acme.com")
    if "Allow access?" in page.text:
        page = browser.submit(page, decision="allow")
    query = parse_qs(urlsplit(page.headers["Location"]).query)
    assert query["state"] == ["cd" * 32]
    return Secret(query["code"][0])


def test_a_whole_life_of_tokens(running: RunningApp) -> None:
    """Exchange, identify, refresh, revoke; and what was revoked is over."""
    app, oauth = shipped().apps[running.state.description.app_id], _oauth(running)
    tokens = oauth.exchange(app, _code(running, oauth), CALLBACK, VERIFIER)
    assert tokens.refresh_token is not None
    http = HardenedHttp(_stand_ins(running), local=True)
    account = IdentifyAccount(http, SETTINGS.__getitem__, lambda _: ClientCredentials("countersign", ()), _now)(
        app, tokens
    )
    assert isinstance(account, Account)
    assert account.email == "josie@acme.com"
    before = Tokens(tokens.access_token, tokens.refresh_token, tokens.api_base)
    renewed = tokens_after(before, oauth.refresh(app, before, CALLBACK))
    assert oauth.revoke(app, renewed)
    with pytest.raises(InvalidGrant):
        oauth.refresh(app, renewed, CALLBACK)
    assert oauth.revoke(app, renewed), "revoking what is gone is a success"


def test_a_code_works_once_and_with_its_verifier_only(running: RunningApp) -> None:
    app, oauth = shipped().apps[running.state.description.app_id], _oauth(running)
    with pytest.raises(InvalidGrant):
        oauth.exchange(app, _code(running, oauth), CALLBACK, "ef" * 32)
    code = _code(running, oauth)
    oauth.exchange(app, code, CALLBACK, VERIFIER)
    with pytest.raises(InvalidGrant):
        oauth.exchange(app, code, CALLBACK, VERIFIER)


def test_a_wrong_client_secret_is_the_operators_matter_where_the_app_tells_it_apart(running: RunningApp) -> None:
    """ServiceNow has one answer, 401 access_denied, for a wrong secret and for a grant that is over."""
    app = shipped().apps[running.state.description.app_id]
    raised = {"salesforce": InvalidClient, "servicenow": InvalidGrant}[app.id]
    with pytest.raises(raised):
        _oauth(running, "wrong").exchange(app, _code(running, _oauth(running)), CALLBACK, VERIFIER)


def test_while_a_secret_is_rotated_either_order_works(running: RunningApp) -> None:
    app = shipped().apps[running.state.description.app_id]
    for secrets in (("next", REGISTRATION["client_secret"]), (REGISTRATION["client_secret"], "former")):
        oauth = _oauth(running, *secrets)
        assert oauth.exchange(app, _code(running, oauth), CALLBACK, VERIFIER).refresh_token
