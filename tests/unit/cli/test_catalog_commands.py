"""The recipe builder's commands, run as typed, on a copy of the shipped catalog."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from catalog_build.compile import compile_catalog
from countersign_cli import catalog_folder
from countersign_cli.main import app
from tests.support.shipped_catalog import SOURCE, shipped

OPERATIONS = [f"{app.id}.{name}" for app in shipped().apps.values() for name in app.operations]


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    for kind in ("apps", "recipes"):
        shutil.copytree(SOURCE / kind, tmp_path / kind)
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "300"})


def test_a_good_catalog_is_said_to_be_fine(catalog: Path) -> None:
    result = run("validate", "--catalog", catalog)
    assert result.exit_code == 0
    assert f"{len(shipped().apps)} apps and {len(shipped().recipes)} recipes are fine" in result.output


def test_without_a_folder_the_shipped_catalog_is_meant() -> None:
    assert run("validate").exit_code == 0


def test_the_environment_names_another_catalog(catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOG_DIR", str(catalog))
    assert str(catalog) in run("validate").output


def test_a_mistake_is_shown_with_file_line_and_remedy(catalog: Path) -> None:
    path = catalog / "recipes" / "approve_change.yaml"
    path.write_text(path.read_text().replace("style: primary", "style: loud"))
    line = path.read_text().splitlines().index("    style: loud") + 1
    result = run("validate", "--catalog", catalog)
    assert result.exit_code == 1
    assert f"{path}:{line}: " in result.output
    assert "write one of plain, primary, danger" in result.output
    assert "1 problem in" in result.output


def test_a_folder_that_is_no_catalog_is_said_to_be_none(tmp_path: Path) -> None:
    result = run("validate", "--catalog", tmp_path)
    assert result.exit_code == 2
    assert "has no folder apps" in result.output


def test_the_list_names_every_app_recipe_and_what_starts_it() -> None:
    listed = run("list").output
    for name in (*shipped().apps, *shipped().recipes):
        assert name in listed
    assert "/countersign create opportunity" in listed
    assert "POST /hooks/approve_change" in listed


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_word_of_a_list_is_broken_however_narrow_the_window(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr(catalog_folder.out, "width", width)
    words = set(re.findall(r"[\w.?]+", run("list").output + run("list", "servicenow").output))
    assert {"servicenow.approve_change", "check_before_act", "short_description", "approve_pull_request"} <= words
    assert {"/countersign create opportunity", "/countersign report bug"} <= set(
        re.findall(r"/countersign \w+ \w+", " ".join(run("list").output.split()))
    )


def test_one_apps_operations_are_listed_with_what_they_take() -> None:
    listed = run("list", "servicenow").output
    assert "servicenow.reject_change" in listed
    assert "comments?" in listed


def test_an_unknown_app_is_answered_with_those_that_exist() -> None:
    result = run("list", "nope")
    assert result.exit_code == 1
    assert "servicenow" in result.output


def test_a_new_app_file_is_one_that_the_build_takes(catalog: Path) -> None:
    result = run("new-app", "acme_desk", "--name", "Acme Desk", "--host", "desk.acme.example", "--catalog", catalog)
    assert result.exit_code == 0, result.output
    written = compile_catalog(catalog)["apps"]["acme_desk"]
    assert (written["name"], written["hosts"]) == ("Acme Desk", ["desk.acme.example"])


@pytest.mark.parametrize("kind", ["--card", "--command"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_new_recipe_can_be_begun_around_every_operation(tmp_path: Path, operation: str, kind: str) -> None:
    (tmp_path / "apps").mkdir()
    shutil.copy(SOURCE / "apps" / f"{operation.partition('.')[0]}.yaml", tmp_path / "apps")
    result = run("new-recipe", "my_own_recipe", "-o", operation, kind, "--catalog", tmp_path)
    assert result.exit_code == 0, result.output
    recipe = compile_catalog(tmp_path)["recipes"]["my_own_recipe"]
    (procedure,) = recipe["procedures"].values()
    assert procedure["steps"][0]["operation"] == operation
    assert ("card" in recipe) == (kind == "--card")


def test_what_decides_becomes_a_card_whose_buttons_ask_what_only_a_person_can_say(catalog: Path) -> None:
    chosen = ("-o", "servicenow.approve_change", "-o", "servicenow.reject_change")
    assert run("new-recipe", "decide_change", *chosen, "--catalog", catalog).exit_code == 0
    recipe = compile_catalog(catalog)["recipes"]["decide_change"]
    assert set(recipe["inputs"]) == {"sys_id"}
    assert [(one["label"], one["past"]) for one in recipe["procedures"].values()] == [
        ("Approve", "Approved"),
        ("Reject", "Rejected"),
    ]
    assert set(recipe["procedures"]["reject_change"]["form"]) == {"comments"}


def test_several_operations_of_a_command_are_its_steps(catalog: Path) -> None:
    chosen = ("-o", "servicenow.create_incident", "-o", "github.create_issue")
    assert run("new-recipe", "report_both", *chosen, "--catalog", catalog).exit_code == 0
    steps = compile_catalog(catalog)["recipes"]["report_both"]["procedures"]["run"]["steps"]
    assert [step["operation"] for step in steps] == ["servicenow.create_incident", "github.create_issue"]


def test_what_would_break_the_catalog_is_not_written(catalog: Path) -> None:
    result = run(
        "new-app",
        "acme_desk",
        "--name",
        "A name that is much too long for anything that Slack shows",
        "--catalog",
        catalog,
    )
    assert result.exit_code == 1
    assert "Nothing was written" in result.output
    assert not (catalog / "apps" / "acme_desk.yaml").exists()


@pytest.mark.parametrize("host", ["https://desk.acme.example", "desk.acme.example/api", "desk", "Desk.acme.example"])
def test_what_is_no_host_name_is_refused(catalog: Path, host: str) -> None:
    result = run("new-app", "acme_desk", "--host", host, "--catalog", catalog)
    assert result.exit_code == 2
    assert "no host name alone" in result.output


def test_a_name_may_hold_what_yaml_would_read_otherwise(catalog: Path) -> None:
    assert run("new-app", "roomy", "--name", "Roomy: rooms", "--catalog", catalog).exit_code == 0
    assert compile_catalog(catalog)["apps"]["roomy"]["name"] == "Roomy: rooms"


def test_a_catalog_of_ones_own_begins_with_what_ships(tmp_path: Path) -> None:
    assert run("new-catalog", tmp_path / "mine").exit_code == 0
    assert set(compile_catalog(tmp_path / "mine")["apps"]) == set(shipped().apps)
    again = run("new-catalog", tmp_path / "mine")
    assert again.exit_code == 1
    assert "not empty" in again.output


def test_a_recipe_named_where_an_app_belongs_is_recognised() -> None:
    assert "countersign try approve_change" in run("list", "approve_change").output


def test_nothing_is_ever_written_over(catalog: Path) -> None:
    path = catalog / "recipes" / "approve_change.yaml"
    before = path.read_text()
    result = run("new-recipe", "approve_change", "-o", "servicenow.approve_change", "--catalog", catalog)
    assert result.exit_code == 1
    assert "is there already" in result.output
    assert path.read_text() == before


@pytest.mark.parametrize("name", ["Approve", "../evil", "a-b", "", "1st"])
def test_what_can_not_be_an_id_is_refused_and_nothing_is_written(catalog: Path, name: str) -> None:
    before = sorted(catalog.rglob("*"))
    for command in (("new-app", name), ("new-recipe", name, "-o", OPERATIONS[0])):
        result = run(*command, "--catalog", catalog)
        assert result.exit_code == 2
        assert "can't be an id" in result.output
    assert sorted(catalog.rglob("*")) == before


def test_an_unknown_operation_is_answered_with_those_that_exist(catalog: Path) -> None:
    result = run("new-recipe", "mine", "-o", "servicenow.nope", "--catalog", catalog)
    assert result.exit_code == 1
    assert "servicenow.approve_change" in result.output
    assert not (catalog / "recipes" / "mine.yaml").exists()
