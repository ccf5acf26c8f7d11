"""Somebody leaves while their browser is signing in: wherever it is, nothing usable stays and the tokens are ended."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

from countersign.domain.connection import Status
from countersign.domain.departure import SECOND_LOOK, Departure, Left
from countersign.domain.pages import Onward, Page, PageKind, View
from countersign.domain.queue_messages import left_message
from countersign.domain.sign_in import Leg
from tests.support.sign_in_world import (
    JOSIE,
    ScriptedHttp,
    ScriptedOpenId,
    SignInWorld,
    Ticking,
    claims_of,
    servicenow_user,
)
from tests.unit.workspaces.test_leaving import Office, deactivated, uninstalled


@dataclass
class Moment(Ticking):
    """The office's clock, for its browsers too."""

    office: Office = field(default_factory=Office)

    def __call__(self) -> int:
        return self.office.now


@dataclass
class Journey:
    """Josie's browser on its way, beside everything else of the same deployment."""

    office: Office
    http: ScriptedHttp
    browser: SignInWorld
    departure: Callable[[int], Departure]
    cookie: str = ""
    state: str = ""
    view: View | None = None

    def begun(self) -> None:
        _, self.state = self.browser.begin(JOSIE)

    def at_slack(self) -> None:
        onward = self.browser.start_sign_in(self.state, None)
        self._onward(onward)
        if isinstance(onward, Onward):
            self.cookie = onward.cookie

    def at_the_app(self) -> None:
        self._onward(self.browser.complete_slack_leg({"state": [self.state], "code": ["U0JOSIE"]}, self.cookie))

    def asked_to_confirm(self) -> None:
        query = {"code": ["good-code"], "state": [self.state]}
        self.view = self.browser.complete_app_leg("servicenow", query, self.cookie)

    def confirmed(self) -> None:
        secret = self.browser.confirm_secret(self.cookie, self.state)
        self.view = self.browser.confirm_sign_in(secret, self.cookie, accepted=True)

    def _onward(self, view: View) -> None:
        self.view = view
        if isinstance(view, Onward):
            self.state = parse_qs(urlsplit(view.url).query)["state"][0]

    def leaves(self) -> None:
        """The event comes, and its first look is taken."""
        self.office.now += 1
        assert self.office.deliver(dict(left_message(self.departure(self.office.now)))) == []
        (purge,) = [each for each in self.office.actions_queue.sent if each["kind"] == "purge"]
        self.office.actions_queue.sent.remove(purge)
        assert self.office.deliver(dict(purge)) == []

    def time_passes(self) -> None:
        """The second look, revocations, and housekeeping's rounds."""
        self.office.now += SECOND_LOOK
        self.office.run_queue()
        self.office.now += 60
        self.office.keep_house()
        self.office.run_queue()

    @property
    def kind(self) -> PageKind | None:
        return self.view.kind if isinstance(self.view, Page) else None

    @property
    def live(self) -> list[str]:
        return [key[0] for key, row in self.office.connections.rows.items() if row.status is not Status.REVOKING]

    @property
    def sealed_legs(self) -> list[Leg]:
        return [leg for leg in self.office.sign_ins.legs.values() if leg.sealed]


STEPS = (Journey.begun, Journey.at_slack, Journey.at_the_app, Journey.asked_to_confirm, Journey.confirmed)
DEPARTURES: dict[str, Callable[[int], Departure]] = {
    "deactivated": lambda at: deactivated("U0JOSIE", at),
    "uninstalled": uninstalled,
    "cut off": lambda at: Departure(Left.CUT_OFF, "T0ACME", "T0ACME", None, "U0JOSIE", at, by="U0PRIYA"),
    "forgotten": lambda at: Departure(Left.FORGOTTEN, "T0ACME", None, None, "U0JOSIE", at, by="U0JOSIE"),
}


@pytest.fixture(params=DEPARTURES.values(), ids=DEPARTURES)
def journey(request: pytest.FixtureRequest) -> Journey:
    office = Office()
    office.__dict__["home"] = lambda: None
    office.slack.gone = [JOSIE]
    http = ScriptedHttp({"acme.service-now.com": servicenow_user("josie@elsewhere.example")})
    browser = SignInWorld(
        ScriptedOpenId({"U0JOSIE": claims_of(JOSIE)}),
        http=http,
        sign_ins=office.sign_ins,
        connections=office.connections,
        sealer=office.opener,  # type: ignore[arg-type]
        queue=office.actions_queue,  # type: ignore[arg-type]
        audit=office.audit,  # type: ignore[arg-type]
        clock=Moment(office=office),
    )
    return Journey(office, http, browser, request.param)


@pytest.mark.parametrize("done", range(1, 5), ids=["begun", "at slack", "at the app", "asked to confirm"])
def test_the_step_after_the_departure_is_refused_and_what_the_app_gave_is_ended(journey: Journey, done: int) -> None:
    for step in STEPS[:done]:
        step(journey)
    journey.leaves()
    STEPS[done](journey)
    assert journey.kind is PageKind.STOPPED
    assert journey.live == []

    journey.time_passes()

    assert (journey.live, journey.sealed_legs) == ([], [])
    got_tokens = done >= STEPS.index(Journey.asked_to_confirm) + 1
    assert journey.office.authorization.revoked == (["refresh-1"] if got_tokens else [])


def test_who_leaves_while_the_app_is_asked_whose_the_tokens_are_gets_no_connection(journey: Journey) -> None:
    for step in STEPS[:3]:
        step(journey)

    def once() -> None:
        journey.http.while_asked = lambda: None
        journey.leaves()

    journey.http.while_asked = once
    journey.asked_to_confirm()
    assert journey.kind is PageKind.STOPPED
    journey.time_passes()
    assert (journey.live, journey.sealed_legs) == ([], [])
    assert journey.office.authorization.revoked == ["refresh-1"]


@pytest.mark.parametrize("call", ["consume_leg", "save_intent"], ids=["before it is stored", "after it is stored"])
def test_who_leaves_while_the_confirmation_is_carried_out_keeps_nothing(
    journey: Journey, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in STEPS[:4]:
        step(journey)
    store = journey.office.sign_ins
    plain = getattr(store, call)

    def meanwhile(*given: object, **named: object) -> object:
        monkeypatch.undo()
        journey.leaves()
        return plain(*given, **named)

    monkeypatch.setattr(store, call, meanwhile)
    journey.confirmed()
    assert journey.kind is PageKind.CHANGED
    assert journey.live == []
    journey.time_passes()
    assert (journey.live, journey.sealed_legs) == ([], [])
    assert journey.office.authorization.revoked == ["refresh-1"]


def test_a_sign_in_that_was_done_goes_like_any_connection(journey: Journey) -> None:
    for step in STEPS:
        step(journey)
    assert journey.kind is PageKind.DONE
    journey.leaves()
    assert journey.live == []
    journey.time_passes()
    assert journey.office.connections.rows == {}
    assert journey.office.authorization.revoked == ["refresh-1"]
