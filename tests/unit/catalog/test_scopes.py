"""Which scopes a sign-in asks for: the app's own, and those of what the deployed recipes call."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from countersign.domain.card_template import Unchanged
from countersign.domain.catalog import Catalog, Recipe
from tests.support.shipped_catalog import shipped
from tests.support.two_apps_world import two_apps

REPORT = two_apps().recipes["report_bug"]


def scopes(*recipes: Recipe, shared: bool = False, app: str = "tracker") -> Sequence[str]:
    catalog = Catalog(two_apps().apps, {recipe.id: recipe for recipe in recipes})
    return catalog.signing_in(app, shared=shared).server.scopes


def test_the_scopes_of_what_the_recipes_call_are_asked_for_beside_the_apps_own() -> None:
    assert scopes(REPORT) == ("read", "write:issues", "read:projects")


def test_what_no_recipe_calls_is_not_asked_for() -> None:
    assert scopes() == ["read"]
    assert scopes(REPORT, app="wiki") == []


def test_people_are_not_asked_for_what_only_the_workspace_needs() -> None:
    assert scopes(replace(REPORT, verify_user_access=False)) == ["read"]
    assert scopes(replace(REPORT, verify_user_access=False), shared=True) == ("read", "write:issues", "read:projects")


def test_a_recipe_calls_its_steps_its_forms_choices_and_its_cards_record() -> None:
    assert list(REPORT.operations()) == ["tracker.create_issue", "wiki.add_page", "tracker.list_projects"]
    change = shipped().recipes["approve_change"]
    assert change.card is not None
    unchanged = Unchanged("servicenow.read_change", {}, {})
    compared = replace(change, card=replace(change.card, unchanged=unchanged))
    assert list(compared.operations())[-1] == "servicenow.read_change"


@pytest.mark.parametrize("app", sorted(shipped().apps))
def test_every_shipped_app_can_be_signed_in_to(app: str) -> None:
    found = shipped().signing_in(app, shared=False)
    assert (found.id, found.oauth is None) == (app, shipped().apps[app].oauth is None)
