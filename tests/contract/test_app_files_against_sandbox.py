"""Every shipped app file against its twin in the sandbox, by the adapters that ship.

Sign in, say who it is, read, decide, be refused, decide twice, expire, refresh, revoke. What is tried is in
``app_scenarios/<app>.py``; an app file without one, or an operation that none tries, fails here.
"""

from collections.abc import Iterator
from http import HTTPStatus
from importlib import import_module
from pathlib import Path

import pytest

from countersign.domain import errors
from countersign.domain.answer import CheckResult, Recorded, Refused, Succeeded, TokenRejected
from countersign.domain.catalog import ActsAs
from countersign.domain.errors import AppUnavailable, InvalidClient, InvalidGrant
from countersign.domain.hosts import allowed_hosts, fill_settings
from countersign.domain.secret import Secret
from tests.support.app_scenario import Creation, Decision, Reading, Scenario
from tests.support.app_twin import CALLBACK, REGISTRATION, VERIFIER, Twin, started
from tests.support.shipped_catalog import SOURCE, shipped

FILES = sorted(path.stem for path in (SOURCE / "apps").glob("*.yaml"))
TRIED = sorted(path.stem for path in (Path(__file__).parent / "app_scenarios").glob("[a-z]*.py"))
SCENARIOS: dict[str, Scenario] = {
    name: import_module(f"tests.contract.app_scenarios.{name}").SCENARIO for name in TRIED
}
DECISIONS = [
    pytest.param(app, one, id=f"{app}.{one.operation}") for app, tried in SCENARIOS.items() for one in tried.decisions
]
CREATIONS = [
    pytest.param(app, one, id=f"{app}.{one.operation}") for app, tried in SCENARIOS.items() for one in tried.creations
]
READINGS = [
    pytest.param(app, one, id=f"{app}.{one.operation}")
    for app, tried in SCENARIOS.items()
    for one in (tried.reading, *tried.readings)
]
WITH_OAUTH = [name for name in TRIED if shipped().apps[name].oauth is not None]

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def twin(app: str) -> Iterator[Twin]:
    """The twin of the app that the test is about, with time for clicks to come later than the records."""
    with started(app) as running:
        running.clock.now += 60
        yield running


def test_every_app_file_has_a_scenario_and_every_scenario_an_app_file() -> None:
    assert TRIED == FILES


@pytest.mark.parametrize("app", TRIED)
def test_every_operation_is_tried(app: str) -> None:
    assert SCENARIOS[app].operations == set(shipped().apps[app].operations)


@pytest.mark.parametrize("app", TRIED)
def test_the_twin_stands_in_for_every_host_that_the_app_file_names(app: str) -> None:
    """Or a demo would lead to the internet."""
    with started(app) as twin:
        named = {host for host in allowed_hosts(twin.app, twin.settings) if not host.startswith("*.")}
        assert named <= set(twin.stand_ins.bases)


@pytest.mark.parametrize("app", TRIED)
def test_the_twins_settings_are_those_of_the_app_file(app: str) -> None:
    with started(app) as twin:
        assert set(twin.settings) == set(twin.app.settings)
        filled = {name: fill_settings(twin.app, f"${{settings.{name}}}", twin.settings) for name in twin.settings}
        assert filled == twin.settings


@pytest.mark.parametrize("app", TRIED)
def test_the_identity_is_the_one_who_signed_in(twin: Twin, app: str) -> None:
    found = [twin.sign_in(person).account for person in ("josie", "tom")]
    said = [one.email for one in found]
    assert said == (["josie@acme.com", "tom@acme.com"] if SCENARIOS[app].shows_email else [None, None])
    accounts = 2 if twin.app.acts_as is ActsAs.PERSON else 1
    assert len({one.id for one in found}) == len({one.login for one in found}) == accounts


@pytest.mark.parametrize(("app", "reading"), READINGS)
def test_reading_gives_what_is_there(twin: Twin, reading: Reading) -> None:
    josie = twin.sign_in("josie")
    read = josie.act(reading.operation, reading.inputs(twin))
    assert isinstance(read, Succeeded), read
    assert dict(reading.results).items() <= dict(read.results).items()
    assert read.results or twin.app.operations[reading.operation].choices, "an operation that reads gives something"
    assert twin.audit() == []


@pytest.mark.parametrize(("app", "decision"), DECISIONS)
def test_before_anyone_decided_nothing_is_done_or_decided(twin: Twin, decision: Decision) -> None:
    checked = twin.sign_in("josie").check(decision.operation, decision.inputs(twin))
    if checked is not None:
        assert isinstance(checked, CheckResult), checked
        assert (checked.done, checked.decided) == (False, False)
        assert checked.permitted in {None, True}


@pytest.mark.parametrize(("app", "decision"), DECISIONS)
def test_an_approver_decides_and_is_the_one_recorded(twin: Twin, decision: Decision) -> None:
    josie, inputs = twin.sign_in("josie"), decision.inputs(twin)
    done = josie.act(decision.operation, inputs)
    assert isinstance(done, Succeeded), done
    assert twin.audit() == [("josie", decision.audit)]
    recorded = josie.read_back(decision.operation, inputs, done.results)
    assert isinstance(recorded, Recorded), recorded
    assert recorded.account_id == josie.account.id


