"""The package that the build writes, and the catalog that the functions read from it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from catalog_build import CATALOG, __main__, schema
from catalog_build.compile import compile_catalog, write_package
from countersign.domain.catalog import ActsAs, ClientAuthentication, Idempotency, OperationKind
from countersign.domain.catalog_data import load
from countersign.domain.errors import ConfigurationError
from tests.support.shipped_catalog import SOURCE, shipped

ROOT = Path(__file__).resolve().parents[3]
READER = """
import json
from countersign.bootstrap import Container
from countersign.config import Settings
settings = "servicenow.instance=acme,salesforce.domain=acme"
both, one = (
    Container(Settings({"APPS": apps, "APP_SETTINGS": settings})).catalog
    for apps in ("servicenow,salesforce", "servicenow")
)
print(json.dumps([sorted(both.apps), sorted(both.recipes), sorted(one.apps)]))
"""


def run_reader(*path: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": ":".join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-c", READER], env=environment, capture_output=True, text=True, check=False)


def test_the_functions_read_what_the_build_wrote(tmp_path: Path) -> None:
    write_package(compile_catalog(SOURCE), tmp_path)
    done = run_reader(tmp_path, ROOT / "layers" / "core" / "python")
    apps = ["salesforce", "servicenow"]
    recipes = ["approve_change", "approve_deal", "approve_it_request", "create_opportunity"]
    assert json.loads(done.stdout or done.stderr) == [apps, recipes, ["servicenow"]]


def test_a_missing_catalog_layer_is_a_configuration_error() -> None:
    done = run_reader(ROOT / "layers" / "core" / "python")
    assert f"{ConfigurationError.__module__}.ConfigurationError: the catalog layer is missing" in done.stderr


def test_the_same_files_compile_to_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_package(compile_catalog(SOURCE), tmp_path / name) for name in ("a", "b"))
    assert [(path.name, path.read_bytes()) for path in sorted(first.iterdir())] == [
        (path.name, path.read_bytes()) for path in sorted(second.iterdir())
    ]


def test_an_output_named_as_the_package_is_the_package(tmp_path: Path) -> None:
    assert write_package(compile_catalog(SOURCE), tmp_path / "countersign_catalog") == tmp_path / "countersign_catalog"


def test_the_command_line_checks_and_compiles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main([str(SOURCE), str(tmp_path)], {}) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'countersign_catalog'}\n"
    assert __main__.main(["--check"], {}) == 0
    assert (
        capsys.readouterr().out
        == f"{CATALOG}: {len(shipped().apps)} apps and {len(shipped().recipes)} recipes are fine\n"
    )


def test_the_command_line_prints_every_problem_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "x.yaml").write_text("id: x\n", encoding="utf-8")
    assert __main__.main(["--check"], {"CATALOG_DIR": str(tmp_path)}) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "apps/x.yaml:1: the file has no acts_as; add acts_as: one of person, app"
    assert said[-1] == f"{len(said) - 1} problems in {tmp_path}"


def test_the_build_needs_nothing_on_its_path_but_its_own_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "catalog_build", ".", str(tmp_path)]
    subprocess.run(command, cwd=SOURCE, env={"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, check=True)
    assert (tmp_path / "countersign_catalog" / "catalog.json").exists()


def test_every_default_is_written_out_from_the_schema() -> None:
    root = schema.schema_of("app")
    assert schema.with_defaults({"json": {}}, {"$ref": "#/$defs/input"}, root) == {
        "json": {},
        "type": "string",
        "required": True,
    }


def test_every_schema_is_a_schema_whose_parts_are_described() -> None:
    for kind in ("app", "recipe"):
        root = schema.schema_of(kind)
        schema.Draft202012Validator.check_schema(root)
        for part in (root, *root["$defs"].values()):
            for name, member in part.get("properties", {}).items():
                referred = root["$defs"].get(member.get("$ref", "").removeprefix("#/$defs/"), {})
                assert member.get("description") or referred.get("description"), f"{kind}: {name}"


def test_servicenow_is_read_as_its_file_says() -> None:
    app = shipped().apps["servicenow"]
    assert (app.id, app.name, app.acts_as, dict(app.settings)) == (
        "servicenow",
        "ServiceNow",
        ActsAs.PERSON,
        {"instance": "[a-z0-9][a-z0-9-]{0,62}"},
    )
    oauth = app.oauth
    assert oauth is not None
    assert oauth.client_authentication is ClientAuthentication.POST
    assert (oauth.pkce, oauth.asks_who, oauth.refresh_rotates, oauth.refresh_grace) == (True, False, False, False)
    assert oauth.refresh_endpoint == oauth.token_endpoint
    assert oauth.revocation is not None
    assert (oauth.revocation.token, oauth.revocation.ends, list(oauth.revocation.gone_status)) == (
        "refresh_token",
        "token",
        [],
    )


def test_every_app_decides_with_a_check_and_a_read_back() -> None:
    decisions = [
        o for app in shipped().apps.values() for o in app.operations.values() if o.kind is OperationKind.DECIDE
    ]
    assert {"approve_deal", "reject_deal", "approve_change", "reject_change"} <= {o.id for o in decisions}
    for operation in decisions:
        assert operation.idempotency in {Idempotency.CHECK_BEFORE_ACT, Idempotency.NATIVE_KEY}
        assert operation.check is not None
        assert operation.read_back is not None


def test_a_procedure_names_the_apps_it_touches() -> None:
    assert shipped().recipes["create_opportunity"].apps("run", shipped()) == ("salesforce",)


def test_a_recipe_is_made_when_it_is_first_asked_for() -> None:
    recipes = {"good": compile_catalog(SOURCE)["recipes"]["approve_deal"], "bad": {}}
    catalog = load({"apps": {}, "recipes": recipes, "policies": []})
    assert catalog.recipes["good"].title == "Approve a deal"
    assert catalog.recipes["good"] is catalog.recipes["good"]
    assert len(catalog.recipes) == 2
