"""A stage whose Slack and whose app are other people's servers from npm: oauth2-mock-server and oidc-provider.

The first forges id_tokens on demand, the second is OpenID-certified: neither knows anything of ours, so that the judge
is not our own code.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import requests

from catalog_build.compile import compile_catalog
from countersign.adapters.http import HardenedHttp
from countersign.adapters.oauth_http import OAuthHttp
from countersign.adapters.slack.openid import SlackAddresses, SlackOpenId
from countersign.domain.catalog_data import load
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.oauth import ClientCredentials
from countersign.domain.secret import Secret
from countersign.ports.system import Clock
from sandbox.browser import Browser as PlainBrowser
from tests.e2e.outside.records import HERE, HOST, NODE, START_SECONDS, Records, running
from tests.e2e.outside.world import CATALOG
from tests.e2e.ports import free_pair
from tests.support.openid_provider import CLIENT_ID, ISSUER
from tests.support.sign_in_world import BASE_URL, SignInWorld, Ticking
from tests.support.two_browsers import Stage

APP: Final = "records"
SETTINGS: Final[Mapping[str, str]] = {"site": "acme"}
CALLBACK: Final = f"{BASE_URL}/oauth/callback/{APP}"
TIMEOUT: Final = 10


class RecordsWorld(SignInWorld):
    """One deployment with the outside app's catalog."""

    def settings(self, app: str) -> Mapping[str, str]:  # noqa: ARG002 - there is one
        """The app's address."""
        return SETTINGS


@dataclass
class ForgingSlack:
    """Slack's OpenID provider by oauth2-mock-server. ``forge``: the name of the forgery that it commits next."""

    url: str
    clock: Clock
    forge: str = ""

    def sign_in(self, url: str, user: str, workspace: str = "T0ACME") -> dict[str, str]:
        """A browser that is signed in as ``user`` goes to the authorization address; its callback's query."""
        who = {"as": user, "home": workspace, "email": f"{user.removeprefix('U0').lower()}@acme.com"}
        told = {**who, "now": str(self.clock()), "forge": self.forge}
        answer = requests.get(url, told, allow_redirects=False, timeout=TIMEOUT)
        return _given(answer.headers.get("Location", ""))

    @property
    def forgeries(self) -> list[str]:
        """All that it can commit."""
        found: list[str] = requests.get(f"{self.url}/forgeries", timeout=TIMEOUT).json()
        return found

    def client(self, http: HardenedHttp) -> SlackOpenId:
        """Our adapter for it."""
        addresses = SlackAddresses(f"{self.url}/api/", self.url, f"{self.url}/openid/connect/keys", ISSUER)
        credentials = ClientCredentials(CLIENT_ID, (Secret("slack-secret"),))
        return SlackOpenId(http, addresses, lambda: credentials, self.clock)


@dataclass
class CertifiedApp:
    """The app by oidc-provider, used as a browser does: its own pages, one browser for each yes."""

    records: Records
    _before: int = field(default=0, init=False)

    def consent(self, url: str, email: str) -> dict[str, str]:
        """Sign in as the account of this address, say yes: the callback's query."""
        browser = PlainBrowser()
        browser.stop_at = urlsplit(CALLBACK).path
        try:
            page = browser.get(url)
            if page.status != HTTPStatus.OK:
                raise ValueError(f"the server does not take what it is asked: {page.status}")
            asked = browser.press(page, "Sign-in", login=email.partition("@")[0], password="any")
            page = browser.press(asked, "Continue")
        finally:
            browser.close()
        return _given(page.url)

    def forget(self) -> None:
        """Count token requests from now on."""
        self._before = len(self._grants())

    @property
    def asked_for_tokens(self) -> list[Mapping[str, Any]]:
        """Every request to the token endpoint, by the server's own events."""
        return self._grants()[self._before :]

    def whose(self, token: str) -> str:
        """The address of the account that an access token acts as, in the server's own books."""
        url = f"http://127.0.0.1:{self.records.port}/me"
        answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT)
        return str(answer.json().get("email"))

    def _grants(self) -> list[Mapping[str, Any]]:
        return [noted for noted in self.records.journal() if noted["event"] in {"granted", "grant refused"}]


def _given(url: str) -> dict[str, str]:
    """What a server sends a browser back with. Raises ValueError where it sends it nowhere."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query or parts.fragment))
    if "code" not in given:
        raise ValueError(f"the server gave no code: {sorted(given)}")
    return given


@contextmanager
def certified(folder: Path) -> Iterator[Stage]:
    """The stage, for as long as the block runs; the servers' logs go into ``folder``."""
    clock = Ticking()
    first, second = free_pair(), free_pair()
    records, slack = Records(first), ForgingSlack(f"http://127.0.0.1:{second}", clock)
    stand_ins = LocalHosts({HOST: records.browser_url.replace("records.localhost", "127.0.0.1")})
    http = HardenedHttp(stand_ins, local=True)
    credentials = ClientCredentials(records.client_id, (Secret(records.client_secret),))
    authorization = OAuthHttp(http, lambda _: SETTINGS, lambda _: credentials, stand_ins, clock, local=True)
    world = RecordsWorld(slack.client(http), authorization, http, clock=clock, catalog=load(compile_catalog(CATALOG)))
    with running(records, CALLBACK, folder / "records.log"), _openid(second, folder / "openid.log"):
        yield Stage(world, slack, CertifiedApp(records), APP)


@contextmanager
def _openid(port: int, log: Path) -> Iterator[None]:
    given = {"port": port, "clientId": CLIENT_ID, "issuer": ISSUER}
    with log.open("wb") as output:
        command = [NODE, HERE / "openid.mjs", json.dumps(given)]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + START_SECONDS
        while "listening" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(TIMEOUT)