@pytest.mark.parametrize(("app", "decision"), DECISIONS)
def test_what_was_decided_is_seen_before_it_is_decided_again(twin: Twin, decision: Decision) -> None:
    """The check after a lost answer: this one is done, and the opposite is not."""
    josie, inputs = twin.sign_in("josie"), decision.inputs(twin)
    josie.act(decision.operation, inputs)
    checked = josie.check(decision.operation, inputs)
    if checked is None:
        return
    assert isinstance(checked, CheckResult), checked
    assert (checked.done, checked.decided) == (decision.names_who, decision.settled)
    assert checked.description == decision.description
    if decision.opposite:
        other = josie.check(decision.opposite, inputs)
        assert isinstance(other, CheckResult), other
        assert (other.done, other.decided) == (False, decision.settled)


@pytest.mark.parametrize(("app", "decision"), DECISIONS)
def test_one_who_may_not_is_stopped_by_the_app_or_before_it(twin: Twin, decision: Decision) -> None:
    """Where the app asks nobody who they are, our check before the act must; where it does, it says so in its words."""
    tom = twin.sign_in("tom")
    inputs = {**decision.inputs(twin), **(decision.outsider(twin) if decision.outsider else {})}
    before = tom.check(decision.operation, inputs)
    if isinstance(before, CheckResult) and before.permitted is False:
        return
    refused = tom.act(decision.operation, inputs)
    assert isinstance(refused, Refused), refused
    assert refused.may_not
    assert len(refused.message) > 5
    assert twin.audit() == []


@pytest.mark.parametrize(("app", "decision"), [one for one in DECISIONS if one.values[1].settled])
def test_deciding_twice_is_refused_as_settled_and_does_nothing(twin: Twin, decision: Decision) -> None:
    josie, inputs = twin.sign_in("josie"), decision.inputs(twin)
    josie.act(decision.operation, inputs)
    for operation in filter(None, (decision.operation, decision.opposite)):
        before = josie.check(operation, inputs)
        if not (isinstance(before, CheckResult) and before.decided):
            refused = josie.act(operation, inputs)
            assert isinstance(refused, Refused), refused
            assert refused.already
    assert len(twin.audit()) == 1


@pytest.mark.parametrize(("app", "decision"), DECISIONS)
def test_another_approvers_decision_is_not_mine(twin: Twin, decision: Decision) -> None:
    josie, tom, inputs = twin.sign_in("josie"), twin.sign_in("tom"), decision.inputs(twin)
    josie.act(decision.operation, inputs)
    checked = tom.check(decision.operation, inputs)
    if isinstance(checked, CheckResult):
        assert (checked.done, checked.decided) == (False, decision.settled)


@pytest.mark.parametrize(("app", "decision"), [one for one in DECISIONS if one.values[1].moved])
def test_a_record_that_moved_is_said_to_have_moved(twin: Twin, decision: Decision) -> None:
    josie, inputs = twin.sign_in("josie"), decision.inputs(twin)
    assert decision.moved is not None
    decision.moved(twin)
    refused = josie.act(decision.operation, inputs)
    assert isinstance(refused, Refused), refused
    assert refused.changed
    assert twin.audit() == []


@pytest.mark.parametrize(("app", "creation"), CREATIONS)
def test_what_is_made_is_made_by_the_person_and_found_again(twin: Twin, creation: Creation) -> None:
    person, inputs = twin.sign_in(creation.person), creation.inputs(twin)
    before = person.check(creation.operation, inputs)
    assert before is None or (isinstance(before, CheckResult) and not before.done)
    made = person.act(creation.operation, inputs)
    assert isinstance(made, Succeeded), made
    assert twin.audit() == [(creation.person, act) for act in creation.audit]
    after = person.check(creation.operation, inputs)
    if after is not None:
        assert isinstance(after, CheckResult), after
        assert (after.done, dict(after.results)) == (True, dict(made.results))
    recorded = person.read_back(creation.operation, inputs, made.results)
    if recorded is not None:
        assert isinstance(recorded, Recorded), recorded
        assert recorded.account_id == person.account.id


@pytest.mark.parametrize(("app", "creation"), [one for one in CREATIONS if one.values[1].once])
def test_what_is_sent_twice_is_made_once(twin: Twin, creation: Creation) -> None:
    person, inputs = twin.sign_in(creation.person), creation.inputs(twin)
    first, second = (person.act(creation.operation, inputs) for _ in range(2))
    assert isinstance(first, Succeeded), first
    assert second == first
    assert [act for _, act in twin.audit()].count("created") <= 1


@pytest.mark.parametrize("app", WITH_OAUTH)
def test_a_code_works_once(twin: Twin) -> None:
    code = twin.code("josie")
    assert twin.oauth.exchange(twin.app, code, CALLBACK, VERIFIER).access_token
    with pytest.raises(InvalidGrant):
        twin.oauth.exchange(twin.app, code, CALLBACK, VERIFIER)


