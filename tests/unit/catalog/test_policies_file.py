"""``policies.yaml``: read with the catalog, and refused at build where what it demands could not be known."""

from pathlib import Path

import pytest

from catalog_build.compile import compile_catalog
from catalog_build.problem import BrokenCatalog, Problem
from countersign.domain.catalog_data import load
from countersign.domain.identity import Workspace
from countersign.domain.policy import EmailRule, OtherAccount, Policy
from tests.support.shipped_catalog import SOURCE

GOOD = """policies:
  - email: warn
  - apps: [salesforce]
    workspaces: [T0ACME]
    organisation: require:00D000000000001EAA
    email: require
    other_account: refuse
"""
EVERYWHERE = "salesforce, servicenow, box"


def catalog(folder: Path, policies: str, *apps: str) -> Path:
    (folder / "apps").mkdir()
    (folder / "recipes").mkdir()
    for app in apps or ("salesforce", "servicenow", "box", "jira", "expensify", "hubspot"):
        (folder / "apps" / f"{app}.yaml").write_bytes((SOURCE / "apps" / f"{app}.yaml").read_bytes())
    (folder / "policies.yaml").write_text(policies, encoding="utf-8")
    return folder


def test_rules_reach_the_functions_as_they_were_written(tmp_path: Path) -> None:
    loaded = load(compile_catalog(catalog(tmp_path, GOOD)))
    strict = Policy("00D000000000001EAA", EmailRule.REQUIRE, OtherAccount.REFUSE)
    assert loaded.policy("salesforce", Workspace("T0ACME")) == strict
    assert loaded.policy("salesforce", Workspace("T0OTHER")) == Policy() == loaded.policy("box", Workspace("T0ACME"))


def test_without_the_file_there_are_no_rules(tmp_path: Path) -> None:
    (catalog(tmp_path, GOOD) / "policies.yaml").unlink()
    assert load(compile_catalog(tmp_path)).policies == ()


@pytest.mark.parametrize("app", ["salesforce", "google", "box", "hubspot", "jira", "docusign"])
def test_an_organisation_can_be_demanded_of_every_app_that_tells_it(tmp_path: Path, app: str) -> None:
    policies = f"policies:\n  - apps: [{app}]\n    organisation: require:a-1\n"
    assert load(compile_catalog(catalog(tmp_path, policies, app))).policies[0].organisation == "a-1"


@pytest.mark.parametrize(
    ("rules", "line", "what", "instead"),
    [
        (
            "  - apps: [salesforce]",
            2,
            "this policy has no rule",
            "add one of email, organisation, other_account",
        ),
        (
            "  - apps: [sales]\n    email: warn",
            2,
            "there is no app sales",
            "write one of box, expensify, hubspot, jira, salesforce, servicenow",
        ),
        (
            "  - apps: [servicenow]\n    organisation: require:acme",
            3,
            "servicenow does not tell which organisation an account is of",
            "remove it, or say identity.organisation_id in the app file",
        ),
        (
            "  - organisation: require:acme",
            2,
            "one id is no organisation's of several apps",
            "write apps: with one app",
        ),
        (
            "  - apps: [salesforce, box]\n    organisation: require:acme",
            3,
            "one id is no organisation's of several apps",
            "write apps: with one app",
        ),
        (
            "  - apps: [expensify]\n    email: require",
            3,
            "expensify does not name an account's e-mail address",
            "write warn, or list under apps only those that do",
        ),
        (
            "  - apps: [hubspot]\n    email: require",
            3,
            "hubspot does not name an account's e-mail address",
            "write warn, or list under apps only those that do",
        ),
        ("  - email: maybe", 2, '"maybe" is no email', "write one of off, warn, require"),
        (
            "  - email: warn\n    mail: warn",
            3,
            "mail has no meaning in entry 1 of policies",
            "write email",
        ),
        (
            "  - organisation: acme",
            2,
            '"acme" is not of the right form for organisation',
            "write for example require:00D000000000001EAA",
        ),
        (
            "  - workspaces: [acme]\n    email: warn",
            2,
            '"acme" is not of the right form for entry 1 of workspaces',
            "write for example T0123ABCD",
        ),
    ],
)
def test_a_rule_that_could_not_be_held_to_is_refused(
    tmp_path: Path, rules: str, line: int, what: str, instead: str
) -> None:
    with pytest.raises(BrokenCatalog) as caught:
        compile_catalog(catalog(tmp_path, f"policies:\n{rules}\n"))
    assert caught.value.problems == [Problem("policies.yaml", line, what, instead)]


@pytest.mark.parametrize("text", ["", "policies:\n", "policies: []\n", "rules: []\n", "- email: warn\n", "\t"])
def test_a_file_without_rules_is_refused_and_never_passes_for_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(BrokenCatalog) as caught:
        compile_catalog(catalog(tmp_path, text))
    assert {problem.file for problem in caught.value.problems} == {"policies.yaml"}


def test_a_broken_app_is_not_blamed_on_the_policies(tmp_path: Path) -> None:
    source = catalog(tmp_path, GOOD)
    path = source / "apps" / "salesforce.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("acts_as: person", "acts_as: nobody"), encoding="utf-8")
    with pytest.raises(BrokenCatalog) as caught:
        compile_catalog(source)
    assert {problem.file for problem in caught.value.problems} == {"apps/salesforce.yaml"}
