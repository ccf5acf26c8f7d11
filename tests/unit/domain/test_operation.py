"""The requests of the shipped operations, whole, as they leave us."""

from dataclasses import replace

import pytest

from countersign.domain.catalog import Input, InputType
from countersign.domain.connection import Account
from countersign.domain.errors import Malformed
from countersign.domain.http import HttpRequest
from countersign.domain.operation import (
    Call,
    build_request,
    check_request,
    correlation_id,
    read_back_request,
)
from tests.support.shipped_catalog import SETTINGS, shipped

SYS_ID = "46e18c0fa9fe19810066a0083f76bd56"
DEAL = "006Hs00000AbcdeIAB"
ACCOUNT = Account("77ad8176731313005754660c4cf6a7de", "josie", "Josie Vega", "josie@acme.com")
JSON = {"Accept": "application/json"}
SERVICENOW = "https://acme.service-now.com"
SALESFORCE = "https://acme.my.salesforce.com"
KEY = "0123456789abcdef0123456789abcdef"


def call(operation: str, **inputs: str) -> Call:
    app = shipped().apps[operation.partition(".")[0]]
    base = SALESFORCE if app.id == "salesforce" else None
    return Call(app, shipped().operation(operation), SETTINGS[app.id], base, ACCOUNT, inputs, KEY)


def test_approving_a_change_sends_the_state_and_no_empty_comment() -> None:
    assert build_request(call("servicenow.approve_change", sys_id=SYS_ID)) == HttpRequest(
        "PATCH", f"{SERVICENOW}/api/sn_chg_rest/change/{SYS_ID}/approvals", {}, JSON, {"state": "approved"}
    )


def test_rejecting_a_change_sends_the_comment_as_it_was_typed() -> None:
    comment = 'No "${input.sys_id}" <!channel>\nTry later'
    sent = build_request(call("servicenow.reject_change", sys_id=SYS_ID, comments=comment))
    assert sent.json == {"state": "rejected", "comments": comment}


def test_the_check_asks_for_every_approver_of_the_change() -> None:
    assert check_request(call("servicenow.approve_change", sys_id=SYS_ID)) == HttpRequest(
        "GET",
        f"{SERVICENOW}/api/now/table/sysapproval_approver",
        {
            "sysparm_query": f"sysapproval={SYS_ID}",
            "sysparm_fields": "state,approver,sys_updated_by,sys_updated_on,comments",
            "sysparm_display_value": "all",
            "sysparm_limit": "100",
        },
        JSON,
    )


def test_the_read_back_asks_for_the_persons_own_row() -> None:
    sent = read_back_request(call("servicenow.approve_change", sys_id=SYS_ID))
    assert sent is not None
    assert sent.query["sysparm_query"] == f"sysapproval={SYS_ID}^approver=javascript:gs.getUserID()"


def test_creating_an_opportunity_is_an_upsert_under_the_actions_own_id() -> None:
    inputs = {"name": "Northwind", "stage": "Prospecting", "close_date": "2025-03-31", "amount": "1250.50"}
    assert build_request(call("salesforce.create_opportunity", **inputs)) == HttpRequest(
        "PATCH",
        f"{SALESFORCE}/services/data/v64.0/sobjects/Opportunity/Countersign_Id__c/{KEY}",
        {},
        JSON,
        {"Name": "Northwind", "StageName": "Prospecting", "CloseDate": "2025-03-31", "Amount": 1250.5},
    )


def test_a_deal_is_decided_by_its_work_item() -> None:
    sent = build_request(call("salesforce.approve_deal", opportunity_id=DEAL, work_item_id="04iHs0000000001IAA"))
    assert sent.url == f"{SALESFORCE}/services/data/v64.0/process/approvals/"
    assert sent.json == {"requests": [{"actionType": "Approve", "contextId": "04iHs0000000001IAA"}]}


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("12.0", 12), ("-0.5", -0.5), ("123456789012345", 123456789012345)]
)
def test_a_number_is_sent_as_one(text: str, number: float) -> None:
    inputs = {"name": "N", "stage": "S", "close_date": "2025-03-31", "amount": text}
    sent = build_request(call("salesforce.create_opportunity", **inputs)).json["Amount"]
    assert (sent, type(sent)) == (number, type(number))


@pytest.mark.parametrize("text", ["NaN", "Infinity", "12,5", "1e400", "1234567890123456", "x"])
def test_what_is_no_number_is_refused_before_anything_is_sent(text: str) -> None:
    inputs = {"name": "N", "stage": "S", "close_date": "2025-03-31", "amount": text}
    with pytest.raises(Malformed) as caught:
        build_request(call("salesforce.create_opportunity", **inputs))
    assert caught.value.user_message == "Amount is not a number."


def test_a_yes_or_no_is_sent_as_true_or_false() -> None:
    made = call("servicenow.approve_change", sys_id=SYS_ID, comments="true")
    inputs = {**made.operation.inputs, "comments": Input("Comment", InputType.BOOLEAN, required=False)}
    made = replace(made, operation=replace(made.operation, inputs=inputs))
    assert build_request(made).json == {"state": "approved", "comments": True}


@pytest.mark.parametrize("sys_id", [f"{SYS_ID}^ORstate=requested", "../sys_user", SYS_ID.upper(), f"{SYS_ID}\n"])
def test_an_id_of_another_form_is_refused_before_anything_is_sent(sys_id: str) -> None:
    with pytest.raises(Malformed) as caught:
        check_request(call("servicenow.approve_change", sys_id=sys_id))
    assert caught.value.user_message == "The change's sys_id is not of the right form."


def test_a_required_input_that_is_missing_is_named() -> None:
    with pytest.raises(Malformed) as caught:
        build_request(call("servicenow.reject_change", sys_id=SYS_ID))
    assert caught.value.user_message == "Comment is missing."


def test_every_person_action_and_step_has_an_id_of_its_own() -> None:
    ids = {correlation_id(person, action, step) for person in "ab" for action in ("a1", "1") for step in ("s", "t")}
    assert len(ids) == 8
    assert correlation_id("T/U", "run#1", "create") == correlation_id("T/U", "run#1", "create")
    assert all(len(one) == 32 for one in ids)
