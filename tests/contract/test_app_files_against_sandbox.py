"""The shipped app files against the sandbox apps: sign in, identify, act, be refused, act twice, read back, revoke."""

from typing import Any

import pytest

from countersign.domain.answer import CheckResult, Recorded, Refused, Succeeded, TokenRejected
from tests.support.app_twin import SignedIn, Twin

DECISIONS = {
    "servicenow": ("approve_change", "reject_change"),
    "salesforce": ("approve_deal", "reject_deal"),
}


@pytest.fixture(params=["servicenow", "salesforce"])
def twin(request: pytest.FixtureRequest) -> Twin:
    return Twin.start(request.param)


@pytest.fixture
def josie(twin: Twin) -> SignedIn:
    return twin.sign_in("josie")


@pytest.fixture
def tom(twin: Twin) -> SignedIn:
    return twin.sign_in("tom")


def record(twin: Twin) -> dict[str, str]:
    """What the card of the first sample record brings: it waits for Josie."""
    records = twin.sandbox.extensions["sandbox-records"]
    body: dict[str, Any] = records.card(records.listing()[0].record_id).body
    names = {"servicenow": ["sys_id"], "salesforce": ["opportunity_id", "work_item_id"]}[twin.app.id]
    twin.clock.now += 60  # clicks come later than the record
    return {name: str(body[name]) for name in names}


def test_the_identity_is_the_one_who_signed_in(josie: SignedIn, tom: SignedIn) -> None:
    found = [who.account for who in (josie, tom)]
    assert [one.email for one in found] == ["josie@acme.com", "tom@acme.com"]
    assert len({one.id for one in found}) == 2


@pytest.mark.parametrize("choice", [0, 1], ids=["approve", "reject"])
def test_an_approver_decides_once_and_is_the_one_recorded(twin: Twin, josie: SignedIn, choice: int) -> None:
    operation, other = DECISIONS[twin.app.id][choice], DECISIONS[twin.app.id][1 - choice]
    act, me = {**record(twin), "comments": "As discussed"}, josie.account
    assert isinstance(josie.act(operation, **act), Succeeded)
    past = ("Approved", "Rejected")[choice]
    assert josie.check(operation, **act) == CheckResult(done=True, decided=True, actor=me.name, description=past)
    assert josie.check(other, **act) == CheckResult(done=False, decided=True, actor=me.name, description=past)
    assert josie.read_back(operation, **act) == Recorded(me.id, me.name)
    assert twin.audit() == [(me.login, past.lower())]


def test_before_anyone_decided_nothing_is_done_or_decided(twin: Twin, josie: SignedIn) -> None:
    for operation in DECISIONS[twin.app.id]:
        checked = josie.check(operation, **record(twin), comments="x")
        assert isinstance(checked, CheckResult)
        assert (checked.done, checked.decided) == (False, False)


def test_one_who_may_not_is_refused_in_the_apps_own_words(twin: Twin, tom: SignedIn, josie: SignedIn) -> None:
    for operation in DECISIONS[twin.app.id]:
        act = {**record(twin), "comments": "Please"}
        refused = tom.act(operation, **act)
        assert isinstance(refused, Refused)
        assert (refused.already, refused.may_not) == (False, True)
        assert len(refused.message) > 10
        checked = josie.check(operation, **act)
        assert isinstance(checked, CheckResult)
        assert not checked.decided
    assert twin.audit() == []


def test_deciding_twice_is_refused_as_settled_and_does_nothing(twin: Twin, josie: SignedIn) -> None:
    approve, reject = DECISIONS[twin.app.id]
    act = {**record(twin), "comments": "x"}
    josie.act(approve, **act)
    for operation in (approve, reject):
        refused = josie.act(operation, **act)
        assert isinstance(refused, Refused)
        assert refused.already
    assert len(twin.audit()) == 1


def test_another_approvers_decision_is_not_mine(twin: Twin, josie: SignedIn, tom: SignedIn) -> None:
    approve = DECISIONS[twin.app.id][0]
    act = record(twin)
    josie.act(approve, **act)
    checked = tom.check(approve, **act)
    assert isinstance(checked, CheckResult)
    assert (checked.done, checked.decided, checked.actor) == (False, True, josie.account.name)


def test_an_expired_token_is_rejected_and_a_refresh_helps(twin: Twin, josie: SignedIn) -> None:
    reading = {"servicenow": "read_change", "salesforce": "read_opportunity"}[twin.app.id]
    inputs = {name: value for name, value in record(twin).items() if name in {"sys_id", "opportunity_id"}}
    assert josie.account.name
    twin.clock.now += 3600
    assert josie.act(reading, **inputs) == TokenRejected()
    josie.tokens |= josie.refresh()
    assert isinstance(josie.act(reading, **inputs), Succeeded)


def test_a_revoked_grant_is_over_at_once_and_revoking_it_again_is_no_surprise(twin: Twin, josie: SignedIn) -> None:
    revocation = twin.app.oauth.revocation
    assert revocation is not None
    assert josie.revoke() == 200
    assert josie.refresh()["error"]
    assert josie.revoke() in {200, *revocation.gone_status}


def test_an_opportunity_is_made_once_however_often_it_is_sent() -> None:
    twin = Twin.start("salesforce")
    tom = twin.sign_in("tom")
    deal = {"name": "Northwind: 200 seats", "stage": "Prospecting", "close_date": "2027-03-31", "amount": "1250.50"}
    first, second = tom.act("create_opportunity", **deal), tom.act("create_opportunity", **deal)
    assert isinstance(first, Succeeded)
    assert first == second
    assert tom.read_back("create_opportunity", **deal) == Recorded(tom.account.id, tom.account.name)
    assert twin.audit() == [("tom@acme.com", "created"), ("tom@acme.com", "updated")]
    read = tom.act("read_opportunity", opportunity_id=first.results["id"])
    assert isinstance(read, Succeeded)
    assert read.results == {
        "name": "Northwind: 200 seats",
        "stage": "Prospecting",
        "amount": "1250.5",
        "close_date": "2027-03-31",
    }


def test_a_field_that_salesforce_does_not_take_is_said() -> None:
    tom = Twin.start("salesforce").sign_in("tom")
    deal = {"name": "x" * 121, "stage": "Prospecting", "close_date": "2027-03-31"}
    refused = tom.act("create_opportunity", **deal)
    assert isinstance(refused, Refused)
    assert refused.message.startswith("Name: data value too large: xxx")
    assert not refused.may_not


def test_an_incident_is_found_again_by_the_actions_own_id() -> None:
    twin = Twin.start("servicenow")
    priya = twin.sign_in("priya")
    report = {"short_description": "The printer is on fire", "urgency": "1"}
    assert priya.check("create_incident", **report) == CheckResult(False, False, None, None)
    made = priya.act("create_incident", **report)
    assert isinstance(made, Succeeded)
    checked = priya.check("create_incident", **report)
    assert isinstance(checked, CheckResult)
    assert (checked.done, checked.results) == (True, made.results)
    assert priya.read_back("create_incident", **report) == Recorded(priya.account.id, None)


def test_a_change_that_is_not_there_is_refused_in_servicenows_words() -> None:
    josie = Twin.start("servicenow").sign_in("josie")
    assert josie.act("read_change", sys_id="0" * 32) == Refused(
        "No Record found: Record doesn't exist or ACL restricts the record retrieval"
    )
