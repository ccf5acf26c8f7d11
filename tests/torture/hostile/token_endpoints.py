"""A sign-in and a refresh on the adapters that ship, with one server on loopback in the place of every app."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import Any, Final
from urllib.parse import urlsplit

from countersign.adapters.bounded import Limits
from countersign.adapters.http import HardenedHttp
from countersign.adapters.oauth_http import OAuthHttp
from countersign.domain.connection import Account, Connection, Status, seal_owner
from countersign.domain.errors import CountersignError
from countersign.domain.hosts import fill_settings
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.secret import Secret
from countersign.domain.tenancy import demanded
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Tokens
from countersign.usecases.fresh_token import FreshToken
from tests.support.scripted_server import Behaviour, Server, says
from tests.support.shipped_catalog import SETTINGS, shipped
from tests.support.sign_in_apps import catalog_with, jwt
from tests.support.sign_in_world import (
    CLIENT,
    JOSIE,
    NOW,
    ScriptedOpenId,
    SignInWorld,
    claims_of,
    no_journal,
    salesforce_user,
    servicenow_user,
)
from tests.torture.hostile.journey import Journey

INTROSPECTION: Final = "https://acme.service-now.com/introspect"
LIMITS: Final = Limits(connect=2, read=2, total=3)
WORKER: Final = "worker"


@dataclass(frozen=True)
class Kind:
    """An app, what its token answer holds besides when all is well, and what it says of the person."""

    app: str
    more: Mapping[str, Any]
    person: Any
    introspects: bool = False
    claims: Mapping[str, Any] | None = None
    """Of the id_token, where there is one."""


CONCUR: Final = "https://us2.api.concursolutions.com"
CONCUR_COMPANY: Final = "0b3f1c1e-7a5d-4f60-9a51-6c2b8f3d7e10"
_ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
KINDS: Final = (
    Kind("servicenow", {"expires_in": 1800}, servicenow_user("josie@acme.com")),
    Kind("servicenow", {}, servicenow_user("josie@acme.com"), introspects=True),
    Kind("salesforce", {"instance_url": "https://acme.my.salesforce.com"}, salesforce_user("josie@acme.com")),
    Kind(
        "concur",
        {"geolocation": CONCUR},
        {
            "id": "c-7",
            "active": True,
            "userName": "josie@acme.com",
            "displayName": "Josie",
            "emails": [{"value": "josie@acme.com"}],
            _ENTERPRISE: {"companyId": CONCUR_COMPANY},
        },
        claims={"iss": CONCUR, "aud": CLIENT.client_id, "exp": NOW + 300, "sub": "c-7"},
    ),
    Kind("github", {"scope": "repo"}, {"type": "User", "id": 7, "login": "josie", "name": "J", "email": None}),
)


@dataclass(frozen=True)
class Watched(LocalHosts):
    """Sends every host to one server, and notes which ones it was asked for."""

    server: str = ""
    asked: set[str] = field(default_factory=set)

    def resolve(self, url: str) -> str:
        """The same path at the server."""
        parts = urlsplit(url)
        self.asked.add(parts.netloc)
        return self.server + parts.path + (f"?{parts.query}" if parts.query else "")


class AnyPath(dict[str, list[Behaviour]]):
    """What no script foresees is not found."""

    def __missing__(self, _path: str) -> list[Behaviour]:
        return [says(404, b"{}")]


class AppWorld(SignInWorld):
    """One deployment; most apps need no settings."""

    def settings(self, app: str) -> Mapping[str, str]:
        """An app's."""
        return {**SETTINGS, "concur": {"data_center": "us2", "company": CONCUR_COMPANY}}.get(app, {})


