"""What an app answers, and what we make of it."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.answer import (
    CheckResult,
    NotUsable,
    Recorded,
    Refused,
    Succeeded,
    TokenRejected,
    read_answer,
    read_check,
    read_record,
)
from countersign.domain.connection import Account
from countersign.domain.http import HttpAnswer
from tests.unit.domain.test_operation import ACCOUNT, DEAL, SYS_ID, call

APPROVE = call("servicenow.approve_change", sys_id=SYS_ID)
REJECT = call("servicenow.reject_change", sys_id=SYS_ID, comments="No")
DECIDE = call("salesforce.approve_deal", opportunity_id=DEAL, work_item_id="04iHs0000000001IAA")
CREATE = call("salesforce.create_opportunity", name="N", stage="S", close_date="2025-03-31")
REFUSAL = {"error": {"message": "Unable to approve", "detail": "You are not an approver"}, "status": "failure"}
CHANGE = {"sys_id": {"value": SYS_ID}, "number": {"value": "CHG0030001", "display_value": "CHG0030001"}}


def row(approver: str, state: str) -> dict[str, Any]:
    name = "Josie Vega" if approver == ACCOUNT.id else "Priya Nair"
    return {
        "approver": {"value": approver, "display_value": name},
        "state": {"value": state, "display_value": state.title()},
    }


@pytest.mark.parametrize("result", [CHANGE, [CHANGE]])
def test_a_change_in_the_answer_is_a_success(result: Any) -> None:
    assert read_answer(APPROVE, HttpAnswer(200, {"result": result})) == Succeeded({"number": "CHG0030001"})


@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_carries_the_apps_own_sentence(status: int) -> None:
    assert read_answer(APPROVE, HttpAnswer(status, REFUSAL)) == Refused(
        "Unable to approve: You are not an approver", already=False, may_not=True
    )


def test_a_refusal_because_it_is_settled_says_so() -> None:
    body = {"error": {"message": "Unable to approve", "detail": "CHG0030001 is already approved."}}
    assert read_answer(APPROVE, HttpAnswer(400, body)) == Refused(
        "Unable to approve: CHG0030001 is already approved.", already=True, may_not=True
    )


@pytest.mark.parametrize("body", [None, [], "no", {"error": None}, {"error": {"message": 5, "detail": ["x"]}}])
def test_a_refusal_without_a_sentence_names_the_status(body: Any) -> None:
    assert read_answer(APPROVE, HttpAnswer(403, body)) == Refused("ServiceNow answered with status 403.", may_not=True)


def test_another_client_error_did_nothing_but_says_nothing_of_rights() -> None:
    body = {"error": {"message": "No Record found", "detail": None}}
    assert read_answer(APPROVE, HttpAnswer(404, body)) == Refused("No Record found")


def test_an_apps_sentence_is_bounded_and_without_control_characters() -> None:
    body = {"error": {"message": "a\x00\u202eb" + "x" * 5000}}
    refused = read_answer(APPROVE, HttpAnswer(400, body))
    assert isinstance(refused, Refused)
    assert (refused.message[:3], len(refused.message)) == ("a b", 300)


def test_401_is_a_rejected_token() -> None:
    for read in (read_answer, read_check, read_record):
        assert read(APPROVE, HttpAnswer(401, {"error": {"message": "User Not Authenticated"}})) == TokenRejected()


@pytest.mark.parametrize(
    ("answer", "made_of_it"),
    [
        (HttpAnswer(200, None, text="<html>Sign in to the Wi-Fi"), NotUsable("status 200, but no word of success")),
        (HttpAnswer(200, {"result": []}), NotUsable("status 200, but no word of success")),
        (HttpAnswer(204, None), NotUsable("status 204")),
        (HttpAnswer(302, None), NotUsable("status 302")),
        (HttpAnswer(408, None), NotUsable("status 408")),
        (HttpAnswer(500, {"error": {"message": "oops"}}), NotUsable("status 500")),
        (HttpAnswer(503, None), NotUsable("status 503")),
        (HttpAnswer(429, None), NotUsable("status 429", not_done=True)),
        (HttpAnswer(429, None, {"Retry-After": "7"}), NotUsable("status 429", not_done=True, retry_after=7)),
        (HttpAnswer(429, None, {"retry-after": "99999"}), NotUsable("status 429", not_done=True, retry_after=900)),
        (HttpAnswer(429, None, {"retry-after": "Wed, 1 Jan"}), NotUsable("status 429", not_done=True)),
    ],
)
def test_what_can_not_be_believed_is_not_usable(answer: HttpAnswer, made_of_it: NotUsable) -> None:
    assert read_answer(APPROVE, answer) == made_of_it


def test_an_approval_counts_only_by_its_own_success_inside_a_200() -> None:
    yes = [{"success": True, "instanceStatus": "Approved", "errors": None}]
    error = {"statusCode": "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "message": "insufficient access rights"}
    gone = {"statusCode": "INVALID_CROSS_REFERENCE_KEY", "message": "invalid cross reference id"}
    approved = read_answer(DECIDE, HttpAnswer(200, yes))
    assert isinstance(approved, Succeeded)
    assert approved.results == {"status": "Approved"}
    assert read_answer(DECIDE, HttpAnswer(200, [{"success": False, "errors": [error]}])) == Refused(
        "insufficient access rights", may_not=True
    )
    assert read_answer(DECIDE, HttpAnswer(200, [{"success": False, "errors": [gone]}])) == Refused(
        "invalid cross reference id", already=True
    )
    assert read_answer(DECIDE, HttpAnswer(200, [{"success": False, "errors": None}])) == NotUsable(
        "status 200, but no word of success"
    )


@pytest.mark.parametrize(("status", "created"), [(201, True), (200, False)])
def test_an_upsert_sent_twice_is_the_same_success(status: int, created: bool) -> None:
    body = {"id": DEAL, "success": True, "errors": [], "created": created}
    assert read_answer(CREATE, HttpAnswer(status, body)) == Succeeded({"id": DEAL})


def test_a_field_that_salesforce_does_not_take_is_a_refusal_of_the_values() -> None:
    body = [{"errorCode": "REQUIRED_FIELD_MISSING", "message": "Required fields are missing: [CloseDate]"}]
    assert read_answer(CREATE, HttpAnswer(400, body)) == Refused("Required fields are missing: [CloseDate]")


@pytest.mark.parametrize(
    ("rows", "result"),
    [
        ([], CheckResult(False, False, None, None)),
        ([row(ACCOUNT.id, "requested")], CheckResult(False, False, None, None)),
        ([row(ACCOUNT.id, "approved")], CheckResult(True, True, "Josie Vega", "Approved")),
        ([row(ACCOUNT.id, "rejected")], CheckResult(False, True, "Josie Vega", "Rejected")),
        ([row("p", "approved"), row(ACCOUNT.id, "not_required")], CheckResult(False, True, "Priya Nair", "Approved")),
        ([row("p", "approved"), row(ACCOUNT.id, "requested")], CheckResult(False, False, "Priya Nair", "Approved")),
        ([row(ACCOUNT.id, "approved"), row("p", "requested")], CheckResult(True, False, "Josie Vega", "Approved")),
        (
            [row(ACCOUNT.id, "approved"), row(ACCOUNT.id, "requested")],
            CheckResult(False, False, "Josie Vega", "Approved"),
        ),
    ],
    ids=[
        "none",
        "asked",
        "mine",
        "my no",
        "another's",
        "another's, I am asked too",
        "mine, another asked",
        "asked anew",
    ],
)
def test_the_check_tells_my_own_decision_from_another_one(rows: list[Any], result: CheckResult) -> None:
    found = read_check(APPROVE, HttpAnswer(200, {"result": rows}))
    assert isinstance(found, CheckResult)
    assert replace(found, absent=False, final=None) == result


def test_an_account_id_can_not_change_the_question() -> None:
    odd = call("servicenow.approve_change", sys_id=SYS_ID)
    account = Account("x` || `true", "x", "x")
    odd = type(odd)(odd.app, odd.operation, odd.settings, None, account, odd.inputs, odd.correlation_id)
    checked = read_check(odd, HttpAnswer(200, {"result": [row("p", "approved")]}))
    assert isinstance(checked, CheckResult)
    assert (checked.done, checked.decided, checked.actor) == (False, True, "Priya Nair")


def test_a_create_that_is_found_gives_its_results() -> None:
    incident = call("servicenow.create_incident", short_description="Printer")
    ours = {"sys_id": SYS_ID, "number": "INC0010001", "correlation_id": incident.correlation_id}
    body = {"result": [ours]}
    assert read_check(incident, HttpAnswer(200, body)) == CheckResult(
        True, False, None, None, None, {"sys_id": SYS_ID, "number": "INC0010001"}
    )


@pytest.mark.parametrize("answer", [HttpAnswer(200, None), HttpAnswer(500, {}), HttpAnswer(302, {})])
def test_a_check_without_a_usable_answer_says_nothing(answer: HttpAnswer) -> None:
    assert isinstance(read_check(APPROVE, answer), NotUsable)


def test_a_record_that_may_not_be_read_is_a_refusal() -> None:
    assert read_check(APPROVE, HttpAnswer(403, REFUSAL)) == Refused(
        "Unable to approve: You are not an approver", may_not=True
    )


def test_the_read_back_names_whom_the_app_recorded() -> None:
    mine = HttpAnswer(200, {"result": [row(ACCOUNT.id, "approved")]})
    assert read_record(APPROVE, mine) == Recorded(ACCOUNT.id, "Josie Vega")
    assert read_record(REJECT, mine) == NotUsable("the app's record names nobody")


def test_a_deals_read_back_names_the_last_actor() -> None:
    step = {"ActorId": "005Hs0000000001IAA", "Actor": {"Name": "Josie Vega"}, "StepStatus": "Approved"}
    assert read_record(DECIDE, HttpAnswer(200, {"records": [step]})) == Recorded("005Hs0000000001IAA", "Josie Vega")
