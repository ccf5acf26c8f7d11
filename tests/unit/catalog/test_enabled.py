"""What a deployment has switched on: its apps, and the recipes that need no other."""

from typing import Any

import pytest

from catalog_build.compile import compile_catalog
from countersign.config import Settings
from countersign.domain.catalog_data import load
from countersign.domain.enabled import enabled
from countersign.domain.errors import ConfigurationError
from countersign.domain.identity import Workspace
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.policy import EmailRule
from countersign.entrypoints.hooks import handle
from tests.support.acting_world import JOSIE, WORKSPACE, ActingWorld
from tests.support.memory_chat import words
from tests.support.shipped_catalog import SETTINGS, SOURCE

SERVICENOW_ONLY = {"apps": ["servicenow"], "recipes": ["approve_change"]}


@pytest.fixture(scope="module")
def compiled() -> dict[str, Any]:
    """Three apps, the last without settings, so that what is counted here does not hang on how many ship."""
    whole = compile_catalog(SOURCE)
    assert not whole["apps"]["asana"]["settings"]
    apps = {name: whole["apps"][name] for name in ("servicenow", "salesforce", "asana")}
    some = ("approve_change", "approve_deal", "create_opportunity", "approve_task")
    recipes = {name: whole["recipes"][name] for name in some}
    policies = [{"apps": ["salesforce"], "email": "require"}]
    return {"apps": apps, "recipes": recipes, "policies": policies}


def found(compiled: Any, apps: str, settings: str, stage: str = "prod") -> dict[str, list[str]]:
    """What the catalog holds under the deployment's own parameters."""
    given = Settings({"APPS": apps, "APP_SETTINGS": settings, "STAGE": stage})
    catalog = load(enabled(compiled, given.apps, given.app_settings, local=given.local))
    return {"apps": sorted(catalog.apps), "recipes": sorted(catalog.recipes)}


BOTH = "servicenow.instance=acme,salesforce.domain=acme"


def test_without_the_parameter_every_app_with_all_its_settings_is_there(compiled: Any) -> None:
    recipes = ["approve_change", "approve_deal", "create_opportunity"]
    assert found(compiled, "", BOTH) == {"apps": ["salesforce", "servicenow"], "recipes": recipes}


def test_an_app_without_settings_is_there_only_where_it_is_named(compiled: Any) -> None:
    """Nothing else says that its vendor knows this deployment: a sign-in would end on a page that it can't be made."""
    assert found(compiled, "", "") == {"apps": [], "recipes": []}
    assert found(compiled, "asana", "") == {"apps": ["asana"], "recipes": ["approve_task"]}
    assert found(compiled, "servicenow,asana", BOTH) == {
        "apps": ["asana", "servicenow"],
        "recipes": ["approve_change", "approve_task"],
    }


def test_on_a_laptop_an_app_without_settings_is_there(compiled: Any) -> None:
    """The sandbox, or whoever brings a catalog there, stands in for every app."""
    assert found(compiled, "", "", "local") == {"apps": ["asana"], "recipes": ["approve_task"]}


def test_an_app_that_lacks_a_setting_is_not_there_and_neither_are_its_recipes(compiled: Any) -> None:
    assert found(compiled, "", "servicenow.instance=acme") == SERVICENOW_ONLY


def test_only_the_named_apps_are_there(compiled: Any) -> None:
    assert found(compiled, " servicenow ", BOTH) == SERVICENOW_ONLY


def test_an_app_that_is_named_is_there_though_a_setting_lacks_so_that_it_is_missed(compiled: Any) -> None:
    """Whoever uses it is told that the deployment is not complete, which beats silence."""
    assert found(compiled, "servicenow", "") == SERVICENOW_ONLY


def test_a_recipe_that_needs_an_app_which_is_off_is_off(compiled: Any) -> None:
    both = {**compiled["recipes"]["approve_change"], "needs": ["salesforce", "servicenow"]}
    changed = {**compiled, "recipes": {"approve_change": both}}
    assert found(changed, "servicenow", BOTH) == {"apps": ["servicenow"], "recipes": []}


def test_an_app_that_nobody_knows_is_said_by_name(compiled: Any) -> None:
    with pytest.raises(ConfigurationError, match="Apps names servicenov, which the catalog does not know"):
        found(compiled, "servicenov,servicenow", BOTH)


def test_the_build_writes_which_apps_a_recipe_needs(compiled: Any) -> None:
    assert {name: recipe["needs"] for name, recipe in compiled["recipes"].items()} == {
        "approve_task": ["asana"],
        "approve_change": ["servicenow"],
        "approve_deal": ["salesforce"],
        "create_opportunity": ["salesforce"],
    }


def test_what_is_demanded_of_accounts_holds_whatever_is_on(compiled: Any) -> None:
    for apps in (frozenset[str](), frozenset({"servicenow"})):
        catalog = load(enabled(compiled, apps, SETTINGS))
        assert catalog.policy("salesforce", Workspace("T0ACME")).email is EmailRule.REQUIRE


def test_no_app_is_read_to_tell_which_are_on(compiled: Any) -> None:
    """A cold click pays for what it uses: an app file that can't be read harms only who asks for it."""
    unreadable: dict[str, Any] = {"settings": {"instance": {}}}
    changed = {**compiled, "apps": {**compiled["apps"], "servicenow": unreadable}}
    catalog = load(enabled(changed, frozenset(), SETTINGS))
    assert "servicenow" in list(catalog.apps)
    assert catalog.apps["salesforce"].name == "Salesforce"
    with pytest.raises(KeyError):
        _ = catalog.apps["servicenow"]


# --- what people meet


@pytest.fixture
def world(compiled: Any) -> ActingWorld:
    """A deployment with ServiceNow alone."""
    world = ActingWorld()
    world.catalog = load(enabled(compiled, frozenset({"servicenow"}), SETTINGS))
    return world


def ask(world: ActingWorld, words_typed: str, **changes: Any) -> str:
    plain = {"id": f"Ev{world.randomness()}", "kind": Kind.TEXT, "person": JOSIE, "workspace": WORKSPACE}
    asked = Interaction(**{**plain, "reply_to": ReplyTo("D0JOSIE"), "value": words_typed, **changes})
    world.deliver({"v": 1, "kind": "interaction", "interaction": asked.as_json()}, queue="connections")
    return words(world.slack.told[-1][1])


def test_help_and_connections_speak_of_what_is_on(world: ActingWorld) -> None:
    assert "create opportunity" not in ask(world, "help")
    assert "ServiceNow" in ask(world, "connections")
    assert "Salesforce" not in ask(world, "connections")


def test_a_command_of_what_is_off_is_not_known(world: ActingWorld) -> None:
    assert "doesn't know “create opportunity”" in ask(world, "create opportunity")


def test_a_button_for_what_is_off_makes_no_link(world: ActingWorld) -> None:
    ask(world, "salesforce", kind=Kind.BUTTON, name="connections.connect")
    assert world.sign_ins.intents == {}


def test_a_hook_of_what_is_off_is_not_there(world: ActingWorld) -> None:
    event = {
        "httpMethod": "POST",
        "path": "/hooks/approve_deal",
        "resource": "/hooks/{recipe}",
        "pathParameters": {"recipe": "approve_deal"},
        "headers": {"Authorization": "Bearer s3cret"},
        "body": "{}",
        "isBase64Encoded": False,
    }
    assert handle(event, world)["statusCode"] == 404
