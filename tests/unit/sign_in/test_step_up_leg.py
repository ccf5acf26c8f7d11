"""Step-up in the browser: the app is asked to make sure again who it is, where its file says how."""

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from countersign.adapters.http import HardenedHttp
from countersign.adapters.oauth_http import OAuthHttp
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.pages import Onward
from countersign.usecases.begin_sign_in import BeginSignIn
from tests.support.shipped_catalog import shipped
from tests.support.sign_in_apps import SERVICENOW, catalog_with
from tests.support.sign_in_world import ACME, BASE_URL, CLIENT, JOSIE

if TYPE_CHECKING:
    from tests.unit.sign_in.conftest import Scripted

ASKABLE = replace(
    SERVICENOW,
    oauth=replace(
        SERVICENOW.server,
        authorization_parameters={"prompt": "select_account", "ui": "plain"},
        step_up_parameters={"prompt": "login", "max_age": "0"},
    ),
)


def asked(scripted: "Scripted", *, step_up: bool) -> dict[str, list[str]]:
    """What the app is asked, by the code that builds it in production."""
    world = scripted.world
    world.catalog = catalog_with(ASKABLE)
    http = HardenedHttp(LocalHosts(), local=False)
    world.authorization = OAuthHttp(http, world.settings, lambda _: CLIENT, LocalHosts(), world.clock, local=False)
    begin = BeginSignIn(world.sign_ins, world.randomness, world.clock, BASE_URL)
    begun = begin(JOSIE, ACME, "servicenow", {}, step_up=step_up)
    cookie, state = scripted.start(begun.url.rpartition("/")[2])
    onward = world.complete_slack_leg({"state": [state], "code": [f"{JOSIE.user_id}.{state}"]}, cookie)
    assert isinstance(onward, Onward)
    return parse_qs(urlsplit(onward.url).query)


@pytest.mark.parametrize(("step_up", "prompt", "max_age"), [(False, "select_account", None), (True, "login", ["0"])])
def test_the_app_is_asked_again_only_where_a_recipe_demands_it(
    scripted: "Scripted", step_up: bool, prompt: str, max_age: list[str] | None
) -> None:
    query = asked(scripted, step_up=step_up)
    assert (query["prompt"], query.get("max_age"), query["ui"]) == ([prompt], max_age, ["plain"])


def test_an_app_that_takes_a_key_or_cannot_be_asked_stays_as_it_is() -> None:
    for app in shipped().apps.values():
        if app.oauth is None or not app.oauth.step_up_parameters:
            assert app.stepped_up == app
