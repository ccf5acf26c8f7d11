"""One round: two people's sign-ins at once, each step by whichever browser, every address known to both.

What stands in an address can be forwarded, so both people know all of it: links, Slack's and the app's addresses, codes
and states, forms. Only cookies stay in their browser, and each is signed in to Slack and to the app as its person.
Slack's and the app's addresses are edited before they are opened: another state, another way for the code to come back.
One of the two is up to something: that browser stops where it likes and says yes to everything. The other one opens
whatever it is sent, passes on what stands in its address bar, and says yes only where the page names its own account.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from countersign.domain.identity import Person
from tests.support.sign_in_world import BASE_URL, JOSIE, TOM
from tests.support.two_browsers import Browser, Stage, form_address, onward
from tests.torture.attacks.oracle import OWN, Oracle

STEPS: Final = 18
FORWARDED: Final = 0.15
"""How often a step is taken by the other one's browser."""
SENT_ON: Final = 0.4
"""How often, where whoever is up to something is to sign in."""
ANYTHING: Final = 0.25
"""How often any known address is used, the oldest and spent ones too, instead of the next one."""
STOPPED: Final = 0.4
"""How often the browser of who is up to something does not go back to us when Slack or the app sends it."""
MIXED: Final = 0.1
"""How often a callback brings the code or the state of another one, or comes to another one's address."""
EDITED: Final = 0.5
"""How often Slack's or the app's address is edited before it is passed on."""
EDITED_FOR_ONESELF: Final = 0.05
RESTORED: Final = 0.7
"""How often the answer to an edited address is brought as if nobody had edited it."""
SWAPPED: Final = ("state", "nonce", "code_challenge")
OTHERS: Final = ("/oauth/slack/callback", "/oauth/callback/salesforce")
SECONDS_BETWEEN_ROUNDS: Final = 700


class At(StrEnum):
    """What a known address leads to."""

    LINK = "link"
    SLACK = "slack"
    BACK_FROM_SLACK = "back from slack"
    APP = "app"
    BACK_FROM_APP = "back from app"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Back:
    """Where a browser is sent back to, and with what.

    ``hidden``: in the fragment, which no server is told. ``unedited``: as if nobody had edited what was asked.
    """

    path: str
    given: Mapping[str, str]
    hidden: bool = False
    unedited: "Back | None" = None


type Address = tuple[At, object]


