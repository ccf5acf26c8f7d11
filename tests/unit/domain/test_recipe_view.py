"""What a recipe shows, hands on and replies."""

import pytest

from countersign.domain.errors import ConfigurationError
from countersign.domain.message import Link
from countersign.domain.recipe_view import (
    CardView,
    Reply,
    Settled,
    card_place,
    card_record,
    card_settled,
    card_view,
    recipe_values,
    reply,
    step_inputs,
)
from tests.support.shipped_catalog import SETTINGS, shipped

SYS_ID = "46e18c0fa9fe19810066a0083f76bd56"
CHANGE = {
    "sys_id": SYS_ID,
    "number": "CHG0030001",
    "short_description": "Upgrade the payroll database",
    "requested_by": "priya@acme.com",
    "risk": "Moderate",
}
RECIPE = shipped().recipes["approve_change"]


def test_a_card_shows_the_record_as_it_was_and_leaves_out_what_is_not_known() -> None:
    assert card_view(RECIPE, CHANGE, SETTINGS) == CardView(
        title="Change CHG0030001: Upgrade the payroll database",
        text=None,
        facts=(("Requested by", "priya@acme.com"), ("Risk", "Moderate")),
        link=Link(
            f"https://acme.service-now.com/nav_to.do?uri=change_request.do?sys_id={SYS_ID}", "Open in ServiceNow"
        ),
    )


def test_a_title_is_one_line_of_at_most_150_characters() -> None:
    view = card_view(RECIPE, {**CHANGE, "short_description": "a\nb\u202e" + "x" * 500}, SETTINGS)
    assert view.title.startswith("Change CHG0030001: a bxxx")
    assert len(view.title) == 150


def test_a_value_in_a_link_stays_in_its_parameter() -> None:
    link = card_view(RECIPE, {**CHANGE, "sys_id": "a&b=c#d"}, SETTINGS).link
    assert link is not None
    assert link.url.endswith("?sys_id=a%26b%3Dc%23d")


def test_a_card_goes_to_its_channel_and_is_about_its_record() -> None:
    assert card_place(RECIPE, CHANGE, SETTINGS) == ("#approvals", None)
    assert card_record(RECIPE, CHANGE, SETTINGS) == SYS_ID


@pytest.mark.parametrize(
    ("state", "settled"),
    [
        ({}, None),
        ({"state": "requested"}, None),
        ({"state": "approved"}, Settled("Approved", None)),
        ({"state": "rejected", "decided_by": "Josie Vega"}, Settled("Rejected", "Josie Vega")),
    ],
)
def test_a_card_is_settled_when_its_hook_says_so(state: dict[str, str], settled: Settled | None) -> None:
    assert card_settled(RECIPE, {**CHANGE, **state}) == settled


def test_a_setting_that_is_missing_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match=r"servicenow\.instance is missing"):
        card_view(RECIPE, CHANGE, {})


def test_a_step_takes_the_forms_answers_and_leaves_out_what_is_empty() -> None:
    recipe = shipped().recipes["create_opportunity"]
    answers = {"name": "Northwind", "stage": "Prospecting", "close_date": "2025-03-31", "amount": ""}
    values = recipe_values(recipe, answers, SETTINGS, recipe.run)
    assert step_inputs(recipe.run.steps[0], values) == {
        "name": "Northwind",
        "stage": "Prospecting",
        "close_date": "2025-03-31",
    }


def test_the_reply_uses_the_results_of_the_steps() -> None:
    recipe = shipped().recipes["create_opportunity"]
    results = {"create": {"id": "006Hs00000AbcdeIAB"}}
    values = recipe_values(recipe, {"name": "Northwind"}, SETTINGS, recipe.run, results)
    url = "https://acme.my.salesforce.com/lightning/r/Opportunity/006Hs00000AbcdeIAB/view"
    assert reply(recipe.run, values) == Reply(
        "The opportunity Northwind is in Salesforce, and it is yours.", Link(url, "Open in Salesforce")
    )


def test_a_reply_does_not_fail_for_want_of_a_link() -> None:
    recipe = shipped().recipes["create_opportunity"]
    said = reply(recipe.run, recipe_values(recipe, {"name": "Northwind"}, SETTINGS, recipe.run))
    assert said == Reply("The opportunity Northwind is in Salesforce, and it is yours.", None)


def test_a_cards_procedure_replies_nothing() -> None:
    approve = RECIPE.procedures["approve"]
    assert reply(approve, recipe_values(RECIPE, CHANGE, SETTINGS, approve)) is None


def test_a_recipe_without_a_card_has_none_to_show() -> None:
    with pytest.raises(ValueError, match="posts no card"):
        card_view(shipped().recipes["create_opportunity"], {}, SETTINGS)
