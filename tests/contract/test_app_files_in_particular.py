"""What only one app has: how its words, its keys and its absent records come through the app file."""

from collections.abc import Iterator

import pytest

from countersign.domain.answer import CheckResult, Refused, Succeeded
from tests.support.app_twin import Twin, started

pytestmark = pytest.mark.timeout(60)
DEAL = {"name": "Northwind: 200 seats", "stage": "Prospecting", "close_date": "2027-03-31", "amount": "1250.50"}
REPORT = {"short_description": "The printer is on fire", "urgency": "1"}


@pytest.fixture
def salesforce() -> Iterator[Twin]:
    with started("salesforce") as twin:
        yield twin


@pytest.fixture
def servicenow() -> Iterator[Twin]:
    with started("servicenow") as twin:
        yield twin


def test_an_opportunity_that_was_made_can_be_read(salesforce: Twin) -> None:
    tom = salesforce.sign_in("tom")
    made = tom.act("create_opportunity", DEAL)
    assert isinstance(made, Succeeded)
    read = tom.act("read_opportunity", {"opportunity_id": made.results["id"]})
    assert isinstance(read, Succeeded)
    assert read.results == {
        "name": "Northwind: 200 seats",
        "stage": "Prospecting",
        "amount": "1250.5",
        "close_date": "2027-03-31",
    }


def test_a_field_that_salesforce_does_not_take_is_said(salesforce: Twin) -> None:
    refused = salesforce.sign_in("tom").act("create_opportunity", DEAL | {"name": "x" * 121})
    assert isinstance(refused, Refused)
    assert refused.message.startswith("Name: data value too large: xxx")
    assert not refused.may_not


def test_an_incident_is_found_again_by_the_actions_own_id(servicenow: Twin) -> None:
    priya = servicenow.sign_in("priya")
    assert priya.check("create_incident", REPORT) == CheckResult(False, False, None, None, absent=True)
    made = priya.act("create_incident", REPORT)
    assert isinstance(made, Succeeded)
    checked = priya.check("create_incident", REPORT)
    assert isinstance(checked, CheckResult)
    assert (checked.done, checked.results) == (True, made.results)


def test_a_change_that_is_not_there_is_refused_in_servicenows_words(servicenow: Twin) -> None:
    assert servicenow.sign_in("josie").act("read_change", {"sys_id": "0" * 32}) == Refused(
        "No Record found: Record doesn't exist or ACL restricts the record retrieval"
    )
