"""Records that one approval does not settle, and answers that are lost on the way: what the app files make of them.

Two approvers, several steps, an edition that says less, an attempt that is made anew: a check must not take "not
settled" for "not done", nor a record that waits for others for one that is over.
"""

from collections.abc import Iterator

import pytest

from countersign.domain.answer import CheckResult, Refused, Succeeded
from sandbox.apps.concur.api import waiting as expense_report
from sandbox.apps.gitlab.api import open_request
from sandbox.apps.jira.api import waiting as service_request
from tests.support.app_twin import SignedIn, Twin, started

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def twin(app: str) -> Iterator[Twin]:
    """The twin of the app that the test is about."""
    with started(app) as running:
        running.clock.now += 60
        yield running


def said(person: SignedIn, operation: str, inputs: dict[str, str]) -> tuple[bool, bool, bool, bool | None]:
    """What the check says: done, decided, absent, final."""
    found = person.check(operation, inputs)
    assert isinstance(found, CheckResult), found
    return found.done, found.decided, found.absent, found.final


def decided(person: SignedIn, operation: str, inputs: dict[str, str]) -> bool | None:
    """Decide, which the app must take; whether the record is settled by it."""
    done = person.act(operation, inputs)
    assert isinstance(done, Succeeded), done
    return done.final


def approvers(twin: Twin) -> tuple[SignedIn, SignedIn]:
    """Josie and Tom, each signed in."""
    return twin.sign_in("josie"), twin.sign_in("tom")


def deal(twin: Twin, *names: str) -> dict[str, str]:
    """An opportunity whose approval process asks these, one after another, in the step that waits now."""
    records = twin.running.app.extensions["sandbox-records"]
    logins = ",".join(twin.account(name).login for name in names)
    records.add_for_approval("Tailspin: framework", requested_by=twin.account("tom").login, approver=logins)
    return {"opportunity_id": twin.card(-1)["opportunity_id"], "work_item_id": twin.card(-1)["work_item_id"]}


@pytest.mark.parametrize("app", ["salesforce"])
def test_a_step_of_a_salesforce_process_is_done_though_the_process_is_not(twin: Twin) -> None:
    (josie, tom), first = approvers(twin), deal(twin, "josie", "tom")
    assert said(josie, "approve_deal", first) == (False, False, True, False)
    assert decided(josie, "approve_deal", first) is False
    assert said(josie, "approve_deal", first) == (True, False, False, False)
    second = first | {"work_item_id": twin.card(-1)["work_item_id"]}
    assert said(tom, "approve_deal", second) == (False, False, True, False)
    assert decided(tom, "approve_deal", second) is True
    assert said(tom, "approve_deal", second) == (True, True, False, True)
    # Somebody came after Josie: nothing says any more that her step is not done.
    assert said(josie, "approve_deal", first) == (False, True, False, True)


@pytest.mark.parametrize("app", ["salesforce"])
def test_whoever_is_asked_in_both_steps_has_done_the_first_only(twin: Twin) -> None:
    josie, first = twin.sign_in("josie"), deal(twin, "josie", "josie")
    decided(josie, "approve_deal", first)
    second = first | {"work_item_id": twin.card(-1)["work_item_id"]}
    assert said(josie, "approve_deal", second) == (False, False, True, False)
    assert said(josie, "reject_deal", second) == (False, False, True, False)


@pytest.mark.parametrize("app", ["salesforce"])
def test_a_work_item_is_known_by_its_short_id_too(twin: Twin) -> None:
    josie, first = twin.sign_in("josie"), deal(twin, "josie", "tom")
    short = first | {"work_item_id": first["work_item_id"][:15]}
    assert said(josie, "approve_deal", short) == (False, False, True, False)
    decided(josie, "approve_deal", short)
    assert said(josie, "approve_deal", short) == (True, False, False, False)


@pytest.mark.parametrize("app", ["servicenow"])
def test_a_change_that_all_must_approve_waits_for_the_others(twin: Twin) -> None:
    josie, tom = approvers(twin)
    changes = twin.running.app.extensions["sandbox-records"]
    change = {"sys_id": changes.add_for_approval("Replace the core switch", requested_by="priya", approver="josie+tom")}
    assert said(josie, "approve_change", change) == (False, False, True, False)
    decided(josie, "approve_change", change)
    assert said(josie, "approve_change", change) == (True, False, False, False)
    assert said(tom, "approve_change", change) == (False, False, True, False)
    decided(tom, "approve_change", change)
    assert said(tom, "approve_change", change) == (True, True, False, True)


@pytest.mark.parametrize("app", ["servicenow"])
def test_a_change_without_a_row_of_mine_proves_nothing(twin: Twin) -> None:
    """As where an access rule hides the rows: it may have happened all the same."""
    josie = twin.sign_in("josie")
    assert said(josie, "approve_change", {"sys_id": "0" * 32}) == (False, False, False, None)


