"""The recipe builder's commands, run as typed, on a copy of the shipped catalog."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from catalog_build.compile import compile_catalog
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


def test_one_apps_operations_are_listed_with_what_they_take() -> None:
    listed = run("list", "servicenow").output
    assert "servicenow.reject_change" in listed
    assert "sys_id, comments" in listed


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
    assert recipe["procedures"]["run"]["steps"][0]["operation"] == operation
    assert ("card" in recipe) == (kind == "--card")


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
