"""Docs that name files, routes and settings name ones that exist."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from catalog_build.compile import compile_catalog
from countersign.domain.catalog_data import load
from tools.template import read_template

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEMPLATE = read_template(ROOT / "template.yaml")
MANIFEST = yaml.safe_load((ROOT / "docs" / "slack-app-manifest.yaml").read_text())
BASE = "https://HOST/STAGE"


def _routes() -> set[str]:
    return {
        event["Properties"]["Path"]
        for resource in TEMPLATE["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "Api"
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    paths = re.findall(r"`((?:tests|docs|layers|functions|sandbox|events|tools)/[\w./-]+)`", text)

    missing = [link for link in links if not (document.parent / link).exists()]
    missing += [path for path in paths if not (ROOT / path).exists()]

    assert missing == []


def test_the_slack_apps_manifest_names_routes_of_the_template() -> None:
    settings, oauth = MANIFEST["settings"], MANIFEST["oauth_config"]
    urls = [
        MANIFEST["features"]["slash_commands"][0]["url"],
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        settings["interactivity"]["message_menu_options_url"],
        *oauth["redirect_urls"],
    ]

    assert {url.removeprefix(BASE) for url in urls} <= _routes()


def test_every_shortcut_of_the_manifest_starts_its_recipe() -> None:
    recipes = load(compile_catalog(ROOT / "layers" / "catalog")).recipes
    named = {
        **{f"recipe.{one.id}": (one.shortcut, "global") for one in recipes.values() if one.shortcut},
        **{f"message.{one.id}": (one.message_shortcut, "message") for one in recipes.values() if one.message_shortcut},
    }
    shortcuts = MANIFEST["features"]["shortcuts"]

    assert {one["callback_id"]: (one["name"], one["type"]) for one in shortcuts} == named
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in shortcuts)


def test_the_slack_app_asks_for_no_scope_of_sign_in_with_slack() -> None:
    """Slack refuses a request that mixes them (docs.slack.dev/authentication/sign-in-with-slack)."""
    scopes = MANIFEST["oauth_config"]["scopes"]

    assert set(scopes) == {"bot", "bot_optional"}
    assert {"openid", "email", "profile"}.isdisjoint(scopes["bot"])
    assert set(scopes["bot_optional"]) < set(scopes["bot"])


def test_the_readme_names_the_templates_secrets() -> None:
    secrets = {name for name, each in TEMPLATE["Resources"].items() if each["Type"] == "AWS::SecretsManager::Secret"}

    assert {name for name in secrets if f"| `{name}` |" in (ROOT / "README.md").read_text()} == secrets


def test_the_recipe_of_the_page_about_cards_builds_among_the_shipped_ones(tmp_path: Path) -> None:
    (recipe,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "cards.md").read_text(), re.DOTALL)
    shutil.copytree(ROOT / "layers" / "catalog" / "apps", tmp_path / "apps")
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "approve_freeze_exception.yaml").write_text(recipe)

    card = load(compile_catalog(tmp_path)).recipes["approve_freeze_exception"].card

    assert card is not None
    assert (card.self_approval, card.remind_after, card.expires_after) == (False, 86_400, 604_800)
    assert card.who is not None
    assert (list(card.who.people), card.who.user_group) == (["josie@acme.com"], "S0APPROVERS")