@dataclass
class Round:
    """A round on a stage. ``chance`` decides everything, so that a seed plays it again."""

    stage: Stage
    oracle: Oracle
    chance: Random
    browsers: list[Browser] = field(init=False)
    schemer: Browser = field(init=False)
    known: list[Address] = field(default_factory=list)
    following: dict[int, Address] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    """What each page with a form said, by the form's address."""

    def __post_init__(self) -> None:
        self.stage.world.clock.now += SECONDS_BETWEEN_ROUNDS
        self.stage.world.connections.rows.clear()
        self.browsers = [self.stage.browser(person) for person in (TOM, JOSIE)]
        self.schemer = self.chance.choice(self.browsers)

    def play(self) -> None:
        """Take the steps; the oracle looks after each that could bind."""
        for journey in (0, 1):
            self._learn(journey, At.LINK, self.stage.begin(self.browsers[journey].person))
        for _ in range(STEPS):
            journey = self.chance.randrange(2)
            at, what = self._address(journey)
            own = self.chance.random() >= self._forwarded(journey, at)
            browser = self.browsers[journey if own else 1 - journey]
            try:
                self._go(journey, browser, at, what)
            except ValueError:
                continue  # a page that leads nowhere: stopped
            finally:
                self.oracle.look()

    def _forwarded(self, journey: int, at: At) -> float:
        """Who is up to something sends on what Slack or the app asks: there somebody else can say yes."""
        asks = at in (At.SLACK, At.APP)
        return SENT_ON if asks and self.browsers[journey] is self.schemer else FORWARDED

    def _address(self, journey: int) -> Address:
        if self.chance.random() < ANYTHING:
            return self.chance.choice(self.known)
        return self.following[journey]

    def _learn(self, journey: int, at: At, what: object) -> None:
        self.known.append((at, what))
        self.following[journey] = (at, what)

    def _go(self, journey: int, browser: Browser, at: At, what: object) -> None:
        match at, what:
            case At.LINK, str(url):
                if self.chance.random() < FORWARDED:
                    browser.get(url)
                self._learn(journey, At.SLACK, browser.to_slack(url))
            case At.SLACK, str(url):
                asked = self._edited(at, url, forwarded=browser is not self.browsers[journey])
                self._sent_back(journey, browser, At.BACK_FROM_SLACK, _back(url, asked, browser.at_slack(asked)))
            case At.APP, str(url):
                asked = self._edited(at, url, forwarded=browser is not self.browsers[journey])
                self._sent_back(journey, browser, At.BACK_FROM_APP, _back(url, asked, browser.at_app(asked)))
            case ((At.BACK_FROM_SLACK | At.BACK_FROM_APP), Back() as back):
                self._come_back(journey, browser, at, self._mixed(at, back))
            case At.FORM, str(url):
                browser.post(url, self._answer(browser, url))

    def _sent_back(self, journey: int, browser: Browser, at: At, back: Back) -> None:
        """Redirects are followed without anybody's doing, unless the browser's person wants otherwise."""
        scheming = browser is self.schemer
        if scheming or not back.hidden:
            self._learn(journey, at, back)
        if not scheming or self.chance.random() >= STOPPED:
            self._come_back(journey, browser, at, back)

    def _come_back(self, journey: int, browser: Browser, at: At, back: Back) -> None:
        page = browser.get(BASE_URL + back.path, {} if back.hidden else back.given)
        if back.hidden and browser.address_bar == BASE_URL + back.path:
            self._learn(journey, at, back)  # it stands there still, to be passed on
        if at is At.BACK_FROM_SLACK:
            self._learn(journey, At.APP, onward(page))
        else:
            self.shown[form_address(page)] = page["body"]
            self._learn(journey, At.FORM, form_address(page))

    def _answer(self, browser: Browser, url: str) -> str:
        if browser is self.schemer:
            return "confirm"
        named = {email for email in OWN.values() if email in self.shown[url]}
        return "confirm" if named == {OWN[browser.person]} else "decline"

    def _mixed(self, at: At, back: Back) -> Back:
        """Whoever brings it may write something else into it, and then writes what a server reads."""
        if back.unedited is not None and self.chance.random() < RESTORED:
            return back.unedited
        if self.chance.random() >= MIXED:
            return back
        other = self.chance.choice([what for where, what in self.known if where is at and isinstance(what, Back)])
        part = self.chance.choice(["code", "state", "path"])
        if part == "path":
            return replace(back, path=other.path)
        return replace(back, given={**back.given, part: other.given[part]}, hidden=False)

    def _edited(self, at: At, url: str, *, forwarded: bool) -> str:
        """The address of Slack or the app, in which somebody changed what it asks for, mostly before passing it on."""
        if self.chance.random() >= (EDITED if forwarded else EDITED_FOR_ONESELF):
            return url
        parts, asked = urlsplit(url), dict(parse_qsl(urlsplit(url).query))
        match self.chance.choice(["no state of ours", "fragment", "another callback", "swap"]):
            case "no state of ours":
                asked["state"] = "f" * 64
            case "fragment":
                asked["response_mode"] = "fragment"
            case "another callback":
                asked["redirect_uri"] = BASE_URL + self.chance.choice([*OTHERS, f"/oauth/callback/{self.stage.app_id}"])
            case _:
                name = self.chance.choice([name for name in SWAPPED if name in asked])
                asked[name] = self._asked(at, name)
        return parts._replace(query=urlencode(asked)).geturl()

    def _asked(self, at: At, name: str) -> str:
        """What any of the known addresses of Slack, or of the app, asks with under this name."""
        addresses = [what for where, what in self.known if where is at and isinstance(what, str)]
        found = [dict(parse_qsl(urlsplit(url).query)).get(name) for url in addresses]
        return self.chance.choice([value for value in found if value])


def _back(url: str, asked: str, given: Mapping[str, str]) -> Back:
    """Where the server sends the browser that opened this address: it does as it is asked, as a lenient one may."""
    ours, query = (dict(parse_qsl(urlsplit(address).query)) for address in (url, asked))
    unedited = Back(_path(ours["redirect_uri"]), {**given, "state": ours["state"]})
    hidden = query.get("response_mode") == "fragment"
    return Back(_path(query["redirect_uri"]), given, hidden, unedited if url != asked else None)


def _path(callback: str) -> str:
    return urlsplit(callback).path.removeprefix(urlsplit(BASE_URL).path)


def honest(stage: Stage, oracle: Oracle, person: Person) -> bool:
    """Whether a person gets in with a link of their own in a fresh browser."""
    browser = stage.browser(person)
    page = browser.sign_in(stage.begin(person))
    if "<form" in page["body"]:
        browser.confirm(page)
    oracle.look()
    return any(row.person == person for row in stage.world.connections.rows.values())