class Endpoints:
    """One kind of app, in a world of its own."""

    def __init__(self, kind: Kind, server: Server) -> None:
        app = shipped().apps[kind.app]
        if kind.introspects:
            app = replace(app, oauth=replace(app.server, introspection_endpoint=INTROSPECTION))
        self.kind, self.app, self.server, self.made = kind, app, server, 0
        self.hosts, self.pages = Watched(server=server.url), list[str]()
        http = HardenedHttp(self.hosts, local=True, limits=LIMITS)
        openid = ScriptedOpenId({JOSIE.user_id: claims_of(JOSIE)})
        self.world = AppWorld(openid, http=http, catalog=catalog_with(app), journal=self._note)
        clock = self.world.clock
        self.authorization = OAuthHttp(http, self.world.settings, lambda _: CLIENT, self.hosts, clock, local=True)
        self.world.authorization = self.authorization
        self.journey = Journey(self.world, self.app.id)

    @property
    def allowed(self) -> set[str]:
        """Of the hosts that were called, those that the app file names."""
        settings = self.world.settings(self.app.id)
        named = {fill_settings(self.app, host, settings) for host in self.app.hosts}
        return {host for host in self.hosts.asked if any(fnmatch(host, pattern) for pattern in named)}

    def good(self) -> dict[str, Any]:
        """A good answer, with tokens that nobody had before."""
        self.made += 1
        tokens = {"access_token": f"at-{self.made:06}", "refresh_token": f"rt-{self.made:06}"}
        id_token = {} if self.kind.claims is None else {"id_token": jwt(self.kind.claims)}
        return {**tokens, "token_type": "Bearer", **self.kind.more, **id_token}

    def script(self, tokens: Behaviour, person: Behaviour, lifetime: Behaviour) -> None:
        """What the app answers from now on to each of the three questions."""
        identity = self.app.identity.request
        url = identity.url.replace("${api_base}", "https://x").replace("${claims.sub}", "c-7") if identity else ""
        paths = {urlsplit(url).path: [person], urlsplit(INTROSPECTION).path: [lifetime]}
        self.server.behaviours = AnyPath(paths | {urlsplit(self.app.server.token_endpoint).path: [tokens]})
        self.server.received.clear()

    def back(self, state: str, cookie: str) -> dict[str, Any]:
        """The browser comes back with a code, and its person says yes where they are asked: the last page."""
        page = self.journey.back(state, cookie)
        return self.journey.confirm(page, cookie) if self.pages[-1] == "confirm" else page

    def connected(self) -> Connection:
        """Josie, whose access token is over."""
        account = Account("a1", "josie", "Josie", "josie@acme.com", held_to=self._held_to())
        base = self.kind.more.get("instance_url") or self.kind.more.get("geolocation")
        tokens = Tokens(Secret("old-at"), Secret("old-rt"), base)
        owner = seal_owner(JOSIE, "T0ACME", self.app.id, account.id, 1)
        now = self.world.clock.now
        sealed = self.world.sealer.seal(pack(tokens), owner)
        row = Connection(JOSIE, "T0ACME", self.app.id, account, Status.LIVE, 1, sealed, (), now - 1, now - 9_000)
        self.world.connections.rows[JOSIE.key, self.app.id] = row
        return row

    def use(self, connection: Connection) -> CountersignError | None:
        """Use it: what stopped that, if anything of ours did."""
        world = self.world
        fresh = FreshToken(
            connections=world.connections,
            opener=world.sealer,
            authorization=self.authorization,
            catalog=world.catalog,
            settings=world.settings,
            redirect_uri=lambda app: f"https://api.example.com/prod/oauth/callback/{app}",
            clock=world.clock,
            deadline=lambda: world.clock.now + 60,
            pause=lambda _: None,
            journal=no_journal,
            worker=WORKER,
        )
        try:
            fresh(connection)
        except CountersignError as error:
            return error
        return None

    def _held_to(self) -> str:
        settings = self.world.settings(self.app.id)
        return demanded(self.app, {f"settings.{name}": value for name, value in settings.items()})

    def _note(self, event: str, **facts: Any) -> None:
        if event == "sign_in_page":
            self.pages.append(str(facts["page"]))