@pytest.mark.parametrize("app", ["gitlab"])
def test_a_merge_request_that_needs_two_waits_for_the_second(twin: Twin) -> None:
    josie, tom = approvers(twin)
    people = [twin.account(name) for name in ("priya", "josie", "tom")]
    record = open_request(twin.store, "Rotate the signing key", *people)
    request = {"project": "acme/payroll", "number": record.id, "sha": record.fields["sha"]}
    assert said(josie, "approve_merge_request", request) == (False, False, True, False)
    assert decided(josie, "approve_merge_request", request) is False
    assert said(josie, "approve_merge_request", request) == (True, False, False, False)
    assert decided(tom, "approve_merge_request", request) is True


@pytest.mark.parametrize("app", ["gitlab"])
def test_community_edition_says_less_and_is_understood(twin: Twin) -> None:
    """Its answers have neither the merge request's fields nor approvals_left."""
    josie = twin.sign_in("josie")
    people = [twin.account(name) for name in ("priya", "josie")]
    record = open_request(twin.store, "Rotate the signing key", *people, edition="community")
    request = {"project": "acme/payroll", "number": record.id}
    approval = request | {"sha": record.fields["sha"]}
    assert decided(josie, "approve_merge_request", approval) is True
    assert said(josie, "approve_merge_request", approval) == (True, False, False, True)
    assert isinstance(josie.act("unapprove_merge_request", request), Succeeded)
    assert said(josie, "approve_merge_request", approval) == (False, False, True, False)


@pytest.mark.parametrize("app", ["jira"])
def test_a_service_request_of_two_approvers_waits_for_the_second(twin: Twin) -> None:
    josie, tom = approvers(twin)
    people = [twin.account(name) for name in ("priya", "josie", "tom")]
    record = service_request(twin.store, "Access to the vault", *people)
    asked = {"issue_key": record.fields["request"].id, "approval_id": record.id}
    assert said(josie, "approve_request", asked) == (False, False, True, False)
    assert decided(josie, "approve_request", asked) is False
    assert said(josie, "approve_request", asked) == (True, False, False, False)
    assert said(tom, "approve_request", asked) == (False, False, True, False)
    assert decided(tom, "decline_request", asked) is True
    assert said(tom, "decline_request", asked) == (True, True, False, True)


@pytest.mark.parametrize("app", ["jira"])
def test_the_same_words_twice_are_two_comments(twin: Twin) -> None:
    """Somebody's earlier comment in the same words is not this action's."""
    josie = twin.sign_in("josie")
    words = {"issue_key": "IT-42", "text": "Please ask your manager first."}
    request = twin.store.get("request", "IT-42")
    twin.store.add("comment", {"request": request, "body": words["text"], "public": True}, twin.account("josie"))
    assert said(josie, "add_comment", words)[:3] == (False, False, True)
    assert isinstance(josie.act("add_comment", words), Succeeded)
    assert said(josie, "add_comment", words)[:3] == (True, False, False)


@pytest.mark.parametrize("app", ["jira"])
def test_a_full_page_of_older_comments_proves_no_absence(twin: Twin) -> None:
    josie, request = twin.sign_in("josie"), twin.store.get("request", "IT-42")
    for place in range(101):
        fields = {"request": request, "body": f"{place}", "public": True}
        twin.store.add("comment", fields, twin.account("priya"))
    words = {"issue_key": "IT-42", "text": "Please ask your manager first."}
    assert said(josie, "add_comment", words)[:3] == (False, False, False)


@pytest.mark.parametrize("app", ["concur"])
@pytest.mark.parametrize("afterwards", ["A_PECO", "A_APPR"])
def test_nothing_says_that_a_concur_approval_is_absent(twin: Twin, afterwards: str) -> None:
    """A report goes on to a further step, and may come back to the same manager: a second send would approve that."""
    josie, tom = approvers(twin)
    people = [twin.account(name) for name in ("priya", "josie", "tom")]
    record = expense_report(twin.store, "Offsite", *people, afterwards=afterwards)
    report = {"report_id": record.id, "comment": "Approved in Slack"}
    settled = afterwards == "A_APPR"
    assert said(josie, "approve_report", report) == (False, False, False, False)
    decided(josie, "approve_report", report)
    assert said(josie, "approve_report", report) == (False, False, False, False)
    refused = josie.act("approve_report", report)
    assert isinstance(refused, Refused), refused
    decided(tom, "approve_report", report)
    assert said(tom, "approve_report", report) == (False, settled, False, settled)


@pytest.mark.parametrize("app", ["github"])
def test_an_earlier_attempts_rejection_does_not_decide_the_next_attempt(twin: Twin) -> None:
    """A workflow run that is run again waits again, and its review history still has what was before."""
    josie = twin.sign_in("josie")
    run = {name: twin.card(2)[name] for name in ("owner", "repo", "run_id", "environment_id")}
    rejected = run | {"comment": "Not now"}
    assert decided(josie, "reject_deployment", rejected) is True
    assert said(josie, "reject_deployment", rejected) == (False, True, False, None)
    twin.store.all("run")[0].fields["attempt"] += 1
    approval = run | {"comment": "Now"}
    assert said(josie, "approve_deployment", approval) == (False, False, True, None)
    assert decided(josie, "approve_deployment", approval) is True
    assert said(josie, "approve_deployment", approval) == (False, True, False, None)
