"""Whoever's Jira account reaches another company's site only can connect nothing, and decide nothing with it."""

import json
from pathlib import Path

from countersign_cli.trying.starting import Start
from sandbox.one_process.person import Person
from sandbox.one_process.stack import one_process
from tests.integration.test_every_recipe import cards, noted
from tests.support.shipped_catalog import SOURCE, shipped


def test_a_request_of_the_same_key_on_somebodys_own_site_is_not_taken_for_the_companys(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"jira": {"settings": {"site": "umbrella"}}}))  # the site in the sandbox is acme
    recipe = shipped().recipes["approve_service_request"]
    with one_process(SOURCE, {"APP_SETTINGS_FILE": str(settings)}) as stack:
        josie = Person(stack, "josie")
        Start(stack, josie, recipe, recipe.procedures["approve"], {}, ())()
        stack.settle()
        before = cards(stack)
        page = josie.connect()
        stack.settle()
        assert "There is nothing to connect" in page.text
        assert noted(stack, "action_ended") == []
        assert cards(stack) == before
        jira = stack.sandbox.apps["jira"].extensions["sandbox-app"]
        assert list(jira.audit.entries()) == [], "an approval would stand here"
