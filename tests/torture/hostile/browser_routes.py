"""Hostile requests to the browser's routes: links, callbacks and forms of journeys at every step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from countersign.domain.errors import CountersignError, Unverified
from countersign.domain.openid import IdTokenClaims
from countersign.domain.sign_in import hash_of
from countersign.entrypoints import oauth
from tests.support.sign_in_world import (
    JOSIE,
    TOM,
    ScriptedAuthorization,
    ScriptedHttp,
    ScriptedOpenId,
    SignInWorld,
    claims_of,
    servicenow_user,
)
from tests.support.two_browsers import form_address, landed, onward
from tests.torture.hostile.journey import request
from tests.torture.hostile.judge import Judge, Verdicts
from tests.torture.hostile.mutation import IDS, Mutator
from tests.torture.measure import Share

ANEW: Final = 60
"""After so many requests the journeys begin anew: most of them are over by then."""
BASE: Final = "/connect/"
ONWARD: Final = frozenset({None, "slack.com", "servicenow", "api.example.com"})
"""Where a browser may be sent: to Slack, to the app of its sign-in, to a page of ours, nowhere."""
QUERY: Final = (
    "state",
    "code",
    "error",
    "error_description",
    "iss",
    "scope",
    "session_state",
    "do",
    "site",
    "redirect_uri",
)
HOSTILE_QUERY: Final = (
    "",
    " ",
    "\r\nSet-Cookie: a=b",
    "x" * 10_240,
    "access_denied",
    "<script>alert(1)</script>",
    "\x00",
    "\ud800",
    "https://evil.example",
    *IDS,
)


class KnownPeople(dict[str, "IdTokenClaims | CountersignError"]):
    """Whom a code belongs to; a code that nobody gave out belongs to nobody."""

    def __missing__(self, _code: str) -> CountersignError:
        return Unverified("invalid_code")


@dataclass
class Journeys:
    """One person's sign-ins, one at each step, and the requests that would take each a step further."""

    world: SignInWorld
    cookie: str = ""

    @classmethod
    def anew(cls) -> "Journeys":
        """In a world of their own."""
        people = KnownPeople({person.user_id: claims_of(person) for person in (TOM, JOSIE)})
        http = ScriptedHttp({"acme.service-now.com": servicenow_user("josie@acme.com")})
        return cls(SignInWorld(ScriptedOpenId(people), ScriptedAuthorization(), http))

    def requests(self) -> list[dict[str, Any]]:
        """Good requests: pages, buttons and callbacks, each of a journey that is as far."""
        links = [self._link() for _ in range(6)]
        at_slack = [self._state(self.send(self._post(link, "go"))) for link in links[2:]]
        at_app = [self._state(self.send(self._slack(state))) for state in at_slack[2:]]
        (form,) = (form_address(self.send(self._app(state))) for state in at_app[1:])
        confirm = urlsplit(form).path.partition(BASE)[2]
        buttons = [self._post(links[1], "go"), *(self._post(confirm, do) for do in ("confirm", "decline", "choose"))]
        more = [self._post(links[2], "new_link"), self._post(confirm, "enter_key"), self._get(links[0])]
        return [*buttons, *more, *map(self._slack, at_slack[:2]), self._app(at_app[0]), self._app(at_app[1])]

    def send(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request, and keep the cookie; on to the page that a callback leads to."""
        answer = landed(oauth.handle(request, self.world), self.world, self.cookie)
        if cookie := answer["headers"].get("Set-Cookie"):
            self.cookie = cookie.partition(";")[0].partition("=")[2]
        return answer

    def _link(self) -> str:
        return self.world.begin(JOSIE)[1]

    @staticmethod
    def _state(answer: Any) -> str:
        return parse_qs(urlsplit(onward(answer)).query)["state"][0]

    def _get(self, link: str) -> dict[str, Any]:
        return self._request("connect_page", f"{BASE}{link}", {}, {"sign_in": link})

    def _post(self, link: str, do: str) -> dict[str, Any]:
        request = self._request("connect_go", f"{BASE}{link}", {}, {"sign_in": link})
        return {**request, "body": f"do={do}", "isBase64Encoded": False}

    def _slack(self, state: str) -> dict[str, Any]:
        return self._request("slack_callback", "/oauth/slack/callback", {"code": self._code(), "state": state}, None)

    def _app(self, state: str) -> dict[str, Any]:
        query, path = {"code": self._code(), "state": state}, "/oauth/callback/servicenow"
        return self._request("app_callback", path, query, {"app": "servicenow"})

    def _code(self) -> str:
        """One that nobody brought before."""
        return f"{JOSIE.user_id}.{hash_of(self.world.randomness())}"

    def _request(self, name: str, path: str, query: Mapping[str, str], parameters: Any) -> dict[str, Any]:
        return request(name, path, query, parameters, self.cookie)


class Tampering:
    """What strangers, other sites and broken programs do to a browser's request."""

    def __init__(self, mutator: Mutator) -> None:
        self.mutator, self.chance = mutator, mutator.chance

    def __call__(self, request: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """(how, the request tampered with). ``other``: another good one, to take parts of."""
        match self.chance.randrange(7):
            case 0 | 1:
                return "query", self._query(request, other)
            case 2:
                return "cookie", self._cookie(request)
            case 3:
                return "path", self._path(request, other)
            case 4:
                return "form", self._form(request)
            case 5:
                return "event", self.mutator.event(request)
            case _:
                return "as it is, again", dict(request)

    def _query(self, request: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
        query = {name: list(values) for name, values in (request["multiValueQueryStringParameters"] or {}).items()}
        name = self.chance.choice(QUERY)
        theirs = (other["multiValueQueryStringParameters"] or {}).get(name, ["0" * 64])
        given = query.get(name, [])
        value = self.chance.choice(
            (theirs, given + theirs, given * 2, [], [self.chance.choice(HOSTILE_QUERY)], [self.mutator.text()])
        )
        query[name] = value
        single = {key: values[-1] for key, values in query.items() if values}
        return {**request, "multiValueQueryStringParameters": query, "queryStringParameters": single}

    def _cookie(self, request: Mapping[str, Any]) -> dict[str, Any]:
        good = request["headers"]["Cookie"]
        hostile = (
            "",
            f"{good}; {good}",
            f"__Host-bt={'0' * 64}",
            f"__Host-bt={'0' * 64}; {good}",
            good.upper(),
            f"{good}0",
            "=",
            ";;;",
            "__Host-bt=" + "é" * 64,
        )
        value = self.chance.choice((*hostile, self.mutator.text(), "a=b; " * 2_000 + good))
        headers = {**request["headers"], "Cookie": value}
        return {**request, "headers": headers, "multiValueHeaders": {key: [one] for key, one in headers.items()}}

    def _path(self, request: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
        parameters = dict(request["pathParameters"] or {}) or {"app": "servicenow"}
        name = self.chance.choice(list(parameters))
        hostile = (
            "salesforce",
            "records",
            "..",
            "%2e%2e",
            "",
            "0" * 64,
            "A" * 64,
            "g" * 64,
            parameters[name].upper(),
            self.mutator.text(),
        )
        parameters[name] = self.chance.choice(hostile)
        path = self.chance.choice(
            (request["path"], other["path"], request["path"] + "/", "//evil.example", "/oauth/slack/callback")
        )
        method = self.chance.choice((request["httpMethod"], "GET", "POST", "HEAD", "PUT", "get"))
        return {**request, "pathParameters": self.chance.choice((parameters, None)), "path": path, "httpMethod": method}

    def _form(self, request: Mapping[str, Any]) -> dict[str, Any]:
        fields = {"do": self.chance.choice(("go", "confirm", "decline", "choose", "enter_key", "new_link", "GO", ""))}
        fields |= {
            self.chance.choice(("site", "choice", "entry-key", "do ", "x")): self.chance.choice(HOSTILE_QUERY)
            for _ in range(3)
        }
        body = self.mutator.raw(urlencode(fields, errors="surrogatepass").encode())
        kind = self.chance.choice(
            ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "application/json")
        )
        headers = {**request["headers"], "Content-Type": kind}
        text = body.decode("latin-1")
        return {
            **request,
            "httpMethod": "POST",
            "body": text,
            "isBase64Encoded": False,
            "headers": headers,
            "multiValueHeaders": {},
        }


def attack_browser(share: Share) -> Verdicts:
    """So many hostile requests to the browser's routes, each judged."""
    verdicts, mutator = Verdicts(), Mutator(share.seed)
    tamper = Tampering(mutator)
    journeys, good = Journeys.anew(), []
    judge = Judge(lambda request: oauth.handle(request, journeys.world), verdicts)
    for number in range(share.count):
        if number % ANEW == 0:
            journeys = Journeys.anew()
            good = journeys.requests()
        how, request = tamper(mutator.chance.choice(good), mutator.chance.choice(good))
        verdicts.classes["C4" if how == "event" else "C5"] += 1
        what = f"seed {share.seed}, request {number} ({how})"
        answer = judge(request, what)
        if answer is not None and (host := leads_to(answer)) not in ONWARD:
            verdicts.fault(f"{what}: sent the browser to {host}")
        for row in journeys.world.connections.rows.values():
            if row.person != JOSIE:
                verdicts.fault(f"{what}: bound to {row.person.user_id}")
    return verdicts


def leads_to(answer: dict[str, Any]) -> str | None:
    """The host to which an answer sends the browser by itself, by a redirect or a refresh; None: nowhere."""
    try:
        return urlsplit(onward(answer)).hostname
    except ValueError:
        return None
