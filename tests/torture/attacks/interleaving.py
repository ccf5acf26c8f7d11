"""One round: two people's sign-ins at once, each step by whichever browser, every address known to both.

What stands in an address can be forwarded, so both people know all of it: links, Slack's and the app's addresses, codes
and states, forms. Only cookies stay in their browser, and each is signed in to Slack and to the app as its person.
One of the two is up to something: that browser stops where it likes and says yes to everything. The other one opens
whatever it is sent, passes on what stands in its address bar, and says yes only where the page names its own account.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Final

from countersign.domain.identity import Person
from tests.support.sign_in_world import JOSIE, TOM
from tests.support.two_browsers import Browser, Stage, form_address, onward
from tests.torture.attacks.oracle import OWN, Oracle

STEPS: Final = 18
FORWARDED: Final = 0.15
"""How often a step is taken by the other one's browser."""
ANYTHING: Final = 0.25
"""How often any known address is used, the oldest and spent ones too, instead of the next one."""
STOPPED: Final = 0.4
"""How often the browser of who is up to something does not go back to us when Slack or the app sends it."""
MIXED: Final = 0.1
"""How often a callback brings the code or the state of another one."""
SECONDS_BETWEEN_ROUNDS: Final = 700


class At(StrEnum):
    """What a known address leads to."""

    LINK = "link"
    SLACK = "slack"
    BACK_FROM_SLACK = "back from slack"
    APP = "app"
    BACK_FROM_APP = "back from app"
    FORM = "form"


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
            own = self.chance.random() >= FORWARDED
            browser = self.browsers[journey if own else 1 - journey]
            at, what = self._address(journey)
            try:
                self._go(journey, browser, at, what)
            except ValueError:
                continue  # a page that leads nowhere: stopped
            finally:
                self.oracle.look()

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
                self._sent_back(journey, browser, At.BACK_FROM_SLACK, browser.at_slack(url))
            case At.APP, str(url):
                self._sent_back(journey, browser, At.BACK_FROM_APP, browser.at_app(url))
            case ((At.BACK_FROM_SLACK | At.BACK_FROM_APP), dict(callback)):
                self._come_back(journey, browser, at, self._mixed(at, callback))
            case At.FORM, str(url):
                browser.post(url, self._answer(browser, url))

    def _sent_back(self, journey: int, browser: Browser, at: At, callback: dict[str, str]) -> None:
        """Redirects are followed without anybody's doing, unless the browser's person wants otherwise."""
        self._learn(journey, at, callback)
        if browser is not self.schemer or self.chance.random() >= STOPPED:
            self._come_back(journey, browser, at, callback)

    def _come_back(self, journey: int, browser: Browser, at: At, callback: dict[str, str]) -> None:
        if at is At.BACK_FROM_SLACK:
            self._learn(journey, At.APP, onward(browser.back_from_slack(callback)))
        else:
            page = browser.back_from_app(callback)
            self.shown[form_address(page)] = page["body"]
            self._learn(journey, At.FORM, form_address(page))

    def _answer(self, browser: Browser, url: str) -> str:
        if browser is self.schemer:
            return "confirm"
        named = {email for email in OWN.values() if email in self.shown[url]}
        return "confirm" if named == {OWN[browser.person]} else "decline"

    def _mixed(self, at: At, callback: dict[str, str]) -> dict[str, str]:
        if self.chance.random() >= MIXED:
            return callback
        other = self.chance.choice([what for where, what in self.known if where is at and isinstance(what, dict)])
        part = self.chance.choice(["code", "state"])
        return callback | {part: other[part]}


def honest(stage: Stage, oracle: Oracle, person: Person) -> bool:
    """Whether a person gets in with a link of their own in a fresh browser."""
    browser = stage.browser(person)
    page = browser.sign_in(stage.begin(person))
    if "<form" in page["body"]:
        browser.confirm(page)
    oracle.look()
    return any(row.person == person for row in stage.world.connections.rows.values())