@pytest.mark.parametrize("app", [name for name in WITH_OAUTH if shipped().apps[name].server.pkce])
def test_a_code_that_another_browser_began_is_refused(twin: Twin) -> None:
    """Where we send a challenge, the app must look at the verifier (RFC 7636 section 4.6)."""
    with pytest.raises(InvalidGrant):
        twin.oauth.exchange(twin.app, twin.code("josie"), CALLBACK, "c3" * 32)


@pytest.mark.parametrize("app", WITH_OAUTH)
def test_a_wrong_client_secret_is_no_trouble_of_the_network(twin: Twin) -> None:
    """It is the operator's matter; where the app has one answer for everything, the grant's."""
    code = twin.code("josie")
    with pytest.raises((InvalidClient, InvalidGrant)):
        twin.oauth_with("wrong").exchange(twin.app, code, CALLBACK, VERIFIER)


@pytest.mark.parametrize("app", WITH_OAUTH)
def test_while_a_client_secret_is_rotated_the_next_one_is_tried(twin: Twin) -> None:
    both = twin.oauth_with("former", REGISTRATION["client_secret"])
    assert both.exchange(twin.app, twin.code("josie"), CALLBACK, VERIFIER).access_token


@pytest.mark.parametrize("app", WITH_OAUTH)
def test_who_does_not_allow_comes_back_with_that(twin: Twin) -> None:
    browser, page = twin.opened()
    assert twin.came_back(browser, page, "josie", decision="deny")["error"] == "access_denied"


@pytest.mark.parametrize("app", WITH_OAUTH)
def test_whoever_is_signed_in_at_the_app_is_asked_where_the_app_file_says_so(twin: Twin) -> None:
    """`asks_who: false` makes our own page the stop: so it must be false wherever somebody may pass silently."""
    browser, page = twin.opened()
    back = twin.came_back(browser, page, "josie")
    twin.oauth.exchange(twin.app, Secret(back["code"]), CALLBACK, VERIFIER)
    _, again = twin.opened(browser)
    assert twin.app.server.asks_who is (again.status_code == HTTPStatus.OK)


@pytest.mark.parametrize("app", WITH_OAUTH)
def test_an_expired_token_is_rejected_and_a_refresh_helps(twin: Twin, app: str) -> None:
    """More than once: where refresh tokens rotate, the second refresh shows that the new one was kept."""
    josie, reading = twin.sign_in("josie"), SCENARIOS[app].reading
    assert josie.account.id
    for _ in range(2):
        twin.clock.now += 3600
        assert josie.act(reading.operation, reading.inputs(twin)) == TokenRejected()
        josie.refresh()
        assert isinstance(josie.act(reading.operation, reading.inputs(twin)), Succeeded)


@pytest.mark.parametrize("app", WITH_OAUTH)
def test_the_life_of_the_access_token_is_known_or_shows(twin: Twin) -> None:
    """`expires_in` of the sandbox, or nothing: never a number that is not so."""
    answer = twin.sign_in("josie").answer
    assert answer is not None
    assert answer.expires_in in {None, 300}


@pytest.mark.parametrize("app", WITH_OAUTH)
def test_an_unused_refresh_token_ends_when_the_app_file_says(twin: Twin) -> None:
    oauth = twin.app.server
    days = min((days for days in (oauth.refresh_idle_days, oauth.refresh_max_days) if days), default=None)
    josie = twin.sign_in("josie")
    if days is None:
        twin.clock.now += 3 * 365 * 86_400
        assert josie.refresh().access_token
        return
    twin.clock.now += (days - 5) * 86_400
    assert josie.refresh().access_token
    twin.clock.now += (days + 5) * 86_400
    with pytest.raises(InvalidGrant):
        josie.refresh()


@pytest.mark.parametrize("app", [name for name in WITH_OAUTH if shipped().apps[name].server.revocation])
def test_a_revoked_grant_is_over_at_once_and_revoking_it_again_is_no_surprise(twin: Twin, app: str) -> None:
    josie, reading = twin.sign_in("josie"), SCENARIOS[app].reading
    assert josie.account.id
    assert josie.revoke()
    with pytest.raises(InvalidGrant):
        josie.refresh()
    assert josie.act(reading.operation, reading.inputs(twin)) == TokenRejected()
    if SCENARIOS[app].tells_what_is_gone:
        assert josie.revoke()
    else:
        with pytest.raises((AppUnavailable, errors.TokenRejected)):
            josie.revoke()


@pytest.mark.parametrize("app", [name for name in TRIED if name not in WITH_OAUTH])
def test_a_key_that_its_person_deleted_is_rejected(twin: Twin, app: str) -> None:
    josie, reading = twin.sign_in("josie"), SCENARIOS[app].reading
    assert josie.account.id
    twin.running.state.keys.end(twin.account("josie"))
    assert josie.act(reading.operation, reading.inputs(twin)) == TokenRejected()
